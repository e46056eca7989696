"""A training run of the captioner on disk, so that it can be resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

from vision.training.caption.decoder import Decoder


class State:
    """Decoder and optimiser after the last whole epoch, and the decoder of the best one."""

    def __init__(
        self,
        decoder: Decoder,
        optimizer: tf.keras.optimizers.Optimizer,
        path: Path,
        settings: Mapping[str, object],
    ) -> None:
        self._decoder, self._optimizer, self._path = decoder, optimizer, path
        self._settings = json.dumps(settings)
        self.epochs = 0
        self._least = np.inf
        self._best: list[np.ndarray] = []

    def save(self, loss: float) -> None:
        """Count an epoch with its kept-back loss; an interrupted write leaves the file of the one before."""
        self.epochs += 1
        if loss < self._least:
            self._least, self._best = loss, [v.numpy() for v in self._decoder.trainable_variables]
        arrays = {f"last{i}": variable.numpy() for i, variable in enumerate(self._variables())}
        arrays |= {f"best{i}": values for i, values in enumerate(self._best)}
        part = self._path.with_suffix(".part.npz")
        np.savez(part, epochs=self.epochs, least=self._least, settings=self._settings, **arrays)
        part.replace(self._path)

    def load(self) -> bool:
        """Go on from the file; False where there is none of the same settings."""
        if not self._path.exists():
            return False
        with np.load(self._path) as saved:
            if str(saved["settings"]) != self._settings:
                return False
            for index, variable in enumerate(self._variables()):
                variable.assign(saved[f"last{index}"])
            self._best = [saved[f"best{i}"] for i in range(len(self._decoder.trainable_variables))]
            self.epochs, self._least = int(saved["epochs"]), float(saved["least"])
        return True

    def restore_best(self) -> None:
        """Give the decoder the weights of the epoch with the least loss."""
        for variable, values in zip(self._decoder.trainable_variables, self._best, strict=False):
            variable.assign(values)

    def _variables(self) -> list[tf.Variable]:
        return [*self._decoder.trainable_variables, *self._optimizer.variables]
