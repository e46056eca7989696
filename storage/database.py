"""The one store: PostgreSQL with pgvector, embedded by default, the shop's own by `SHOP_DATABASE_URL`."""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg2 as psycopg2_dialect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from storage import advisory_locks, embedded, settings
from storage.errors import Unavailable

log = logging.getLogger(__name__)

# Short queries only: compiling them (jit) costs more than running them. Iterative scans let a filtered vector
# search go on until it has enough rows; 500 candidates find 98 of 100 of the nearest among a million products
# (docs/model-card-log.md). A statement that hangs must not hold a customer's turn for ever.
_OPTIONS = (
    "-c jit=off -c timezone=UTC -c statement_timeout=30000 "
    "-c hnsw.iterative_scan=relaxed_order -c hnsw.ef_search=500 -c hnsw.max_scan_tuples=20000"
)

_lock = threading.Lock()
_engines: dict[tuple[str | None, str], Engine] = {}


def url() -> str:
    """The SQLAlchemy URL of the database, for Rasa's SQL tracker store too; starts the embedded server if
    needed.

    Raises `Unavailable` if the embedded server cannot be started.
    """
    return _url(settings.database_url(), settings.var_name())


def _url(given: str | None, var: str) -> str:
    """The URL of the shop's own server, or else of the embedded one under `var`."""
    if given:
        scheme, rest = given.split("://", 1) if "://" in given else ("", "")
        if scheme.split("+")[0] not in ("postgres", "postgresql"):
            raise ValueError(
                "SHOP_DATABASE_URL must be a PostgreSQL address: postgresql://user:password@host/database"
            )
        return f"postgresql+psycopg2://{rest}"
    try:
        return embedded.ensure_running(var)
    except RuntimeError as error:
        raise Unavailable(str(error)) from error


def engine() -> Engine:
    """The connection pool of this process. Dead connections are replaced; the embedded server, should it have
    died, is started again with the next connection."""
    # What the settings say now is what is opened, however long the lock takes and whatever they say by then.
    given, var = key = settings.database_url(), settings.var_name()
    with _lock:
        if (found := _engines.get(key)) is None:
            found = sa.create_engine(
                _url(given, var),
                pool_pre_ping=True,
                hide_parameters=True,  # what customers write is not for the log
                pool_size=8,
                max_overflow=16,
                pool_timeout=10,
                pool_recycle=1800,
                connect_args={"connect_timeout": 5, "options": _OPTIONS, "application_name": "shop"},
            )
            if not given:
                sa.event.listen(found, "do_connect", functools.partial(_connect_embedded, var))
            _engines[key] = found
        return found


def _connect_embedded(var: str, dialect: Any, record: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    try:
        return psycopg2.connect(*args, **kwargs)
    except psycopg2.OperationalError:
        log.warning("the embedded PostgreSQL does not answer; starting it again")
        address = sa.engine.make_url(embedded.ensure_running(var))
        return psycopg2.connect(*args, **{**kwargs, "host": address.query["host"]})


@contextlib.contextmanager
def session() -> Iterator[Connection]:
    """A connection inside one transaction: committed at the end, rolled back on an exception.

    Raises `Unavailable` when the database does not answer or died on the way.
    """
    with _answering(), engine().begin() as connection:
        yield connection


@contextlib.contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries that change nothing and need not see the same moment: without a transaction
    around them, which takes two more trips to the server.

    Raises as `session` does.
    """
    with _answering(), engine().connect() as connection:
        # The driver's own switch, which stays on this side: SQLAlchemy's `isolation_level` takes a trip too.
        driver: Any = connection.connection.dbapi_connection
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"the database does not answer: {error.orig}") from error
    except sa.exc.TimeoutError as error:
        raise Unavailable("all connections to the database are busy") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable(f"the database went away: {error.orig}") from error
        raise
    except RuntimeError as error:
        if "embedded PostgreSQL" in str(error):
            raise Unavailable(str(error)) from error
        raise


def run(connection: Connection, query: str, parameters: dict[str, Any]) -> Any:
    """Execute SQL with `:names`; for the searches, which SQLAlchemy would otherwise prepare for longer than
    the database needs to answer them.
    """
    return connection.exec_driver_sql(_driver_sql(query), parameters)


@functools.lru_cache(maxsize=256)
def _driver_sql(query: str) -> str:
    return str(sa.text(query).compile(dialect=psycopg2_dialect.dialect()))


def healthy() -> bool:
    """Whether the database answers."""
    try:
        with session() as connection:
            return connection.execute(sa.text("SELECT 1")).scalar() == 1
    except Unavailable:
        return False


def answers(seconds: int = 3) -> bool:
    """Whether the database answers whoever comes new: beside the pool, whose connections may go on while the
    server itself hangs. The embedded one is started if it has died. Never raises.
    """
    try:
        address = sa.engine.make_url(url()).set(drivername="postgresql").render_as_string(False)
        connection = psycopg2.connect(
            address, connect_timeout=seconds, options=f"-c statement_timeout={seconds}s"
        )
    except (psycopg2.Error, Unavailable, ValueError):
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except psycopg2.Error:
        return False
    finally:
        connection.close()


def migrate() -> None:
    """Bring the tables up to date. Several processes may call it at once: one works, the others wait."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with session() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        advisory_locks.wait(connection, "migrate shop")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def dispose() -> None:
    """Close this process's connections (after a fork, at the end of a test)."""
    with _lock:
        for each in _engines.values():
            each.dispose()
        _engines.clear()


def stop() -> None:
    """Close the connections and stop the embedded server, if it is the one in use."""
    dispose()
    if not settings.database_url():
        embedded.stop()
