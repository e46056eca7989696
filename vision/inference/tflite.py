"""A TFLite file as a function of arrays."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np


class Network:
    """Arrays in by position or name, a dict of arrays out. Not thread-safe; only this imports TensorFlow."""

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
