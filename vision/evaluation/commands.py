"""The commands of measuring, added to those of `python -m vision` by `add_commands`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vision.evaluation.figures import PARTS
from vision.evaluation.folders import SPLITS, Product, Snapshot, pick, read_products, read_snapshots

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "vision/weights"


def add_commands(commands: Any) -> None:
    """Add `evaluate` and `card` to the sub-parsers of a command line; each sets `run(options) -> status`."""
    evaluate = commands.add_parser("evaluate", help="measure the shipped weights on a folder of pictures")
    sets = evaluate.add_subparsers(required=True, metavar="WHAT")
    for name, run, text in (
        ("products", _products, "studio photos: a folder with products.csv and images/"),
        ("customer-photos", _snapshots, "customers' photos: a folder with photos.csv and images/"),
        ("captions", _captions, "captions against the titles of products.csv"),
        ("robustness", _robustness, "kind accuracy on bad photos; either kind of folder"),
    ):
        command = sets.add_parser(name, help=text)
        command.add_argument("folder", type=Path, metavar="DIR")
        _options(command, run)
    search = sets.add_parser("search", help="what is found first of the same kind and colour")
    search.add_argument("--queries", type=Path, required=True, metavar="DIR")
    search.add_argument("--gallery", type=Path, required=True, metavar="DIR")
    search.add_argument("--gallery-split", choices=SPLITS, default="all")
    search.add_argument("--alone", action="store_true", help="without raw pixels, histogram and ImageNet")
    search.add_argument("--tune", action="store_true", help="the figures for a grid of the ranking's weights")
    _options(search, _search)
    whole = sets.add_parser(
        "all", help="everything on the kept-back parts of both data sets, for the model card"
    )
    whole.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", metavar="DIR")
    whole.add_argument("--limit", type=int, help="a sample of so many rows of each part")
    whole.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="only these (default: all)")
    whole.add_argument("--weights", type=Path, default=WEIGHTS)
    whole.add_argument("--json", action="store_true")
    whole.set_defaults(run=_all)
    card = commands.add_parser("card", help="write docs/model-card.md from the figures beside the weights")
    card.add_argument("--weights", type=Path, default=WEIGHTS)
    card.add_argument("--docs", type=Path, default=ROOT / "docs")
    card.add_argument("--vectors", type=Path, help="figures of `python -m tests.bench vectors --json FILE`")
    card.set_defaults(run=_card)


def table(figures: dict[str, Any], before: str = "") -> str:
    """Figures as lines for people; those that could not be measured are "-"."""
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines.append(table(value, f"{before}{name}."))
        else:
            shown = "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
            lines.append(f"{before + name:36}{shown:>12}")
    return "\n".join(line for line in lines if line)


def _options(command: argparse.ArgumentParser, run: Callable[[argparse.Namespace], dict[str, Any]]) -> None:
    command.add_argument(
        "--split", choices=SPLITS, default="all", help="of our own folders (default: all rows)"
    )
    command.add_argument("--limit", type=int, help="a sample of so many rows")
    command.add_argument("--weights", type=Path, default=WEIGHTS)
    command.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    command.set_defaults(run=lambda options: _print(run(options), options.json))


def _print(figures: dict[str, Any], as_json: bool) -> int:
    print(json.dumps(figures, ensure_ascii=False) if as_json else table(figures))
    return 0


def _eyes(options: argparse.Namespace) -> Any:
    from vision.inference.loading import load_eyes

    return load_eyes(options.weights)


def _product_rows(options: argparse.Namespace) -> list[Product]:
    return pick(read_products(options.folder), options.split, options.limit)


def _snapshot_rows(options: argparse.Namespace) -> list[Snapshot]:
    return pick(read_snapshots(options.folder), options.split, options.limit)


def _products(options: argparse.Namespace) -> dict[str, Any]:
    from vision.evaluation import products
    from vision.evaluation.seen import see

    rows = _product_rows(options)
    return products.scores(see(_eyes(options), rows))


def _snapshots(options: argparse.Namespace) -> dict[str, Any]:
    from vision.evaluation import snapshots
    from vision.evaluation.seen import see

    rows = _snapshot_rows(options)
    return snapshots.scores(see(_eyes(options), rows))


def _captions(options: argparse.Namespace) -> dict[str, Any]:
    from vision.evaluation import captions
    from vision.evaluation.seen import see

    rows = _product_rows(options)
    return captions.scores(see(_eyes(options), rows, caption=True))


def _robustness(options: argparse.Namespace) -> dict[str, Any]:
    from vision.evaluation import robustness

    products = (options.folder / "products.csv").is_file()
    rows = _product_rows(options) if products else _snapshot_rows(options)
    return robustness.scores(_eyes(options), rows)


def _search(options: argparse.Namespace) -> dict[str, Any]:
    from vision.evaluation import retrieval
    from vision.evaluation.seen import see

    queries = pick(read_products(options.queries), options.split, options.limit)
    gallery = pick(read_products(options.gallery), options.gallery_split)
    eyes = _eyes(options)
    shown, stock = see(eyes, queries, label="queries"), see(eyes, gallery, label="gallery")
    if options.tune:
        return {f"{number:02}": found for number, found in enumerate(retrieval.tune(shown, stock), 1)}
    return retrieval.scores(shown, stock, compare=not options.alone)


def _all(options: argparse.Namespace) -> int:
    from vision.evaluation import whole

    return _print(whole.measure(options.data, options.weights, options.limit, options.parts), options.json)


def _card(options: argparse.Namespace) -> int:
    from vision.evaluation.card import write

    print(write(options.weights, options.docs, options.vectors))
    return 0
