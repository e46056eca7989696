"""Search among a million products: the shop's own query beside exact numpy, usearch and faiss, in the same run."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import synthetic
from tests.bench.engines import FILTERS, MISSING, Disk, Engine, Exact, Faiss, Goods, K, Shop, Usearch
from tests.bench.recall import shares
from tests.bench.stack import ROOT
from tests.bench.table import percentile, render, verdict

QUERIES = 800
TUNING = 100  # other queries, by which the baselines' search effort is chosen
BLOCK = 25  # queries of one engine in a row: they take turns, so that a busy machine is unkind to all of them
EFFORTS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
RECALL, TIMES_FASTER, TIMES_USEARCH = 0.97, 20.0, 4.0


def run(count: int, output: Path | None = None) -> bool:
    """Print the tables and one line of JSON; True if the bars are held."""
    if missing := [name for name in ("usearch", "faiss") if importlib.util.find_spec(name) is None]:
        print(f"not installed: {', '.join(missing)}; {MISSING}", file=sys.stderr)
        return False
    photos = synthetic.real(ROOT / "var" / "bench")
    made = synthetic.make(photos.base, count)
    say = lambda text: print(text, flush=True)  # noqa: E731
    say(f"{count} synthetic products from {len(photos.base)} real ones, noise {made.noise};")
    say(f"distance to the nearest neighbour at {len(photos.base)} products, quantiles {synthetic.QUANTILES}:")
    say(f"  real {made.real_distances}\n  synthetic {made.distances}")
    goods = Goods.draw(count)
    masks = {wish: goods.allowed(criteria) for wish, criteria in FILTERS.items()}
    order = np.random.default_rng(3).permutation(len(photos.queries))
    number = min(QUERIES, len(order) * QUERIES // (QUERIES + TUNING))  # the demo catalogue alone has few
    queries, tuning = photos.queries[order[:number]], photos.queries[order[number : number + TUNING]]
    exact = Exact(made.vectors, masks)
    truth = exact.find_all(queries)
    with Disk():
        shop = Shop(made.vectors, goods)
        say(
            f"· the shop: {count} products loaded in {shop.load_seconds:.0f} s, index in {shop.build_seconds:.0f} s"
        )
        for notice in shop.notices:
            say(f"  {notice}")
        baselines: list[Any] = []
        for kind in (Usearch, Faiss):
            baselines.append(engine := kind(made.vectors, masks))
            right = exact.find_all(tuning)[""]
            engine.effort = _effort(engine, made.vectors, tuning, right)
            say(f"· {engine.name}: index in {engine.build_seconds:.0f} s, search effort {engine.effort}")
        for query in tuning:  # the pages that searches touch are in memory, as in a shop that is visited
            shop.find(query, "in stock")
        engines: list[Engine] = [shop, *baselines]
        rows = _measure([exact, *engines], made.vectors, queries, truth)
        writes = _writes(made.vectors)
    table = {(row["filter"], row["engine"]): row for row in rows}
    result = {
        "n": count,
        "queries": len(queries),
        "noise": made.noise,
        "nearest_real": made.real_distances,
        "nearest_synthetic": made.distances,
        "index": shop.index,
        "bytes": {each.name: each.bytes for each in engines} | {"the shop, all": shop.all_bytes},
        "build_seconds": {each.name: round(each.build_seconds, 1) for each in engines},
        "write_ms": writes,
        "load": round(os.getloadavg()[1], 1),
        "cores": os.cpu_count(),
        "searches": rows,
        "filters": {wish: _beside(table, wish, shop.name) for wish in FILTERS},
    }
    held = _print(result, engines, shop)
    text = json.dumps(result)
    say(text)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    return held


def _effort(engine: Any, vectors: np.ndarray, queries: np.ndarray, truth: list[Sequence[int]]) -> int:
    """The least search effort (ef) with which the engine holds the bar's recall, unfiltered: its best time."""
    for effort in EFFORTS:
        engine.effort = effort
        if shares(vectors, queries, [engine.find(query, "") for query in queries], truth).mean() >= RECALL:
            return effort
    return EFFORTS[-1]


