"""One history of migrations: from nothing, and from every state that earlier versions have left behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from rasa.core.tracker_store import SQLTrackerStore

from storage import database
from tests.storage.conftest import sql

HISTORY = ScriptDirectory(str(Path(database.__file__).with_name("migrations")))
# Which revision has a room's tables as the room itself made them.
ROOMS = {
    "messages": "0005",
    "agents": "0006",
    "handoff": "0007",
    "desks": "0008",
    "messengers": "0009",
    "xmpp": "0010",
}
ROWS = {
    "products": """
        INSERT INTO products (id, category, brand, colour, gender, occasions, price, currency, sizes,
            sizes_in_stock, added, popularity, line, titles, descriptions, care, words, record_key)
        VALUES ('p1', 'dress', 'b', 'Red', 'women', '{}', 1, 'USD', '[]', '{}', '2020-01-01', 1, 'l',
            '{}', '{}', '{}', '', 'k')
    """,
    "cart_items": "INSERT INTO cart_items (customer, product_id, size, quantity) VALUES ('ann', 'p1', 'M', 2)",
    "messages": """
        INSERT INTO conversations (id, last_seq) VALUES ('ann', 1);
        INSERT INTO messages (conversation, seq, sender, body) VALUES ('ann', 1, 'customer', '{"text": "hi"}')
    """,
    "agents": "INSERT INTO agents (login, name, password, role) VALUES ('anna', 'Anna', 'x', 'agent')",
    "handoff": """
        INSERT INTO handoffs (conversation, channel, state, reason) VALUES ('ann', 'web', 'queued', 'asked');
        INSERT INTO handoff_audit (handoff, conversation, event, from_state, to_state, version, actor)
        VALUES (1, 'ann', 'request', 'bot', 'queued', 1, 'customer')
    """,
    "desks": """
        INSERT INTO tickets (conversation, target, title, body, mark) VALUES ('ann', 'mail', 't', 'b', 'm')
    """,
    "messengers": """
        INSERT INTO messenger_people (channel, address, conversation) VALUES ('line', 'U1', 'line-1')
    """,
    "xmpp": "INSERT INTO xmpp_rooms (room) VALUES ('a@b')",
    "events": """
        INSERT INTO events (sender_id, type_name, timestamp, data) VALUES ('ann', 'user', 1.5, '{}')
    """,
}
TABLES = ("products", "cart_items", "messages", "agents", "handoff_audit", "tickets", "messenger_people",
          "xmpp_rooms", "events")  # fmt: skip


def revision(number: str) -> ModuleType:
    found = HISTORY.get_revision(number)
    assert found is not None
    return found.module


def alembic(to: str, what: Any = command.upgrade) -> None:
    config = Config()
    config.set_main_option("script_location", HISTORY.dir)
    with database.session() as connection:
        config.attributes["connection"] = connection
        what(config, to)


def make_as_before(*, shop: str | None, rooms: tuple[str, ...], tracker: bool) -> None:
    """The tables as they were made before there was one history, with rows in them."""
    if shop:
        alembic(shop)
        sql(ROWS["products"])
        sql(ROWS["cart_items"])
    for room in rooms:
        sql(revision(ROOMS[room]).TABLES)
        sql(f"CREATE TABLE {room}_version (version integer NOT NULL)")
        sql(f"INSERT INTO {room}_version VALUES (1)")
        sql(ROWS[room])
    if tracker:
        with database.session() as connection:
            SQLTrackerStore.Base.metadata.create_all(connection)
        sql(ROWS["events"])


def content() -> dict[str, list[tuple]]:
    there = {name for (name,) in sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    return {
        table: sql(f"SELECT to_jsonb(t) - '{{seen,sleeves}}'::text[] FROM {table} t")
        for table in TABLES
        if table in there
    }


def schema() -> dict[str, list[tuple]]:
    """Everything in the database that is ours (what belongs to an extension is not)."""
    own = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')"
    public = "(SELECT oid FROM pg_namespace WHERE nspname = 'public')"
    return {
        "columns": sql(
            "SELECT table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default, "
            "character_maximum_length FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        ),
        "storage": sql(
            "SELECT c.relname, a.attname, a.attstorage, c.reloptions FROM pg_attribute a "
            f"JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = {public} AND c.relkind = 'r' "
            "AND a.attnum > 0 ORDER BY 1, a.attnum"
        ),
        "indexes": sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"),
        "constraints": sql(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE connamespace = {public} ORDER BY 1, 2"
        ),
        "functions": sql(
            f"SELECT proname, pg_get_functiondef(o.oid) FROM pg_proc o WHERE pronamespace = {public} AND {own} "
            "ORDER BY 1"
        ),
        "triggers": sql(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        ),
        "sequences": sql(
            "SELECT sequencename, data_type::text, start_value, increment_by FROM pg_sequences "
            "WHERE schemaname = 'public' ORDER BY 1"
        ),
        "parts": sql("SELECT part, erased, copied, photos FROM personal_data ORDER BY 2"),
        "version": sql("SELECT version_num FROM shop_migrations"),
    }


@pytest.fixture(scope="module")
def fresh(server: str) -> dict[str, list[tuple]]:
    """The schema of a database that began with today's code."""
    with pytest.MonkeyPatch.context() as patch:
        with database.engine().connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                "CREATE DATABASE fresh"
            )
        patch.setenv("SHOP_DATABASE_URL", server.replace("/postgres?", "/fresh?"))
        database.migrate()
        found = schema()
        database.dispose()
    return found


