"""`python -m vision train fashion-mnist`: its arguments, and what it does with them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from vision.settings import cache_folder
from vision.training.textbook import fashion_mnist

RECIPES = ("cnn", "lstm", "modern")
METRICS = Path(__file__).with_name("metrics.json")  # the figures of the runs that the model card tells of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recipe", choices=(*RECIPES, "all"), default="all")
    parser.add_argument("--epochs", type=int, default=0, help="instead of the recipe's own number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    parser.add_argument("--data", type=Path, default=fashion_mnist.FOLDER, help="folder of the idx files")
    parser.add_argument("--run", dest="folder", type=Path, help="folder for the recipes' runs")
    parser.add_argument("--metrics", type=Path, help="JSON file to gather the figures in as well")


def run(options: argparse.Namespace) -> int:
    """Train the recipes and print their table; raises `OSError` or `ValueError` that says why not."""
    data = fashion_mnist.read(options.data)
    from vision.training.textbook import trainer  # after the data: TensorFlow takes seconds to load
    from vision.training.textbook.recipes import RECIPES as recipes

    folder = options.folder or cache_folder() / "fashion-mnist"
    figures = []
    for name in RECIPES if options.recipe == "all" else (options.recipe,):
        figures.append(
            trainer.run(
                recipes[name],
                data,
                folder / name,
                epochs=options.epochs,
                seed=options.seed,
                resume=options.resume,
            )
        )
    if options.metrics:
        gather(figures, options.metrics)
    print(table(figures))
    return 0


def gather(figures: list[dict[str, Any]], path: Path) -> None:
    """Put recipes' figures into a JSON list, in place of those of the same recipes."""
    known = {entry["recipe"]: entry for entry in read_metrics(path)} if path.exists() else {}
    known.update({entry["recipe"]: entry for entry in figures})
    kept = [known[name] for name in RECIPES if name in known]
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read_metrics(path: Path = METRICS) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def table(figures: list[dict[str, Any]]) -> str:
    """A Markdown table of recipes, with each one's weakest class."""
    lines = [
        "| recipe | network | parameters | epochs | test accuracy | weakest class | minutes of two cores |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in figures:
        weakest, share = min(entry["test_accuracy_by_class"].items(), key=lambda pair: pair[1])
        lines.append(
            f"| {entry['recipe']} | {entry['network']} | {entry['parameters']:,} | {entry['epochs']} "
            f"| {entry['test_accuracy']:.4f} | {weakest} {share:.3f} | {entry['two_core_seconds'] / 60:.1f} |"
        )
    return "\n".join(lines)
