"""The customer's side of a hand-over: it is asked for, given up, rated; an e-mail is left."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation import messages
from bot.conversation.bodies import Body
from bot.conversation.messages import Draft, Message
from bot.support import email_address
from bot.support.handoff import announcements, context, queue_estimates, transitions
from bot.support.handoff.availability import Availability, availability_in
from bot.support.handoff.errors import BadValue, NotFound
from bot.support.handoff.model import COLUMNS, Handoff, Place, Requested
from bot.support.handoff.states import Event, State
from bot.support.handoff.transitions import NOW, Move
from bot.support.owner_settings import REASONS, settings
from storage import database

logger = logging.getLogger(__name__)

AGAIN = timedelta(hours=12)  # a ticket younger than this is not opened a second time
_ACTORS = {"asked": "customer", "keyword": "rule", "cart": "rule", "vip": "rule"}


def request(
    conversation: str,
    *,
    channel: str,
    reason: str,
    detail: str | None = None,
    language: str | None = None,
    group: str | None = None,
    priority: int | None = None,
    packet: dict[str, Any] | None = None,
    message: Message | None = None,
    before: Sequence[Draft] = (),
    consented: bool | None = None,
    now: datetime | None = None,
) -> Requested:
    """Ask for a person, and announce it to the customer; one transaction.

    If nobody is there (or it is out of hours) the hand-over ends as `offline_ticket` at once, the customer is
    told when people are back and asked for an e-mail, and `open` is False. If one is open already nothing is
    stored but the mark of `message` (`new` is False). So too while a ticket of today waits and still nobody
    is there, except that the customer is told again when people are back.

    message    the customer's message whose answer this is: marked answered in the same transaction, so that a
               server that dies neither loses the request nor makes it twice
    before     what the bot says before it ("I'm sorry"), stored in the same transaction
    packet     facts that the caller knows and the database does not (wishes, slots); they are laid over what
               `bot.support.handoff.context` finds
    consented  whether the customer agreed that the profile is shown; by default if he asked for a person
    """
    if reason not in REASONS:
        raise BadValue(f"there is no reason {reason!r}")
    current = settings()
    to = group if group is not None and group in current.groups else current.default_group
    language = language or messages.language_of(conversation)
    built = context.safely(
        conversation, reason=reason, detail=detail, language=language, channel=channel, consented=consented
    )
    with database.session() as connection:
        messages.lock(connection, conversation, channel, language)
        earlier = _earlier(connection, conversation, message)
        if earlier is not None:
            _answered(connection, message)
            return _already_asked(connection, earlier, now)
        there = availability_in(connection, to, now)
        waiting = None if there.open else _recent_ticket(connection, conversation)
        if waiting is not None:
            _answered(connection, message)
            text = announcements.join(
                language, _away(language, there, now), announcements.say(language, "kept")
            )
            drafts = [*before, _bot(text, message, form=None if waiting.email else "email")]
            messages.append(connection, conversation, drafts, channel)
            return Requested(waiting, 0, None, False, there.back, False)
        if before:
            messages.append(connection, conversation, before, channel)
        last = messages.lock(connection, conversation, channel)
        move = transitions.begin(
            connection,
            last,
            Event.REQUEST,
            _ACTORS.get(reason, "bot"),
            conversation=conversation,
            channel=channel,
            reason=reason,
            detail=detail,
            language=language,
            group=to,
            priority=current.priorities.get(reason, 0) if priority is None else priority,
            packet={**built, **(packet or {})},
            queued=NOW,
        )
        move.silence()
        if not there.open:
            end_offline(move, there, now, reply_to=message)
            return Requested(move.handoff, 0, None, False, there.back, True)
        place = queue_estimates.place_in(connection, move.handoff)
        text = announcements.join(
            language,
            announcements.say(language, reason if reason in announcements.TEXTS else "rule"),
            announcements.queue(language, place.place, place.wait_minutes),
            announcements.say(language, "write_on"),
        )
        move.say([Draft("system", {"text": text}, reply_to=message.client_id if message else None)])
        return Requested(move.handoff, place.place, place.wait_minutes, True, None, True)


def cancel(conversation: str) -> Handoff:
    """The customer goes back to the assistant. Raises `NotFound` if nothing is open, `WrongState` if a person
    has the conversation already.
    """
    with database.session() as connection:
        found = transitions.open_in(connection, conversation)
    if found is None:
        raise NotFound("no hand-over is open")
    with transitions.move(
        found.id, None, Event.CANCEL
    ) as move:  # the state decides, whoever changed it meanwhile
        move.change(Event.CANCEL, "customer", {"agent": None, "gone_since": None})
        move.say([Draft("bot", {"text": announcements.say(move.handoff.language, "cancelled")})])
        return move.handoff


def rate(conversation: str, handoff: int, stars: int, comment: str | None = None) -> Handoff:
    """The customer's opinion after the end; a later one replaces it. Raises `BadValue`, `NotFound` (also for
    another's hand-over, and for one that no person had).
    """
    if not isinstance(stars, int) or isinstance(stars, bool) or not 1 <= stars <= 5:
        raise BadValue("one to five stars")
    with transitions.move(handoff, None) as move:
        found = move.handoff
        if found.conversation != conversation or found.accepted is None or found.is_open:
            raise NotFound(f"there is no hand-over {handoff} to rate")
        text = (comment or "").strip()[:2000]
        return move.set(rating=stars, **({"rating_comment": text} if text else {}))


def leave_email(handoff: int, message: Message) -> Handoff | None:
    """The customer's message is the e-mail address that was asked for (`BeforeTurn.wants_email`): kept,
    thanked for, and the message answered, in one transaction. None if there is not one address in it, or none
    is wanted.
    """
    email = email_address.find(message.body.get("text") or "")
    if email is None:
        return None
    with transitions.move(handoff, None) as move:
        found = move.handoff
        wanted = found.state is State.OFFLINE_TICKET and found.email is None and not found.erased
        if not wanted or found.conversation != message.conversation:
            return None
        if transitions.open_in(move.connection, found.conversation) is not None:
            return None
        if not _answered(move.connection, message):
            return None
        move.set(email=email)
        text = announcements.say(found.language, "email_taken", email=email)
        move.say([Draft("bot", {"text": text}, reply_to=message.client_id)])
        return move.handoff


def set_ticket(handoff: int, ticket: str) -> bool:
    """The ticket that was opened elsewhere; False if there was one already."""
    with transitions.move(handoff, None) as move:
        if move.handoff.ticket is not None:
            return False
        move.set(ticket=ticket[:200])
        return True


def asked_once(conversation: str, rule: str) -> bool:
    """Whether a rule fits for the first time in a conversation: it is asked or announced only once."""
    with database.session() as connection:
        query = sa.text(
            "INSERT INTO handoff_asked (conversation, rule) VALUES (:c, :r) "
            "ON CONFLICT DO NOTHING RETURNING rule"
        )
        return connection.execute(query, {"c": conversation, "r": rule}).first() is not None


def offline(handoff: int, version: int, now: datetime | None = None) -> Handoff:
    """Let one that waits end as a ticket: nobody came. Raises `Conflict`, `WrongState`."""
    with transitions.move(handoff, version, Event.OFFLINE) as move:
        end_offline(move, availability_in(move.connection, move.handoff.group, now), now)
        return move.handoff


def end_offline(
    move: Move, there: Availability, now: datetime | None, *, reply_to: Message | None = None
) -> None:
    """Let a waiting hand-over end as a ticket; the customer is told when people are back and asked for an
    e-mail, unless it is known.
    """
    handoff = move.change(Event.OFFLINE, "system", {"agent": None}, why=there.why or "wait")
    text = announcements.join(
        handoff.language,
        _away(handoff.language, there, now),
        announcements.say(handoff.language, "kept" if handoff.email else "ask_email"),
    )
    move.say([_bot(text, reply_to, form=None if handoff.email else "email")])


def _away(language: str | None, there: Availability, now: datetime | None) -> str:
    if there.why == "closed_hours" and there.back is not None:
        at = now or datetime.now(timezone.utc)
        return announcements.say(language, "closed_hours", back=announcements.back(language, there.back, at))
    return announcements.say(language, "too_long" if there.open else "nobody")


def _bot(text: str, reply_to: Message | None, *, form: str | None) -> Draft:
    body: Body = {"text": text}
    if form:
        body["form"] = form
    return Draft("bot", body, reply_to=reply_to.client_id if reply_to else None)


def _earlier(connection: Connection, conversation: str, message: Message | None) -> Handoff | None:
    """The hand-over that this request would double: one that is open, or the one that this very message led
    to.
    """
    found = transitions.open_in(connection, conversation)
    if found is None and message is not None:
        query = sa.text("SELECT answered FROM messages WHERE conversation = :c AND seq = :s")
        if connection.execute(query, {"c": conversation, "s": message.seq}).scalar():
            row = connection.execute(
                sa.text(f"SELECT {COLUMNS} FROM handoffs h WHERE conversation = :c ORDER BY id DESC LIMIT 1"),
                {"c": conversation},
            ).first()
            found = Handoff.of(row) if row else None
    return found


def _recent_ticket(connection: Connection, conversation: str) -> Handoff | None:
    row = connection.execute(
        sa.text(f"SELECT {COLUMNS} FROM handoffs h WHERE conversation = :c ORDER BY id DESC LIMIT 1"),
        {"c": conversation},
    ).first()
    if row is None or row.state != State.OFFLINE_TICKET.value or row.erased:
        return None
    return Handoff.of(row) if datetime.now(timezone.utc) - row.ended < AGAIN else None


def _answered(connection: Connection, message: Message | None) -> bool:
    """Mark a message answered; False if it was."""
    if message is None:
        return False
    query = sa.text(
        "UPDATE messages SET answered = true WHERE conversation = :c AND seq = :s AND NOT answered"
    )
    values = {"c": message.conversation, "s": message.seq}
    return bool(connection.execute(query, values).rowcount)


def _already_asked(connection: Connection, handoff: Handoff, now: datetime | None) -> Requested:
    place = queue_estimates.place_in(connection, handoff) if handoff.is_open else Place(0, None)
    if handoff.is_open:
        return Requested(handoff, place.place, place.wait_minutes, True, None, False)
    there = availability_in(connection, handoff.group, now)
    return Requested(handoff, 0, None, False, there.back, False)
