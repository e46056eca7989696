"""What was said: every message of every conversation, in the order the customer sees.

The customer's message is stored before it is acknowledged, and the answers of a turn are stored together with
the mark that the message is answered. So a server that dies loses nothing and, after it is back, answers each
message once. The payloads of buttons stay here; clients get titles only.

While a hand-over is open (`bot.support.handoff`) the bot is silent, and here is where that is kept: what
the customer writes is stored as answered (it is for the person), and what the bot says is dropped in the
very transaction that would store it. Who opens a hand-over locks the row of the conversation, as every
writer of messages does.

All functions are synchronous and take a few milliseconds; call them in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.bodies import Body, ButtonBody, CardBody
from storage import database, events


@dataclass(frozen=True)
class Message:
    """One stored message; see `bot.conversation.bodies` for what is in it."""

    conversation: str
    seq: int
    at: datetime
    sender: str
    body: Body
    client_id: str | None = None
    reply_to: str | None = None
    answered: bool = True

    def event(self) -> dict[str, Any]:
        """The form that clients see: no payloads, nothing internal."""
        body = self.body
        photo = body.get("photo")
        return {
            "seq": self.seq,
            "at": self.at.isoformat(timespec="milliseconds"),
            "from": self.sender,
            "id": self.client_id,
            "reply_to": self.reply_to,
            "text": body.get("text"),
            "photo": {"id": photo, "url": f"/chat/photos/{photo}"} if photo else None,
            "cards": [{**card, "buttons": _titles(card)} for card in body.get("cards") or []],
            "buttons": _titles(body),
            "picture": body.get("picture"),
            "agent": {"name": body["agent"]["name"]} if body.get("agent") else None,
            "form": body.get("form"),
            "rating": {"handoff": body["rating"]["handoff"]} if body.get("rating") else None,
        }


@dataclass(frozen=True)
class Draft:
    """A message about to be stored."""

    sender: str
    body: Body
    client_id: str | None = None
    reply_to: str | None = None
    answered: bool = True


def _titles(body: Body | CardBody) -> list[ButtonBody]:
    return [{"title": button["title"]} for button in body.get("buttons") or []]


_OPEN = sa.text(
    """
    INSERT INTO conversations (id, channel, language, last_seq) VALUES (:id, :channel, :language, :count)
    ON CONFLICT (id) DO UPDATE SET last_seq = conversations.last_seq + :count, seen = now(),
        language = coalesce(excluded.language, conversations.language)
    RETURNING last_seq
    """
)
_WITH_A_PERSON = (
    "EXISTS (SELECT FROM handoffs h WHERE h.conversation = :conversation "
    "AND h.state IN ('queued', 'assigned', 'human'))"
)
# Only for who holds the lock of the conversation's row: nobody opens a hand-over meanwhile.
_UNLESS_WITH_A_PERSON = sa.text(
    f"""
    UPDATE conversations SET last_seq = last_seq + :count, seen = now()
    WHERE id = :conversation AND NOT {_WITH_A_PERSON} RETURNING last_seq
    """
)


def _insertion(answered: str, notify: bool) -> Any:
    sent = f", pg_notify('{events.CHANNEL}', :event)" if notify else ""
    return sa.text(
        f"""
        INSERT INTO messages (conversation, seq, sender, client_id, reply_to, answered, body)
        VALUES (:conversation, :seq, :sender, :client_id, :reply_to, {answered}, CAST(:body AS jsonb))
        RETURNING at, answered{sent}
        """
    )


_INSERT = _insertion(":answered", notify=False)
_INSERT_LAST = _insertion(":answered", notify=True)
_INSERT_RECEIVED = _insertion(f":answered OR {_WITH_A_PERSON}", notify=True)
# The conversation first: the order in which everybody locks.
_WAITING = sa.text(
    """
    SELECT m.answered FROM conversations c JOIN messages m ON m.conversation = c.id
    WHERE c.id = :c AND m.seq = :s FOR UPDATE
    """
)
_ANSWERED = sa.text("UPDATE messages SET answered = true WHERE conversation = :c AND seq = :s")
_GO_ON = sa.text("UPDATE conversations SET last_seq = greatest(last_seq, :s) WHERE id = :c")
_COLUMNS = "conversation, seq, at, sender, body, client_id, reply_to, answered"


def receive(
    conversation: str, draft: Draft, *, channel: str = "web", language: str | None = None
) -> tuple[Message, bool]:
    """Store a customer's message; returns it and whether it is new (False: its client id was seen before).

    It comes back as answered if a person has the conversation: the bot is not to be asked.
    """
    with database.session() as connection:
        # The row of the conversation is the lock: two senders of one conversation get their numbers in turn.
        last = _reserve(connection, conversation, 1, channel, language)
        if draft.client_id is not None and (known := by_client_id(connection, conversation, draft.client_id)):
            connection.execute(
                sa.text("UPDATE conversations SET last_seq = last_seq - 1 WHERE id = :c"), {"c": conversation}
            )
            return known, False
        return _insert(connection, conversation, last, draft, _INSERT_RECEIVED, first=last), True


def add(
    conversation: str, drafts: Sequence[Draft], *, channel: str = "web", language: str | None = None
) -> list[Message]:
    """Store messages of the bot, an agent or the system, in one transaction.

    Stores nothing if the bot is among them and a person has the conversation.
    """
    with database.session() as connection:
        if not any(draft.sender == "bot" for draft in drafts):
            return append(connection, conversation, drafts, channel, language)
        lock(connection, conversation, channel, language)
        return _append_as_bot(connection, conversation, drafts) or []


@dataclass(frozen=True)
class Answer:
    """What became of an answer: the stored messages, whether it had erased what was said, and whether it was
    dropped because a person has the conversation.
    """

    stored: list[Message]
    erased: bool = False
    silent: bool = False


def answer(message: Message, drafts: Sequence[Draft], *, channel: str = "web") -> Answer:
    """Store the answer to a customer's message and mark it answered, in one transaction.

    Stores nothing if the message was answered meanwhile (by another process), and drops the drafts if a
    person has the conversation by now.
    """
    with database.session() as connection:
        row = connection.execute(_WAITING, {"c": message.conversation, "s": message.seq}).first()
        if row is not None and row.answered:
            return Answer([])
        if row is None:
            lock(connection, message.conversation, channel)
            # Pages that are open know the numbers up to the question's: the answer's goes on from there.
            connection.execute(_GO_ON, {"c": message.conversation, "s": message.seq})
        stored = _append_as_bot(connection, message.conversation, drafts)
        if row is not None:
            connection.execute(_ANSWERED, {"c": message.conversation, "s": message.seq})
        return Answer(stored or [], erased=row is None, silent=stored is None)


def append(
    connection: Connection,
    conversation: str,
    drafts: Sequence[Draft],
    channel: str,
    language: str | None = None,
) -> list[Message]:
    """Store messages inside the caller's transaction, whoever has the conversation; locks its row."""
    last = _reserve(connection, conversation, len(drafts), channel, language)
    return _insert_all(connection, conversation, last, drafts)


