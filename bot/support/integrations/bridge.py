"""What a desk outside reports, as changes of the hand-over and messages of the conversation.

Everything may be reported twice, by several processes at once, or late: a report that fits no longer changes
nothing. Where somebody was faster, the hand-over is read again and the report looked at anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.conversation import messages, photo_intake, receipts
from bot.conversation.bodies import Body
from bot.conversation.messages import Draft
from bot.settings import MAX_TEXT
from bot.support.handoff import agent_side, store
from bot.support.handoff.errors import HandoffError, NotFound, NotYours
from bot.support.handoff.model import Handoff
from bot.support.handoff.states import State
from bot.support.integrations import outside_agents
from bot.support.integrations.base import AgentMessage, OutsideAgent
from bot.support.owner_settings import settings
from storage import database, events
from storage.backoff import Later

logger = logging.getLogger(__name__)

TRIES = 8


class Bridge:
    """The `Events` of every desk outside."""

    def __init__(self, desk: str) -> None:
        self.desk = desk

    async def agent_said(self, conversation: str, said: AgentMessage) -> None:
        """See `Events`. A photo that the photo door refuses is left out; words are never."""
        if await asyncio.to_thread(self._known, conversation, said):
            return
        admitted = []
        for data in said.photos:
            try:
                admitted.append(await photo_intake.admit(conversation, data))
            except photo_intake.PhotoRefused as error:
                logger.warning("A photo of the desk was not taken in: %s", error.code)
        await asyncio.to_thread(self._agent_said, conversation, said, admitted)

    async def agent_typing(self, conversation: str, person: OutsideAgent, on: bool) -> None:
        """See `Events`."""
        data = {"conversation": conversation, "who": "agent", "on": on, "name": person.name[:80]}
        await asyncio.to_thread(_publish, "typing", data)

    async def agent_read(self, conversation: str, seq: int) -> None:
        """See `Events`."""
        await asyncio.to_thread(receipts.mark, conversation, "agent", seq)

    async def assignee_changed(self, handoff: int, person: OutsideAgent | None) -> None:
        """See `Events`."""
        await asyncio.to_thread(self._assigned, handoff, person)

    async def returned(self, handoff: int, person: OutsideAgent | None, slots: Mapping[str, Any]) -> None:
        """See `Events`. Slots that bot/support/handoff.yml does not name are left out."""
        await asyncio.to_thread(self._returned, handoff, person, dict(slots))

    async def stepped_in(self, conversation: str, person: OutsideAgent) -> None:
        """See `Events`."""
        await asyncio.to_thread(self._stepped_in, conversation, person)

    # --- in a thread ----------------------------------------------------------------------------------------

    def _known(self, conversation: str, said: AgentMessage) -> bool:
        """Whether all of it is stored. An old message that is reported again must not move the hand-over."""
        last = len(_bubbles(said.text, [""] * len(said.photos)))
        with database.session() as connection:
            return messages.by_client_id(connection, conversation, self._client_id(said, last)) is not None

    def _client_id(self, said: AgentMessage, number: int) -> str:
        return f"{self.desk}:{said.id}" + (f":{number}" if number > 1 else "")

    def _agent_said(self, conversation: str, said: AgentMessage, admitted: list[str]) -> None:
        bodies = _bubbles(said.text, admitted)
        for number, body in enumerate(bodies, start=1):
            # The last piece has the number by which `_known` finds it, also where a photo was left out.
            last = len(_bubbles(said.text, [""] * len(said.photos)))
            client_id = self._client_id(said, last if number == len(bodies) else number)

            def speak(draft: Draft = Draft("agent", body, client_id)) -> None:  # noqa: B008
                agent = outside_agents.agent_of(self.desk, said.person)
                found = store.open_of(conversation)
                if found is not None:
                    self._take(found, agent)
                    agent_side.say(found.id, agent, draft)
                    return
                # A last word after the end: it is the customer's all the same.
                signed: Body = {**draft.body, "agent": {"id": agent, "name": said.person.name}}
                messages.receive(conversation, Draft("agent", signed, draft.client_id))

            if not _again(speak):
                raise Later("the message could not be stored")  # nothing that a person said is dropped

    def _assigned(self, handoff: int, person: OutsideAgent | None) -> None:
        def move() -> None:
            found = store.get(handoff)
            if found is None or not found.is_open:
                return
            if person is not None:
                self._take(found, outside_agents.agent_of(self.desk, person))
            elif found.agent is not None and found.state is State.ASSIGNED:
                agent_side.release(found.id, found.agent, found.version)
            elif found.agent is not None and found.state is State.HUMAN:
                agent_side.transfer_to_group(found.id, found.agent, found.group, found.version)

        _again(move)

    def _take(self, found: Handoff, agent: int) -> None:
        """Let this agent have the hand-over, whoever had it."""
        if found.state is State.QUEUED:
            agent_side.claim(found.id, agent, found.version)
        elif found.agent is not None and found.agent != agent:
            agent_side.transfer_to_agent(found.id, found.agent, agent, found.version)

    def _returned(self, handoff: int, person: OutsideAgent | None, slots: dict[str, Any]) -> None:
        known = settings()
        allowed = {name: value for name, value in slots.items() if name in known.return_slots}
        reason = "other" if "other" in known.close_reasons else next(iter(known.close_reasons), None)

        def move() -> None:
            found = store.get(handoff)
            if found is None or not found.is_open:
                return
            agent = found.agent
            if found.state is State.QUEUED or agent is None:
                agent = outside_agents.agent_of(self.desk, person)
                found = agent_side.claim(found.id, agent, found.version)
            if found.state is State.ASSIGNED:
                if found.accepted is None and not allowed and reason:
                    # Nobody spoke, so there is nothing to come back from and nobody to rate.
                    agent_side.close(found.id, agent, found.version, reason)
                    return
                found = agent_side.accept(found.id, agent, found.version)
            agent_side.give_back(found.id, agent, found.version, slots=allowed)

        _again(move)

    def _stepped_in(self, conversation: str, person: OutsideAgent) -> None:
        channel = _channel_of(conversation)
        if channel is None:  # erased meanwhile
            return

        def move() -> None:
            if store.open_of(conversation) is None:
                agent_side.step_in(conversation, outside_agents.agent_of(self.desk, person), channel=channel)

        _again(move)


def _again(act: Callable[[], None]) -> bool:
    """Act, again where the hand-over changed between our look and our act. False where the report fits no
    longer, which is logged.
    """
    error: HandoffError | None = None
    for _ in range(TRIES):
        try:
            act()
            return True
        except HandoffError as raised:
            error = raised
            if isinstance(raised, (NotYours, NotFound)):  # an account was shut or deleted: it is made anew
                outside_agents.agent_of.cache_clear()
    logger.warning("A report of the desk does not fit: %s %s", type(error).__name__, error)
    return False


def _bubbles(text: str, admitted: list[str]) -> list[Body]:
    """One body for each photo, the words with the first one; very long words in several pieces."""
    pieces = [text[at : at + MAX_TEXT] for at in range(0, len(text), MAX_TEXT)]
    count = max(len(pieces), len(admitted))
    bodies = []
    for at in range(count):
        body: Body = {}
        if at < len(pieces):
            body["text"] = pieces[at]
        if at < len(admitted):
            body["photo"] = admitted[at]
        bodies.append(body)
    return bodies


def _publish(topic: str, data: dict[str, Any]) -> None:
    with database.session() as connection:
        events.publish(connection, topic, data)


def _channel_of(conversation: str) -> str | None:
    with database.session() as connection:
        return connection.execute(
            sa.text("SELECT channel FROM conversations WHERE id = :c"), {"c": conversation}
        ).scalar()
