"""What the tests do with people, time and conversations; the real store behind all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.support import handoff
from bot.support.handoff import Event, Handoff, State
from storage import database


def sql(query: str, **values: Any) -> Any:
    with database.session() as connection:
        result = connection.execute(sa.text(query), values)
        return result.all() if result.returns_rows else result.rowcount


class World:
    """See the module."""

    def __init__(self, settings_file: Path) -> None:
        self.settings_file = settings_file

    def settings(self, **changes: Any) -> None:
        """Change the settings' file."""
        import yaml

        data = yaml.safe_load(self.settings_file.read_text(encoding="utf-8"))
        self.settings_file.write_text(yaml.safe_dump({**data, **changes}, sort_keys=False), encoding="utf-8")

    def agent(
        self,
        name: str,
        *,
        role: str = "agent",
        groups: tuple[str, ...] = ("service",),
        languages: tuple[str, ...] = ("en", "zh"),
        max_load: int = 4,
        online: bool = True,
    ) -> int:
        """A person at the desk; returns the account's number."""
        ((number,),) = sql(
            "INSERT INTO agents (login, name, password, role, groups, languages, max_load) "
            "VALUES (:login, :name, 'x', :role, :groups, :languages, :max_load) RETURNING id",
            login=f"{name.lower()}-{uuid4().hex}",
            name=name,
            role=role,
            groups=list(groups),
            languages=list(languages),
            max_load=max_load,
        )
        if online:
            self.online(number)
        return int(number)

    def online(self, agent: int, status: str = "online") -> None:
        self.offline(agent)
        sql(
            "INSERT INTO agent_presence (connection, agent, process, status) VALUES (:c, :a, 'test', :s)",
            c=uuid4().hex,
            a=agent,
            s=status,
        )

    def offline(self, agent: int) -> None:
        sql("DELETE FROM agent_presence WHERE agent = :a", a=agent)

    def lost(self, agent: int, seconds: float = 50) -> None:
        """The agent's connection has not been heard of for so long."""
        sql(
            "UPDATE agent_presence SET seen = clock_timestamp() - make_interval(secs => :s) WHERE agent = :a",
            s=seconds,
            a=agent,
        )

    def passes(self, seconds: float, conversation: str | None = None) -> None:
        """So much time passes for what is open; people who are there stay there."""
        columns = ("asked", "queued", "assigned", "accepted", "first_reply", "gone_since", "ended")
        sets = ", ".join(f"{name} = {name} - make_interval(secs => :s)" for name in columns)
        where = "CAST(:c AS text) IS NULL OR conversation = :c"
        sql(f"UPDATE handoffs SET {sets} WHERE {where}", s=seconds, c=conversation)

    def says(self, conversation: str, text: str = "hello", client_id: str | None = None) -> Message:
        """The customer writes."""
        draft = Draft("customer", {"text": text}, client_id or uuid4().hex, answered=False)
        return messages.receive(conversation, draft, language="en")[0]

    def conversation(self, text: str = "hello") -> str:
        """A new conversation in which the customer has written once and was answered."""
        conversation = f"web-{uuid4().hex}"
        messages.answer(self.says(conversation, text), [Draft("bot", {"text": "hi"})])
        return conversation

    def request(self, conversation: str | None = None, **values: Any) -> Handoff:
        values = {"channel": "web", "reason": "asked", "language": "en", **values}
        return handoff.request(conversation or self.conversation(), **values).handoff

    def put(self, state: State, agent: int, conversation: str | None = None) -> Handoff:
        """A hand-over in a state; somebody must be online."""
        found = self.request(conversation)
        if state is State.BOT:
            return handoff.cancel(found.conversation)
        if state is State.OFFLINE_TICKET:
            return handoff.offline(found.id, found.version)
        if state is not State.QUEUED:
            found = handoff.claim(found.id, agent, found.version)
        if state in (State.HUMAN, State.RETURNED, State.CLOSED):
            found = handoff.accept(found.id, agent, found.version)
        if state is State.RETURNED:
            found = handoff.give_back(found.id, agent, found.version)
        if state is State.CLOSED:
            found = handoff.close(found.id, agent, found.version, "solved")
        assert found.state is state
        return found


def texts(conversation: str, *senders: str) -> list[str]:
    """What some sides said, in order."""
    said = messages.history(conversation, limit=1000)
    return [message.body.get("text", "") for message in said if not senders or message.sender in senders]


def checked(number: int) -> Handoff:
    """The hand-over, after its audit was replayed."""
    found = handoff.get(number)
    assert found is not None
    changes = handoff.audit(number)
    assert handoff.replay(changes) is found.state
    assert changes[-1].version == found.version
    return found


def apply(event: Event, found: Handoff, agent: int, other: int) -> Handoff:
    """Let an event happen to a hand-over, through the store."""
    act = {
        Event.ASSIGN: lambda: handoff.assign(found.id, agent, found.version),
        Event.CLAIM: lambda: handoff.claim(found.id, agent, found.version),
        Event.ACCEPT: lambda: handoff.accept(found.id, agent, found.version),
        Event.RELEASE: lambda: handoff.release(found.id, agent, found.version),
        Event.SILENT: lambda: handoff.silent(found.id, found.version),
        Event.GONE: lambda: handoff.gone(found.id, found.version),
        Event.TRANSFER_GROUP: lambda: handoff.transfer_to_group(found.id, agent, "orders", found.version),
        Event.TRANSFER_AGENT: lambda: handoff.transfer_to_agent(found.id, agent, other, found.version),
        Event.CANCEL: lambda: handoff.cancel(found.conversation),
        Event.OFFLINE: lambda: handoff.offline(found.id, found.version),
        Event.RETURN: lambda: handoff.give_back(found.id, agent, found.version),
        Event.CLOSE: lambda: handoff.close(found.id, agent, found.version, "solved"),
    }
    return act[event]()
