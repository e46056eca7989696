"""Photo turns: what the eyes cost beside one bare call of their backbone, and what a customer waits for."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from bot.client import Client
from tests.bench.customers import timed
from tests.bench.stack import ROOT, Stack
from tests.bench.table import percentile, render

PHOTOS = 40


async def _turns(url: str) -> list[float]:
    pictures = sorted((ROOT / "data/demo/pictures").glob("*.webp"))
    chosen = pictures[:: max(1, len(pictures) // PHOTOS)][:PHOTOS]
    async with Client(url, language="en") as customer:
        return [await timed(customer, "", await customer.upload(picture)) for picture in chosen]


def run() -> bool:
    """Print the tables; True if the bars are held (`python -m vision benchmark` prints and judges its own)."""
    with Stack() as stack:
        asyncio.run(_turns(stack.url))  # warm
        seconds = asyncio.run(_turns(stack.url))
    done = subprocess.run(
        [sys.executable, "-m", "vision", "benchmark", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    eyes = json.loads(done.stdout[done.stdout.index("{") :])
    bare = eyes["backbone_ms"]
    rows = [
        ("one bare backbone call", bare, 1.0),
        ("decode, all heads, caption, search: p50", eyes["look_ms"], eyes["look_ms"] / bare),
        ("the same models through model.predict", eyes["predict_ms"], eyes["predict_ms"] / bare),
        ("a photo turn through the socket: p50", percentile(seconds, 50), percentile(seconds, 50) / bare),
        ("a photo turn through the socket: p95", percentile(seconds, 95), percentile(seconds, 95) / bare),
    ]
    print(render("Photo turns", ["", "ms", "times bare"], rows))
    return True
