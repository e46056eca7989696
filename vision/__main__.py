"""Command line of the eyes: `python -m vision describe | train | export | benchmark`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from vision import photo

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("backbone", "heads", "captioner", "all")


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
    train.add_argument(
        "part",
        nargs="?",
        choices=PARTS,
        default="all",
        help="heads: on the still backbone only; backbone: heads, then all of it; captioner; all (default)",
    )
    _places(train)
    train.add_argument("--epochs", type=int, help="epochs of the named part's longest stage")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    train.set_defaults(run=_train)

    export = commands.add_parser("export", help="write the trained eyes as shipped weights (TFLite)")
    _places(export)
    export.set_defaults(run=_export)

    benchmark = commands.add_parser("benchmark", help="time a look beside the bare backbone")
    benchmark.add_argument("--calls", type=int, default=40, help="looks that are timed")
    benchmark.add_argument("--json", action="store_true")
    benchmark.set_defaults(run=_benchmark)
    return parser


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the two data sets")
    parser.add_argument("--demo", type=Path, default=ROOT / "data/demo", help="folder of the demo catalogue")
    parser.add_argument("--run", dest="folder", type=Path, help="the training run's folder")
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("weights"))


def _describe(options: argparse.Namespace) -> int:
    picture = photo.decode(options.photo.read_bytes())
    from vision.eyes import Eyes

    look = Eyes.load().look(picture.pixels)
    if options.json:
        print(
            json.dumps(
                {
                    "format": picture.format,
                    "width": picture.width,
                    "height": picture.height,
                    "kind": look.kinds[0].name,
                    "colour": look.colours[0].name,
                    "gender": look.genders[0].name,
                    "caption": look.caption,
                    "kinds": {ranked.name: round(ranked.probability, 4) for ranked in look.kinds[:10]},
                    "colours": {ranked.name: round(ranked.probability, 4) for ranked in look.colours[:10]},
                    "genders": {ranked.name: round(ranked.probability, 4) for ranked in look.genders},
                    "ms": look.timings["total"],
                },
                ensure_ascii=False,
            )
        )
        return 0
    print(f"{picture.format}, {picture.width} x {picture.height}")
    for title, ranking in (("kind", look.kinds), ("colour", look.colours), ("for", look.genders)):
        said = ", ".join(f"{ranked.name} {ranked.probability:.0%}" for ranked in ranking[:3])
        print(f"{title + ':':9}{said}")
    for language, phrase in look.caption.items():
        print(f"{language + ':':9}{phrase}")
    print(f"in {look.timings['total']:.0f} ms")
    return 0


def _train(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from vision import caption_training, export, training

    folder = options.folder or _run_folder()
    if options.part != "captioner":
        plan = training.Plan(seed=options.seed)
        if options.part == "heads":
            plan = replace(plan, head_epochs=options.epochs or plan.head_epochs, epochs=0, demo_epochs=0)
        elif options.epochs is not None:
            plan = replace(plan, epochs=options.epochs)
        training.run(options.data, options.demo, folder, plan, resume=options.resume)
        export.export_eyes(folder, options.weights, options.data, options.demo)
    if options.part in ("captioner", "all"):
        captions = caption_training.Plan(seed=options.seed)
        if options.part == "captioner" and options.epochs is not None:
            captions = replace(captions, epochs=options.epochs)
        caption_training.run(options.data, folder, options.weights, captions)
    return 0


def _export(options: argparse.Namespace) -> int:
    from vision import export

    scores = export.export_eyes(options.folder or _run_folder(), options.weights, options.data, options.demo)
    print(json.dumps(scores, indent=1))
    return 0


def _benchmark(options: argparse.Namespace) -> int:
    from vision import benchmark

    result = benchmark.run(options.calls)
    print(json.dumps(result) if options.json else benchmark.table(result))
    return 0


def _run_folder() -> Path:
    from vision.data import cache_folder

    return cache_folder() / "run"


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
