"""Times one look beside a bare backbone call, `tf.function` and `model.predict`, all in the same run.

The networks have the same shape; speed does not depend on what the weights say, so the ones built here for
comparison keep random weights.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from vision import backbone, network
from vision.export import to_tflite
from vision.eyes import Eyes, Network
from vision.look import SIDE


def bare_backbone() -> Callable[[np.ndarray], object]:
    """One TFLite call of the bare backbone (float32 [1, SIDE, SIDE, 3] in, feature map out)."""
    body = backbone.build(SIDE)
    bare = tf.keras.Model(body.input, body.outputs[0])
    call = tf.function(lambda pixels: {"features": bare(pixels, training=False)})
    spec = tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32, "pixels")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backbone.tflite"
        path.write_bytes(to_tflite(call.get_concrete_function(spec), bare))
        return Network(path)


def run(calls: int = 40) -> dict[str, float]:
    """p50 milliseconds: `look` (with caption), `backbone`, `tf_function`, `predict`, and their ratios.

    The calls take turns, so that a busy machine is equally unkind to all of them.
    """
    eyes = Eyes.load()
    bare = bare_backbone()
    model = network.serving(network.build(SIDE))
    graph = tf.function(lambda pixels: model(pixels, training=False))
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (384, 256, 3), np.uint8)
    batch = rng.integers(0, 256, (1, SIDE, SIDE, 3)).astype(np.float32)
    jobs: dict[str, Callable[[], object]] = {
        "look": lambda: eyes.look(photo),
        "look_without_caption": lambda: eyes.look(photo, caption=False),
        "backbone": lambda: bare(batch),
        "tf_function": lambda: graph(tf.constant(batch)),
        "predict": lambda: model.predict(batch, verbose=0),
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(calls + 3):
        for name, job in jobs.items():
            began = time.perf_counter()
            job()
            if turn >= 3:
                times[name].append((time.perf_counter() - began) * 1000)
    result = {f"{name}_ms": round(statistics.median(values), 2) for name, values in times.items()}
    result["look_per_backbone"] = round(result["look_ms"] / result["backbone_ms"], 2)
    result["predict_per_look"] = round(result["predict_ms"] / result["look_ms"], 2)
    result["tf_function_per_look"] = round(result["tf_function_ms"] / result["look_without_caption_ms"], 2)
    return result


def table(result: dict[str, float]) -> str:
    """The figures as lines for people."""
    lines = [f"{name:24}{value:10.2f}" for name, value in result.items()]
    return "\n".join(["p50 ms of one photo, and ratios", *lines])
