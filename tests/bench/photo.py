"""Photo turns: decode, look and search beside one bare call of the backbone, and what a customer waits for."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.operations.client import Client
from tests.bench.customers import timed
from tests.bench.stack import ROOT, Stack
from tests.bench.table import percentile, render, verdict

PHOTOS = 40
PRODUCTS = 10_000
BAR_BARE = 4.0
BAR_PREDICT = 3.0


def run() -> bool:
    """Print the table; True if the bars are held."""
    pictures = sorted((ROOT / "data/demo/pictures").glob("*.webp"))
    chosen = pictures[:: max(1, len(pictures) // PHOTOS)][:PHOTOS]
    with Stack() as stack:
        os.environ["SHOP_VAR"] = str(stack.var)  # the same database and catalogue
        _enlarge(PRODUCTS)
        asyncio.run(_through_the_socket(stack.url, chosen))  # warm
        waited = asyncio.run(_through_the_socket(stack.url, chosen))
        times = _in_process(chosen)
    bare = percentile(times["bare"], 50)
    rows = [
        (label, value := percentile(seconds, share), value / bare)
        for label, seconds, share in (
            ("one bare backbone call, p50", times["bare"], 50),
            ("decode, all heads, caption, search: p50", times["turn"], 50),
            ("decode, all heads, caption, search: p95", times["turn"], 95),
            ("our networks: all heads and caption, p50", times["networks"], 50),
            ("the same calls by model.predict, p50", times["predict"], 50),
            ("search by a photo, p50", times["search"], 50),
            ("a photo turn through the socket, p50", waited, 50),
            ("a photo turn through the socket, p95", waited, 95),
        )
    ]
    print(render(f"Photo turns, {PRODUCTS} products", ["", "ms", "times bare"], rows))
    turn = percentile(times["turn"], 50) / bare
    predict = percentile(times["predict"], 50) / percentile(times["networks"], 50)
    print(f"bar: a turn under {BAR_BARE} times the bare call ({turn:.2f}): {verdict(turn < BAR_BARE)}")
    print(
        f"bar: model.predict takes at least {BAR_PREDICT} times ours ({predict:.2f}): {verdict(predict >= BAR_PREDICT)}"
    )
    return turn < BAR_BARE and predict >= BAR_PREDICT


async def _through_the_socket(url: str, pictures: list[Path]) -> list[float]:
    async with Client(url, language="en") as customer:
        return [await timed(customer, "", await customer.upload(picture)) for picture in pictures]


def _enlarge(count: int) -> None:
    """Fill the catalogue up to so many products: the demo's, each again under other ids, its embedding displaced."""
    from dataclasses import replace

    from shop.catalogue import products as catalogue
    from storage import database
    from tests.bench.synthetic import make

    with database.session() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, CAST(embedding AS text) FROM products WHERE embedding IS NOT NULL ORDER BY id"
        ).all()
    products = catalogue.get_many([row[0] for row in rows])
    base = np.stack([np.fromstring(row[1][1:-1], sep=",", dtype=np.float32) for row in rows])
    made = make(base, count - catalogue.count())
    with database.session() as connection:
        for number, (parent, vector) in enumerate(zip(made.parents, made.vectors, strict=True)):
            product = replace(products[parent], id=f"bench{number}")
            catalogue.upsert(product, embedding=vector, connection=connection)
        catalogue.count_up(connection)
    with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE products")


def _in_process(pictures: list[Path]) -> dict[str, list[float]]:
    """Seconds of each job for each picture. The jobs take turns, so that a busy machine is equally unkind to all."""
    from shop.search import queries
    from vision import photo
    from vision.evaluation.benchmark import Twin, bare_backbone
    from vision.inference.loading import load_eyes
    from vision.predictions import SIDE

    eyes, bare, twin = load_eyes(), bare_backbone(), Twin()
    batch = np.zeros((1, SIDE, SIDE, 3), np.float32)
    # What the action server gets: the photo as the door has stored it.
    stored = [photo.encode_jpeg(photo.decode(picture.read_bytes()).pixels) for picture in pictures]
    times: dict[str, list[float]] = {"bare": [], "turn": [], "search": [], "networks": [], "predict": []}

    def note(name: str, job: Callable[[], object]) -> None:
        began = time.perf_counter()
        job()
        times[name].append(time.perf_counter() - began)

    def turn(data: bytes) -> object:
        return queries.by_detections(eyes.analyse(photo.decode(data).pixels).detections)

    for data in [*stored[:3], *stored]:
        pixels = photo.decode(data).pixels
        prediction = eyes.predict(pixels)
        note("bare", lambda: bare(batch))
        note("turn", lambda data=data: turn(data))  # type: ignore[misc]
        note("search", lambda prediction=prediction: queries.by_photo(prediction))  # type: ignore[misc]
        for name, spent in zip(("networks", "predict"), twin.predict(pixels), strict=True):
            times[name].append(spent)
    return {name: seconds[3:] for name, seconds in times.items()}
