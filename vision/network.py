"""The eyes' network: one backbone, and heads for kind, colour, gender and an embedding."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from vision import backbone, taxonomy
from vision.look import EMBEDDING_SIZE, GENDERS

layers = tf.keras.layers
COLOUR_MAPS = 4  # places that the colour path may look at on its own, e.g. garment, collar, background
COLOUR_CHANNELS = 48
MIDDLE_LAYER = "blocks.10.add"  # 1/16 of the side, 112 channels: knows parts of garments, and where they are
OUTPUTS = ("kind", "colour", "gender", "embedding", "features")


def build(size: int | None = None) -> tf.keras.Model:
    """float32 pixels [n, size, size, 3] in 0..255 → a dict of float32:

    kind [n, 56], colour [n, 46] and gender [n, 5] logits, embedding [n, 256] of unit length, features
    [n, size/32, size/32, 1280] (for the captioner), and embedding_kind, embedding_colour: logits that only
    training uses, to shape the embedding.
    """
    words = taxonomy.load()
    body = backbone.build(size)
    features, early = body.outputs
    middle = body.get_layer(MIDDLE_LAYER).output
    pooled = layers.GlobalAveragePooling2D(name="pool")(features)
    colours = _colour_path(body.input, early, middle, features)

    thin = layers.Dropout(0.2, name="kind.dropout")(pooled)
    kind = layers.Dense(len(words.kinds), name="kind")(thin)
    gender = layers.Dense(len(GENDERS), name="gender")(thin)

    # The colour also depends on what the thing is: "steel" is a watch's grey. A bottleneck keeps that a hint.
    hint = layers.Dropout(0.3, name="colour.drop1")(pooled)
    hint = layers.Dense(32, activation="relu", name="colour.hint")(hint)
    colour = layers.Concatenate(name="colour.all")([colours, hint])
    colour = layers.Dense(128, activation="relu", name="colour.mix")(colour)
    colour = layers.Dense(len(words.colours), name="colour")(layers.Dropout(0.2, name="colour.drop2")(colour))

    both = layers.Concatenate(name="embedding.all")([thin, colours])
    embedding = _unit(layers.Dense(EMBEDDING_SIZE, name="embedding.project")(both), "embedding")
    outputs = {"kind": kind, "colour": colour, "gender": gender, "embedding": embedding}
    outputs["features"] = features
    outputs["embedding_kind"] = Cosine(len(words.kinds), name="embedding_kind")(embedding)
    outputs["embedding_colour"] = Cosine(len(words.colours), name="embedding_colour")(embedding)
    return tf.keras.Model(body.input, outputs, name="eyes")


def serving(model: tf.keras.Model) -> tf.keras.Model:
    """The part of a built model that is shipped: without the outputs that only training uses."""
    outputs = {name: model.output[name] for name in OUTPUTS}
    return tf.keras.Model(model.input, outputs, name="eyes")


class Cosine(tf.keras.layers.Layer):
    """Logits by the cosine between unit vectors and one learnt direction a class (normalised softmax)."""

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


def set_trainable(model: tf.keras.Model, part: str) -> None:
    """What training may change: "heads" (backbone still), "late" (and blocks after the early map), "all"."""
    frozen = True
    for layer in model.layers:
        if not backbone.is_part(layer.name):
            continue
        if part == "all" or (part == "late" and not frozen):
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        else:
            layer.trainable = False
        if layer.name == backbone.EARLY_LAYER:
            frozen = False
