from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from shop.catalogue import products
from shop.search import queries
from shop.search.criteria import Criteria
from shop.tables import metadata
from storage import advisory_locks, database, embedded, settings
from storage.errors import Unavailable


def run(script: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=settings.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_migrations_make_what_the_tables_say(filled):
    inspector = sa.inspect(database.engine())
    for table in metadata.tables.values():
        made = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert made == {column.name: column.nullable for column in table.columns}, table.name
    database.migrate()


def test_a_killed_server_is_started_again(filled):
    count = products.count()
    pid = embedded.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    deadline = time.monotonic() + 20
    while True:
        try:
            assert products.count() == count
            break
        except Unavailable:
            assert time.monotonic() < deadline, "it did not come back"
            time.sleep(0.2)
    assert embedded.pid() != pid
    assert queries.by_criteria(Criteria(categories="dress")).hits


def test_who_waits_gets_the_database_that_the_settings_named(filled, tmp_path, monkeypatch):
    database.dispose()
    found = []
    asking = threading.Thread(target=lambda: found.append(database.engine()))
    with database._lock:
        asking.start()
        asking.join(0.5)
        monkeypatch.setenv("SHOP_VAR", str(tmp_path))
    asking.join()
    monkeypatch.undo()
    assert found[0].url.query["host"] == str(embedded.folder())
    assert database.engine() is found[0] and products.count() == len(filled.records)
    assert not list(tmp_path.iterdir())


def test_a_connection_lost_in_a_transaction_is_unavailable(filled):
    with pytest.raises(Unavailable), database.session() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert database.healthy()


def test_reading_is_not_a_transaction_and_leaves_its_connection_as_it_was(filled):
    state = "SELECT state FROM pg_stat_activity WHERE pid = %s"
    own = "SELECT pg_backend_pid()"
    with database.reading() as connection, database.session() as other:
        pid, open_one = connection.exec_driver_sql(own).scalar(), other.exec_driver_sql(own).scalar()
        assert other.exec_driver_sql(state, (pid,)).scalar() == "idle"
        assert connection.exec_driver_sql(state, (open_one,)).scalar() == "idle in transaction"
    with pytest.raises(sa.exc.DBAPIError), database.reading() as connection:
        connection.exec_driver_sql("SELECT 1 / 0")
    with pytest.raises(Unavailable), database.reading() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    for _ in range(3):  # whichever connection it gets, the next one's changes are taken back
        with contextlib.suppress(ZeroDivisionError), database.session() as connection:
            connection.exec_driver_sql("DELETE FROM products")
            raise ZeroDivisionError
    assert products.count() == len(filled.records)


def test_a_server_of_ones_own_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    assert database.url() == "postgresql+psycopg2://nobody@127.0.0.1:1/none"
    assert not database.healthy()
    with pytest.raises(Unavailable):
        queries.by_criteria(Criteria())
    monkeypatch.setenv("SHOP_DATABASE_URL", "mysql://x/y")
    with pytest.raises(ValueError, match="PostgreSQL address"):
        database.url()


def test_processes_share_the_server_and_a_short_one_does_not_stop_it(filled):
    script = """
        from shop.catalogue import products
        from storage import database
        database.migrate()
        print(products.count())
    """
    several = [run(script) for _ in range(2)]
    for process in several:
        out, err = process.communicate(timeout=60)
        assert out.strip() == str(len(filled.records)), err
    assert database.healthy() and products.count() == len(filled.records)


def test_several_processes_start_from_nothing_at_once_and_the_last_stops_it(tmp_path_factory):
    folder = tmp_path_factory.mktemp("v")
    script = """
        from shop.catalogue import products
        from storage import database, embedded, settings
        database.migrate()
        print(products.count(), embedded.pid(), len(settings.secret()))
    """
    several = [run(script, SHOP_VAR=str(folder), SHOP_SECRET="") for _ in range(2)]
    results = [process.communicate(timeout=120) for process in several]
    assert all(out.startswith("0 ") for out, _ in results), results
    assert len({(folder / "secret").read_text()}) == 1
    last = int(results[-1][0].split()[1])
    wait_for_end(last, stop=False)
    assert not (folder / "postgres" / "postmaster.pid").exists(), "the server still runs"


def test_many_threads(filled):
    found = []

    def work():
        for _ in range(5):
            found.append(queries.by_criteria(Criteria(categories="shoes")).total)

    threads = [threading.Thread(target=work) for _ in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 80 and len(set(found)) == 1


def wait_for_end(pid: int, *, stop: bool = True, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if stop and "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)


def test_advisory_locks_go_by_name(shop):
    """Held until the transaction ends; another name is another lock."""
    with database.session() as one, database.session() as other:
        assert advisory_locks.attempt(one, "a") and advisory_locks.attempt(one, "a"), (
            "one's own is no hindrance"
        )
        assert not advisory_locks.attempt(other, "a") and advisory_locks.attempt(other, "b")
    with database.session() as later:
        assert advisory_locks.attempt(later, "a")
        advisory_locks.wait(later, "b")
    assert all(-(2**63) <= advisory_locks.key(name) < 2**63 for name in ("", "a", "名", "\ud800"))
