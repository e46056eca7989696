"""The agents' side of a hand-over: claim, accept, speak, pass on, give back, close.

Every function takes the version that the agent's page shows. It raises `Conflict` if the hand-over has
changed since, `WrongState` if that cannot happen now, `NotYours` if the agent may not do it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.conversation import messages
from bot.conversation.bodies import Body
from bot.conversation.messages import Draft, Message
from bot.support.accounts.agents import Agent, may, sees
from bot.support.handoff import announcements, context, queue_estimates, transitions
from bot.support.handoff.errors import BadValue, Conflict, NotFound, NotYours
from bot.support.handoff.model import Handoff
from bot.support.handoff.notes import MAX_NOTE, add_note, cleaned, seen_by, set_tags
from bot.support.handoff.states import Event, State
from bot.support.handoff.transitions import NOW, Move, move
from bot.support.owner_settings import settings
from storage import database

MAX_VALUE = 4000  # characters of a slot's value as JSON


@dataclass(frozen=True)
class SentMessage:
    """An agent's message as stored, whether it is new, and the hand-over after it."""

    message: Message
    new: bool
    handoff: Handoff


def step_in(conversation: str, agent: int, *, channel: str) -> Handoff:
    """Take a conversation that the bot has, without being asked. Raises `Conflict` if somebody else has it or
    it waits, `NotFound` if there is no such conversation.
    """
    language = messages.language_of(conversation)
    packet = context.safely(
        conversation, reason="stepped_in", detail=None, language=language, channel=channel, consented=None
    )
    with database.session() as connection:
        query = sa.text("SELECT last_seq FROM conversations WHERE id = :c FOR UPDATE")
        last = connection.execute(query, {"c": conversation}).scalar()
        if last is None:
            raise NotFound(f"there is no conversation {conversation}")
        person = transitions.agent_of(connection, agent)
        made = transitions.begin(
            connection,
            int(last),
            Event.STEP_IN,
            _actor(agent),
            conversation=conversation,
            channel=channel,
            reason="stepped_in",
            language=language,
            group=_own_group(person),
            agent=agent,
            packet=packet,
            assigned=NOW,
            accepted=NOW,
        )
        made.silence()
        _announce(made, "here", name=person.name)
        return made.handoff


def claim(handoff: int, agent: int, version: int) -> Handoff:
    """Take one that waits. One that is assigned can be claimed by its own agent, or by a lead."""
    with move(handoff, version, Event.CLAIM) as at:
        person = seen_by(at, agent)
        if at.handoff.state is State.ASSIGNED and at.handoff.agent != agent:
            _allow(may(person, "take_over"))
        return at.change(Event.CLAIM, _actor(agent), {"agent": agent, "assigned": NOW, "gone_since": None})


def assign(handoff: int, agent: int, version: int) -> Handoff:
    """Give one that waits to an agent, automatically."""
    with move(handoff, version, Event.ASSIGN) as at:
        at.agent(agent)
        return at.change(Event.ASSIGN, "system", {"agent": agent, "assigned": NOW, "gone_since": None})


def accept(handoff: int, agent: int, version: int) -> Handoff:
    """The agent is there: the customer is told who it is."""
    with move(handoff, version, Event.ACCEPT) as at:
        return _accept(at, agent)


