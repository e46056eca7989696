"""What was said: every message of every conversation, in the order the customer sees.

The customer's message is stored before it is acknowledged, and the answers of a turn are stored together with
the mark that the message is answered. So a server that dies loses nothing and, after it is back, answers each
message once. The payloads of buttons stay here; clients get titles only.

All functions are synchronous and take a few milliseconds; call them in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from actions.shop import database

# One statement a version; `migrate` runs those that a database has not seen. Append, never edit.
_VERSIONS = (
    """
    CREATE TABLE conversations (
        id text PRIMARY KEY,
        channel text NOT NULL DEFAULT 'web',
        language text,
        last_seq integer NOT NULL DEFAULT 0,
        created timestamptz NOT NULL DEFAULT now(),
        seen timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE messages (
        conversation text NOT NULL REFERENCES conversations ON DELETE CASCADE,
        seq integer NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        sender text NOT NULL CHECK (sender IN ('customer', 'bot', 'agent', 'system')),
        client_id text,
        reply_to text,
        answered boolean NOT NULL DEFAULT true,
        body jsonb NOT NULL,
        PRIMARY KEY (conversation, seq)
    );
    CREATE UNIQUE INDEX messages_client_id ON messages (conversation, client_id) WHERE client_id IS NOT NULL;
    CREATE INDEX messages_unanswered ON messages (conversation, seq) WHERE NOT answered;
    """,
)
_LOCK = 7_302_115  # any number of ours: PostgreSQL's advisory lock for the migration


@dataclass(frozen=True)
class Message:
    """One stored message; `body` is the reply model (bot) or text, photo and payload (customer)."""

    conversation: str
    seq: int
    at: datetime
    sender: str
    body: dict[str, Any]
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
        }


@dataclass(frozen=True)
class Draft:
    """A message about to be stored."""

    sender: str
    body: dict[str, Any]
    client_id: str | None = None
    reply_to: str | None = None
    answered: bool = True


def _titles(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"title": button["title"]} for button in body.get("buttons") or []]


def migrate() -> None:
    """Create or bring up to date the tables; safe to call again and from several processes at once."""
    with database.session() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS messages_version (version integer NOT NULL)"))
        done = connection.execute(
            sa.text("SELECT coalesce(max(version), 0) FROM messages_version")
        ).scalar_one()
        for version, statement in enumerate(_VERSIONS[done:], start=done + 1):
            connection.exec_driver_sql(statement)
            connection.execute(sa.text("INSERT INTO messages_version VALUES (:v)"), {"v": version})


_OPEN = sa.text(
    """
    INSERT INTO conversations (id, channel, language, last_seq) VALUES (:id, :channel, :language, :count)
    ON CONFLICT (id) DO UPDATE SET last_seq = conversations.last_seq + :count, seen = now(),
        language = coalesce(excluded.language, conversations.language)
    RETURNING last_seq
    """
)
_INSERT = sa.text(
    """
    INSERT INTO messages (conversation, seq, sender, client_id, reply_to, answered, body)
    VALUES (:conversation, :seq, :sender, :client_id, :reply_to, :answered, CAST(:body AS jsonb)) RETURNING at
    """
)
_WAITING = sa.text("SELECT answered FROM messages WHERE conversation = :c AND seq = :s FOR UPDATE")
_ANSWERED = sa.text("UPDATE messages SET answered = true WHERE conversation = :c AND seq = :s")
_COLUMNS = "conversation, seq, at, sender, body, client_id, reply_to, answered"


def receive(
    conversation: str, draft: Draft, *, channel: str = "web", language: str | None = None
) -> tuple[Message, bool]:
    """Store a customer's message; returns it and whether it is new (False: its client id was seen before)."""
    with database.session() as connection:
        # The row of the conversation is the lock: two senders of one conversation get their numbers in turn.
        last = _reserve(connection, conversation, 1, channel, language)
        if draft.client_id is not None:
            known = connection.execute(
                sa.text(f"SELECT {_COLUMNS} FROM messages WHERE conversation = :c AND client_id = :i"),
                {"c": conversation, "i": draft.client_id},
            ).first()
            if known:
                connection.execute(
                    sa.text("UPDATE conversations SET last_seq = last_seq - 1 WHERE id = :c"),
                    {"c": conversation},
                )
                return Message(**known._mapping), False
        return _insert(connection, conversation, last, draft), True


def add(
    conversation: str, drafts: Sequence[Draft], *, channel: str = "web", language: str | None = None
) -> list[Message]:
    """Store messages of the bot, an agent or the system, in one transaction."""
    with database.session() as connection:
        return _append(connection, conversation, drafts, channel, language)


@dataclass(frozen=True)
class Answer:
    """What became of an answer: the stored messages, and whether it had erased what was said."""

    stored: list[Message]
    erased: bool = False


def answer(message: Message, drafts: Sequence[Draft], *, channel: str = "web") -> Answer:
    """Store the answer to a customer's message and mark it answered, in one transaction.

    Stores nothing if the message was answered meanwhile (by another process).
    """
    with database.session() as connection:
        row = connection.execute(_WAITING, {"c": message.conversation, "s": message.seq}).first()
        if row is not None and row.answered:
            return Answer([])
        stored = _append(connection, message.conversation, drafts, channel, None)
        if row is not None:
            connection.execute(_ANSWERED, {"c": message.conversation, "s": message.seq})
        return Answer(stored, erased=row is None)


def _append(
    connection: Any, conversation: str, drafts: Sequence[Draft], channel: str, language: str | None
) -> list[Message]:
    first = _reserve(connection, conversation, len(drafts), channel, language) - len(drafts) + 1
    return [_insert(connection, conversation, first + i, draft) for i, draft in enumerate(drafts)]


def _reserve(connection: Any, conversation: str, count: int, channel: str, language: str | None) -> int:
    row = connection.execute(
        _OPEN, {"id": conversation, "channel": channel, "language": language, "count": count}
    ).first()
    return int(row[0])


def _insert(connection: Any, conversation: str, seq: int, draft: Draft) -> Message:
    at = connection.execute(
        _INSERT,
        {
            "conversation": conversation,
            "seq": seq,
            "sender": draft.sender,
            "client_id": draft.client_id,
            "reply_to": draft.reply_to,
            "answered": draft.answered,
            "body": json.dumps(draft.body, ensure_ascii=False),
        },
    ).scalar_one()
    return Message(
        conversation, seq, at, draft.sender, draft.body, draft.client_id, draft.reply_to, draft.answered
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


def delete_conversation(conversation: str) -> int:
    """Erase a conversation; returns how many messages went."""
    with database.session() as connection:
        statement = sa.text("DELETE FROM messages WHERE conversation = :c")
        gone = int(connection.execute(statement, {"c": conversation}).rowcount)
        connection.execute(sa.text("DELETE FROM conversations WHERE id = :c"), {"c": conversation})
        return gone
