"""Orders already placed. An order is shown to whoever knows its number and its e-mail, to nobody else."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from shop.cart.cart import Cart
from shop.catalogue import product_rows
from shop.catalogue.product import price_text
from shop.errors import TooLate, UnknownOrder
from shop.tables import cart_items, catalogue_state, orders, products
from storage.database import session

STATUSES = ("placed", "packed", "shipped", "delivered", "cancelled")
_CANCELLABLE = ("placed", "packed")
_DELIVERY_DAYS = 4
_DEMO = Path(__file__).with_name("demo_orders.yml")


@dataclass(frozen=True)
class OrderItem:
    product_id: str
    titles: dict[str, str]
    size: str
    quantity: int
    price: Decimal

    def title(self, lang: str) -> str:
        return self.titles.get(lang) or self.titles.get("en") or self.product_id


@dataclass(frozen=True)
class Order:
    """An order with its items at the prices of the day; times in UTC, `expected` is the day of delivery."""

    id: str
    status: str
    items: tuple[OrderItem, ...]
    total: Decimal
    currency: str
    placed: datetime
    shipped: datetime | None
    delivered: datetime | None
    expected: date | None
    carrier: str | None
    tracking: str | None

    @property
    def cancellable(self) -> bool:
        return self.status in _CANCELLABLE

    def total_text(self, lang: str) -> str:
        return price_text(self.total, self.currency, lang)


def find(order_id: str, email: str) -> Order:
    """The order of that number and e-mail (case does not matter). Raises `UnknownOrder`, the same for a wrong
    number and for a wrong e-mail."""
    with session() as connection:
        return _to_order(_matching(connection, order_id, email))


def cancel(order_id: str, email: str) -> Order:
    """Cancel an order that has not left yet; its pieces are in stock again.

    Raises `UnknownOrder`, and `TooLate` (with the order) once it is shipped, delivered or cancelled.
    """
    with session() as connection:
        row = _matching(connection, order_id, email, lock=True)
        order = _to_order(row)
        if not order.cancellable:
            raise TooLate(order=order)
        connection.execute(
            orders.update().where(orders.c.id == order.id).values(status="cancelled", expected=None)
        )
        if row["checkout"]:  # demo orders took nothing from the stock
            for item in order.items:
                _stock(connection, item.product_id, item.size, item.quantity)
        return _to_order(_matching(connection, order_id, email))


def place(connection: Connection, customer: str, email: str, cart: Cart, *, checkout: str) -> Order:
    """Make an order of a cart whose stock is locked and checked, inside the transaction; empties the cart."""
    number = connection.execute(sa.text("SELECT nextval('order_numbers')")).scalar_one()
    items = [
        {
            "product_id": line.product.id,
            "titles": dict(line.product.titles),
            "size": line.size,
            "quantity": line.quantity,
            "price": str(line.product.price),
        }
        for line in cart.lines
    ]
    row = (
        connection.execute(
            orders.insert()
            .values(
                id=f"A{number}",
                customer=customer,
                email=email,
                status="placed",
                items=items,
                total=cart.total,
                currency=cart.currency,
                expected=date.today() + timedelta(days=_DELIVERY_DAYS),
                checkout=checkout,
            )
            .returning(*orders.c)
        )
        .mappings()
        .one()
    )
    for line in cart.lines:
        _stock(connection, line.product.id, line.size, -line.quantity)
    connection.execute(cart_items.delete().where(cart_items.c.customer == customer))
    connection.execute(catalogue_state.update().values(version=catalogue_state.c.version + 1))
    return _to_order(row)


def by_checkout(connection: Connection, checkout: str) -> Order | None:
    """The order placed with a checkout link, if there is one."""
    row = connection.execute(sa.select(orders).where(orders.c.checkout == checkout)).mappings().one_or_none()
    return _to_order(row) if row else None


def of_customer(customer: str) -> tuple[Order, ...]:
    """The orders that this customer placed in this conversation, the newest first."""
    query = sa.select(orders).where(orders.c.customer == customer).order_by(orders.c.placed.desc())
    with session() as connection:
        return tuple(_to_order(row) for row in connection.execute(query).mappings())


def emails_of(customer: str) -> frozenset[str]:
    """The addresses of the orders that this customer placed in this conversation, in small letters."""
    query = sa.select(sa.func.lower(orders.c.email)).where(orders.c.customer == customer).distinct()
    with session() as connection:
        return frozenset(connection.execute(query).scalars())


def seed_demo() -> int:
    """Put the demo orders in, dated as of today, where they are not in yet; returns how many were new.

    Their items are products of the catalogue in use, the first of each wished kind.
    """
    now = datetime.now(timezone.utc)
    added = 0
    with session() as connection:
        for entry in yaml.safe_load(_DEMO.read_text(encoding="utf-8"))["orders"]:
            items = [item for wish in entry["items"] if (item := _demo_item(connection, wish))]
            if not items:
                continue
            days = {name: entry.get(f"{name}_days_ago") for name in ("placed", "shipped", "delivered")}
            times = {
                name: now - timedelta(days=ago) if ago is not None else None for name, ago in days.items()
            }
            expected = entry.get("expected_in_days")
            statement = insert(orders).values(
                id=entry["id"],
                email=entry["email"],
                status=entry["status"],
                items=items,
                total=sum(Decimal(item["price"]) * item["quantity"] for item in items),
                currency=items[0].pop("currency"),
                expected=now.date() + timedelta(days=expected) if expected is not None else None,
                carrier=entry.get("carrier"),
                tracking=entry.get("tracking"),
                **times,
            )
            added += connection.execute(statement.on_conflict_do_nothing()).rowcount
    return added


def _demo_item(connection: Connection, wish: dict[str, Any]) -> dict[str, Any] | None:
    query = (
        sa.select(*product_rows.COLUMNS)
        .where(products.c.category == wish["kind"], sa.func.cardinality(products.c.sizes_in_stock) > 0)
        .order_by(products.c.id)
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    product = product_rows.to_product(row)
    return {
        "product_id": product.id,
        "titles": dict(product.titles),
        "size": product.sizes_in_stock()[0],
        "quantity": wish.get("quantity", 1),
        "price": str(product.price),
        "currency": product.currency,
    }


def _matching(connection: Connection, order_id: str, email: str, *, lock: bool = False) -> Any:
    query = sa.select(orders).where(orders.c.id == (order_id or "").strip().lstrip("#").upper())
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    stored = row["email"] if row else "-"
    same = hmac.compare_digest(stored.strip().casefold().encode(), (email or "").strip().casefold().encode())
    if row is None or not same:
        raise UnknownOrder()
    return row


def _stock(connection: Connection, product_id: str, size: str, change: int) -> None:
    sizes = connection.execute(
        sa.select(products.c.sizes).where(products.c.id == product_id).with_for_update()
    ).scalar()
    if sizes is None:
        return
    for each in sizes:
        if each["name"] == size:
            each["stock"] = max(each["stock"] + change, 0)
    connection.execute(
        sa.text(
            "UPDATE products SET sizes = CAST(:sizes AS jsonb), popularity = popularity + :sold "
            "WHERE id = :id"
        ),
        {"sizes": json.dumps(sizes), "sold": max(-change, 0), "id": product_id},
    )


def _to_order(row: Any) -> Order:
    return Order(
        id=row["id"],
        status=row["status"],
        items=tuple(
            OrderItem(
                item["product_id"], item["titles"], item["size"], item["quantity"], Decimal(item["price"])
            )
            for item in row["items"]
        ),
        total=row["total"],
        currency=row["currency"],
        placed=row["placed"],
        shipped=row["shipped"],
        delivered=row["delivered"],
        expected=row["expected"],
        carrier=row["carrier"],
        tracking=row["tracking"],
    )
