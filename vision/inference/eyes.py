"""The eyes as the shop uses them: weights loaded once, one pass of the network a photo.

    eyes = Eyes.load()
    look = eyes.look(photo.decode(data).pixels)

The network runs in TensorFlow's TFLite interpreter: measured several times faster for one photo than
`model.predict`, and faster than a `tf.function` (docs/adr/0005-eyes.md). Only `load` imports TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vision import taxonomy
from vision.inference import photo_analysis
from vision.inference.caption import Captioner, compose
from vision.inference.pose import People, PeopleError
from vision.inference.predictions import EMBEDDING_SIZE, NO_SECOND, Look, Ranked, Sight
from vision.inference.product_presence import Detector, DetectorError
from vision.inference.training_neighbours import Memory
from vision.photo import square

__all__ = ["EMBEDDING_SIZE", "Eyes", "EyesError", "Look", "Network", "Ranked", "version"]

log = logging.getLogger(__name__)
# The heads, and the fields of `Look` that hold their answers.
FIELDS = {
    "kind": "kinds",
    "colour": "colours",
    "gender": "genders",
    "pattern": "patterns",
    "sleeve": "sleeves",
    "usage": "usages",
    "brand": "brands",
    "article": "articles",
    "label": "labels",
}
WEIGHTS = Path(__file__).resolve().parents[1] / "weights"


def version(folder: Path = WEIGHTS) -> str:
    """Tells weights apart: embeddings are comparable only between looks of the same version."""
    return hashlib.sha256((folder / "eyes.tflite").read_bytes()).hexdigest()[:16]


class EyesError(RuntimeError):
    """The weights are missing or do not fit the taxonomy."""


class Eyes:
    """Looks at photos. `look` may be called from any thread; calls take turns."""

    def __init__(
        self,
        network: Network,
        facts: dict[str, Any],
        captioner: Captioner | None = None,
        people: People | None = None,
        nothing: Detector | None = None,
        memory: Memory | None = None,
    ) -> None:
        words = taxonomy.load()
        heads = facts["heads"]
        if heads["kind"] != list(words.kinds) or heads["colour"] != list(words.colours):
            raise EyesError("the weights were trained for another taxonomy: run `python -m vision train all`")
        self._network, self._facts = network, facts
        self._captioner, self._people, self._nothing, self._memory = captioner, people, nothing, memory
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path = WEIGHTS, *, threads: int = 1, captioner: Captioner | None = None) -> Eyes:
        """Load and warm up the shipped weights; raises `EyesError` where they are missing or broken.

        What can be spared is: without a captioner phrases are composed from the heads, without the networks
        for people every photo is taken for one of things alone, without the head for pictures of nothing
        every photo has a product, without the memory every head answers alone. A `captioner` given here takes
        the place of the shipped one. One thread a call: measured faster than two for networks this small.
        """
        try:
            facts = json.loads((folder / "eyes.json").read_text(encoding="utf-8"))
            network = Network(folder / "eyes.tflite", threads)
            if captioner is None and (folder / "caption.json").exists():
                captioner = Captioner.load(folder, threads)
        except (OSError, ValueError, KeyError) as error:
            raise EyesError(f"cannot load the eyes' weights: {error}") from error
        eyes = cls(network, facts, captioner, _people(threads), _nothing(folder), _memory(folder))
        eyes.look(np.full((eyes.side, eyes.side, 3), 200, np.uint8))
        return eyes

    @property
    def side(self) -> int:
        """The side in pixels of the square that the network sees."""
        return int(self._facts["side"])

    def look(self, pixels: np.ndarray, *, caption: bool = True, kinds: tuple[str, ...] = ()) -> Look:
        """See one product, uint8 [h, w, 3] sRGB as `vision.photo.decode` gives.

        `caption` costs a little. `kinds` limits what it may be: what is worn on the feet is no shirt.
        """
        shape = pixels.shape
        if pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(shape)}")
        began = time.perf_counter()
        batch = square(pixels, self.side)[None].astype(np.float32)
        fitted = time.perf_counter()
        with self._lock:
            out = self._network(batch)
            seen = time.perf_counter()
            look = photo_analysis.limited(self._answers(out), kinds)
            if caption:
                captioner = self._captioner
                phrase = captioner.describe(out["features"], look) if captioner else compose(look)
                look = replace(look, caption=phrase)
        done = time.perf_counter()
        steps = {"fit": fitted - began, "network": seen - fitted, "caption": done - seen}
        steps["total"] = done - began
        timings = {name: round(seconds * 1000, 3) for name, seconds in steps.items()}
        return replace(photo_analysis.sleeved(look), timings=timings)

    def see(self, pixels: np.ndarray, *, caption: bool = True) -> Sight:
        """See a customer's whole photo, uint8 [h, w, 3]: what is wrong with it, or what is found on it."""

        def look(picture: np.ndarray, kinds: tuple[str, ...]) -> Look:
            return self.look(picture, caption=caption, kinds=kinds)

        return photo_analysis.see(pixels, look, self._people, self._nothing)

    def _answers(self, out: dict[str, np.ndarray]) -> Look:
        chances = {head: self._chances(head, out) for head in self._facts["heads"]}
        familiar = 1.0
        if self._memory is not None:
            chances, familiar = self._memory.join(out["pooled"][0], chances)
        heads = {head: _ranked(self._facts["heads"][head], each) for head, each in chances.items()}
        brands, second = heads.get("brand"), heads.get("second")
        sure = self._facts.get("sure", {})
        look = Look(heads["kind"], heads["colour"], {}, out["embedding"][0].copy())
        return replace(
            look,
            **{FIELDS[head]: ranking for head, ranking in heads.items() if head in FIELDS},  # type: ignore[arg-type]
            # A brand is known by its products: on a photo that is like none of them, the head only guesses.
            brand=brands[0].name
            if brands and familiar == 1 and brands[0].probability >= sure["brand"]
            else "",
            second_colour=_second(second, heads["colour"][0].name, sure["second"]) if second else "",
            features=out["pooled"][0].copy(),
        )

    def _chances(self, head: str, out: dict[str, np.ndarray]) -> np.ndarray:
        """The calibrated probabilities of a head's names, float64 [names]."""
        scaled = out[head][0].astype(np.float64) / self._facts["temperatures"][head]
        chances = np.exp(scaled - scaled.max())
        return np.asarray(chances / chances.sum())


