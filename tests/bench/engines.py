"""The engines of the vector bench behind one form: build from vectors, find the nearest, with or without a filter."""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from shop.search.criteria import Criteria

K = 10
LINKS, BUILD_EFFORT = 16, 256  # m and ef_construction of all three graphs: those of our index
MISSING = (
    "the vector bench compares with usearch and faiss-cpu, which the assistant itself does not need.\n"
    "Install them beside it and point to them:\n"
    "  uv pip install --target var/bench-packages --no-deps -r requirements-bench.txt\n"
    "  PYTHONPATH=var/bench-packages python -m tests.bench vectors"
)
BRANDS, POPULAR = 50, 1000


@dataclass(frozen=True)
class Goods:
    """What filters look at, one value a product: price in cents, brand's number, whether it is in stock."""

    cents: np.ndarray
    brand: np.ndarray
    in_stock: np.ndarray

    @classmethod
    def draw(cls, count: int, seed: int = 0) -> Goods:
        rng = np.random.default_rng(seed)
        return cls(rng.integers(500, 20_500, count), rng.integers(0, BRANDS, count), rng.random(count) < 0.95)

    def allowed(self, criteria: Criteria) -> np.ndarray:
        """The wishes once more in numpy: bool [n]."""
        mask = self.in_stock.copy()
        if criteria.price_max is not None:
            mask &= self.cents <= int(criteria.price_max * 100)
        if criteria.brands:
            mask &= np.isin(self.brand, [int(name.removeprefix("Brand ")) for name in criteria.brands])
        return mask


# Share of the catalogue → wishes; what is sold out is left out besides.
FILTERS = {
    "in stock": Criteria(),
    "50 %": Criteria(price_max=Decimal("105.00")),
    "10 %": Criteria(price_max=Decimal("25.00")),
    "1 %": Criteria(price_max=Decimal("105.00"), brands=("Brand 7",)),
}


class Engine(Protocol):
    """`bytes` on disk (or, for an engine in memory, of its saved file); `find` gives the rows, nearest first."""

    name: str
    build_seconds: float
    bytes: int

    def find(self, query: np.ndarray, wish: str) -> Sequence[int]: ...


class Exact:
    """All distances, in numpy: what the others are held against."""

    name = "numpy, exact"
    build_seconds = 0.0

    def __init__(self, vectors: np.ndarray, masks: dict[str, np.ndarray]) -> None:
        self._vectors, self._masks, self.bytes = vectors, masks, vectors.nbytes

    def find(self, query: np.ndarray, wish: str) -> Sequence[int]:
        """`wish` "" is unfiltered."""
        likeness = self._vectors @ query
        if wish:
            likeness[~self._masks[wish]] = -2
        return _best(likeness)

    def find_all(self, queries: np.ndarray, block: int = 25) -> dict[str, list[Sequence[int]]]:
        """By wish ("" too), what `find` gives for each query; one matrix product for a block of them."""
        found: dict[str, list[Sequence[int]]] = {wish: [] for wish in ("", *self._masks)}
        for start in range(0, len(queries), block):
            likeness = queries[start : start + block] @ self._vectors.T
            for wish, answers in found.items():
                allowed = np.where(self._masks[wish], likeness, -2) if wish else likeness
                answers += [_best(row) for row in allowed]
        return found


def _best(likeness: np.ndarray) -> list[int]:
    best = np.argpartition(-likeness, K)[:K]
    return list(best[np.argsort(-likeness[best])])


class _Graph:
    """A library that cannot filter finds more than is asked and drops what is not allowed, doubling until enough."""

    def __init__(self, masks: dict[str, np.ndarray]) -> None:
        self._masks = masks
        self.effort = BUILD_EFFORT

    def _search(self, query: np.ndarray, count: int) -> np.ndarray:
        raise NotImplementedError

    def find(self, query: np.ndarray, wish: str) -> Sequence[int]:
        if not wish:
            return list(self._search(query, K))
        mask = self._masks[wish]
        count = int(K / max(mask.mean(), 1e-4)) + K
        while True:
            found = self._search(query, count)
            found = found[mask[found]]
            if len(found) >= K or count >= len(mask):
                return list(found[:K])
            count = min(2 * count, len(mask))


class Usearch(_Graph):
    """unum's usearch, half precision as our column."""

    name = "usearch HNSW"

    def __init__(self, vectors: np.ndarray, masks: dict[str, np.ndarray]) -> None:
        from usearch.index import Index

        super().__init__(masks)
        began = time.perf_counter()
        self._index = Index(
            ndim=vectors.shape[1],
            metric="cos",
            dtype="f16",
            connectivity=LINKS,
            expansion_add=BUILD_EFFORT,
        )
        self._index.add(np.arange(len(vectors)), vectors)
        self.build_seconds = time.perf_counter() - began
        self.bytes = int(self._index.serialized_length)

    def _search(self, query: np.ndarray, count: int) -> np.ndarray:
        self._index.expansion_search = max(self.effort, count)
        return np.asarray(self._index.search(query, count).keys, np.int64)


