"""A PostgreSQL of these tests' own, and in it an empty database for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import database, embedded

_numbers = count(1)


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    """The server's URL, without a database's name (a short path: sockets' names are limited)."""
    folder = Path(tempfile.mkdtemp(prefix="store"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SHOP_DATABASE_URL", raising=False)
        patch.setenv("SHOP_VAR", str(folder))
        yield embedded.ensure_running(str(folder))
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with nothing in it, which the settings name."""
    name = f"test_{next(_numbers)}"
    with database.engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"CREATE DATABASE {name}")
    monkeypatch.setenv("SHOP_DATABASE_URL", server.replace("/postgres?", f"/{name}?"))
    yield
    database.dispose()


@pytest.fixture
def migrated(empty: None) -> None:
    """The same, up to date."""
    database.migrate()


def sql(statement: str, **values: object) -> list[tuple]:
    """Run a statement with `:names`; returns its rows."""
    with database.session() as connection:
        result = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []
