"""The eyes as the shop uses them: weights loaded once, one pass of the network a photo.

    eyes = Eyes.load()
    look = eyes.look(photo.decode(data).pixels)

The network runs in TensorFlow's TFLite interpreter: measured several times faster for one photo than
`model.predict`, and faster than a `tf.function` (docs/adr/0005-eyes.md). Only `load` imports TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from vision import taxonomy
from vision.caption import Captioner, compose
from vision.look import EMBEDDING_SIZE, GENDERS, SIDE, Look, Ranked
from vision.photo import square

__all__ = ["EMBEDDING_SIZE", "SIDE", "Eyes", "EyesError", "Look", "Network", "Ranked", "version"]

WEIGHTS = Path(__file__).with_name("weights")


def version(folder: Path = WEIGHTS) -> str:
    """Tells weights apart: embeddings are comparable only between looks of the same version."""
    return hashlib.sha256((folder / "eyes.tflite").read_bytes()).hexdigest()[:16]


class EyesError(RuntimeError):
    """The weights are missing or do not fit the taxonomy."""


class Eyes:
    """Looks at photos. `look` may be called from any thread; calls take turns."""

    def __init__(self, network: Network, captioner: Captioner | None, facts: dict[str, Any]) -> None:
        words = taxonomy.load()
        if facts["kinds"] != list(words.kinds) or facts["colours"] != list(words.colours):
            raise EyesError("the weights were trained for another taxonomy: run `python -m vision train`")
        self._network, self._captioner, self._facts = network, captioner, facts
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path = WEIGHTS, *, threads: int = 1) -> Eyes:
        """Load and warm up the shipped weights; raises `EyesError` where they are missing or broken.

        One thread a call: measured faster than two for networks as small as these.
        """
        try:
            facts = json.loads((folder / "eyes.json").read_text(encoding="utf-8"))
            network = Network(folder / "eyes.tflite", threads)
            has_captioner = (folder / "caption.json").exists()
            captioner = Captioner.load(folder, threads) if has_captioner else None
        except (OSError, ValueError, KeyError) as error:
            raise EyesError(f"cannot load the eyes' weights: {error}") from error
        eyes = cls(network, captioner, facts)
        eyes.look(np.full((SIDE, SIDE, 3), 200, np.uint8))
        return eyes

    def look(self, pixels: np.ndarray, *, caption: bool = True) -> Look:
        """See one photo, uint8 [h, w, 3] sRGB as `vision.photo.decode` gives; `caption` costs a little."""
        shape = pixels.shape
        if pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(shape)}")
        began = time.perf_counter()
        batch = square(pixels, SIDE)[None].astype(np.float32)
        fitted = time.perf_counter()
        with self._lock:
            out = self._network(batch)
            seen = time.perf_counter()
            kinds = self._ranked("kind", out, self._facts["kinds"])
            colours = self._ranked("colour", out, self._facts["colours"])
            genders = self._ranked("gender", out, list(GENDERS))
            phrases: dict[str, str] = {}
            if caption:
                if self._captioner is None:  # weights without a captioner still give a phrase
                    phrases = compose(kinds, colours, genders)
                else:
                    phrases = self._captioner.describe(out["features"], kinds, colours, genders)
        done = time.perf_counter()
        steps = {"fit": fitted - began, "network": seen - fitted, "caption": done - seen}
        timings = {**steps, "total": done - began}
        return Look(
            kinds=kinds,
            colours=colours,
            genders=genders,
            caption=phrases,
            embedding=out["embedding"][0].copy(),
            timings={name: round(seconds * 1000, 3) for name, seconds in timings.items()},
        )

    def _ranked(self, head: str, out: dict[str, np.ndarray], names: list[str]) -> list[Ranked]:
        scaled = out[head][0].astype(np.float64) / self._facts["temperatures"][head]
        chances = np.exp(scaled - scaled.max())
        chances /= chances.sum()
        return [Ranked(names[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]


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
