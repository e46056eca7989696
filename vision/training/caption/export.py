"""Writes the decoder as the two small networks that are shipped: TFLite with float16 weights."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from vision.inference.caption import belief, captioner
from vision.inference.caption.captioner import BEAMS
from vision.inference.caption.grammar import Rules
from vision.training.caption.decoder import ATTENTION, CELLS, TOLD, Decoder
from vision.training.caption.features import Seen
from vision.training.export import replace_file, to_tflite


def export(decoder: Decoder, vocabulary: list[str], recorded: Seen, weights: Path) -> None:
    """`caption_start.tflite`, `caption_step.tflite` (all beams of both languages at once), `caption.json`."""

    @tf.function
    def start(features: tf.Tensor, belief: tf.Tensor) -> dict[str, tf.Tensor]:
        keys, told, h, c = decoder.start(features, belief)
        return {"keys": keys, "told": told, "h": h, "c": c}

    @tf.function
    def step(
        token: tf.Tensor, h: tf.Tensor, c: tf.Tensor, keys: tf.Tensor, told: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        logits, next_h, next_c = decoder.step(token, h, c, keys, told)
        return {"log": tf.nn.log_softmax(logits), "h": next_h, "c": next_c}

    def spec(name: str, *shape: int, dtype: tf.DType = tf.float32) -> tf.TensorSpec:
        return tf.TensorSpec(shape, dtype, name)

    side = recorded.maps.shape[1:]
    rows = 2 * BEAMS
    first = start.get_concrete_function(
        spec("features", 1, *side), spec("belief", 1, belief.size(recorded.names))
    )
    following = step.get_concrete_function(
        spec("token", rows, dtype=tf.int32),
        spec("h", rows, CELLS),
        spec("c", rows, CELLS),
        spec("keys", 1, side[0] * side[1], ATTENTION),
        spec("told", 1, TOLD),
    )
    weights.mkdir(parents=True, exist_ok=True)
    replace_file(weights / "caption_start.tflite", to_tflite(first, decoder))
    replace_file(weights / "caption_step.tflite", to_tflite(following, decoder))
    text = captioner.as_json(vocabulary, recorded.names, Rules())
    (weights / "caption.json").write_text(text, encoding="utf-8")
