"""Command line of the eyes: `python -m vision describe|train|export|refit|evaluate|benchmark|card`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from vision import evaluation, photo
from vision.training.textbook import cli as textbook

ROOT = Path(__file__).resolve().parent.parent
_RUN = "the training run's folder"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; bad input ends with a sentence on stderr and status 1 (2: wrong usage)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except photo.PhotoError as error:
        return _fail(f"{options.photo}: {error.message}")
    except (OSError, ValueError, RuntimeError) as error:
        return _fail(str(error))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vision", description="What a photo of a product shows.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    describe = commands.add_parser("describe", help="say what a photo shows")
    describe.add_argument("photo", type=Path)
    describe.add_argument("--json", action="store_true", help="one JSON object instead of text")
    describe.set_defaults(run=_describe)

    train = commands.add_parser("train", help="train the networks (seeded, resumable, with progress)")
    _add_trainings(train.add_subparsers(required=True, metavar="PART"))

    export = commands.add_parser("export", help="write the trained eyes as shipped weights (TFLite)")
    _places(export)
    export.add_argument("--run", dest="folder", type=Path, help=_RUN)
    export.set_defaults(run=_export)

    refit = commands.add_parser("refit", help="fit the heads of the shipped eyes anew (minutes)")
    _places(refit)
    refit.set_defaults(run=_refit)

    benchmark = commands.add_parser("benchmark", help="time a look beside the bare backbone")
    benchmark.add_argument("--calls", type=int, default=40, help="looks that are timed")
    benchmark.add_argument("--json", action="store_true")
    benchmark.set_defaults(run=_benchmark)

    evaluation.add_commands(commands)
    return parser


def _add_trainings(parts: Any) -> None:
    for name, run, text in (
        ("all", _train_all, "the eyes, the captioner and the head for pictures without a product"),
        ("eyes", _train_eyes, "backbone and heads (hours on two cores)"),
        ("captioner", _train_captioner, "the captioner, on the shipped eyes"),
        ("nothing", _train_nothing, "the head for pictures without a product, on the shipped eyes"),
    ):
        part = parts.add_parser(name, help=text)
        _places(part)
        part.add_argument("--epochs", type=int, help="other than the plan's")
        part.add_argument("--seed", type=int, default=1)
        if name in ("all", "eyes"):
            part.add_argument("--run", dest="folder", type=Path, help=_RUN)
        part.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
        part.set_defaults(run=run)
    recipes = parts.add_parser("fashion-mnist", help="the textbook networks and a modern one")
    textbook.add_arguments(recipes)
    recipes.set_defaults(run=textbook.run)


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the two data sets")
    parser.add_argument("--demo", type=Path, default=ROOT / "data/demo", help="folder of the demo catalogue")
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))


def _describe(options: argparse.Namespace) -> int:
    picture = photo.decode(options.photo.read_bytes())
    from vision.inference import description
    from vision.inference.loading import load_eyes

    analysis = load_eyes().analyse(picture.pixels)
    if options.json:
        facts = {"format": picture.format, "width": picture.width, "height": picture.height}
        print(json.dumps({**facts, **description.as_dict(analysis)}, ensure_ascii=False))
    else:
        print(f"{picture.format}, {picture.width} x {picture.height}")
        print(description.as_text(analysis))
    return 0


def _train_all(options: argparse.Namespace) -> int:
    return _train_eyes(options) or _train_captioner(options) or _train_nothing(options)


def _train_eyes(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from vision.training import export, trainer

    plan = trainer.Plan(seed=options.seed)
    if options.epochs is not None:
        plan = replace(plan, epochs=options.epochs)
    folder = options.folder or _run_folder()
    trainer.run(options.data, options.demo, folder, plan, resume=options.resume)
    export.export_eyes(folder, options.weights, options.data, options.demo)
    return 0


def _train_captioner(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from vision.training.caption import trainer

    plan = trainer.Plan(seed=options.seed)
    if options.epochs is not None and options.run is _train_captioner:
        plan = replace(plan, epochs=options.epochs)
    trainer.run(options.data, options.weights, options.weights, plan, options.resume)
    return 0


def _train_nothing(options: argparse.Namespace) -> int:
    from vision.training.product_presence import trainer

    print(json.dumps(trainer.run(options.data, options.demo, options.weights).scores, indent=1))
    return 0


def _export(options: argparse.Namespace) -> int:
    from vision.training import export

    scores = export.export_eyes(options.folder or _run_folder(), options.weights, options.data, options.demo)
    print(json.dumps(scores, indent=1))
    return 0


def _refit(options: argparse.Namespace) -> int:
    from vision.training import export

    print(json.dumps(export.refit_eyes(options.weights, options.data, options.demo), indent=1))
    return 0


def _benchmark(options: argparse.Namespace) -> int:
    from vision.evaluation import benchmark

    result = benchmark.run(options.calls)
    print(json.dumps(result) if options.json else benchmark.table(result))
    return 0


def _run_folder() -> Path:
    from vision.settings import cache_folder

    return cache_folder() / "run"


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
