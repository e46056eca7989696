"""Alembic's entry: runs the migrations on the connection that `database.migrate()` hands over."""

from __future__ import annotations

from alembic import context

from shop.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table="shop_migrations")
with context.begin_transaction():
    context.run_migrations()
