"""The dialogue's workers as the door asks them: real sockets, processes of our own that can be killed and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.dialogue import remote, secret
from bot.dialogue.port import NO_SUGGESTION, TurnFailed, Utterance
from bot.dialogue.remote import RemoteDialogue
from storage.errors import Unavailable
from tests.conftest import ROOT, clean_environment, free_ports, wait_for

# A worker without Rasa that speaks the internal channel's protocol; it writes down what it was asked.
WORKER = """
    import asyncio, os, sys
    from aiohttp import web
    from bot.dialogue import secret

    name, log = sys.argv[2], sys.argv[3]

    async def health(request):
        return web.json_response({"ready": True})

    async def turn(request):
        if not secret.proven(request.headers.get(secret.HEADER)):
            return web.json_response({"error": "not the door"}, status=401)
        body = await request.json()
        with open(log, "a") as file:
            file.write(f"{name} {body['text']}\\n")
        word, _, rest = body["text"].partition(" ")
        if word == "sleep":
            await asyncio.sleep(float(rest))
        if word == "die":
            os._exit(9)
        if word == "die-once":
            try:
                os.mkdir(f"{log}-died")
                os._exit(9)
            except FileExistsError:
                pass
        if word == "fail":
            return web.json_response({"error": "ActionFailed"}, status=500)
        return web.json_response({"replies": [{"text": f"{name}: {body['text']}"}, {"text": ""}]})

    async def suggest(request):
        body = await request.json()
        if body["conversation"] == "away":
            return web.json_response({"error": "the database does not answer"}, status=503)
        if body["conversation"] == "broken":
            return web.json_response({"error": "?"}, status=500)
        return web.json_response({"text": "words", "cards": []})

    app = web.Application()
    app.router.add_get("/health", health)
    app.router.add_post("/turn", turn)
    app.router.add_post("/suggest", suggest)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


class Workers:
    """Two workers of ours."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "asked.log"
        self.environment = clean_environment(folder)
        self.ports = free_ports(2)
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        port = self.ports[("a", "b").index(name)]
        command = [sys.executable, "-c", textwrap.dedent(WORKER), str(port), name, str(self.log)]
        self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        wait_for(lambda: _open(port), 60, f"start of worker {name}")

    def stop(self, name: str, number: int = signal.SIGKILL) -> None:
        self.processes[name].send_signal(number)
        if number == signal.SIGKILL:
            self.processes[name].wait(10)

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


def _open(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    from bot import settings

    monkeypatch.setenv("SHOP_VAR", str(tmp_path))
    settings.secret.cache_clear()
    running = Workers(tmp_path)
    running.start("a")
    running.start("b")
    yield running
    for process in running.processes.values():
        process.kill()
        process.wait(10)
    settings.secret.cache_clear()


@pytest.fixture
async def dialogue(workers: Workers) -> AsyncIterator[RemoteDialogue]:
    asked = RemoteDialogue(workers.urls)
    await asked.start()
    yield asked
    await asked.close()


def said(text: str, conversation: str = "web-1") -> Utterance:
    return Utterance(conversation, text, "web", "m1")


async def test_an_answer_has_no_empty_replies(dialogue: RemoteDialogue) -> None:
    (reply,) = await dialogue.answer(said("hello"), {"language": "en"})
    assert reply.text in ("a: hello", "b: hello") and await dialogue.healthy()


async def test_each_turn_goes_to_a_free_worker(dialogue: RemoteDialogue, workers: Workers) -> None:
    begin = time.monotonic()
    await asyncio.gather(
        *(dialogue.answer(said(f"sleep {n}", f"web-{n}"), {}) for n in (0.5, 0.51, 0.52, 0.53))
    )
    assert time.monotonic() - begin < 2
    assert sorted(line[0] for line in workers.asked()) == ["a", "a", "b", "b"]


async def test_a_turn_whose_worker_died_is_begun_anew(dialogue: RemoteDialogue, workers: Workers) -> None:
    (reply,) = await dialogue.answer(said("die-once"), {})
    assert reply.text is not None and reply.text.endswith("die-once")
    assert sorted(line[2:] for line in workers.asked()) == ["die-once"] * 2
    (reply,) = await dialogue.answer(said("after"), {})
    assert reply.text is not None and reply.text.endswith("after")


async def test_a_turn_that_kills_its_workers_is_not_begun_for_ever(
    dialogue: RemoteDialogue, workers: Workers
) -> None:
    with pytest.raises(TurnFailed):
        await dialogue.answer(said("die"), {})
    assert len(workers.asked()) == remote.TRIES


async def test_a_failed_turn_is_not_tried_elsewhere(dialogue: RemoteDialogue, workers: Workers) -> None:
    with pytest.raises(TurnFailed, match="ActionFailed"):
        await dialogue.answer(said("fail"), {})
    assert len(workers.asked()) == 1


async def test_who_waits_gets_the_worker_that_comes(
    dialogue: RemoteDialogue, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PROBE_SECONDS", 0.3)
    workers.stop("a")
    workers.stop("b")
    waiting = asyncio.create_task(dialogue.answer(said("hello"), {}))
    await asyncio.sleep(1)
    assert not waiting.done() and not await dialogue.healthy()
    await asyncio.to_thread(workers.start, "b")
    (reply,) = await waiting
    assert reply.text == "b: hello"


async def test_a_worker_that_hangs_stops_only_its_turns(
    dialogue: RemoteDialogue, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PROBE_SECONDS", 0.3)
    monkeypatch.setattr(remote, "TURN_SECONDS", 4.0)
    slow = [asyncio.create_task(dialogue.answer(said("sleep 1", f"web-{n}"), {})) for n in range(2)]
    await asyncio.sleep(0.3)
    os.kill(workers.processes["a"].pid, signal.SIGSTOP)
    await asyncio.sleep(1.2)  # it is looked after meanwhile
    for n in range(5):
        (reply,) = await dialogue.answer(said("hello", f"web-x{n}"), {})
        assert reply.text == "b: hello"
    outcomes = await asyncio.gather(*slow, return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["TurnFailed", "list"], outcomes
    os.kill(workers.processes["a"].pid, signal.SIGCONT)


async def test_suggestions(dialogue: RemoteDialogue) -> None:
    assert await dialogue.suggest("web-1", "web") == {"text": "words", "cards": []}
    assert await dialogue.suggest("broken", "web") == NO_SUGGESTION
    with pytest.raises(Unavailable):
        await dialogue.suggest("away", "web")


async def test_only_the_door_is_answered(dialogue: RemoteDialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "token", lambda: "Bearer guessed")
    with pytest.raises(TurnFailed, match="401"):
        await dialogue.answer(said("hello"), {})
