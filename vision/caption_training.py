"""Trains the captioner: feature map + attention + LSTM, on titles of studio photos, the eyes' network still.

The feature maps of all pictures are computed once (float16, on disk); after that an epoch is cheap.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vision import caption_metrics, card, network, taxonomy, titles
from vision.caption import BEAMS, END, START
from vision.data import Example, cache_folder, load_pictures, read_all
from vision.export import to_tflite, write_metrics
from vision.look import GENDERS, SIDE
from vision.photo import square
from vision.training import say

layers = tf.keras.layers
CELLS = 256
ATTENTION = 128
PAD = -1


@dataclass(frozen=True)
class Plan:
    epochs: int = 8
    batch: int = 64
    rate: float = 2e-3
    smoothing: float = 0.05
    photo_share: float = 0.25  # of the steps' pictures that are customers' photos, with composed captions
    seed: int = 1


class Decoder(tf.Module):
    """One LSTM step with additive attention over the feature map, started from map and heads."""

    def __init__(self, words: int) -> None:
        super().__init__("captioner")
        self.embed = layers.Embedding(words, 128)
        self.key = layers.Dense(ATTENTION)
        self.query = layers.Dense(ATTENTION, use_bias=False)
        self.energy = layers.Dense(1, use_bias=False)
        self.first_h = layers.Dense(CELLS, "tanh")
        self.first_c = layers.Dense(CELLS)
        self.cell = layers.LSTMCell(CELLS)
        self.word = layers.Dense(words)
        self.drop = layers.Dropout(0.3)

    def start(self, features: tf.Tensor, belief: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, ...]:
        """features [n, h, w, 1280], belief [n, heads] → keys [n, h*w, ATTENTION], h and c [n, CELLS]."""
        flat = tf.reshape(features, (-1, features.shape[1] * features.shape[2], features.shape[3]))
        keys = self.key(self.drop(flat, training=training))
        both = tf.concat([tf.reduce_mean(keys, axis=1), belief], axis=1)
        return keys, self.first_h(both), self.first_c(both)

    def step(
        self, token: tf.Tensor, h: tf.Tensor, c: tf.Tensor, keys: tf.Tensor, training: bool = False
    ) -> tuple[tf.Tensor, ...]:
        """token int32 [n], h, c [n, CELLS], keys [n or 1, places, ATTENTION] → logits [n, words], h, c."""
        energy = self.energy(tf.tanh(keys + self.query(h)[:, None]))
        context = tf.reduce_sum(tf.nn.softmax(energy, axis=1) * keys, axis=1)
        entry = tf.concat([self.embed(token), context], axis=1)
        out, (h, c) = self.cell(self.drop(entry, training=training), (h, c))
        logits = self.word(self.drop(tf.concat([out, context], axis=1), training=training))
        return logits, h, c

    def logits(self, features: tf.Tensor, belief: tf.Tensor, tokens: tf.Tensor, training: bool) -> tf.Tensor:
        """Teacher forcing: logits [n, longest, words] of the words after each of `tokens` [n, longest]."""
        keys, h, c = self.start(features, belief, training)
        steps = []
        for place in range(tokens.shape[1]):
            logits, h, c = self.step(tf.maximum(tokens[:, place], 0), h, c, keys, training)
            steps.append(logits)
        return tf.stack(steps, axis=1)


def run(data: Path, eyes: Path, weights: Path, plan: Plan) -> dict[str, float]:
    """Train on the features of the eyes in folder `eyes`; exports into `weights` and returns scores."""
    tf.keras.utils.set_random_seed(plan.seed)
    examples = [e for e in read_all(data) if e.kinds]
    features, heads = seen(eyes / "eyes.h5", examples)
    words = taxonomy.load()
    kinds, colours = list(words.kinds), list(words.colours)
    captions = []
    for example, chances in zip(examples, heads, strict=True):
        allowed = [kinds.index(kind) for kind in example.kinds]
        kind = kinds[max(allowed, key=lambda index: chances[index])]
        colour = colours[int(np.argmax(chances[len(kinds) : len(kinds) + len(colours)]))]
        captions.append(titles.caption_words(example, kind, colour))
    vocabulary = titles.vocabulary(captions)
    tokens = tokenise(captions, vocabulary)
    train = np.array([e.split == "train" for e in examples])
    photo = np.array([e.domain == "photos" for e in examples])
    decoder = Decoder(len(vocabulary))
    say(f"{int(train.sum())} captions, {len(vocabulary)} words")
    _fit(decoder, features, heads, tokens, train, photo, plan)
    held = np.flatnonzero(~train & ~photo)
    scores = {"n": len(held), "loss": round(_loss(decoder, features, heads, tokens, held), 4)}
    export(decoder, vocabulary, weights, features.shape[1:3])
    scores.update(caption_metrics.measure(weights, examples))
    write_metrics(weights, "captioner", scores)
    card.write(weights)
    say(f"kept back: {json.dumps(scores)}")
    return scores


def seen(path: Path, examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Feature maps float16 [n, h, w, 1280] (on disk) and head probabilities float32 [n, heads]."""
    model = network.build(SIDE)
    model.load_weights(path)
    pictures = load_pictures(examples)
    call = tf.function(lambda x: model(x, training=False))
    side = SIDE // 32
    file = cache_folder() / "features.npy"
    features = np.lib.format.open_memmap(file, "w+", np.float16, (len(examples), side, side, 1280))
    heads = []
    told = time.monotonic()
    for start in range(0, len(examples), 64):
        batch = np.stack([square(np.ascontiguousarray(p), SIDE) for p in pictures[start : start + 64]])
        out = call(tf.constant(batch, tf.float32))
        features[start : start + 64] = out["features"].numpy()
        chances = [tf.nn.softmax(out[name]).numpy() for name in ("kind", "colour", "gender")]
        heads.append(np.concatenate(chances, axis=1))
        if time.monotonic() - told > 20:
            told = time.monotonic()
            say(f"feature maps: {start} of {len(examples)}")
    return features, np.concatenate(heads)