def say(handoff: int, agent: int, draft: Draft) -> SentMessage:
    """Store what an agent says, if the conversation is his: the first message accepts it. The body gets the
    agent's name. A client id that was seen before stores nothing (`new` is False).

    Needs no version: what counts is who has the conversation. Raises `WrongState`, `NotYours`.
    """
    with move(handoff, None) as at:
        conversation = at.handoff.conversation
        if draft.client_id is not None:
            known = messages.by_client_id(at.connection, conversation, draft.client_id)
            if known is not None:
                speaker = known.body.get("agent")
                if known.sender != "agent" or speaker is None or speaker["id"] != agent:
                    raise BadValue("this message id is another's")
                return SentMessage(known, False, at.handoff)
        person = at.agent(agent)
        if at.handoff.state is State.ASSIGNED:
            _accept(at, agent)
        _own(at, agent, strict=True)
        if at.handoff.state is not State.HUMAN:
            raise NotYours()
        body: Body = {**draft.body, "agent": {"id": agent, "name": person.name}}
        stored = at.say([Draft("agent", body, draft.client_id, draft.reply_to)])
        if at.handoff.first_reply is None:
            at.set(first_reply=NOW)
        return SentMessage(stored[0], True, at.handoff)


def release(handoff: int, agent: int, version: int) -> Handoff:
    """Give an assigned one back to the queue, where it keeps its place."""
    with move(handoff, version, Event.RELEASE) as at:
        _own(at, agent)
        return at.change(Event.RELEASE, _actor(agent), _WAITS, was=at.handoff.agent)


def transfer_to_agent(handoff: int, by: int, agent: int, version: int) -> Handoff:
    """Pass on to a person, who is asked to accept. In another group's if the person is not of this one."""
    with move(handoff, version, Event.TRANSFER_AGENT) as at:
        _own(at, by)
        person = at.agent(agent)
        before = at.handoff
        group = before.group if sees(person, before.group) else _own_group(person)
        values = {"agent": agent, "assigned": NOW, "gone_since": None, "group": group}
        at.change(Event.TRANSFER_AGENT, _actor(by), values, was=before.agent)
        if before.state is State.HUMAN and agent != before.agent:
            _announce(at, "passed_to_agent", name=person.name)
        return at.handoff


def transfer_to_group(handoff: int, by: int, group: str, version: int) -> Handoff:
    """Pass on to a group's queue; the customer keeps the time he has waited."""
    current = settings()
    if group not in current.groups:
        raise NotFound(f"there is no group {group!r}")
    with move(handoff, version, Event.TRANSFER_GROUP) as at:
        before = at.handoff
        if before.state is State.QUEUED:
            seen_by(at, by)
        else:
            _own(at, by)
        values = {**_WAITS, "group": group, "queued": NOW}
        at.change(Event.TRANSFER_GROUP, _actor(by), values, was=before.agent)
        name = current.group_name(group, announcements.language_of(before.language))
        _announce(at, "passed_to_group", queue=True, group=name)
        return at.handoff


