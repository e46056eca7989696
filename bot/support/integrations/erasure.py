"""Erases what desks and tickets hold of a customer."""

from __future__ import annotations

import sqlalchemy as sa

from storage import database


def forget(conversation: str) -> None:
    """Delete tickets that are not sent, links and jobs, and have the desk outside delete the customer, too.

    May be called again. Where a transaction erases a conversation already, `SELECT forget_desks(:c)` does the
    same inside it.
    """
    with database.session() as connection:
        connection.execute(sa.text("SELECT forget_desks(:c)"), {"c": conversation})