def tokenise(captions: list[list[str]], vocabulary: list[str]) -> np.ndarray:
    """int32 [n, LONGEST + 2]: start, the known words, end, padding."""
    number = {word: index for index, word in enumerate(vocabulary)}
    rows = np.full((len(captions), titles.LONGEST + 2), PAD, np.int32)
    for row, caption in zip(rows, captions, strict=True):
        known = [number[word] for word in caption if word in number][: titles.LONGEST]
        row[: len(known) + 2] = [START, *known, END]
    return rows


def _fit(
    decoder: Decoder,
    features: np.ndarray,
    heads: np.ndarray,
    tokens: np.ndarray,
    train: np.ndarray,
    photo: np.ndarray,
    plan: Plan,
) -> None:
    rng = np.random.default_rng(plan.seed)
    titled, untitled = np.flatnonzero(train & ~photo), np.flatnonzero(train & photo)
    extra = min(len(untitled), int(len(titled) * plan.photo_share / (1 - plan.photo_share)))
    steps = (len(titled) + extra) // plan.batch
    rate = tf.keras.optimizers.schedules.CosineDecay(plan.rate, steps * plan.epochs)
    optimizer = tf.keras.optimizers.Adam(rate, global_clipnorm=5.0)

    @tf.function(autograph=False)
    def step(maps: tf.Tensor, belief: tf.Tensor, said: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = decoder.logits(tf.cast(maps, tf.float32), belief, said[:, :-1], True)
            loss = _cross_entropy(logits, said[:, 1:], plan.smoothing)
        variables = decoder.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    for epoch in range(plan.epochs):
        rows = rng.permutation(np.concatenate([titled, rng.choice(untitled, extra, replace=False)]))
        losses, told = [], time.monotonic()
        for number in range(steps):
            batch = np.sort(rows[number * plan.batch : (number + 1) * plan.batch])
            belief = _blurred(heads[batch], rng)
            arrays = features[batch], belief, tokens[batch]
            losses.append(float(step(*map(tf.constant, arrays))))
            if time.monotonic() - told > 20 or number == steps - 1:
                told = time.monotonic()
                mean = np.mean(losses[-50:])
                say(f"captions {epoch + 1}/{plan.epochs} step {number + 1}/{steps} loss {mean:.3f}")


def _blurred(heads: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The heads know the training pictures too well: some doubt keeps the decoder looking for itself."""
    power = rng.uniform(0.3, 1.0, (len(heads), 1))
    mixed = heads**power
    return (mixed / (mixed.sum(axis=1, keepdims=True) / 3)).astype(np.float32)


def _cross_entropy(logits: tf.Tensor, said: tf.Tensor, smoothing: float) -> tf.Tensor:
    log = tf.nn.log_softmax(logits)
    hit = tf.gather(log, tf.maximum(said, 0), batch_dims=2)
    loss = -(1 - smoothing) * hit - smoothing * tf.reduce_mean(log, axis=-1)
    known = tf.cast(said >= 0, tf.float32)
    return tf.reduce_sum(loss * known) / tf.reduce_sum(known)


def _loss(decoder: Decoder, features: Any, heads: Any, tokens: np.ndarray, rows: np.ndarray) -> float:
    losses = []
    for start in range(0, len(rows), 64):
        batch = rows[start : start + 64]
        maps = tf.constant(features[batch], tf.float32)
        logits = decoder.logits(maps, tf.constant(heads[batch]), tf.constant(tokens[batch, :-1]), False)
        losses.append(float(_cross_entropy(logits, tf.constant(tokens[batch, 1:]), 0.0)))
    return float(np.mean(losses))


def export(decoder: Decoder, vocabulary: list[str], weights: Path, places: tuple[int, ...]) -> None:
    """`caption_start.tflite`, `caption_step.tflite` (all beams in one call) and `caption.json`."""
    words = taxonomy.load()
    heads = len(words.kinds) + len(words.colours) + len(GENDERS)

    @tf.function
    def start(features: tf.Tensor, belief: tf.Tensor) -> dict[str, tf.Tensor]:
        keys, h, c = decoder.start(features, belief)
        return {"keys": keys, "h": h, "c": c}

    @tf.function
    def step(token: tf.Tensor, h: tf.Tensor, c: tf.Tensor, keys: tf.Tensor) -> dict[str, tf.Tensor]:
        logits, next_h, next_c = decoder.step(token, h, c, keys)
        return {"log": tf.nn.log_softmax(logits), "h": next_h, "c": next_c}

    def spec(name: str, *shape: int, dtype: tf.DType = tf.float32) -> tf.TensorSpec:
        return tf.TensorSpec(shape, dtype, name)

    state = spec("h", BEAMS, CELLS), spec("c", BEAMS, CELLS)
    first = start.get_concrete_function(spec("features", 1, *places, 1280), spec("belief", 1, heads))
    next_ = step.get_concrete_function(
        spec("token", BEAMS, dtype=tf.int32), *state, spec("keys", 1, places[0] * places[1], ATTENTION)
    )
    (weights / "caption_start.tflite").write_bytes(to_tflite(first, decoder))
    (weights / "caption_step.tflite").write_bytes(to_tflite(next_, decoder))
    facts = {"words": vocabulary, "longest": titles.LONGEST + 1}
    (weights / "caption.json").write_text(json.dumps(facts, indent=0) + "\n", encoding="utf-8")
