"""A database of these tests' own, hand-overs in it, and everything that stands around a desk."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.support import handoff
from bot.support.handoff import customer_side
from bot.support.integrations import outside_agents
from bot.support.integrations.settings import ChatwootSettings
from shop.customers import photos
from storage import database, events
from tests.support.integrations.fake_chatwoot import ACCOUNT, INBOX, TOKEN, FakeChatwoot
from tests.support.integrations.hub import Hub
from vision.photo import encode_jpeg

HANDOFF = """
desk: chatwoot
groups: {service: {en: Service, zh: 客服}, orders: {en: Orders, zh: 订单}}
hours: always
timers: {ticket_after: 0}
return_slots: {order_id: {en: Order number}, usual_size: {en: Size}}
close_reasons: {solved: {en: Solved}, other: {en: Other}}
"""


@pytest.fixture(scope="session")
def installation() -> Iterator[Path]:
    """An embedded PostgreSQL in a folder of its own (a short path: sockets' names are limited)."""
    folder = Path(tempfile.mkdtemp(prefix="desks"))
    (folder / "handoff.yml").write_text(HANDOFF, encoding="utf-8")
    given = {"SHOP_VAR": str(folder / "var"), "SHOP_HANDOFF": str(folder / "handoff.yml")}
    names = [name for name in os.environ if name.startswith("SHOP_")]
    before = {name: os.environ.pop(name) for name in names}
    os.environ.update(given)
    database.dispose()
    database.migrate()
    yield folder
    database.stop()
    for name in given:
        del os.environ[name]
    os.environ.update(before)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shop(installation: Path) -> Iterator[Path]:
    """The database, empty."""
    with database.session() as connection:
        connection.execute(sa.text("ALTER TABLE handoff_audit DISABLE TRIGGER ALL"))
        connection.exec_driver_sql(
            "TRUNCATE conversations, messages, handoffs, handoff_audit, handoff_notes, handoff_asked, reads, agents, "
            "agent_presence, desk_links, desk_jobs, desk_staff, tickets, photos CASCADE"
        )
        connection.execute(sa.text("ALTER TABLE handoff_audit ENABLE TRIGGER ALL"))
    outside_agents.agent_of.cache_clear()
    yield installation
    outside_agents.agent_of.cache_clear()


def picture(colour: int = 200) -> bytes:
    """A JPEG."""
    return encode_jpeg(np.full((40, 60, 3), colour, dtype=np.uint8))


class Customer:
    """A customer of the shop: writes into the message store, as a channel does."""

    def __init__(self, conversation: str = "web-conversation-4711", language: str = "en") -> None:
        self.conversation = conversation
        self.language = language
        self._count = 0

    def says(self, text: str | None, *pictures: bytes) -> Message:
        """Write, perhaps with photos."""
        self._count += 1
        body: dict[str, Any] = {"text": text} if text else {}
        ids = [photos.put(self.conversation, data, 60, 40) for data in pictures]
        if ids:
            body["photo"] = ids[0]
        if len(ids) > 1:
            body["photos"] = ids
        draft = Draft("customer", body, f"c{self._count}-{time.monotonic_ns()}", answered=False)
        return messages.receive(self.conversation, draft, language=self.language)[0]

    def hears(self, text: str) -> None:
        """The bot says something."""
        messages.add(self.conversation, [Draft("bot", {"text": text})])

    def asks(self, text: str = "I want to talk to a person", *pictures: bytes) -> handoff.Handoff:
        """Ask for a person."""
        message = self.says(text, *pictures)
        wanted = handoff.request(
            self.conversation, channel="web", reason="asked", language=self.language, message=message
        )
        return wanted.handoff

    def seen(self, sender: str | None = "agent") -> list[str]:
        """What the customer was told by agents (or others, or everybody)."""
        return [
            str(each.body.get("text") or "")
            for each in messages.history(self.conversation)
            if sender in (None, each.sender)
        ]

    @property
    def handoff(self) -> handoff.Handoff:
        """The newest hand-over."""
        found = handoff.latest(self.conversation)
        assert found is not None
        return found

    def ends_offline(self) -> handoff.Handoff:
        """Nobody comes."""
        return customer_side.offline(self.handoff.id, self.handoff.version)


@pytest.fixture
def customer(shop: Path) -> Customer:
    return Customer()


async def until(condition: Callable[[], Any], seconds: float = 10.0, what: str = "") -> Any:
    """Wait until something holds; returns it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, what or "not in time"
        await asyncio.sleep(0.02)
    return found


def chatwoot_settings(fake: FakeChatwoot, **changes: Any) -> ChatwootSettings:
    values = {"account": ACCOUNT, "inbox": INBOX, "token": TOKEN, "secrets": (fake.secret,)}
    return ChatwootSettings(url=fake.url, **{**values, **changes})


@pytest.fixture
async def fake() -> AsyncIterator[FakeChatwoot]:
    running = FakeChatwoot()
    await running.start()
    yield running
    assert running.wrong == [], running.wrong
    await running.stop()


@pytest.fixture
async def hub(shop: Path, fake: FakeChatwoot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """A server process of ours with Chatwoot as its desk, reachable for webhooks."""
    from storage import backoff

    monkeypatch.setattr(backoff, "CHAT", (0.05, 0.1, 0.2, 0.3))
    running = Hub(chatwoot_settings(fake))
    await running.start()
    fake.hook = running.hook
    yield running
    await running.stop()


@pytest.fixture
async def listener(shop: Path) -> AsyncIterator[events.Listener]:
    made = events.Listener(asyncio.get_running_loop())
    assert await made.start()
    yield made
    await made.stop()
