"""Fits the plain heads anew on the finished network's features, by logistic regression.

Training sees crops, mixtures and other colours; service sees whole photos. A head is a linear map of the
pooled features, so the best one for whole photos is found in seconds when the backbone is done ("last layer
re-training", Kirichenko et al. 2023). The colour's gets more to go by: its own answers, the second colour's
and the embedding. A refitted head is kept where it is better on the kept-back pictures.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from vision.photo import square
from vision.predictions import SIDE
from vision.training.datasets import Example
from vision.training.labels import Heads
from vision.training.trainer import say

# Inverse strength of the L2 penalty on standardised features; many names with few examples each want more.
HEADS = {"article": 0.01, "label": 0.01, "gender": 0.01, "usage": 0.01, "brand": 0.03}
ITERATIONS = 100
# The colour is told by more than the pooled features: these outputs of the network, side by side.
COLOUR_SIGNS = ("colour", "second", "embedding", "pooled")
COLOUR_STRENGTH = 0.003


def refit(
    model: tf.keras.Model,
    examples: list[Example],
    labels: dict[str, np.ndarray],
    signs: dict[str, np.ndarray],
    heads: Heads,
) -> tf.keras.Model:
    """The model with those heads replaced that gain; `signs` as `signs_of` gives them."""
    train = np.array([example.split == "train" for example in examples])
    for head, strength in HEADS.items():
        layer = model.get_layer(head)
        if fitted := _fitted(head, signs["pooled"], labels[head], train, strength, _answers(layer, signs)):
            layer.set_weights(fitted)
    whole = np.concatenate([signs[name] for name in COLOUR_SIGNS], axis=1)
    if fitted := _fitted("colour", whole, labels["colour"], train, COLOUR_STRENGTH, signs["colour"]):
        joined = tf.keras.layers.Concatenate(name="colour.signs")([model.output[n] for n in COLOUR_SIGNS])
        again = tf.keras.layers.Dense(len(heads.names["colour"]), name="colour.again")
        model = tf.keras.Model(model.input, {**model.output, "colour": again(joined)}, name=model.name)
        again.set_weights(fitted)
    return model


def _answers(layer: tf.keras.layers.Dense, signs: dict[str, np.ndarray]) -> np.ndarray:
    kernel, bias = layer.get_weights()
    return np.asarray(signs["pooled"] @ kernel + bias)


def _fitted(
    head: str,
    features: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray,
    strength: float,
    logits: np.ndarray,
) -> list[np.ndarray] | None:
    """Kernel [features, names] and bias [names] of a head that is right more often on the kept-back rows than
    the `logits` [n, names] that there are; None where it is not.
    """
    from sklearn.linear_model import LogisticRegression

    known = labels.sum(axis=1) == 1
    names = labels.argmax(axis=1)
    x, y = features[known & train], names[known & train]
    held, truth = known & ~train, names[known & ~train]
    if len(set(y)) < 2 or not len(truth):
        return None
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    fitted = LogisticRegression(C=strength, max_iter=ITERATIONS).fit((x - mean) / scale, y)
    weight, bias = fitted.coef_ / scale, fitted.intercept_ - (fitted.coef_ / scale) @ mean
    if len(fitted.classes_) == 2:  # one row stands for both
        weight, bias = np.vstack([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
    kernel = np.zeros((features.shape[1], labels.shape[1]), np.float32)
    biases = np.full(labels.shape[1], bias.min() - 5, np.float32)  # never seen: unlikely
    kernel[:, fitted.classes_], biases[fitted.classes_] = weight.T, bias
    before = float(np.mean(logits[held].argmax(axis=1) == truth))
    after = float(np.mean((features[held] @ kernel + biases).argmax(axis=1) == truth))
    say(f"refitting {head}: kept back {before:.4f} → {after:.4f}")
    return [kernel, biases] if after > before else None


def signs_of(model: tf.keras.Model, pictures: np.ndarray) -> dict[str, np.ndarray]:
    """What the heads are fitted on, float32 [n, size] each: the outputs `COLOUR_SIGNS` of whole pictures
    uint8 [n, side, side, 3].
    """

    @tf.function
    def call(x: tf.Tensor) -> dict[str, tf.Tensor]:
        out = model(x, training=False)
        return {name: out[name] for name in COLOUR_SIGNS}

    parts: dict[str, list[np.ndarray]] = {name: [] for name in COLOUR_SIGNS}
    for start in range(0, len(pictures), 32):
        batch = np.stack([square(np.ascontiguousarray(each), SIDE) for each in pictures[start : start + 32]])
        for name, values in call(tf.constant(batch, tf.float32)).items():
            parts[name].append(values.numpy())
        if start % 3200 == 0:
            say(f"features: {start} of {len(pictures)}")
    return {name: np.concatenate(values) for name, values in parts.items()}
