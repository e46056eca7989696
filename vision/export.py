"""Writes the trained networks as the small files that are shipped: TFLite with float16 weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vision import card, network, taxonomy, training
from vision.data import Example, labels_of, load_pictures, one_hot, read_all
from vision.look import SIDE


def export_eyes(run: Path, weights: Path, data: Path, demo: Path | None) -> dict[str, Any]:
    """`eyes.tflite`, `eyes.json` (classes, temperatures) and `metrics.json` from a training run's folder."""
    model = network.build(SIDE)
    model.load_weights(run / "eyes.h5")
    weights.mkdir(parents=True, exist_ok=True)
    served = network.serving(model)
    call = tf.function(lambda pixels: served(pixels, training=False))
    pixels = tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32, "pixels")
    (weights / "eyes.tflite").write_bytes(to_tflite(call.get_concrete_function(pixels), served))

    examples = [e for e in read_all(data, demo) if e.split == "validation"]
    scores, temperatures = measure(model, examples)
    words = taxonomy.load()
    facts = {"kinds": list(words.kinds), "colours": list(words.colours), "temperatures": temperatures}
    (weights / "eyes.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    write_metrics(weights, "eyes", scores)
    card.write(weights)
    return scores


def measure(model: tf.keras.Model, examples: list[Example]) -> tuple[dict[str, float], dict[str, float]]:
    """Scores on kept-back examples, and the temperature of each head that fits its probabilities to them."""
    pictures, labels = load_pictures(examples), labels_of(examples)
    scores = training.validate(model, examples, labels, pictures, SIDE)
    out = training.predict(model, pictures, np.arange(len(examples)), SIDE)
    truth = {"kind": labels.kinds, "colour": one_hot(labels.colours), "gender": labels.genders}
    temperatures = {}
    for head, allowed in truth.items():
        logits = np.log(np.maximum(out[head], 1e-12))
        grid = np.arange(0.5, 2.01, 0.05)
        loss = [float(training.one_of(tf.constant(logits / t, tf.float32), allowed, 0.0)) for t in grid]
        temperatures[head] = round(float(grid[int(np.argmin(loss))]), 2)
    return scores, temperatures


def to_tflite(function: Any, owner: Any) -> bytes:
    """A concrete function as a TFLite file with float16 weights (computed in float32)."""
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], owner)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    data: bytes = converter.convert()
    return data


def write_metrics(weights: Path, part: str, scores: dict[str, Any]) -> None:
    path = weights / "metrics.json"
    metrics = json.loads(path.read_text()) if path.exists() else {}
    metrics[part] = scores
    path.write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n")
