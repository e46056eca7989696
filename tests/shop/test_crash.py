"""Power cuts: a product is there with its record, look and embedding, or it is not there at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import psutil
import pytest
import sqlalchemy as sa

from shop.catalogue import products
from shop.search import queries
from shop.search.criteria import Criteria
from storage import database, embedded, settings
from storage.errors import Unavailable

# Writes products one after another, several in each transaction, until it is killed; says when it has begun.
WRITER = """
    import itertools, numpy as np
    from shop.catalogue import products
    from storage import database
    from shop.importing.record_parser import Defaults, to_product
    rng = np.random.default_rng(1)
    fields = {"category": "dress", "colour": "Red", "gender": "women", "brand": "Crash", "price": 20}
    for batch in itertools.count():
        with database.session() as connection:
            for place in range(8):
                vector = rng.standard_normal(256).astype("f4")
                product = to_product({"id": f"crash{batch * 8 + place}", "picture": "x.png", **fields}, Defaults())
                products.upsert(product, embedding=vector / np.linalg.norm(vector), embedding_key="crash:1",
                                 record_key=f"{batch}", connection=connection)
                if place == 3:
                    print(batch, flush=True)
            products.count_up(connection)
"""


@pytest.fixture
def writer(shop):
    """A process in the middle of a transaction."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER)], cwd=settings.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 5:
            break
    yield process
    process.kill()
    process.wait()


def whole_products() -> int:
    """Checks every product of the writer, and gives their number."""
    deadline = time.monotonic() + 60
    while True:  # until the server has come back by itself
        try:
            with database.session() as connection:
                query = "SELECT id, titles, sizes_in_stock, seen, embedding_key, CAST(embedding AS text) AS vector FROM products WHERE brand = 'Crash'"
                found = connection.execute(sa.text(query)).all()
            break
        except Unavailable:
            assert time.monotonic() < deadline, "the database did not come back"
            time.sleep(0.2)
    assert found and len(found) % 8 == 0, "half a transaction"
    for row in found:
        assert row.titles["en"] and row.sizes_in_stock and row.embedding_key == "crash:1" and row.vector
        # The index has it as well: nothing is nearer to its own embedding.
        assert queries.nearest(products.from_vector(row.vector), limit=1)[0][0] == row.id
    return len(found)


def test_the_importing_process_is_killed(writer):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    whole_products()
    assert queries.similar_to("crash0").hits


def test_its_backend_is_killed(writer):
    query = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND xact_start IS NOT NULL AND application_name = 'shop'"
    pid = None
    while pid is None:
        with database.session() as connection:
            pid = connection.execute(sa.text(query)).scalars().first()
    os.kill(pid, signal.SIGKILL)  # PostgreSQL then restarts all its processes and recovers
    writer.wait(60)
    assert whole_products() and queries.by_criteria(Criteria(categories="dress")).hits


def test_the_whole_server_is_killed(writer):
    pid = int((embedded.folder() / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(pid)
    for process in [server, *server.children(recursive=True)]:
        process.kill()
    writer.kill()
    writer.wait()
    assert whole_products()
    # And the next import goes on where it was broken off.
    product = products.get("crash0")
    products.upsert(product, embedding=np.full(256, 1 / 16, np.float32), embedding_key="crash:2")
    assert queries.nearest(np.full(256, 1 / 16, np.float32), limit=1)[0][0] == "crash0"


def test_one_product_is_added_changed_and_removed_without_a_rebuild(shop):
    def index() -> int:
        with database.session() as connection:
            return connection.execute(sa.text("SELECT 'products_embedding'::regclass::oid")).scalar()

    before, product = index(), products.get("t000")
    here, there = np.zeros(256, np.float32), np.zeros(256, np.float32)
    here[0] = there[1] = 1
    new = type(product)(**{**vars(product), "id": "new1"})
    products.upsert(new, embedding=here)
    assert queries.nearest(here, limit=1) == [("new1", 0.0)]
    products.upsert(new, embedding=there)
    assert queries.nearest(there, limit=1) == [("new1", 0.0)] and queries.nearest(here, limit=1)[0][1] > 0.1
    assert products.remove(["new1"]) == 1
    assert queries.nearest(there, limit=1)[0][0] != "new1"
    assert index() == before
