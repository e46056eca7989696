"""The desk with a real server on 127.0.0.1, the embedded PostgreSQL and real people (of ours)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.support.accounts import agents, desk_sessions, presence
from bot.support.accounts.roles import Agent
from bot.support.handoff import customer_side, store
from bot.support.handoff.model import Handoff
from shop.importing import importer
from storage import database
from tests.conftest import ROOT, clean_environment, free_ports, wait_for
from tests.support.desk.client import DeskPage

PASSWORD = "correct horse battery 7"
SHOP = "https://shop.example"  # may embed the chat, and has no business at the desk

HANDOFF = """
desk: own
groups:
  service: {en: Customer service, zh: 客服}
  orders: {en: Orders, zh: 订单}
  style: {en: Style, zh: 穿搭}
hours: always
timers: {accept_within: 3600, gone_after: 3600, wait_at_most: 36000, nobody_after: 3600, ticket_after: 600}
assignment: {automatic: false}
return_slots:
  usual_size: {en: Size, zh: 尺码}
  order_id: {en: Order, zh: 订单}
  criteria: {en: Wishes, zh: 条件}
close_reasons:
  solved: {en: Solved, zh: 已解决}
  other: {en: Other, zh: 其他}
tags: [size, refund]
"""


class DeskProcess:
    """One server process."""

    def __init__(self, folder: Path, **environment: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder / f"desk-{self.port}.log"
        variables = clean_environment(folder) | {
            "SHOP_PORT": str(self.port),
            "SHOP_ACTIONS_PORT": "1",
            "SHOP_ALLOWED_ORIGINS": SHOP,
            "SHOP_HANDOFF": str(folder / "handoff.yml"),
            **environment,
        }
        with self.output.open("ab") as log:
            command = [sys.executable, "-m", "tests.support.desk.server"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        wait_for(self._open, 180, "start of the desk")

    def _open(self) -> bool:
        import socket

        assert self.process.poll() is None, self.log()[-3000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    def page(self, login: str = "", **options: Any) -> DeskPage:
        """A page of an agent of ours."""
        return DeskPage(self.url, login, PASSWORD, **options)


@dataclass
class World:
    """Everything there is: the process, the people, and customers who want one of them."""

    folder: Path
    server: DeskProcess
    people: dict[str, Agent]
    ghost: Agent
    customers: list[str] = field(default_factory=list)

    def page(self, login: str = "", *, at: DeskProcess | None = None, **options: Any) -> DeskPage:
        """A page of somebody who is signed in already (or of nobody)."""
        page = (at or self.server).page(login, **options)
        if login:
            agent = agents.by_login(login)
            assert agent is not None
            with database.session() as connection:
                page.token = desk_sessions.start(connection, agent).token
        return page

    def fresh(self, login: str, **options: Any) -> DeskPage:
        """A page that signs in with the password."""
        return self.server.page(login, **options)

    def customer(self, *texts: str, language: str | None = "en") -> str:
        """A customer who has said something to the bot."""
        conversation = f"web-{uuid.uuid4().hex}"
        for text in texts or ("hello",):
            self.writes(conversation, text, language=language)
        self.customers.append(conversation)
        return conversation

    def writes(self, conversation: str, text: str, *, language: str | None = "en", **body: Any) -> Message:
        """The customer writes (as his socket's server does it)."""
        draft = Draft("customer", {"text": text, **body}, uuid.uuid4().hex)
        return messages.receive(conversation, draft, language=language)[0]

    def waits(self, group: str = "service", *texts: str, language: str = "en", **facts: Any) -> Handoff:
        """A customer in the queue of a group."""
        conversation = self.customer(*texts, language=language)
        asked = customer_side.request(
            conversation, channel="web", reason="asked", language=language, group=group, **facts
        )
        assert asked.handoff.state == "queued", asked
        return asked.handoff

    def now(self, handoff: Handoff | int) -> Handoff:
        """A hand-over as it stands."""
        found = store.get(handoff if isinstance(handoff, int) else handoff.id)
        assert found is not None
        return found

    def said(self, conversation: str) -> list[Message]:
        return messages.history(conversation)


@pytest.fixture(scope="session")
def desk_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    (folder / "handoff.yml").write_text(HANDOFF, encoding="utf-8")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def desk_database(desk_folder: Path) -> Iterator[None]:
    """The tests look into the same database as the servers."""
    names = ("SHOP_VAR", "SHOP_DATABASE_URL", "SHOP_HANDOFF")
    before = {name: os.environ.get(name) for name in names}
    database.dispose()
    os.environ["SHOP_VAR"] = str(desk_folder)
    os.environ["SHOP_HANDOFF"] = str(desk_folder / "handoff.yml")
    os.environ.pop("SHOP_DATABASE_URL", None)
    from bot import settings as bot_settings

    bot_settings.settings.cache_clear()
    bot_settings.secret.cache_clear()
    yield
    database.stop()
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    bot_settings.secret.cache_clear()


@pytest.fixture(scope="session")
def world(desk_folder: Path, desk_database: None) -> Iterator[World]:
    server = DeskProcess(desk_folder)
    people: dict[str, Agent] = {}
    for login, role, groups, name in (
        ("olga", "owner", ["service"], "Olga"),
        ("lea", "lead", ["service"], "Lea"),
        ("anna", "agent", ["service"], "Anna"),
        ("bob", "agent", ["service", "style"], "Bob"),
        ("carl", "agent", ["orders"], "Carl"),
        ("ghost", "agent", ["service", "orders", "style"], "Ghost"),
    ):
        people[login] = agents.add(login, name, PASSWORD, role=role, groups=groups, max_load=40)
    ghost = people.pop("ghost")
    with haunting(ghost):
        yield World(desk_folder, server, people, ghost)
    server.stop()


@contextlib.contextmanager
def haunting(ghost: Agent) -> Iterator[None]:
    """Somebody is always there for every group, or whoever waits becomes a ticket."""
    over, room = threading.Event(), os.environ["SHOP_VAR"]

    def stay() -> None:
        while not over.wait(5):
            # The tests of other rooms have their databases in place after these.
            if os.environ.get("SHOP_VAR") == room:
                with contextlib.suppress(Exception):
                    presence.heartbeat("test", ["ghost"])

    presence.connect(ghost.id, "test", "ghost")
    thread = threading.Thread(target=stay, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture(scope="session")
def second(world: World) -> Iterator[DeskProcess]:
    """Another server process on the same database."""
    server = DeskProcess(world.folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def products(world: World) -> list[str]:
    """A few products of the demo catalogue; their ids."""
    lines = (ROOT / "data" / "demo" / "products.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    file = world.folder / "products.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    (world.folder / "pictures").symlink_to(ROOT / "data" / "demo" / "pictures")
    report = importer.import_catalogue(file, eyes=None)
    assert report.added == len(lines), report
    return [json.loads(line)["id"] for line in lines]
