"""The eyes as the shop uses them: one pass of the network a photo, its heads given by name.

`vision.inference.loading` puts them together from the shipped weights. The network runs in TensorFlow's
TFLite interpreter: measured several times faster for one photo than `model.predict`, and faster than a
`tf.function` (docs/adr/0005-eyes.md). Importing this imports no TensorFlow.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from vision import taxonomy
from vision.inference import photo_analysis
from vision.inference.pose import PoseEstimator
from vision.inference.product_presence import ProductPresenceDetector
from vision.inference.tflite import Network
from vision.inference.training_neighbours import TrainingNeighbours
from vision.photo import square
from vision.predictions import NO_SECOND, PhotoAnalysis, Prediction, Ranked

# The heads, and the fields of `Prediction` that hold their answers.
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


class EyesError(RuntimeError):
    """The weights are missing or do not fit the taxonomy."""


class CaptionWriter(Protocol):
    """Words a product in each language, by the network's map (float32 [1, h, w, channels]) and its heads."""

    def describe(self, features: np.ndarray, prediction: Prediction) -> dict[str, str]: ...


class Eyes:
    """Sees what is on photos. `predict` may be called from any thread; calls take turns."""

    def __init__(
        self,
        network: Network,
        facts: dict[str, Any],
        *,
        captioner: CaptionWriter,
        pose: PoseEstimator | None = None,
        presence: ProductPresenceDetector | None = None,
        neighbours: TrainingNeighbours | None = None,
    ) -> None:
        words = taxonomy.load()
        heads = facts["heads"]
        if heads["kind"] != list(words.kinds) or heads["colour"] != list(words.colours):
            raise EyesError("the weights were trained for another taxonomy: run `python -m vision train all`")
        self._network, self._facts = network, facts
        self._captioner, self._pose, self._presence, self._neighbours = captioner, pose, presence, neighbours
        self._lock = threading.Lock()

    @property
    def side(self) -> int:
        """The side in pixels of the square that the network sees."""
        return int(self._facts["side"])

    def predict(self, pixels: np.ndarray, *, caption: bool = True, kinds: tuple[str, ...] = ()) -> Prediction:
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
            prediction = photo_analysis.limited(self._answers(out), kinds)
            if caption:
                prediction = replace(
                    prediction, caption=self._captioner.describe(out["features"], prediction)
                )
        done = time.perf_counter()
        steps = {"fit": fitted - began, "network": seen - fitted, "caption": done - seen}
        steps["total"] = done - began
        timings = {name: round(seconds * 1000, 3) for name, seconds in steps.items()}
        return replace(photo_analysis.sleeved(prediction), timings=timings)

    def analyse(self, pixels: np.ndarray, *, caption: bool = True) -> PhotoAnalysis:
        """See a customer's whole photo, uint8 [h, w, 3]: what is wrong with it, or what is found on it."""

        def predict(picture: np.ndarray, kinds: tuple[str, ...]) -> Prediction:
            return self.predict(picture, caption=caption, kinds=kinds)

        return photo_analysis.analyse(pixels, predict, self._pose, self._presence)

    def _answers(self, out: dict[str, np.ndarray]) -> Prediction:
        chances = {head: self._chances(head, out) for head in self._facts["heads"]}
        familiar = 1.0
        if self._neighbours is not None:
            chances, familiar = self._neighbours.join(out["pooled"][0], chances)
        heads = {head: _ranked(self._facts["heads"][head], each) for head, each in chances.items()}
        brands, second = heads.get("brand"), heads.get("second")
        sure = self._facts.get("sure", {})
        prediction = Prediction(heads["kind"], heads["colour"], {}, out["embedding"][0].copy())
        return replace(
            prediction,
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
