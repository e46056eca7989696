"""The folder of pictures: draws products into it, several at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2

from data.demo.draw.canvas import webp
from data.demo.draw.kinds import draw
from data.demo.draw.plan import Item

PICTURES = Path(__file__).parent.parent / "pictures"


def write_picture(item: Item, folder: Path) -> int:
    """Draw one product and write its file; returns the file's bytes."""
    cv2.setNumThreads(1)  # one process draws one picture; threads would fight
    data = webp(draw(item))
    (folder / f"{item.id}.webp").write_bytes(data)
    return len(data)


def write_pictures(chosen: list[Item], folder: Path, processes: int) -> Iterator[int]:
    """Write pictures, in order, and yield their sizes."""
    write = partial(write_picture, folder=folder)
    if processes <= 1 or len(chosen) == 1:
        yield from map(write, chosen)
        return
    # Not forked: a child of a process that has used OpenCV's threads would wait for them for ever.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from pool.map(write, chosen, chunksize=4)
