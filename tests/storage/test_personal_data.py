"""Whoever makes a table must say here what becomes of a person's rows in it: what is copied, what is erased."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import personal_data
from tests.storage.conftest import sql

# Tables without anything of a customer.
NOTHING = {
    "products": "the catalogue",
    "catalogue_state": "the catalogue's version",
    "shop_migrations": "the history",
    "personal_data": "who takes part",
    "agents": "who answers: the shop's own people",
    "agent_sessions": "of agents",
    "agent_attempts": "of agents, logins as hashes",
    "agent_presence": "of agents",
    "canned_replies": "the shop's own sentences",
    "desk_staff": "how many people are at a desk outside",
    "xmpp_rooms": "rooms in which we are",
}
# All others, with a row of somebody's in it: `:p` is the person, `:s` what must not stay.
ROWS = {
    "cart_items": "(customer, product_id, size, quantity) VALUES (:p, 'p1', :s, 1)",
    "wishlist_items": "(customer, product_id) VALUES (:p, 'p2')",
    "profiles": "(customer, data) VALUES (:p, jsonb_build_object('brands', jsonb_build_array(:s)))",
    "photos": "(id, owner, jpeg, width, height, expires, look) VALUES (:p, :p, :s, 1, 1, now(), jsonb_build_object("
    "'findings', jsonb_build_array(jsonb_build_object('look', jsonb_build_object('caption', "
    "jsonb_build_object('en', :s))))))",
    "orders": "(id, customer, email, status, items, total, currency) VALUES "
    "('order of ' || :p, :p, 'ann@example.com', 'placed', '[]', 5, 'USD')",
    "conversations": "(id, last_seq) VALUES (:p, 7)",
    "messages": "(conversation, seq, sender, client_id, body) VALUES "
    "(:p, 7, 'customer', :s, jsonb_build_object('text', :s))",
    "reads": "(conversation, customer) VALUES (:p, 7)",
    "handoffs": "(id, conversation, channel, state, reason, detail, packet, tags, close_reason, rating_comment, email, "
    "agreed) VALUES (:n, :p, 'web', 'returned', 'asked', :s, to_jsonb(:s), ARRAY[:s], :s, :s, :s, to_jsonb(:s))",
    "handoff_audit": "(handoff, conversation, event, from_state, to_state, version, actor) VALUES "
    "(:n, :p, 'request', 'bot', 'queued', 1, 'customer')",
    "handoff_notes": "(handoff, agent, text) VALUES (:n, 1, :s)",
    "handoff_asked": "(conversation, rule) VALUES (:p, :s)",
    "desk_links": "(desk, conversation, contact, source, remote) VALUES ('d', :p, :p, :s, :s)",
    "desk_jobs": "(desk, conversation, handoff, kind, remote, error) VALUES ('d', :p, :n, 'say', :s, :s)",
    "tickets": "(conversation, handoff, target, email, title, body, mark) VALUES (:p, :n, 'mail', :s, :s, :s, :s)",
    "messenger_people": "(channel, address, conversation, name, queued) VALUES ('line', :p, :p, :s, 7)",
    "messenger_inbox": "(channel, remote, address, body, failed) VALUES ('line', :p, :p, to_jsonb(:s), 'why')",
    "messenger_outbox": "(channel, conversation, seq, error) VALUES ('line', :p, 7, :s)",
    "messenger_sent": "(channel, remote, conversation, seq) VALUES ('line', :s, :p, 7)",
    "events": "(sender_id, type_name, data) VALUES (:p, 'user', :s)",
}
# Of these no copy is given.
NOT_COPIED = {
    "conversations": "counts the messages, which are copied",
    "reads": "numbers of messages",
    "handoff_audit": "who did what when, in ids and codes",
    "handoff_notes": "what agents tell one another",
    "handoff_asked": "which rule has asked already",
    "desk_links": "ids at the desk outside",
    "desk_jobs": "ids at the desk outside",
    "tickets": "made of the hand-over and the messages, which are copied",
    "messenger_people": "the customer's name and address at a platform are the platform's",
    "messenger_inbox": "becomes messages, which are copied",
    "messenger_outbox": "numbers of messages",
    "messenger_sent": "ids at the platform",
    "events": "what the dialogue makes of the messages, which are copied",
}
# What a copy has of those whose text it has not.
COPIED = {"wishlist_items": "p2", "orders": "order of ann"}
# Rows of these stay, without what was said.
STAYS = {
    "orders": "the shop's books; they no longer lead to the conversation",
    "handoffs": "that there was one: the desk's figures",
    "handoff_audit": "ids and codes; the database itself refuses to change it",
    "desk_jobs": "the desk outside is still to be told that it erase the customer",
    "messenger_people": "the address: the answer would have no way back",
    "messenger_inbox": "the id: what comes again is known",
}
# Their columns that hold codes, numbers and ids, never words of a customer.
CODES = {
    ("orders", "carrier"), ("orders", "tracking"), ("orders", "checkout"),
    ("handoffs", "language"), ("handoffs", "group"), ("handoffs", "ticket"),
    ("handoff_audit", "detail"), ("desk_jobs", "failed"), ("messenger_people", "language"),
    ("messenger_inbox", "error"),
}  # fmt: skip


def tables() -> set[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    return {name for (name,) in sql(query)}


def of(table: str, word: str) -> list[tuple]:
    """The rows of a table in which a word stands."""
    return sql(f"SELECT t::text FROM {table} t WHERE t::text LIKE '%' || :w || '%' ORDER BY 1", w=word)


@pytest.fixture
def people(migrated: None) -> None:
    """Ann and Bob, with a row each in every table that has something of a person."""
    for product in ("p1", "p2"):
        sql(
            "INSERT INTO products (id, category, brand, colour, gender, occasions, price, currency, sizes, "
            "sizes_in_stock, added, popularity, line, titles, descriptions, care, words, record_key) VALUES "
            "(:p, 'dress', 'b', 'Red', 'women', '{}', 1, 'USD', '[]', '{}', now(), 1, 'l', '{}', '{}', '{}', '', '')",
            p=product,
        )
    for number, person in enumerate(("ann", "bob"), start=1):
        for table, row in ROWS.items():
            row = row.replace(":p", f"'{person}'").replace(":s", f"'secret-{table}-{person}'::text")
            row = row.replace("::text, 1, 1, now()", "::bytea, 1, 1, now()").replace(":n", str(number))
            sql(f"INSERT INTO {table} {row}".replace(":", "\\:"))


def test_every_table_is_answered_for(migrated: None) -> None:
    assert tables() == NOTHING.keys() | ROWS.keys() and not NOTHING.keys() & ROWS.keys()
    assert NOT_COPIED.keys() | STAYS.keys() <= ROWS.keys()


def test_every_column_of_what_stays_is_answered_for(migrated: None) -> None:
    columns = sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
    )
    filled = {table: ROWS[table].split(") VALUES")[0].lstrip("(").split(", ") for table in STAYS}
    assert {(t, c) for t, c in columns if t in STAYS and c not in filled[t]} == CODES


def test_a_copy_has_everything(people: None) -> None:
    copy = repr(personal_data.export("ann"))
    missing = {table for table in ROWS if COPIED.get(table, f"secret-{table}-ann") not in copy}
    assert missing == NOT_COPIED.keys()
    assert "bob" not in copy


def test_nothing_stays_that_was_said(people: None) -> None:
    bobs = {table: of(table, "bob") for table in tables()}
    counts = personal_data.forget("ann")
    assert all(counts.values()), counts
    for table in tables():
        assert not of(table, "secret-" + table + "-ann"), table
        assert not of(table, "ann") or table in STAYS, table
        assert of(table, "bob") == bobs[table], table
    assert all(of(table, "ann") for table in STAYS), "it does not stay"
    assert sql("SELECT customer FROM orders WHERE id = 'order of ann'") == [(None,)]
    assert sql("SELECT kind, remote FROM desk_jobs WHERE conversation = 'ann'") == [("erase", "ann")]
    copy = personal_data.export("ann")
    assert not any(copy.values()) and "handoffs" not in copy


def test_only_photos(people: None) -> None:
    before = {table: of(table, "ann") for table in tables()}
    assert personal_data.forget("ann", photos_only=True) == {"photos": 1}
    after = {table: of(table, "ann") for table in tables()}
    assert after == before | {"photos": []}


def test_all_or_nothing(people: None) -> None:
    sql(
        "CREATE FUNCTION forget_last(person text) RETURNS integer LANGUAGE sql AS 'SELECT 1 / 0'; "
        "INSERT INTO personal_data (part, erased) SELECT 'last', max(erased) + 1 FROM personal_data"
    )
    before = {table: of(table, "ann") for table in tables()}
    with pytest.raises(sa.exc.DataError):
        personal_data.forget("ann")
    assert {table: of(table, "ann") for table in tables()} == before


def test_nobody(migrated: None) -> None:
    assert not any(personal_data.forget("nobody").values()) and not any(
        personal_data.export("nobody").values()
    )


def test_only_names_are_parts(migrated: None) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        sql("INSERT INTO personal_data (part, erased) VALUES ('x(); DROP TABLE orders', 1)")