class Faiss(_Graph):
    """Meta's faiss on the processor, single precision as it is mostly used."""

    name = "faiss-cpu HNSW"

    def __init__(self, vectors: np.ndarray, masks: dict[str, np.ndarray]) -> None:
        import faiss

        super().__init__(masks)
        began = time.perf_counter()
        self._index = faiss.IndexHNSWFlat(vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
        self._index.hnsw.efConstruction = BUILD_EFFORT
        self._index.add(vectors)
        self.build_seconds = time.perf_counter() - began
        self.bytes = len(vectors) * (vectors.shape[1] * 4 + 2 * LINKS * 4)

    def _search(self, query: np.ndarray, count: int) -> np.ndarray:
        self._index.hnsw.efSearch = max(self.effort, count)
        return np.asarray(self._index.search(query[None], count)[1][0])


class Shop:
    """Our own: PostgreSQL with pgvector, the shop's tables, and the shop's query through its connection pool."""

    name = "the shop (PostgreSQL, pgvector)"

    def __init__(self, vectors: np.ndarray, goods: Goods, memory: str = "2GB") -> None:
        from storage import database

        database.migrate()
        database.stop()  # an installation's second start has its page cache (`embedded`)
        raw = database.engine().raw_connection()
        cursor = raw.cursor()
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'products_embedding'")
        self.index = str(cursor.fetchone()[0])
        cursor.execute("DROP INDEX products_embedding")
        began = time.perf_counter()
        _load(cursor, vectors, goods)
        raw.commit()
        self.load_seconds = time.perf_counter() - began
        began = time.perf_counter()
        cursor.execute(f"SET maintenance_work_mem = '{memory}'; SET max_parallel_maintenance_workers = 1")
        cursor.execute(self.index)
        raw.commit()
        self.build_seconds = time.perf_counter() - began
        # A graph larger than the memory is finished on disk, many times slower: PostgreSQL says so.
        self.notices = [notice.strip() for notice in raw.notices if "no longer fits" in notice]
        raw.set_session(autocommit=True)
        cursor.execute("VACUUM ANALYZE products")
        cursor.execute("SELECT pg_relation_size('products_embedding'), pg_total_relation_size('products')")
        self.bytes, self.all_bytes = cursor.fetchone()
        raw.close()
        database.dispose()

    def find(self, query: np.ndarray, wish: str) -> Sequence[int]:
        from shop.search.nearest_neighbours import nearest

        return [int(name[1:]) for name, _ in nearest(query, FILTERS[wish or "in stock"], limit=K)]


def _load(cursor: Any, vectors: np.ndarray, goods: Goods) -> None:
    """Rows into `products` through a table of their own: the vectors in PostgreSQL's binary COPY form."""
    size = vectors.shape[1]
    cursor.execute(
        f"CREATE UNLOGGED TABLE bench (n int, cents int, brand int, stock int, embedding halfvec({size}))"
    )
    # A row: number of fields, then each field's length and value, all big-endian.
    layout: list[Any] = [("fields", ">i2")]
    for name in ("n", "cents", "brand", "stock"):
        layout += [(f"{name}_length", ">i4"), (name, ">i4")]
    layout += [("length", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("values", ">f2", (size,))]
    rows = np.zeros(len(vectors), np.dtype(layout))
    rows["fields"], rows["length"], rows["dimensions"] = 5, 4 + 2 * size, size
    columns = (np.arange(len(vectors)), goods.cents, goods.brand, goods.in_stock)
    for name, values in zip(("n", "cents", "brand", "stock"), columns, strict=True):
        rows[f"{name}_length"], rows[name] = 4, values
    rows["values"] = vectors
    with tempfile.TemporaryFile() as file:
        file.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
        rows.tofile(file)
        file.write(struct.pack(">h", -1))
        file.seek(0)
        del rows
        cursor.copy_expert("COPY bench FROM STDIN (FORMAT binary)", file)
    title = json.dumps({"en": "A product with a title of the usual length", "zh": "一件普通长度标题的商品"})
    cursor.execute(
        f"""
        INSERT INTO products (id, category, brand, colour, gender, occasions, price, currency, sizes,
            sizes_in_stock, added, popularity, line, titles, descriptions, care, words, embedding, record_key)
        SELECT 'v' || n, 'dress', 'Brand ' || brand, 'Red', 'women', '{{casual}}', cents / 100.0, 'USD',
            jsonb_build_array(jsonb_build_object('name', 'M', 'stock', stock)), '{{}}', DATE '2026-01-01',
            n::bigint * 7919 %% {POPULAR}, 'l' || n, %s::jsonb, '{{}}', '{{}}', to_tsvector('simple', 'title'),
            embedding, md5(n::text)
        FROM bench
        """,
        (title,),
    )
    cursor.execute("DROP TABLE bench")


class Disk:
    """A database of its own in a temporary folder, deleted afterwards: `with Disk(): Shop(…)`."""

    def __enter__(self) -> Path:
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self._before = {name: os.environ.get(name) for name in ("SHOP_VAR", "SHOP_DATABASE_URL")}
        os.environ.pop("SHOP_DATABASE_URL", None)
        os.environ["SHOP_VAR"] = str(self.folder)
        return self.folder

    def __exit__(self, *error: object) -> None:
        from storage import database

        database.stop()
        for name, value in self._before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        shutil.rmtree(self.folder, ignore_errors=True)
