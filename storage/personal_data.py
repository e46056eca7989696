"""What is stored of a person: a copy of it, and its erasure, for whatever process asks.

Each room says in its own revision (`migrations/versions`) what becomes of its tables: a row in
`personal_data` and functions of the database, `forget_PART(text)`, which says how many it erased, and, if the
row gives it a place in a copy, `export_PART(text)`, which gives JSON (NULL: leave it out). So who takes part
stands in the database: nobody has to import a room for it, and no process can have fewer than another. A test
walks all tables and fails for one with something of a person in it that nobody answers for.

A person is known by their conversation.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.database import session

_COPIED = sa.text("SELECT part FROM personal_data WHERE copied IS NOT NULL ORDER BY copied")
_ERASED = sa.text("SELECT part FROM personal_data WHERE photos OR NOT :photos_only ORDER BY erased")


def export(person: str) -> dict[str, Any]:
    """A copy of everything stored of a person, as JSON-able data by part: cart, wishlist, profile, photos
    (what is known of them, not their bytes), orders, messages, hand-overs.
    """
    with session() as connection:
        copied = {
            part: connection.execute(sa.text(f"SELECT export_{part}(:person)"), {"person": person}).scalar()
            for part in connection.execute(_COPIED).scalars().all()
        }
    return {part: data for part, data in copied.items() if data is not None}


def forget(person: str, *, photos_only: bool = False) -> dict[str, int]:
    """Erase a person's photos and what was found in them, or (without `photos_only`) everything; returns how
    many of each part. One transaction, which locks in the order of all: conversation, hand-overs, messages.
    """
    with session() as connection:
        return {
            part: int(
                connection.execute(sa.text(f"SELECT forget_{part}(:person)"), {"person": person}).scalar_one()
            )
            for part in connection.execute(_ERASED, {"photos_only": photos_only}).scalars().all()
        }
