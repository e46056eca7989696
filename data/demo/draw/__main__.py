"""Draw the demo shop: `python -m data.demo.draw [--only ID …] [--records] [--processes N]`.

Without options all records and all pictures are written, the same each time.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from data.demo.draw import records
from data.demo.draw.gallery import PICTURES, write_pictures
from data.demo.draw.plan import PlanError, items


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
    for number, count in enumerate(write_pictures(chosen, options.folder, options.processes), 1):
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
