"""What a customer saved for later."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shop.catalogue import product_rows
from shop.catalogue.product import Product
from shop.errors import UnknownProduct
from shop.tables import products, wishlist_items
from storage.database import session


def add(customer: str, product_id: str) -> bool:
    """Save a product; False where it was saved already. Raises `UnknownProduct`."""
    with session() as connection:
        if connection.execute(sa.select(products.c.id).where(products.c.id == product_id)).scalar() is None:
            raise UnknownProduct(product_id=product_id)
        statement = (
            insert(wishlist_items).values(customer=customer, product_id=product_id).on_conflict_do_nothing()
        )
        return bool(connection.execute(statement).rowcount)


def remove(customer: str, product_id: str) -> bool:
    """Take a product out; False where it was not in."""
    condition = (wishlist_items.c.customer == customer) & (wishlist_items.c.product_id == product_id)
    with session() as connection:
        return bool(connection.execute(wishlist_items.delete().where(condition)).rowcount)


def view(customer: str) -> tuple[Product, ...]:
    """The saved products, the newest first."""
    query = (
        sa.select(*product_rows.COLUMNS)
        .join(wishlist_items, products.c.id == wishlist_items.c.product_id)
        .where(wishlist_items.c.customer == customer)
        .order_by(wishlist_items.c.added.desc(), products.c.id)
    )
    with session() as connection:
        return tuple(product_rows.to_product(row) for row in connection.execute(query).mappings())
