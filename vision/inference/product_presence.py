"""The small head that says whether a photo shows a product, on the eyes' pooled feature map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from vision.inference.weights import WEIGHTS, version

FILE = "nothing.npz"


class ProductPresenceError(FileNotFoundError):
    """The head is missing, broken, or was trained on other eyes than those beside it."""


@dataclass(frozen=True)
class ProductPresenceDetector:
    """Logistic regression on standardised features (Platt, 1999: its output is a probability).

    `mean`, `scale`, `weight` are float32 [channels]; below `threshold` a photo is refused; `eyes` is the
    version of the weights whose features it was trained on.
    """

    mean: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    bias: float
    threshold: float
    eyes: str

    def product_probability(self, features: np.ndarray) -> float:
        """The probability, 0..1, that a photo with these pooled features, float32 [channels], shows one.

        Raises `ValueError` where the features have another length than those it was trained on.
        """
        if features.shape != self.weight.shape:
            raise ValueError(f"features must be [{len(self.weight)}], not {list(features.shape)}")
        return float(self.probabilities(features[None])[0])

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """The same for float32 [n, channels]: float64 [n]."""
        logits = ((features - self.mean) / self.scale) @ self.weight + self.bias
        return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50)))

    def refuses(self, features: np.ndarray) -> bool:
        """Whether to say "I see no product"; a doubtful photo is let through."""
        return self.product_probability(features) < self.threshold

    def save(self, folder: Path) -> None:
        arrays = {name: getattr(self, name).astype(np.float32) for name in ("mean", "scale", "weight")}
        facts = {"bias": self.bias, "threshold": self.threshold, "eyes": self.eyes}
        part = folder / f"{FILE}.part.npz"
        np.savez(part, **arrays, **{name: np.array(value) for name, value in facts.items()})
        part.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> ProductPresenceDetector:
        """Read the head beside the eyes' weights; raises `ProductPresenceError` where it cannot serve."""
        path = folder / FILE
        again = "run `python -m vision.training.product_presence train`"
        if not path.exists():
            raise ProductPresenceError(f"{path.name} is missing: {again}")
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name].astype(np.float32) for name in ("mean", "scale", "weight")}
                bias, threshold, eyes = (stored[name].item() for name in ("bias", "threshold", "eyes"))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ProductPresenceError(f"{path.name} is broken ({error}): {again}") from error
        if not (folder / "eyes.tflite").exists():
            raise ProductPresenceError("eyes.tflite is missing beside the head")
        if eyes != version(folder):
            raise ProductPresenceError(f"{path.name} was trained on the features of other eyes: {again}")
        return cls(**arrays, bias=float(bias), threshold=float(threshold), eyes=str(eyes))
