"""Writes the trained networks as the small files that are shipped: TFLite with float16 weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vision.inference import training_neighbours
from vision.predictions import SIDE
from vision.training import network, refit, tflite_file, trainer, validation
from vision.training.datasets import Example, load_pictures, read_all
from vision.training.labels import Heads, labels_of

# How often a name must be right to be said at all: a wrong brand is worse than none.
PRECISION = {"brand": 0.915, "second": 0.8}


def export_eyes(run: Path, weights: Path, data: Path, demo: Path | None) -> dict[str, Any]:
    """Write what is shipped from a training run's folder; returns the scores of the heads, each alone."""
    heads = _heads(run / "state.json")
    model = network.build(heads.sizes(), SIDE)
    model.load_weights(run / "eyes.h5")
    return _export(model, heads, weights, data, demo)


def refit_eyes(weights: Path, data: Path, demo: Path | None) -> dict[str, Any]:
    """Fit the heads of the shipped eyes anew, on the same pictures or others; returns their scores.

    Their backbone and embedding stay what they are, to the last bit of float16.
    """
    model, heads = restored(weights)
    return _export(model, heads, weights, data, demo)


def restored(weights: Path) -> tuple[tf.keras.Model, Heads]:
    """The shipped eyes as the model that they were written from, before any head was fitted on more than one
    of its outputs; what only training uses is as at its beginning.
    """
    heads = _heads(weights / "eyes.json")
    model = network.build(heads.sizes(), SIDE)
    shipped = tflite_file.read(weights / "eyes.tflite")
    for layer in network.serving(model, heads.sizes()).layers:
        if layer.weights:
            layer.set_weights(shipped[layer.name])
    return model, heads


def _heads(path: Path) -> Heads:
    names = json.loads(path.read_text(encoding="utf-8"))["heads"]
    return Heads({head: tuple(each) for head, each in names.items()})


def _export(
    model: tf.keras.Model, heads: Heads, weights: Path, data: Path, demo: Path | None
) -> dict[str, Any]:
    """Refit the heads, and write `eyes.tflite`, `eyes.json` (heads, temperatures), `memory.npz` and
    `metrics.json`.
    """
    everything = read_all(data, demo)
    labels, signs = labels_of(everything, heads), refit.signs_of(model, load_pictures(everything))
    model = refit.refit(model, everything, labels, signs, heads)
    weights.mkdir(parents=True, exist_ok=True)
    learned = np.array([each.domain == "products" and each.split == "train" for each in everything])
    training_neighbours.save(
        weights, signs["pooled"][learned], {head: table[learned] for head, table in labels.items()}
    )
    served = network.serving(model, heads.sizes())
    call = tf.function(lambda pixels: served(pixels, training=False))
    pixels = tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32, "pixels")
    replace_file(weights / "eyes.tflite", to_tflite(call.get_concrete_function(pixels), served))

    examples = [example for example in everything if example.split == "validation"]
    scores, fitted = measure(model, examples, heads)
    shown = {"side": SIDE, "heads": heads.names, **fitted}
    text = json.dumps(shown, indent=1, ensure_ascii=False)
    (weights / "eyes.json").write_text(text + "\n", encoding="utf-8")
    write_metrics(weights, "eyes", scores)
    return scores


def measure(
    model: tf.keras.Model, examples: list[Example], heads: Heads
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Scores on kept-back examples, and what is fitted to them:

    `temperatures`, by which each head's logits are divided (Guo et al. 2017), and `sure`, the
    probabilities from which a brand or a second colour is named at all.
    """
    pictures, labels = load_pictures(examples), labels_of(examples, heads)
    out = trainer.predict(model, pictures, np.arange(len(examples)), heads)
    scores = validation.scores(examples, labels, out, heads)
    temperatures, sure = {}, {}
    for head in heads.names:
        logits = np.log(np.maximum(out[head], 1e-12))
        grid = np.arange(0.5, 2.51, 0.05)
        loss = [float(trainer.one_of(tf.constant(logits / t, tf.float32), labels[head], 0.0)) for t in grid]
        temperature = float(grid[int(np.argmin(loss))])
        temperatures[head] = round(temperature, 2)
        if head in PRECISION:
            known = labels[head].any(axis=1)
            chances = tf.nn.softmax(logits[known] / temperature).numpy()
            sure[head] = sure_from(chances, labels[head][known], PRECISION[head])
    return scores, {"temperatures": temperatures, "sure": sure}


def sure_from(chances: np.ndarray, allowed: np.ndarray, precision: float) -> float:
    """The least probability above which the likeliest names [n, names] are right as often as `precision`."""
    best = chances.max(axis=1)
    order = np.argsort(-best)
    right = validation.in_top(chances, allowed, 1)[order]
    share = np.cumsum(right) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(share >= precision)
    return round(float(best[order][enough[-1]]), 4) if len(enough) else 1.0


def to_tflite(function: Any, owner: Any) -> bytes:
    """A concrete function as a TFLite file with float16 weights (computed in float32)."""
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], owner)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    data: bytes = converter.convert()
    return data


def replace_file(path: Path, data: bytes) -> None:
    """Write a network in one step: a running process has the old file mapped, and must keep it."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def write_metrics(weights: Path, part: str, scores: dict[str, Any]) -> None:
    path = weights / "metrics.json"
    metrics = json.loads(path.read_text()) if path.exists() else {}
    metrics[part] = scores
    path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")
