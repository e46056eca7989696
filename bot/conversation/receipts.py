"""Read marks: up to which message each side of a conversation has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from storage import database, events


@dataclass(frozen=True)
class ReadMarks:
    """Up to which message each side has read; 0 for nothing."""

    customer: int = 0
    agent: int = 0


def mark(conversation: str, who: Literal["customer", "agent"], seq: int) -> bool:
    """The customer or the agent has read up to message `seq`; False if that is nothing new.

    A number beyond the last message means the last message.
    """
    if who not in ("customer", "agent"):
        raise ValueError(f"who reads: 'customer' or 'agent', not {who!r}")
    with database.session() as connection:
        marked = connection.execute(
            sa.text(
                f"""
                INSERT INTO reads AS r (conversation, {who})
                SELECT id, least(:seq, last_seq) FROM conversations WHERE id = :c AND last_seq > 0
                ON CONFLICT (conversation) DO UPDATE SET {who} = excluded.{who}
                WHERE r.{who} < excluded.{who} RETURNING {who}
                """
            ),
            {"c": conversation, "seq": max(0, min(seq, 2**31 - 1))},
        ).scalar()
        if not marked:
            return False
        events.publish(connection, "read", {"conversation": conversation, "who": who, "seq": int(marked)})
        return True


def of(conversation: str) -> ReadMarks:
    """The read marks of a conversation."""
    with database.session() as connection:
        query = sa.text("SELECT customer, agent FROM reads WHERE conversation = :c")
        row = connection.execute(query, {"c": conversation}).first()
        return ReadMarks(row.customer, row.agent) if row else ReadMarks()