ALL = tuple(ROOMS)


@pytest.mark.parametrize(
    ("shop", "rooms", "tracker"),
    [
        ("0003", ALL, True),
        ("0003", ("messages", "agents", "handoff", "desks"), False),  # no server with messengers ever ran
        ("0003", (), True),  # `rasa shell` after `bot import`
        ("0001", ("messages",), True),
        (None, ("messages", "agents", "handoff", "desks"), False),  # accounts were the first that was made
        (None, ("agents",), False),
        (None, (), True),
    ],
)
def test_what_was_made_before_is_carried_over(
    empty: None, fresh: dict[str, list[tuple]], shop: str | None, rooms: tuple[str, ...], tracker: bool
) -> None:
    make_as_before(shop=shop, rooms=rooms, tracker=tracker)
    before = content()
    assert before and all(before.values())
    database.migrate()
    after = schema()
    for what in fresh:
        assert after[what] == fresh[what], what
    assert {table: rows for table, rows in content().items() if table in before} == before
    database.migrate()
    assert schema() == fresh


def test_the_trackers_table_is_rasas(fresh: dict[str, list[tuple]], empty: None) -> None:
    with database.session() as connection:
        SQLTrackerStore.Base.metadata.create_all(connection)
        made = sa.inspect(connection)
        columns = [(each["name"], str(each["type"]), each["nullable"]) for each in made.get_columns("events")]
        indexes = made.get_indexes("events")
    database.migrate()
    ours = sa.inspect(database.engine())
    assert [
        (each["name"], str(each["type"]), each["nullable"]) for each in ours.get_columns("events")
    ] == columns
    assert ours.get_indexes("events") == indexes
    assert [row for row in fresh["columns"] if row[0] == "events"] == [
        row for row in schema()["columns"] if row[0] == "events"
    ]


def test_several_at_once(empty: None, fresh: dict[str, list[tuple]]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: database.migrate(), range(4)))
    assert schema() == fresh


def test_one_that_fails_leaves_everything_as_it_was(empty: None) -> None:
    make_as_before(shop="0003", rooms=("messages", "agents"), tracker=False)
    sql("CREATE TABLE handoffs (id text)")  # somebody's own
    before = content()
    with pytest.raises(sa.exc.ProgrammingError):
        database.migrate()
    assert content() == before and sql("SELECT version_num FROM shop_migrations") == [("0003",)]
    assert sql("SELECT version FROM messages_version") == sql("SELECT version FROM agents_version") == [(1,)]
    sql("DROP TABLE handoffs")
    database.migrate()
    assert content().items() >= before.items()


def test_back_and_forth(migrated: None, fresh: dict[str, list[tuple]]) -> None:
    for number in ("0010", "0007", "0004", "0003", "base"):
        alembic(number, command.downgrade)
        database.migrate()
        assert schema() == fresh, number
