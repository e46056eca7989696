"""The eyes put together from the files of a weights folder: each head is read here and given by its name.

    eyes = load_eyes()
    prediction = eyes.predict(photo.decode(data).pixels)

What can be spared is: without a captioner phrases are composed from the heads, without the networks for
poses every photo is taken for one of things alone, without the head for the presence of a product every
photo has one, without the training's neighbours every head answers alone.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np

from vision.inference.caption import Captioner, ComposedCaptions
from vision.inference.eyes import CaptionWriter, Eyes, EyesError
from vision.inference.pose import PoseError, PoseEstimator
from vision.inference.product_presence import ProductPresenceDetector, ProductPresenceError
from vision.inference.tflite import Network
from vision.inference.training_neighbours import TrainingNeighbours
from vision.inference.weights import WEIGHTS

log = logging.getLogger(__name__)


def load_eyes(folder: Path = WEIGHTS, *, threads: int = 1, captioner: CaptionWriter | None = None) -> Eyes:
    """Load and warm up the weights of a folder; raises `EyesError` where they are missing or broken.

    A `captioner` given here takes the place of the shipped one. One thread a call: measured faster than two
    for networks this small.
    """
    try:
        facts = json.loads((folder / "eyes.json").read_text(encoding="utf-8"))
        network = Network(folder / "eyes.tflite", threads)
        if captioner is None:
            captioner = _captioner(folder, threads)
    except (OSError, ValueError, KeyError) as error:
        raise EyesError(f"cannot load the eyes' weights: {error}") from error
    eyes = Eyes(
        network,
        facts,
        captioner=captioner,
        pose=_pose(threads),
        presence=_presence(folder),
        neighbours=_neighbours(folder),
    )
    eyes.predict(np.full((eyes.side, eyes.side, 3), 200, np.uint8))
    return eyes


def load_captioner(folder: Path = WEIGHTS, threads: int = 1) -> Captioner:
    """Read `caption.json` and its networks; raises `OSError`, `ValueError`, `KeyError` if broken."""
    facts = json.loads((folder / "caption.json").read_text(encoding="utf-8"))
    start = Network(folder / "caption_start.tflite", threads)
    return Captioner(start, Network(folder / "caption_step.tflite", threads), facts)


def _captioner(folder: Path, threads: int) -> CaptionWriter:
    return load_captioner(folder, threads) if (folder / "caption.json").exists() else ComposedCaptions()


def _pose(threads: int) -> PoseEstimator | None:
    try:
        return PoseEstimator.load(threads=threads)
    except PoseError as error:
        log.warning("photos of people are taken for photos of one thing: %s", error)
        return None


def _presence(folder: Path) -> ProductPresenceDetector | None:
    try:
        return ProductPresenceDetector.load(folder)
    except ProductPresenceError as error:
        log.warning("photos without a product are not told apart: %s", error)
        return None


def _neighbours(folder: Path) -> TrainingNeighbours | None:
    try:
        return TrainingNeighbours.load(folder)
    except (OSError, ValueError) as error:
        log.warning("the eyes answer without the products they learned from: %s", error)
        return None