def lock(connection: Connection, conversation: str, channel: str, language: str | None = None) -> int:
    """Lock a conversation (made if there is none) until the transaction ends; returns its last number.

    Everybody who writes messages or changes a hand-over takes this lock before any other.
    """
    return _reserve(connection, conversation, 0, channel, language)


def _append_as_bot(
    connection: Connection, conversation: str, drafts: Sequence[Draft]
) -> list[Message] | None:
    """The same for what the bot says, with the row locked already; None if a person has the conversation."""
    values = {"conversation": conversation, "count": len(drafts)}
    last = connection.execute(_UNLESS_WITH_A_PERSON, values).scalar()
    return None if last is None else _insert_all(connection, conversation, int(last), drafts)


def by_client_id(connection: Connection, conversation: str, client_id: str) -> Message | None:
    """The message that a client sent under this id, inside the caller's transaction."""
    query = sa.text(f"SELECT {_COLUMNS} FROM messages WHERE conversation = :c AND client_id = :i")
    row = connection.execute(query, {"c": conversation, "i": client_id}).first()
    return Message(**row._mapping) if row else None


def _reserve(
    connection: Connection, conversation: str, count: int, channel: str, language: str | None
) -> int:
    row = connection.execute(
        _OPEN, {"id": conversation, "channel": channel, "language": language, "count": count}
    ).one()
    return int(row[0])


def _insert_all(
    connection: Connection, conversation: str, last: int, drafts: Sequence[Draft]
) -> list[Message]:
    first = last - len(drafts) + 1
    return [
        _insert(connection, conversation, seq, draft, _INSERT_LAST if seq == last else _INSERT, first=first)
        for seq, draft in enumerate(drafts, start=first)
    ]


def _insert(
    connection: Connection, conversation: str, seq: int, draft: Draft, statement: Any, *, first: int
) -> Message:
    """Store one message; the last of several tells all processes of them."""
    values: dict[str, Any] = {
        "conversation": conversation,
        "seq": seq,
        "sender": draft.sender,
        "client_id": draft.client_id,
        "reply_to": draft.reply_to,
        "answered": draft.answered,
        "body": json.dumps(draft.body, ensure_ascii=False),
    }
    if statement is not _INSERT:
        event = {"conversation": conversation, "first": first, "last": seq}
        values["event"] = events.payload("message", event)
    row = connection.execute(statement, values).one()
    return Message(
        conversation, seq, row.at, draft.sender, draft.body, draft.client_id, draft.reply_to, row.answered
    )


def _select(where: str, **values: Any) -> list[Message]:
    with database.session() as connection:
        rows = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM messages WHERE {where}"), values)
        return [Message(**row._mapping) for row in rows]


def history(conversation: str, since: int = 0, limit: int = 200) -> list[Message]:
    """The newest `limit` messages after number `since`, oldest first."""
    newest = _select(
        "conversation = :c AND seq > :s ORDER BY seq DESC LIMIT :n", c=conversation, s=since, n=limit
    )
    return newest[::-1]


def unanswered(conversation: str) -> list[Message]:
    """The customer's messages that wait for an answer, oldest first."""
    return _select("conversation = :c AND NOT answered ORDER BY seq", c=conversation)


def get(conversation: str, seq: int) -> Message | None:
    """One message, or None."""
    found = _select("conversation = :c AND seq = :s", c=conversation, s=seq)
    return found[0] if found else None


def last_seq(conversation: str) -> int:
    """The number of the newest message; 0 if there is none."""
    with database.session() as connection:
        statement = sa.text("SELECT last_seq FROM conversations WHERE id = :c")
        return int(connection.execute(statement, {"c": conversation}).scalar() or 0)


def language_of(conversation: str) -> str | None:
    """The language in which the customer last wrote, or None."""
    with database.session() as connection:
        statement = sa.text("SELECT language FROM conversations WHERE id = :c")
        return connection.execute(statement, {"c": conversation}).scalar()