def _ranked(names: list[str], chances: np.ndarray) -> list[Ranked]:
    return [Ranked(names[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]


def _second(ranking: list[Ranked], first: str, sure: float) -> str:
    """The second colour, "" unless it is sure and another than the first."""
    best = next(ranked for ranked in ranking if ranked.name != first)
    return best.name if best.name != NO_SECOND and best.probability >= sure else ""


def _people(threads: int) -> People | None:
    try:
        return People.load(threads=threads)
    except PeopleError as error:
        log.warning("photos of people are taken for photos of one thing: %s", error)
        return None


def _nothing(folder: Path) -> Detector | None:
    try:
        return Detector.load(folder)
    except DetectorError as error:
        log.warning("photos without a product are not told apart: %s", error)
        return None


def _memory(folder: Path) -> Memory | None:
    try:
        return Memory.load(folder)
    except (OSError, ValueError) as error:
        log.warning("the eyes answer without the memory of products: %s", error)
        return None


class Network:
    """A TFLite file as a function: arrays in by position or name, a dict of arrays out. Not thread-safe."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf

        if not path.exists():
            raise FileNotFoundError(f"{path.name} is missing")
        self._interpreter = tf.lite.Interpreter(str(path), num_threads=threads)
        self._runner = self._interpreter.get_signature_runner()
        self.inputs = list(self._runner.get_input_details())

    def __call__(self, *arrays: np.ndarray, **named: np.ndarray) -> dict[str, np.ndarray]:
        named.update(zip(self.inputs, arrays, strict=False))
        result: dict[str, np.ndarray] = self._runner(**named)
        return result
