"""Alembic's entry: runs the migrations on the connection that `database.migrate()` hands over."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
# Named when the shop was alone in it; databases know it by this name.
context.configure(connection=connection, version_table="shop_migrations")
with context.begin_transaction():
    context.run_migrations()