def _measure(
    engines: Sequence[Engine],
    vectors: np.ndarray,
    queries: np.ndarray,
    truth: dict[str, list[Sequence[int]]],
) -> list[dict[str, Any]]:
    rows = []
    for wish, right in truth.items():
        times: dict[str, list[float]] = {each.name: [] for each in engines}
        found: dict[str, list[Sequence[int]]] = {each.name: [] for each in engines}
        for start in range(0, len(queries), BLOCK):
            for engine in engines:
                if isinstance(engine, Shop) and not wish:
                    continue  # the shop never searches without a filter: what is sold out is no answer
                engine.find(queries[start], wish)  # warm after another's turn
                for query in queries[start : start + BLOCK]:
                    began = time.perf_counter()
                    answer = engine.find(query, wish)
                    times[engine.name].append(time.perf_counter() - began)
                    found[engine.name].append(answer)
        for name, seconds in times.items():
            if not seconds:
                continue
            share = shares(vectors, queries, found[name], right)
            rows.append(
                {
                    "filter": wish or "none",
                    "engine": name,
                    "recall": round(float(share.mean()), 4),
                    "lost": round(float(np.mean(share == 0)), 4),
                    "p50_ms": round(percentile(seconds, 50), 3),
                    "p99_ms": round(percentile(seconds, 99), 3),
                }
            )
    return rows


def _writes(vectors: np.ndarray, number: int = 50) -> dict[str, float]:
    """p50 milliseconds of adding, changing and removing one product, the index being kept up with each."""
    from shop.catalogue import products as catalogue
    from shop.importing.record_parser import Defaults, to_product

    fields = {"category": "dress", "colour": "Red", "gender": "women", "brand": "Brand 1", "price": 20}
    products = [to_product({"id": f"new{each}", **fields}, Defaults()) for each in range(number)]
    rng = np.random.default_rng(5)

    def note(job: Callable[[Any, np.ndarray], object]) -> float:
        seconds = []
        for product in products:
            vector = vectors[rng.integers(len(vectors))]
            began = time.perf_counter()
            job(product, vector)
            seconds.append(time.perf_counter() - began)
        return round(percentile(seconds, 50), 2)

    return {
        "add": note(lambda product, vector: catalogue.upsert(product, embedding=vector)),
        "change": note(lambda product, vector: catalogue.upsert(product, embedding=vector)),
        "remove": note(lambda product, vector: catalogue.remove([product.id])),
    }


def _beside(table: dict[tuple[str, str], dict[str, Any]], wish: str, name: str) -> dict[str, float]:
    """The engine's figures under a filter: "recall", "times_faster" than exact numpy without a filter, and
    "times_usearch", its time in usearch's under the same filter."""
    ours, theirs = table[wish, name], table[wish, Usearch.name]
    return {
        "recall": ours["recall"],
        "times_faster": table["none", Exact.name]["p50_ms"] / ours["p50_ms"],
        "times_usearch": ours["p50_ms"] / theirs["p50_ms"],
    }


def _print(result: dict[str, Any], engines: Sequence[Engine], shop: Shop) -> bool:
    bare = result["searches"][0]["p50_ms"]  # exact, without a filter
    sizes = [(each.name, each.bytes / 2**20, each.build_seconds) for each in engines]
    sizes.append(("the shop, records and all indexes", shop.all_bytes / 2**20, shop.load_seconds))
    print(render("Size and build", ["", "MB", "seconds"], sizes))
    lines = [
        (
            f"{row['filter']:9} {row['engine']}",
            f"{row['recall']:.3f}",
            f"{row['lost']:.3f}",
            row["p50_ms"],
            row["p99_ms"],
            bare / row["p50_ms"],
        )
        for row in result["searches"]
    ]
    header = ["filter    engine", f"recall@{K}", "lost", "p50 ms", "p99 ms", "times faster than exact"]
    print(render(f"The {K} nearest of {result['n']} products", header, lines))
    print(render("One product, index kept up", ["", "p50 ms"], list(result["write_ms"].items())))
    print(f"the machine's load in the last minutes: {result['load']} of {result['cores']} cores")
    held = True
    for wish, ours in result["filters"].items():
        faster, slower = ours["times_faster"], ours["times_usearch"]
        good = ours["recall"] >= RECALL and faster >= TIMES_FASTER and slower <= TIMES_USEARCH
        print(
            f"bar, {wish}: recall {ours['recall']:.3f} (≥ {RECALL}), {faster:.1f} times faster than exact numpy "
            f"unfiltered (≥ {TIMES_FASTER:g}), {slower:.2f} times usearch (≤ {TIMES_USEARCH:g}): {verdict(good)}"
        )
        held = held and good
    return held