def give_back(
    handoff: int,
    agent: int,
    version: int,
    *,
    slots: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> Handoff:
    """Return a conversation to the bot, which says one closing line and knows what was agreed: `slots` (of
    `return_slots` in handoff.yml) and a note wait until it is told (`bot.dialogue.handoff_events`).
    """
    agreement = _agreement(slots or {}, note)
    with move(handoff, version, Event.RETURN) as at:
        person = _own(at, agent)
        values = {"agreed": agreement or None, "gone_since": None}
        at.change(Event.RETURN, _actor(agent), values, slots=sorted(agreement.get("slots", {})) or None)
        _close_line(at, "returned", person)
        return at.handoff


def close(handoff: int, agent: int, version: int, reason: str, tags: Sequence[str] = ()) -> Handoff:
    """End a conversation with one of the `close_reasons` of bot/support/handoff.yml."""
    if reason not in settings().close_reasons:
        raise BadValue(f"there is no close reason {reason!r}")
    with move(handoff, version, Event.CLOSE) as at:
        person = _own(at, agent)
        values: dict[str, Any] = {"close_reason": reason, "gone_since": None}
        if tags:
            values["tags"] = cleaned([*at.handoff.tags, *tags])
        at.change(Event.CLOSE, _actor(agent), values, reason=reason)
        _close_line(at, "closed", person)
        return at.handoff


def silent(handoff: int, version: int) -> Handoff:
    """The timer: it was not accepted in time; it waits again, in its place."""
    with move(handoff, version, Event.SILENT) as at:
        return at.change(Event.SILENT, "system", _WAITS, was=at.handoff.agent)


def gone(handoff: int, version: int) -> Handoff:
    """The timer: the agent is disconnected; it waits again, in its place."""
    with move(handoff, version, Event.GONE) as at:
        before = at.handoff
        since = {"queued": NOW} if before.state is State.HUMAN else {}
        at.change(Event.GONE, "system", {**_WAITS, **since}, was=before.agent)
        if before.state is State.HUMAN:
            _announce(at, "lost", queue=True, name=_name(at, before.agent))
        return at.handoff


# --- inside --------------------------------------------------------------------------------------------

_WAITS: dict[str, Any] = {"agent": None, "gone_since": None}


def _accept(at: Move, agent: int) -> Handoff:
    person = _own(at, agent, strict=True)
    values = {"accepted": sa.text("coalesce(h.accepted, clock_timestamp())"), "gone_since": None}
    handoff = at.change(Event.ACCEPT, _actor(agent), values)
    _announce(at, "here", name=person.name)
    return handoff


def _own(at: Move, agent: int, *, strict: bool = False) -> Agent:
    """The agent has the conversation, or is a lead (not where it is about speaking: `strict`)."""
    person = at.agent(agent)
    if at.handoff.agent != agent:
        _allow(not strict and may(person, "take_over"))
    return person


def _allow(right: bool) -> None:
    if not right:
        raise NotYours()


def _own_group(agent: Agent) -> str:
    known = settings().groups
    return next((group for group in agent.groups if group in known), settings().default_group)


def _announce(at: Move, key: str, *, queue: bool = False, **facts: Any) -> None:
    """Tell the customer what happens, with the new place in the queue if he waits again."""
    language = at.handoff.language
    text = announcements.say(language, key, **facts)
    if queue:
        place = queue_estimates.place_in(at.connection, at.handoff)
        text = announcements.join(
            language, text, announcements.queue(language, place.place, place.wait_minutes)
        )
    at.say([Draft("system", {"text": text})])


def _close_line(at: Move, key: str, person: Agent) -> None:
    """The one line with which the bot is back, with the question for the customer's opinion."""
    handoff = at.handoff
    if handoff.accepted is None:  # nobody spoke with the customer
        at.say([Draft("bot", {"text": announcements.say(handoff.language, "closed_unseen")})])
        return
    name = person.name if handoff.agent == person.id else _name(at, handoff.agent)
    text = announcements.say(handoff.language, key, "rate", name=name)
    at.say([Draft("bot", {"text": text, "rating": {"handoff": handoff.id}})])


def _name(at: Move, agent: int | None) -> str:
    query = sa.text("SELECT name FROM agents WHERE id = :id")
    return str(at.connection.execute(query, {"id": agent}).scalar() or "…")


def _agreement(slots: Mapping[str, Any], note: str | None) -> dict[str, Any]:
    allowed = settings().return_slots
    for name, value in slots.items():
        if name not in allowed:
            raise BadValue(f"the slot {name!r} cannot be set by an agent")
        try:
            size = len(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError):
            raise BadValue(f"the value of the slot {name!r} is no JSON") from None
        if size > MAX_VALUE or (isinstance(value, float) and not math.isfinite(value)):
            raise BadValue(f"the value of the slot {name!r} is too long")
    text = (note or "").strip()[:MAX_NOTE]
    return {**({"slots": dict(slots)} if slots else {}), **({"note": text} if text else {})}


def _actor(agent: int) -> str:
    return f"agent:{agent}"


__all__ = (
    "MAX_NOTE", "Conflict", "SentMessage", "accept", "add_note", "assign", "claim", "close", "give_back",
    "gone", "release", "say", "set_tags", "silent", "step_in", "transfer_to_agent", "transfer_to_group",
)  # fmt: skip
