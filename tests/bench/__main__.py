"""`python -m tests.bench [text|photo|conversation|start|desk|vectors …] [--n PRODUCTS] [--json FILE]`.

Without a name: all sections but `vectors`, which takes the better part of an hour with its million products.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

SECTIONS = ("start", "conversation", "photo", "text", "desk")


def main() -> int:
    """Run the named sections; the exit status is 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="SECTION", default=SECTIONS)
    parser.add_argument("--n", type=int, default=1_000_000, help="products of `vectors` (%(default)s)")
    parser.add_argument("--json", type=Path, help="file for the figures of `vectors`")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in (*SECTIONS, "vectors")]:
        parser.error(f"no section {', '.join(unknown)}; there are: {', '.join(SECTIONS)}, vectors")
    if options.n < 10_000:
        parser.error("--n must be at least 10000: of the rarest wishes there must be ten products")
    held = []
    for name in options.names:  # every section runs, even after a miss
        run = importlib.import_module(f"tests.bench.{name}").run  # Rasa is loaded only where it is measured
        held.append(run(options.n, options.json) if name == "vectors" else run())
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
