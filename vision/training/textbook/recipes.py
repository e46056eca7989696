"""The recipes: a network each, with how it is trained.

`cnn` and `lstm` are what textbooks and tutorials show; `modern` is what the same two cores can do today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

from vision.training.textbook.fashion_mnist import CLASSES, SIDE


@dataclass(frozen=True)
class Recipe:
    """A network and its training. `optimizer` gets the number of all steps, for a rate that falls."""

    name: str
    title: str
    build: Callable[[], tf.keras.Model]
    optimizer: Callable[[int], tf.keras.optimizers.Optimizer]
    epochs: int
    batch: int
    smoothing: float = 0.0  # share of a label that is spread over all classes
    varied: bool = False  # learn from shifted, mirrored and partly covered pictures


def cnn() -> tf.keras.Model:
    """Two convolutions, each followed by max pooling, and a dense layer: uint8 [n, 28, 28] → logits [n, 10].

    The manner of LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998), with ReLU.
    """
    return tf.keras.Sequential(
        [
            layers.Input((SIDE, SIDE)),
            layers.Rescaling(1 / 255),
            layers.Reshape((SIDE, SIDE, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(len(CLASSES)),
        ],
        name="cnn",
    )


def lstm(units: int = 128) -> tf.keras.Model:
    """Two layers of LSTM that read a picture as a sequence of 28 rows: uint8 [n, 28, 28] → logits [n, 10].

    Hochreiter, Schmidhuber: Long Short-Term Memory (1997). The first layer hands its state after each row to
    the second, whose last state is classified.
    """
    return tf.keras.Sequential(
        [
            layers.Input((SIDE, SIDE)),
            layers.Rescaling(1 / 255),
            layers.LSTM(units, return_sequences=True),
            layers.LSTM(units),
            layers.Dense(len(CLASSES)),
        ],
        name="lstm",
    )


def modern(widths: tuple[int, int, int] = (32, 64, 128)) -> tf.keras.Model:
    """A small residual network with batch normalisation: uint8 [n, 28, 28] → logits [n, 10].

    A stem, then at 14 x 14 and at 7 x 7 places a convolution that widens and a residual block (He et al.,
    Deep Residual Learning, 2015), and the mean over the places. Nearly all work is in plain 3 x 3
    convolutions: what a CPU does fastest (depthwise ones have fewer operations, but take longer here).
    """
    policy = fast_policy()

    def convolved(x: tf.Tensor, width: int) -> tf.Tensor:
        return layers.Conv2D(
            width, 3, padding="same", use_bias=False, kernel_initializer="he_normal", dtype=policy
        )(x)

    def active(x: tf.Tensor) -> tf.Tensor:
        return layers.ReLU(dtype=policy)(layers.BatchNormalization(momentum=0.9, dtype=policy)(x))

    def halved(x: tf.Tensor) -> tf.Tensor:
        return layers.MaxPooling2D(dtype=policy)(x)

    pixels = layers.Input((SIDE, SIDE))
    x = layers.Rescaling(1 / 90, -0.8, dtype=policy)(pixels)  # about mean 0 and deviation 1 over the data set
    x = layers.Reshape((SIDE, SIDE, 1), dtype=policy)(x)
    x = active(halved(convolved(x, widths[0])))
    for place, width in enumerate(widths[1:]):
        x = active(convolved(halved(x) if place else x, width))
        inner = active(convolved(x, width))
        x = layers.Add(dtype=policy)([x, active(convolved(inner, width))])
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    return tf.keras.Model(pixels, layers.Dense(len(CLASSES), dtype="float32")(x), name="modern")


def fast_policy() -> str:
    """The number type to compute in: bfloat16 where the processor multiplies it itself, else float32.

    Weights and losses stay float32 (Micikevicius et al., Mixed Precision Training, 2017). Where a processor
    has no such instruction, bfloat16 is emulated and slower than float32.
    """
    processor = Path("/proc/cpuinfo")
    flags = set(processor.read_text().split()) if processor.exists() else set()
    fast = flags & {"avx512_bf16", "amx_bf16"} or tf.config.list_physical_devices("GPU")
    return "mixed_bfloat16" if fast else "float32"


def _adam(steps: int) -> tf.keras.optimizers.Optimizer:
    """Kingma, Ba: Adam (2014), at its usual rate."""
    return tf.keras.optimizers.Adam(1e-3)


def _averaged_sgd(steps: int) -> tf.keras.optimizers.Optimizer:
    """Nesterov momentum with weight decay, and the weights' moving average in their place at the end.

    Polyak, Juditsky: Acceleration of Stochastic Approximation by Averaging (1992).
    """
    optimizer = tf.keras.optimizers.SGD(
        CosineRate(0.15, steps),
        momentum=0.9,
        nesterov=True,
        weight_decay=4e-3,
        use_ema=True,
        ema_momentum=min(0.99, 1 - 10 / (steps + 10)),  # in a short run the first weights must not linger
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return optimizer


class CosineRate(tf.keras.optimizers.schedules.LearningRateSchedule):
    """Up to the highest rate in the first tenth of the steps, then down to nothing along half a cosine.

    Loshchilov, Hutter: SGDR (2016); the rise: Goyal et al., Accurate, Large Minibatch SGD (2017).
    """

    def __init__(self, highest: float, steps: int) -> None:
        self.highest, self.steps = highest, steps

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        done = (tf.cast(step, tf.float32) + 1) / self.steps
        return self.highest * tf.minimum(10 * done, 0.5 + 0.5 * tf.cos(np.pi * tf.minimum(done, 1.0)))


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("cnn", "Conv32-Pool-Conv64-Pool-Dense10", cnn, _adam, epochs=5, batch=64),
        Recipe("lstm", "two layers of LSTM over the rows", lstm, _adam, epochs=6, batch=128),
        Recipe(
            "modern",
            "small residual network",
            modern,
            _averaged_sgd,
            epochs=20,
            batch=256,
            smoothing=0.1,
            varied=True,
        ),
    )
}
