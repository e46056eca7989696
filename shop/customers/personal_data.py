"""What is stored of a customer: a copy of it, and its deletion.

Covers the shop's own tables, the conversation's messages (`messages` with the column `conversation`, if that
table is there) and what its hand-overs to a person hold (functions of the database erase it, if they are
there: `forget_handoffs`, `forget_desks` for desks outside and tickets, `forget_messengers`). Who keeps more
registers it; a registration holds in the process that makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shop.cart import cart, wishlist
from shop.customers import photo_analyses, profile
from shop.orders import orders
from shop.tables import cart_items, photos, profiles, wishlist_items
from shop.tables import orders as orders_table
from storage.database import session

Export = Callable[[str], Any]
Forget = Callable[[str], int]
_others: dict[str, tuple[Export, Forget]] = {}


def register(name: str, export: Export, forget: Forget) -> None:
    """Let a keeper of other data take part: `export` gives JSON-able data, `forget` deletes and says how
    many.
    """
    _others[name] = (export, forget)


def export(customer: str) -> dict[str, Any]:
    """Everything stored of a customer as JSON-able data: cart, wishlist, profile, photos (what is known of
    them, not their bytes), orders placed in this conversation, messages, and what is registered."""
    with session() as connection:
        held = [
            {
                "id": row["id"],
                "created": row["created"].isoformat(),
                "expires": row["expires"].isoformat(),
                "captions": photo_analyses.captions(row["look"] or {}),
            }
            for row in connection.execute(
                sa.select(photos.c.id, photos.c.created, photos.c.expires, photos.c.look)
                .where(photos.c.owner == customer)
                .order_by(photos.c.created)
            ).mappings()
        ]
        messages = _messages(connection, customer)
        handoffs = _handoffs(connection, customer)
    return {
        "cart": [
            {"product": line.product.id, "size": line.size, "quantity": line.quantity}
            for line in cart.view(customer).lines
        ],
        "wishlist": [product.id for product in wishlist.view(customer)],
        "profile": profile.load(customer).to_dict(),
        "photos": held,
        "orders": [
            {
                "id": order.id,
                "status": order.status,
                "placed": order.placed.isoformat(),
                "total": str(order.total),
            }
            for order in orders.of_customer(customer)
        ],
        "messages": messages,
        **({"handoffs": handoffs} if handoffs else {}),
        **{name: give(customer) for name, (give, _) in _others.items()},
    }


def forget(customer: str, *, photos_only: bool = False) -> dict[str, int]:
    """Delete a customer's photos and what was found in them, or (without `photos_only`) everything; returns
    how many of each. Orders stay, for the shop's books, but no longer lead to the conversation."""
    counts: dict[str, int] = {}
    with session() as connection:
        if not photos_only and _has(connection, "forget_handoffs(text)"):
            # First: it locks the conversation before its messages, as everybody does.
            statement = sa.text("SELECT forget_handoffs(:customer)")
            counts["handoffs"] = int(connection.execute(statement, {"customer": customer}).scalar_one())
            for name in ("forget_desks", "forget_messengers"):
                if _has(connection, f"{name}(text)"):
                    connection.execute(sa.text(f"SELECT {name}(:customer)"), {"customer": customer})
        counts["photos"] = _delete(connection, photos, photos.c.owner == customer)
        if photos_only:
            return counts
        counts["cart"] = _delete(connection, cart_items, cart_items.c.customer == customer)
        counts["wishlist"] = _delete(connection, wishlist_items, wishlist_items.c.customer == customer)
        counts["profile"] = _delete(connection, profiles, profiles.c.customer == customer)
        cut = orders_table.update().where(orders_table.c.customer == customer).values(customer=None)
        counts["orders"] = int(connection.execute(cut).rowcount)
        if _has_messages(connection):
            statement = sa.text("DELETE FROM messages WHERE conversation = :customer")
            counts["messages"] = int(connection.execute(statement, {"customer": customer}).rowcount)
    for name, (_, delete) in _others.items():
        counts[name] = delete(customer)
    return counts


def _delete(connection: Connection, table: sa.Table, condition: Any) -> int:
    return int(connection.execute(table.delete().where(condition)).rowcount)


def _has_messages(connection: Connection) -> bool:
    return connection.execute(sa.text("SELECT to_regclass('messages') IS NOT NULL")).scalar_one() is True


def _has(connection: Connection, function: str) -> bool:
    query = sa.text("SELECT to_regprocedure(:function) IS NOT NULL")
    return connection.execute(query, {"function": function}).scalar_one() is True


def _handoffs(connection: Connection, customer: str) -> list[dict[str, Any]]:
    if not _has(connection, "forget_handoffs(text)"):
        return []
    query = sa.text(
        "SELECT CAST(asked AS text) AS asked, state, reason, detail, email, rating, rating_comment, packet "
        "FROM handoffs WHERE conversation = :customer AND NOT erased ORDER BY id"
    )
    return [dict(row) for row in connection.execute(query, {"customer": customer}).mappings()]


def _messages(connection: Connection, customer: str) -> list[dict[str, Any]]:
    if not _has_messages(connection):
        return []
    query = sa.text(
        "SELECT CAST(at AS text) AS at, sender, body ->> 'text' AS text FROM messages "
        "WHERE conversation = :customer ORDER BY seq"
    )
    return [dict(row) for row in connection.execute(query, {"customer": customer}).mappings()]
