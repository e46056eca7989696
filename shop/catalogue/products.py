"""The catalogue: product records by id, what kinds are sold, upserts and removals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shop.catalogue import product_rows, vocabulary
from shop.catalogue.product import Product
from shop.tables import catalogue_state, products
from storage.database import session


def get(product_id: str) -> Product | None:
    """The product of that id, or None."""
    return next(iter(get_many([product_id])), None)


def get_many(product_ids: Sequence[str]) -> list[Product]:
    """The products of these ids, in their order; unknown ids are left out."""
    if not product_ids:
        return []
    query = sa.select(*product_rows.COLUMNS).where(
        products.c.id == sa.any_(sa.literal(list(product_ids), _TEXTS))
    )
    with session() as connection:
        found = {row["id"]: product_rows.to_product(row) for row in connection.execute(query).mappings()}
    return [found[id] for id in product_ids if id in found]


def count() -> int:
    """How many products there are, sold-out ones included."""
    with session() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(products)).scalar_one())


def version() -> int:
    """Rises with every change of the catalogue."""
    with session() as connection:
        return int(connection.execute(sa.select(catalogue_state.c.version)).scalar_one())


def sold_kinds() -> dict[str, frozenset[str]]:
    """The kinds with at least one product in stock, and the canonical colours each comes in."""
    query = (
        sa.select(products.c.category, sa.func.array_agg(sa.distinct(products.c.colour)))
        .where(products.c.sizes_in_stock != sa.cast([], _TEXTS))
        .group_by(products.c.category)
    )
    with session() as connection:
        return {kind: frozenset(colours) for kind, colours in connection.execute(query)}


def colours_of_line(product: Product) -> list[Product]:
    """The same product in its other colours, itself included, the most popular first."""
    query = (
        sa.select(*product_rows.COLUMNS)
        .where(products.c.line == product.line)
        .order_by(products.c.popularity.desc(), products.c.id)
        .limit(20)
    )
    with session() as connection:
        return [product_rows.to_product(row) for row in connection.execute(query).mappings()]


def upsert(
    product: Product,
    *,
    embedding: np.ndarray | None = None,
    embedding_key: str | None = None,
    record_key: str = "",
    connection: Connection | None = None,
) -> None:
    """Add the product or replace the one of the same id, in one statement, so that there is never half of it.

    `embedding` is float32[256] of unit length, or None for a product without picture. `connection` joins a
    running transaction, else this is its own one, which also counts the catalogue's version up.
    """
    values = product_rows.to_parameters(
        product, embedding=to_vector(embedding), embedding_key=embedding_key, key=record_key
    )
    if connection is not None:
        connection.execute(product_rows.upsert_statement(), values)
        return
    with session() as own:
        own.execute(product_rows.upsert_statement(), values)
        count_up(own)


def remove(product_ids: Iterable[str], *, connection: Connection | None = None) -> int:
    """Remove products (and them from carts and wishlists); returns how many there were."""
    statement = products.delete().where(products.c.id == sa.any_(sa.literal(list(product_ids), _TEXTS)))
    if connection is not None:
        return int(connection.execute(statement).rowcount)
    with session() as own:
        removed = int(own.execute(statement).rowcount)
        count_up(own)
        return removed


def count_up(connection: Connection) -> None:
    """Mark the catalogue as changed, inside the transaction of the change."""
    connection.execute(
        catalogue_state.update().values(version=catalogue_state.c.version + 1, changed=sa.func.now())
    )


def vocabulary_refresh() -> vocabulary.Vocabulary:
    """Write the vocabulary file anew from the records; call it after changes made with `upsert` and
    `remove`.
    """
    with session() as connection:
        values = {
            name: [value for (value,) in connection.execute(query)]
            for name, query in {
                "brands": sa.select(products.c.brand).distinct().order_by(products.c.brand),
                "categories": sa.select(products.c.category).distinct().order_by(products.c.category),
                "colours": sa.text(
                    "SELECT colour FROM products UNION "
                    "SELECT colour2 FROM products WHERE colour2 IS NOT NULL ORDER BY 1"
                ),
                "materials": _distinct(products.c.material),
                "patterns": _distinct(products.c.pattern),
                "occasions": sa.text("SELECT DISTINCT unnest(occasions) FROM products ORDER BY 1"),
                "sizes": sa.text(
                    "SELECT DISTINCT size ->> 'name' FROM products, jsonb_array_elements(sizes) AS size "
                    "ORDER BY 1"
                ),
            }.items()
        }
        number = connection.execute(sa.select(catalogue_state.c.version)).scalar_one()
        currency = connection.execute(
            sa.select(products.c.currency)
            .group_by(products.c.currency)
            .order_by(sa.func.count().desc())
            .limit(1)
        ).scalar()
    found = vocabulary.Vocabulary.from_dict({"version": number, "currency": currency, **values})
    vocabulary.write(found)
    return found


def to_vector(embedding: np.ndarray | None) -> str | None:
    """pgvector's text form of a vector."""
    if embedding is None:
        return None
    # All of Python's numbers in one go: one by one takes twice as long, numpy's own six times.
    values = np.asarray(embedding, np.float32).tolist()
    return f"[{','.join(['%.5g'] * len(values))}]" % tuple(values)


def from_vector(text: str | None) -> np.ndarray | None:
    """float32 [n] of pgvector's text form."""
    return np.fromstring(text[1:-1], sep=",", dtype=np.float32) if text else None


def _distinct(column: sa.Column) -> sa.sql.Select:
    return sa.select(column).where(column.isnot(None)).distinct().order_by(column)


_TEXTS = sa.dialects.postgresql.ARRAY(sa.Text)
