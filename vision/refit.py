"""Fits the plain heads anew on the finished network's features, by logistic regression.

Training sees crops, mixtures and other colours; service sees whole photos. A head is a linear map of the
pooled features, so the best one for whole photos is found in seconds when the backbone is done ("last layer
re-training", Kirichenko et al. 2023). A refitted head is kept where it is better on the kept-back pictures.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from vision.data import Example
from vision.labels import Heads
from vision.look import SIDE
from vision.photo import square
from vision.training import say

# Inverse strength of the L2 penalty on standardised features; many names with few examples each want more.
HEADS = {"article": 0.01, "label": 0.01, "gender": 0.01, "usage": 0.01, "brand": 0.03}
ITERATIONS = 100


def refit(
    model: tf.keras.Model,
    examples: list[Example],
    labels: dict[str, np.ndarray],
    features: np.ndarray,
    heads: Heads,
) -> None:
    """Replace the weights of the heads in `HEADS` that gain; `features` as `pooled` gives them."""
    from sklearn.linear_model import LogisticRegression

    train = np.array([example.split == "train" for example in examples])
    for head, strength in HEADS.items():
        known = labels[head].sum(axis=1) == 1
        names = labels[head].argmax(axis=1)
        x, y = features[known & train], names[known & train]
        held, truth = features[known & ~train], names[known & ~train]
        if len(set(y)) < 2 or not len(truth):
            continue
        mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
        fitted = LogisticRegression(C=strength, max_iter=ITERATIONS).fit((x - mean) / scale, y)
        weight, bias = fitted.coef_ / scale, fitted.intercept_ - (fitted.coef_ / scale) @ mean
        if len(fitted.classes_) == 2:  # one row stands for both
            weight, bias = np.vstack([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
        old_kernel, old_bias = model.get_layer(head).get_weights()
        kernel, biases = (
            np.zeros_like(old_kernel),
            np.full_like(old_bias, bias.min() - 5),
        )  # never seen: unlikely
        kernel[:, fitted.classes_], biases[fitted.classes_] = weight.T, bias
        before = float(np.mean((held @ old_kernel + old_bias).argmax(axis=1) == truth))
        after = float(np.mean((held @ kernel + biases).argmax(axis=1) == truth))
        say(f"refitting {head}: kept back {before:.4f} → {after:.4f}")
        if after > before:
            model.get_layer(head).set_weights([kernel, biases])


def pooled(model: tf.keras.Model, pictures: np.ndarray) -> np.ndarray:
    """float32 [n, channels]: the pooled features of pictures uint8 [n, side, side, 3]."""
    call = tf.function(lambda x: model(x, training=False)["pooled"])
    parts = []
    for start in range(0, len(pictures), 32):
        batch = np.stack([square(np.ascontiguousarray(each), SIDE) for each in pictures[start : start + 32]])
        parts.append(call(tf.constant(batch, tf.float32)).numpy())
        if start % 3200 == 0:
            say(f"features: {start} of {len(pictures)}")
    return np.concatenate(parts)
