"""Draw the demo shop: `python -m data.demo.draw [--only ID …] [--records] [--processes N]`.

Without options all records and all pictures are written, the same each time.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from data.demo.draw import records
from data.demo.draw.canvas import webp
from data.demo.draw.kinds import draw
from data.demo.draw.plan import Item, PlanError, items

PICTURES = Path(__file__).parent.parent / "pictures"


def write_picture(item: Item, folder: Path) -> int:
    """Draw one product and write its file; returns the file's bytes."""
    cv2.setNumThreads(1)  # one process draws one picture; threads would fight
    data = webp(draw(item))
    (folder / f"{item.id}.webp").write_bytes(data)
    return len(data)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m data.demo.draw", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="ID",
        default=[],
        help="draw only these products' pictures, write no records",
    )
    parser.add_argument("--records", action="store_true", help="write products.jsonl only, draw nothing")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="pictures drawn at a time (2)")
    parser.add_argument(
        "--folder", type=Path, default=PICTURES, help="where the pictures go (data/demo/pictures)"
    )
    options = parser.parse_args(arguments)
    try:
        planned = items()
    except PlanError as error:
        print(f"The plan cannot be read: {error}", file=sys.stderr)
        return 1
    unknown = sorted(set(options.only) - {item.id for item in planned})
    if unknown:
        print(f"No product is called {', '.join(unknown)}.", file=sys.stderr)
        return 1
    if not options.only:
        print(f"{records.write(planned)} records in {records.PATH.name}")
    if options.records:
        return 0
    chosen = [item for item in planned if not options.only or item.id in options.only]
    options.folder.mkdir(parents=True, exist_ok=True)
    start, size = time.monotonic(), 0
    with ProcessPoolExecutor(max(1, options.processes)) as pool:
        for number, count in enumerate(
            pool.map(partial(write_picture, folder=options.folder), chosen, chunksize=4), 1
        ):
            size += count
            print(f"\r{number} of {len(chosen)} pictures, {size / 2**20:.1f} MiB", end="", flush=True)
    print(f", {time.monotonic() - start:.0f} s")
    if not options.only and options.folder == PICTURES:
        kept = {f"{item.id}.webp" for item in planned}
        for path in PICTURES.glob("p*.webp"):
            if path.name not in kept:
                path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
