"""Rasa patched does what Rasa does, but for what the patch is there for; and another Rasa is not patched."""

from __future__ import annotations

import asyncio
import copy
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from jsonschema.validators import Draft202012Validator
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue import RASA_VERSION, patches
from bot.dialogue.patches import PATCHES, PatchError
from tests.conftest import ROOT, free_ports
from tests.dialogue.action_server import ActionServer, Ended, Output, rejection
from tests.dialogue.rasa_events import EVENTS

VALIDATE, RUN = PATCHES
DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    responses: {utter_hello: [{text: "Hello {name}", buttons: [{title: Yes, payload: /affirm}]}]}
    actions: [action_x]
    """
)


# --- the guard -------------------------------------------------------------------------------------------------------


def test_the_installed_rasa_is_the_one_that_was_looked_at() -> None:
    assert list(patches.problems()) == []
    assert all(patch.why for patch in PATCHES) and len({patch.target for patch in PATCHES}) == len(PATCHES)


def test_the_hash_is_of_the_words_not_of_the_margin() -> None:
    source = "    def f(x):\n        # why\n\n        return x\n"
    assert patches.digest(source) == patches.digest("def f(x):\n    # why\n    return x  \n")
    assert patches.digest(source) != patches.digest(source.replace("return x", "return -x"))


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, untouched: Callable[[], bool]) -> None:
    monkeypatch.setattr(patches, "RASA_VERSION", "3.6.20")
    with pytest.raises(PatchError, match=rf"Rasa {RASA_VERSION} is installed.*3\.6\.20.*make run"):
        patches.apply()
    assert untouched()


def test_another_source_is_refused(monkeypatch: pytest.MonkeyPatch, untouched: Callable[[], bool]) -> None:
    def validate(self: RemoteAction, result: Any) -> bool:
        return bool(result)

    monkeypatch.setattr(RemoteAction, "_validate_action_result", validate)
    with pytest.raises(PatchError, match=rf"RemoteAction\._validate_action_result of Rasa {RASA_VERSION}"):
        patches.apply()
    assert untouched()


def test_a_function_that_is_gone_is_refused(
    monkeypatch: pytest.MonkeyPatch, untouched: Callable[[], bool]
) -> None:
    monkeypatch.delattr(RemoteAction, "_validate_action_result")
    with pytest.raises(PatchError, match=r"there is no .*RemoteAction\._validate_action_result"):
        patches.apply()
    assert untouched()


def test_patched_once_and_known_as_rasas_own(untouched: Callable[[], bool]) -> None:
    own = [patch.original() for patch in PATCHES]
    patches.apply()
    assert not untouched()
    first = RemoteAction.run
    patches.apply()
    assert RemoteAction.run is first
    assert [patch.original() for patch in PATCHES] == own and list(patches.problems()) == []


def test_present_hashes_are_printed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot.dialogue.patches"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.stdout.splitlines() == [
        f"RASA_VERSION = '{RASA_VERSION}'",
        *(f"{patch.target}: '{patch.digest}'" for patch in PATCHES),
    ]


# --- the replies' schema is checked once -----------------------------------------------------------------------------

CARDS = {
    "text": "看",
    "custom": {"cards": [{"id": "p1"}]},
    "buttons": [{"title": "Yes", "payload": "/affirm"}],
}
GOOD: tuple[Any, ...] = (
    {},
    {"events": [], "responses": []},
    {"events": [event.as_dict() for event in EVENTS], "responses": [CARDS, {"response": "utter_hello"}]},
    {"responses": [{}], "more": 1},
)
BAD: tuple[Any, ...] = (
    None,
    "words",
    [],
    {"events": None},
    {"events": {"event": "slot"}},
    {"events": ["slot"]},
    {"events": [{}]},
    {"events": [{"event": "flown"}]},
    {"events": [{"event": "slot", "value": 1}]},
    {"events": [{"event": "slot", "name": 1, "value": 1}]},
    {"events": [{"event": "restart", "timestamp": "now"}]},
    {"responses": None},
    {"responses": ["hi"]},
    {"responses": {"text": "hi"}},
)


def verdict(function: Any, reply: Any) -> tuple[Any, ...]:
    action = RemoteAction("action_x", None)
    try:
        return (function(action, reply),)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("reply", [*GOOD, *BAD])
def test_replies_are_judged_as_rasa_does(reply: Any) -> None:
    before = copy.deepcopy(reply)
    judged = verdict(VALIDATE.replacement(), reply)
    assert judged == verdict(VALIDATE.original(), reply)
    assert (judged == (True,)) is (reply in GOOD)
    assert reply == before


def test_the_schema_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[Any] = []
    check = Draft202012Validator.check_schema
    monkeypatch.setattr(
        Draft202012Validator,
        "check_schema",
        lambda *args, **options: (checks.append(1), check(*args, **options)),
    )
    replacement = VALIDATE.replacement()
    for _ in range(3):
        assert verdict(replacement, GOOD[2]) == (True,)
    ours = len(checks)
    for _ in range(3):
        assert verdict(VALIDATE.original(), GOOD[2]) == (True,)
    assert ours == 0 and len(checks) == 3, "Rasa checks it each time"


# --- a turn whose action could not be run ----------------------------------------------------------------------------


def cut(request: web.Request, body: Any) -> Any:
    """The server dies while it works."""
    assert request.transport
    request.transport.abort()
    return {}


RUNS: dict[str, Callable[[web.Request, Any], Any]] = {
    "nothing": lambda request, body: {},
    "events and words": lambda request, body: copy.deepcopy(GOOD[2]),
    "rejected": rejection,
}
FAILURES: dict[str, Callable[[web.Request, Any], Any]] = {
    "an error": lambda request, body: web.Response(status=500, text="oh"),
    "no JSON": lambda request, body: web.Response(text="hello"),
    "an event that nobody knows": lambda request, body: {"events": [{"event": "flown"}]},
    "no list": lambda request, body: {"events": "slot"},
    "cut": cut,
}


async def outcome(run: Any, url: str, output: CollectingOutputChannel) -> tuple[Any, ...]:
    """What the action answered (without its time), or how it failed."""
    tracker = DialogueStateTracker.from_events("c", [], DOMAIN.slots)
    action = RemoteAction("action_x", EndpointConfig(url))
    nlg = TemplatedNaturalLanguageGenerator(DOMAIN.responses)
    try:
        events = await run(action, output, nlg, tracker, DOMAIN)
    except Exception as error:
        return type(error), str(error)
    return ([{**event.as_dict(), "timestamp": 0} for event in events],)


@pytest.mark.parametrize("case", [*RUNS, *FAILURES])
async def test_where_nobody_wants_to_know_an_action_runs_as_in_rasa(
    case: str, action_server: ActionServer
) -> None:
    action_server.answer = (RUNS | FAILURES)[case]
    theirs = await outcome(RUN.original(), action_server.url, CollectingOutputChannel())
    ours = await outcome(RUN.replacement(), action_server.url, CollectingOutputChannel())
    assert ours == theirs
    assert isinstance(theirs[0], list) is (case in ("nothing", "events and words"))


@pytest.mark.parametrize("case", RUNS)
async def test_what_is_no_failure_does_not_end_the_turn(case: str, action_server: ActionServer) -> None:
    action_server.answer = RUNS[case]
    assert await outcome(RUN.replacement(), action_server.url, Output()) == await outcome(
        RUN.original(), action_server.url, Output()
    )


@pytest.mark.parametrize("case", FAILURES)
async def test_the_channel_is_told_of_a_failure(case: str, action_server: ActionServer) -> None:
    action_server.answer = FAILURES[case]
    failed, _ = await outcome(RUN.original(), action_server.url, Output())
    with pytest.raises(Ended, match="action_x") as ended:
        await outcome(RUN.replacement(), action_server.url, Output())
    assert type(ended.value.__cause__) is failed is not ActionExecutionRejection


async def test_the_channel_is_told_of_a_server_that_is_not_there() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Ended):
        await outcome(RUN.replacement(), f"http://127.0.0.1:{port}/webhook", Output())


async def test_who_gives_up_a_turn_is_not_told_of_a_failure(action_server: ActionServer) -> None:
    started, going = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request, body: Any) -> Any:
        started.set()
        await going.wait()
        return {}

    action_server.answer = slow
    turn = asyncio.create_task(outcome(RUN.replacement(), action_server.url, Output()))
    await started.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    going.set()


# --- what is not patched any more ------------------------------------------------------------------------------------


def test_past_states_are_those_of_the_events_even_at_an_old_address(patch_rasa: Callable[[], None]) -> None:
    """They were once remembered by `id()` of the last event, which another may have after it."""
    from rasa.shared.core.events import ActionExecuted

    patch_rasa()
    tracker = DialogueStateTracker.from_events("c", [ActionExecuted("action_listen")], DOMAIN.slots)
    tracker.events.append(ActionExecuted("action_x"))
    assert tracker.past_states(DOMAIN)[-1]["prev_action"] == {"action_name": "action_x"}
    address = id(tracker.events[-1])
    tracker.events.pop()
    others = []
    while id(event := ActionExecuted("action_restart")) != address:
        others.append(event)  # its place is taken: the next one gets another
        assert len(others) < 100_000
    tracker.events.append(event)
    assert tracker.past_states(DOMAIN)[-1]["prev_action"] == {"action_name": "action_restart"}
