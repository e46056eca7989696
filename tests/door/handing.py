"""People at the desk for the channel's tests: they work through `bot.support.handoff`, as the desk's pages do, on the database
of the running echo server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import yaml

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.operations.client import Client, ClientError
from bot.support import handoff
from bot.support.handoff import Handoff
from storage import database

SETTINGS: dict[str, Any] = {
    "desk": "own",
    "groups": {"service": {"en": "Service", "zh": "客服"}, "orders": {"en": "Orders", "zh": "订单"}},
    "hours": "always",
    # Long enough that nothing happens by itself in these tests, however busy the machine is.
    "timers": {"accept_within": 3600, "gone_after": 3600, "wait_at_most": 3600, "nobody_after": 3600},
    "assignment": {"automatic": False},
    "return_slots": {"colour": {"en": "Colour"}, "usual_size": {"en": "Size"}},
    "close_reasons": {"solved": {"en": "Solved"}},
}


def sql(query: str, **values: Any) -> Any:
    with database.session() as connection:
        result = connection.execute(sa.text(query), values)
        return result.all() if result.returns_rows else result.rowcount


class Desk:
    """One agent, online unless told otherwise, and the settings that the servers read."""

    def __init__(self, settings_file: Path) -> None:
        self.settings_file = settings_file
        self.settings()
        # Rows, each table by itself, and not TRUNCATE: the servers' clocks run, and who wants a table for himself
        # waits for them while they wait for him.
        for table in ("handoffs", "handoff_asked", "agents"):
            sql(f"DELETE FROM {table}")
        ((number,),) = sql(
            "INSERT INTO agents (login, name, password, role, groups) "
            "VALUES (:login, 'Anna', 'x', 'agent', '{service,orders}') RETURNING id",
            login=f"anna-{uuid4().hex}",
        )
        self.agent = int(number)
        self.online()

    def settings(self, **changes: Any) -> None:
        """Write the settings' file: the plain ones with some changes."""
        text = yaml.safe_dump({**SETTINGS, **changes}, sort_keys=False, allow_unicode=True)
        self.settings_file.write_text(text, encoding="utf-8")

    def online(self) -> None:
        values = {"c": uuid4().hex, "a": self.agent}
        sql(
            "INSERT INTO agent_presence (connection, agent, process, status) VALUES (:c, :a, 't', 'online')",
            **values,
        )

    def offline(self) -> None:
        sql("DELETE FROM agent_presence WHERE agent = :a", a=self.agent)

    def open(self, conversation: str) -> Handoff:
        found = handoff.open_of(conversation)
        assert found is not None, "no hand-over is open"
        return found

    def latest(self, conversation: str) -> Handoff:
        found = handoff.latest(conversation)
        assert found is not None, "there was no hand-over"
        return found

    def claim(self, conversation: str) -> Handoff:
        found = self.open(conversation)
        return handoff.claim(found.id, self.agent, found.version)

    def accept(self, conversation: str) -> Handoff:
        """Claim it if it waits, and open it."""
        found = self.open(conversation)
        if found.state is handoff.State.QUEUED:
            found = self.claim(conversation)
        return handoff.accept(found.id, self.agent, found.version)

    def step_in(self, conversation: str) -> Handoff:
        return handoff.step_in(conversation, self.agent, channel="web")

    def say(self, conversation: str, text: str) -> None:
        handoff.say(self.open(conversation).id, self.agent, Draft("agent", {"text": text}))

    def give_back(self, conversation: str, note: str | None = None, **slots: Any) -> Handoff:
        found = self.open(conversation)
        return handoff.give_back(found.id, self.agent, found.version, slots=slots, note=note)

    def close(self, conversation: str) -> Handoff:
        found = self.open(conversation)
        return handoff.close(found.id, self.agent, found.version, "solved")

    def bring_to(self, conversation: str, state: str) -> None:
        """From asked for to queued, assigned or human."""
        if state == "assigned":
            self.claim(conversation)
        elif state == "human":
            self.accept(conversation)
        assert self.open(conversation).state.value == state


class Customer(Client):
    """A client that remembers who has the conversation, as it was told."""

    standing: dict[str, Any] | None = None

    async def _until(self, wanted: Any, timeout: float) -> dict[str, Any]:
        def look(got: dict[str, Any]) -> bool:
            if got["type"] == "handoff":
                self.standing = {key: value for key, value in got.items() if key != "type"}
            elif got["type"] == "welcome":
                self.standing = got["handoff"]
            return bool(wanted(got))

        return await super()._until(look, timeout)

    async def stands(self, state: str, within: float = 10, **wanted: Any) -> dict[str, Any]:
        """Wait until the customer is told that it stands so; "bot" may also mean that nothing was ever told."""

        def so() -> bool:
            told = self.standing or {"state": "bot"}
            return told["state"] == state and all(told.get(key) == value for key, value in wanted.items())

        if not so():
            await self._until(lambda got: so(), within)
        return self.standing or {"state": "bot"}


def stored(conversation: str) -> list[tuple[str, str | None]]:
    """All that was said, as (sender, text)."""
    return [(each.sender, each.body.get("text")) for each in messages.history(conversation)]


def texts(client: Client, sender: str = "bot") -> list[str]:
    return [event["text"] for event in client.events if event["from"] == sender]


async def frames(client: Client, seconds: float) -> list[dict[str, Any]]:
    """All frames that arrive within a time."""
    found = []
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            found.append(await asyncio.wait_for(client.frames.get(), left))
        except asyncio.TimeoutError:
            break
    return found


async def frame(client: Client, kind: str, within: float = 10, **wanted: Any) -> dict[str, Any]:
    """The next frame of a kind with these values."""

    def fits(got: dict[str, Any]) -> bool:
        return got["type"] == kind and all(got.get(key) == value for key, value in wanted.items())

    return await client._until(fits, within)


async def until(condition: Callable[[], object], what: str, within: float = 10) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {within} s"
        await asyncio.sleep(0.02)


async def come_back(client: Client, url: str | None = None, within: float = 60) -> None:
    """Connect again, as the widget does by itself; to another server if `url` says so."""
    if url is not None:
        client.url = url
    end = time.monotonic() + within
    while True:
        try:
            await client.disconnect()
            await client.connect()
            return
        except (ClientError, OSError):
            assert time.monotonic() < end, "the server did not come back"
            await asyncio.sleep(0.3)


def consistent(client: Client) -> None:
    """What a customer has seen is what is stored: each message once, in order."""
    assert [event["seq"] for event in client.events] == sorted({event["seq"] for event in client.events})
    kept = [(each.seq, each.body.get("text")) for each in messages.history(client.conversation)]
    assert [(event["seq"], event["text"]) for event in client.events] == kept
