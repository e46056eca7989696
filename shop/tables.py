"""The tables (SQLAlchemy Core). `storage/migrations` makes them; a test holds the two together."""

from __future__ import annotations

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

EMBEDDING_SIZE = 256

metadata = sa.MetaData()
_now = sa.func.now()

products = sa.Table(
    "products",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("colour", sa.Text, nullable=False),
    sa.Column("colour2", sa.Text),
    sa.Column("pattern", sa.Text),
    sa.Column("material", sa.Text),
    sa.Column("gender", sa.Text, nullable=False),
    sa.Column("occasions", ARRAY(sa.Text), nullable=False),
    sa.Column("season", sa.Text),
    sa.Column("price", sa.Numeric(12, 2), nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("sizes", JSONB, nullable=False),  # [{"name", "stock"}] in the shop's order
    sa.Column(
        "sizes_in_stock", ARRAY(sa.Text), nullable=False
    ),  # the same, for filters; kept in step by a trigger
    sa.Column("added", sa.Date, nullable=False),
    sa.Column("popularity", sa.Integer, nullable=False),
    sa.Column("line", sa.Text, nullable=False),  # products that differ only in colour have the same line
    sa.Column("picture", sa.Text),
    sa.Column("titles", JSONB, nullable=False),
    sa.Column("descriptions", JSONB, nullable=False),
    sa.Column("care", JSONB, nullable=False),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Column("embedding", HALFVEC(EMBEDDING_SIZE)),
    sa.Column(
        "seen", JSONB, nullable=False, server_default="{}"
    ),  # what the eyes are sure of beyond the record: pattern, sleeves, occasion, colour2
    sa.Column("sleeves", sa.Text),  # by title, eyes or kind; kept in step by a trigger
    sa.Column("embedding_key", sa.Text),  # digest of the picture and the model that made the embedding
    sa.Column(
        "record_key", sa.Text, nullable=False
    ),  # digest of the record as imported: unchanged ones are skipped
)

catalogue_state = sa.Table(
    "catalogue_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),  # always 1
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)


def _product() -> sa.Column:
    return sa.Column(
        "product_id", sa.Text, sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )


cart_items = sa.Table(
    "cart_items",
    metadata,
    sa.Column("customer", sa.Text, primary_key=True),
    _product(),
    sa.Column("size", sa.Text, primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("added", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)

wishlist_items = sa.Table(
    "wishlist_items",
    metadata,
    sa.Column("customer", sa.Text, primary_key=True),
    _product(),
    sa.Column("added", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("customer", sa.Text, primary_key=True),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("changed", sa.DateTime(timezone=True), nullable=False, server_default=_now),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("items", JSONB, nullable=False),
    sa.Column("total", sa.Numeric(12, 2), nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("placed", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("shipped", sa.DateTime(timezone=True)),
    sa.Column("delivered", sa.DateTime(timezone=True)),
    sa.Column("expected", sa.Date),
    sa.Column("carrier", sa.Text),
    sa.Column("tracking", sa.Text),
    sa.Column("checkout", sa.Text, unique=True),  # the checkout link's own id: one link makes one order
    sa.Index("orders_customer", "customer"),
)

photos = sa.Table(
    "photos",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("jpeg", sa.LargeBinary, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("look", JSONB),  # what the eyes found, so that a later turn need not look again
    sa.Column("created", sa.DateTime(timezone=True), nullable=False, server_default=_now),
    sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
    sa.Index("photos_owner", "owner"),
    sa.Index("photos_expires", "expires"),
)
