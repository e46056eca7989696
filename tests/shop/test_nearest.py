"""The nearest by look: what the shop's query finds in its graph, beside what there is."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import sqlalchemy as sa

from shop.catalogue import products
from shop.search import queries as search
from storage import database
from tests.bench.engines import BUILD_EFFORT, FILTERS, LINKS, Exact, Goods, _load
from tests.bench.recall import shares

NEIGHBOURHOODS, RELATIVES = 15, 100


@pytest.fixture(scope="module")
def crowd(filled):
    """A shop of neighbourhoods of close relatives instead of the usual one: its vectors, float32 [n, 256] of
    unit length (product v0 has the first), and its goods."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((NEIGHBOURHOODS, 256))
    vectors = np.repeat(centres, RELATIVES, axis=0)
    vectors += 0.5 * rng.standard_normal(vectors.shape)
    vectors = rng.permutation(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    goods = Goods.draw(len(vectors))
    raw = database.engine().raw_connection()
    cursor = raw.cursor()
    cursor.execute("SELECT pg_get_indexdef('products_embedding'::regclass)")
    index = cursor.fetchone()[0]
    cursor.execute("TRUNCATE products CASCADE; DROP INDEX products_embedding")
    _load(cursor, vectors, goods)
    cursor.execute(index)  # at once, many times faster than product by product
    cursor.execute("ANALYZE products")
    raw.commit()
    raw.close()
    yield vectors, goods
    filled.reset()


@contextlib.contextmanager
def searched_as_a_huge_one(options: str = ""):
    """Of so few products PostgreSQL would rather compare one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            database, "_OPTIONS", f"{database._OPTIONS} -c enable_seqscan=off -c enable_sort=off {options}"
        )
        database.dispose()
        yield
    database.dispose()


def test_the_nearest_of_what_is_wished_are_found_by_the_graph(crowd):
    vectors, goods = crowd
    noise = 0.05 * np.random.default_rng(1).standard_normal((40, vectors.shape[1]))
    queries = (vectors[:40] + noise).astype(np.float32)
    exact = Exact(vectors, {wish: goods.allowed(criteria) for wish, criteria in FILTERS.items()})
    for wish, criteria in FILTERS.items():
        with searched_as_a_huge_one(), plans() as seen:
            found = [search.nearest(query, criteria, limit=10) for query in queries]
        assert all("Index Scan using products_embedding" in plan for plan in seen) and len(seen) == 40, seen[
            0
        ]
        distances = [[distance for _, distance in row] for row in found]
        assert all(len(row) == 10 and row == sorted(row) for row in distances), wish
        rows = [[int(name[1:]) for name, _ in row] for row in found]
        assert goods.allowed(criteria)[rows].all(), wish
        right = [exact.find(query, wish) for query in queries]
        assert shares(vectors, queries, rows, right).mean() >= 0.97, wish


def test_many_are_in_order_though_the_graph_gives_them_in_batches(crowd):
    near = """SELECT p.embedding <=> CAST(%s AS halfvec) AS distance FROM products p
        WHERE price <= 25 AND sizes_in_stock <> '{}' ORDER BY distance LIMIT 100"""
    unordered = 0
    with searched_as_a_huge_one("-c hnsw.ef_search=10"):
        for query in crowd[0][:10]:
            distances = [distance for _, distance in search.nearest(query, FILTERS["10 %"], limit=100)]
            assert len(distances) == 100 and distances == sorted(distances)
            with database.reading() as connection:
                given = connection.exec_driver_sql(near, (products.to_vector(query),)).scalars().all()
            unordered += given != sorted(given)
    assert unordered, "there was nothing to put in order"


@contextlib.contextmanager
def plans():
    """How PostgreSQL goes about each query asked meanwhile."""
    asked, found = [], []

    def note(connection, cursor, statement, parameters, *others):
        asked.append((statement, parameters))

    sa.event.listen(database.engine(), "before_cursor_execute", note)
    yield found
    sa.event.remove(database.engine(), "before_cursor_execute", note)
    with database.reading() as connection:
        for query, values in asked:
            found.append("\n".join(connection.exec_driver_sql(f"EXPLAIN {query}", values).scalars()))


def test_a_copy_is_as_good_as_the_original():
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]
    found = [[1, 2], [1, 1], [3, 3], []]
    assert shares(vectors, vectors[[0, 0, 0, 0]], found, [[0]] * 4).tolist() == [1, 1, 0, 0]
    assert shares(vectors, vectors[:1], [[0, 3]], [[0, 1]]).tolist() == [0.5]


def test_the_bench_builds_the_others_as_ours(filled):
    query = "SELECT reloptions FROM pg_class WHERE relname = 'products_embedding'"
    with database.reading() as connection:
        options = connection.exec_driver_sql(query).scalar_one()
    assert options == [f"m={LINKS}", f"ef_construction={BUILD_EFFORT}"]
