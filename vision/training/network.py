"""The eyes' network: one backbone, a head for each question, and an embedding."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from vision.predictions import EMBEDDING_SIZE
from vision.training import backbone

layers = tf.keras.layers
COLOUR_MAPS = 4  # places that the colour path may look at on its own, e.g. garment, collar, background
COLOUR_CHANNELS = 48
COLOUR_HEADS = ("colour", "second")  # read from the colour path; all others from the pooled deep features
PROXIES = ("article", "kind", "colour")  # what the embedding is taught to keep apart
OUTPUTS = ("embedding", "features", "pooled")


def build(heads: dict[str, int], size: int | None = None, *, dtype: str = "float32") -> tf.keras.Model:
    """float32 pixels [n, size, size, 3] in 0..255 → a dict of float32:

    logits [n, names] for each of `heads` (name → how many names), embedding [n, 256] of unit length, features
    [n, size/32, size/32, 1280] (for the captioner), pooled [n, 1280] (for small heads trained later), and
    embedding_article, embedding_kind, embedding_colour: logits that only training uses, to shape the
    embedding.
    """
    body = backbone.build(size, dtype=dtype)
    features, early, middle = body.outputs
    pooled = layers.GlobalAveragePooling2D(name="pool")(features)
    colours = _colour_path(body.input, early, middle, features)

    outputs = {"features": features, "pooled": pooled}
    thin = layers.Dropout(0.25, name="thin")(pooled)
    for head, names in heads.items():
        if head not in COLOUR_HEADS:
            outputs[head] = layers.Dense(names, name=head)(thin)

    # The colour also depends on what the thing is: "steel" is a watch's grey. A bottleneck keeps that a hint.
    hint = layers.Dropout(0.3, name="colour.drop1")(pooled)
    hint = layers.Dense(32, activation="relu", name="colour.hint")(hint)
    colour = layers.Concatenate(name="colour.all")([colours, hint])
    colour = layers.Dense(128, activation="relu", name="colour.mix")(colour)
    colour = layers.Dropout(0.2, name="colour.drop2")(colour)
    for head in COLOUR_HEADS:
        outputs[head] = layers.Dense(heads[head], name=head)(colour)

    both = layers.Concatenate(name="embedding.all")([thin, colours])
    embedding = _unit(layers.Dense(EMBEDDING_SIZE, name="embedding.project")(both), "embedding")
    outputs["embedding"] = embedding
    for head in PROXIES:
        outputs[f"embedding_{head}"] = Cosine(heads[head], name=f"embedding_{head}")(embedding)
    return tf.keras.Model(body.input, outputs, name="eyes")


def serving(model: tf.keras.Model, heads: dict[str, int]) -> tf.keras.Model:
    """The part of a built model that is shipped: without the outputs that only training uses."""
    outputs = {name: model.output[name] for name in (*heads, *OUTPUTS)}
    return tf.keras.Model(model.input, outputs, name="eyes")


class Cosine(tf.keras.layers.Layer):
    """Logits by the cosine between unit vectors and one learnt direction a class.

    The normalised softmax of Zhai & Wu 2019, "Classification is a Strong Baseline for Deep Metric Learning".
    """

    def __init__(self, classes: int, scale: float = 16.0, **options: Any) -> None:
        super().__init__(**options)
        self.classes, self.scale = classes, scale

    def build(self, shape: Any) -> None:
        shape = (shape[-1], self.classes)
        self.directions = self.add_weight("directions", shape, initializer="glorot_uniform")

    def call(self, vectors: Any) -> Any:
        return self.scale * tf.matmul(vectors, tf.math.l2_normalize(self.directions, axis=0))


def _colour_path(pixels: Any, early: Any, middle: Any, features: Any) -> Any:
    """Colour of what matters in the picture, [n, maps x channels].

    Averaging deep features over the picture loses colour. Here every small patch gets a code of its own
    colour (from its mean pixel and the early map), and the deeper maps only say where to look.
    """
    scaled = layers.Rescaling(1 / 64.0, -2.0, name="colour.scale")(pixels)
    patches = layers.AveragePooling2D(4, padding="same", name="colour.patches")(scaled)
    x = layers.Concatenate(name="colour.early")([patches, early])
    x = layers.Conv2D(COLOUR_CHANNELS, 1, activation="relu", name="colour.code1")(x)
    x = layers.Conv2D(COLOUR_CHANNELS, 1, activation="relu", name="colour.code2")(x)
    x = layers.AveragePooling2D(2, padding="same", name="colour.codes")(x)  # 1/8 of the side
    deep = layers.UpSampling2D(2, interpolation="bilinear", name="colour.deep")(
        layers.Conv2D(COLOUR_MAPS, 1, name="colour.where_deep")(features)
    )
    near = layers.Conv2D(COLOUR_MAPS, 1, name="colour.where_middle")(middle)
    where = layers.Add(name="colour.where")([deep, near])
    where = layers.UpSampling2D(2, interpolation="bilinear", name="colour.where_fine")(where)
    weights = tf.nn.softmax(layers.Reshape((-1, COLOUR_MAPS), name="colour.where_flat")(where), axis=1)
    codes = layers.Reshape((-1, COLOUR_CHANNELS), name="colour.codes_flat")(x)
    found = tf.matmul(weights, codes, transpose_a=True)  # [n, maps, channels]
    return layers.Reshape((COLOUR_MAPS * COLOUR_CHANNELS,), name="colour.found")(found)


def _unit(x: Any, name: str) -> Any:
    return layers.Lambda(lambda v: tf.math.l2_normalize(v, axis=-1), name=name)(x)
