"""Command line of the head: `python -m vision.training.product_presence train | check PHOTO …`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; bad input ends with a sentence on stderr and status 1 (2: wrong usage)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(
        prog="python -m vision.training.product_presence", description="Is there a product on it?"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="train the head on the features of the eyes in --weights")
    train.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the two data sets")
    train.add_argument("--demo", type=Path, default=ROOT / "data/demo", help="folder of the demo catalogue")
    train.set_defaults(run=_train)
    check = commands.add_parser(
        "check", help="say what is wrong with photos, and how likely they show a product"
    )
    check.add_argument("photos", type=Path, nargs="+")
    check.set_defaults(run=_check)
    for command in (train, check):
        command.add_argument("--weights", type=Path, default=ROOT / "vision/weights")
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _train(options: argparse.Namespace) -> None:
    from vision.training.product_presence import trainer

    result = trainer.run(options.data, options.demo, options.weights)
    print(json.dumps(result.scores, indent=1))


def _check(options: argparse.Namespace) -> None:
    from vision import photo
    from vision.inference import photo_quality
    from vision.inference.loading import load_eyes
    from vision.inference.product_presence import ProductPresenceDetector

    detector, eyes = ProductPresenceDetector.load(options.weights), load_eyes(options.weights)
    for path in options.photos:
        pixels = photo.decode(path.read_bytes()).pixels
        features = eyes.predict(pixels, caption=False).features
        assert features is not None  # this version of the eyes always gives them
        problem = photo_quality.check(pixels) or ("no_product" if detector.refuses(features) else "fine")
        print(f"{problem:12} {detector.product_probability(features):.3f}  {path}")


if __name__ == "__main__":
    sys.exit(main())
