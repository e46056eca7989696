"""Trains the captioner on titles of studio photos, the eyes' network still.

    python -m vision train captioner

Feature maps are recorded once (`features`), an epoch is cheap after that. Seeded; after each epoch the state
is saved beside the maps, and `resume` goes on from it. Ends by tuning the rules on kept-back products and
writing `caption_start.tflite`, `caption_step.tflite`, `caption.json` and the scores.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from vision.inference.caption import captioner
from vision.inference.caption.lexicon import BRAND
from vision.inference.caption.tokens import LONGEST, chinese
from vision.inference.loading import load_captioner
from vision.settings import cache_folder
from vision.training.caption import targets, tuning
from vision.training.caption.checkpoint import State
from vision.training.caption.decoder import Decoder
from vision.training.caption.export import export
from vision.training.caption.features import Seen, seen
from vision.training.datasets import Example, read_all
from vision.training.export import write_metrics

PAD = -1
PHOTOS = 600  # customers' photos beside the titles: enough to know such pictures
SURE_COLOUR = 0.4  # from here on the colour of a photo without record is learnt


@dataclass(frozen=True)
class Plan:
    """What a training run does."""

    epochs: int = 8
    batch: int = 64
    rate: float = 2e-3
    smoothing: float = 0.05
    drop: float = 0.4
    photo_share: float = 0.08  # of an epoch's pictures; their captions are composed
    seed: int = 1


def run(data: Path, eyes: Path, weights: Path, plan: Plan, resume: bool = False) -> dict[str, float]:
    """Train on what the shipped weights in folder `eyes` see; export into `weights`; return the scores.

    Raises `FileNotFoundError` where the data has no products.
    """
    tf.keras.utils.set_random_seed(plan.seed)
    examples = chosen(read_all(data), plan.seed)
    recorded = seen(eyes, examples, say)
    captions = [targets.english(*each, brand=True) for each in likeliest(examples, recorded)]
    train = np.array([example.split == "train" for example in examples])
    vocabulary = targets.vocabulary(caption for caption, used in zip(captions, train, strict=True) if used)
    said = tokenise(captions, vocabulary)
    say(f"{int(train.sum())} captions, {len(vocabulary)} tokens")
    decoder = fit(examples, recorded, said, len(vocabulary), plan, resume)
    export(decoder, vocabulary, recorded, weights)
    held = [row for row, example in enumerate(examples) if example.split == "validation" and example.title]
    rules, scores = tuning.tune(load_captioner(weights), examples, recorded, held, say)
    (weights / "caption.json").write_text(
        captioner.as_json(vocabulary, recorded.names, rules), encoding="utf-8"
    )
    write_metrics(weights, "captioner", scores)
    say(f"kept back: {json.dumps(scores)}")
    return scores


def chosen(examples: list[Example], seed: int) -> list[Example]:
    """All titled examples of a known kind, and some of the others."""
    titled = [example for example in examples if example.kinds and example.title]
    if not titled:
        raise FileNotFoundError("the captioner learns from titles: products/products.csv is missing")
    others = [e for e in examples if e.kinds and not e.title and e.domain == "photos" and e.split == "train"]
    order = np.random.default_rng(seed).permutation(len(others))[:PHOTOS]
    return titled + [others[index] for index in np.sort(order)]


def likeliest(examples: list[Example], recorded: Seen) -> list[tuple[Example, str, str]]:
    """Each example with the likeliest of the kinds that its label allows, and the colour if it is sure."""
    kinds, colours = recorded.head("kinds"), recorded.head("colours")
    place = {kind: index for index, kind in enumerate(recorded.names["kinds"])}
    result = []
    for row, example in enumerate(examples):
        _, kind = max((kinds[row, place[kind]], kind) for kind in example.kinds)
        colour = recorded.names["colours"][int(colours[row].argmax())]
        result.append((example, kind, colour if colours[row].max() >= SURE_COLOUR else ""))
    return result


def tokenise(captions: list[list[str]], vocabulary: list[str]) -> np.ndarray:
    """int32 [2, 2, n, LONGEST + 1]: without and with the brand, in English and in Chinese; padded."""
    number = {word: index for index, word in enumerate(vocabulary)}
    said = np.full((2, 2, len(captions), LONGEST + 1), PAD, np.int32)
    for row, caption in enumerate(captions):
        known = [word for word in caption if word in number]
        for branded in (0, 1):
            english = known if branded else [word for word in known if word != BRAND]
            translated = [word if word == BRAND else f"zh:{word}" for word in chinese(english)]
            for language, words in enumerate((english, translated)):
                tokens = [language, *(number[word] for word in words)]
                said[branded, language, row, : len(tokens)] = tokens
    return said


def fit(
    examples: list[Example], recorded: Seen, said: np.ndarray, words: int, plan: Plan, resume: bool
) -> Decoder:
    """The decoder of the epoch with the least loss on kept-back titles; the state is saved after each."""
    decoder, rng = Decoder(words, plan.drop), np.random.default_rng(plan.seed)
    train = np.array([example.split == "train" for example in examples])
    titled = np.array([bool(example.title) for example in examples])
    branded = np.array([bool(example.brand) for example in examples])
    with_title, without = np.flatnonzero(train & titled), np.flatnonzero(train & ~titled)
    extra = min(len(without), int(len(with_title) * plan.photo_share / (1 - plan.photo_share)))
    steps = max(1, (len(with_title) + extra) // plan.batch)
    rate = tf.keras.optimizers.schedules.CosineDecay(plan.rate, steps * plan.epochs)
    optimizer = tf.keras.optimizers.Adam(rate, global_clipnorm=5.0)

    def loss_of(maps: tf.Tensor, told: tf.Tensor, tokens: tf.Tensor, training: bool) -> tf.Tensor:
        logits = decoder.logits(tf.cast(maps, tf.float32), told, tokens, training)
        return cross_entropy(logits, tokens[:, 1:], plan.smoothing if training else 0.0)

    @tf.function(autograph=False, reduce_retracing=True)
    def step(maps: tf.Tensor, told: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(maps, told, tokens, True)
        variables = decoder.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def batch_of(rows: np.ndarray, doubt: bool) -> tuple[tf.Tensor, ...]:
        named = branded[rows] & (rng.random(len(rows)) < 0.5)
        told = belief_of(recorded, rows, named, rng if doubt else None)
        tokens = said[named.astype(int), :, rows]  # [n, 2, words]
        both = np.concatenate([tokens[:, 0], tokens[:, 1]])
        return tf.constant(recorded.maps[rows]), tf.constant(told), tf.constant(both)

    maps, told, tokens = batch_of(with_title[: plan.batch], False)
    decoder.logits(tf.cast(maps, tf.float32), told, tokens, False)  # makes the variables
    optimizer.build(decoder.trainable_variables)
    settings = {**asdict(plan), "words": words, "seen": recorded.stamp}
    state = State(decoder, optimizer, cache_folder() / "captioner.npz", settings)
    if resume and not state.load():
        say("no captioner of this plan is half trained: starting afresh")
    held = np.flatnonzero(~train & titled)
    for epoch in range(state.epochs, plan.epochs):
        rng = np.random.default_rng((plan.seed, epoch))
        order = rng.permutation(np.concatenate([with_title, rng.choice(without, extra, replace=False)]))
        losses, told_at = [], time.monotonic()
        for number in range(steps):
            rows = np.sort(order[number * plan.batch : (number + 1) * plan.batch])
            losses.append(float(step(*batch_of(rows, True))))
            if time.monotonic() - told_at > 20 or number == steps - 1:
                told_at = time.monotonic()
                mean = float(np.mean(losses[-50:]))
                say(f"captions {epoch + 1}/{plan.epochs} step {number + 1}/{steps} loss {mean:.3f}")
        checks = []
        for begin in range(0, len(held), 64):
            maps, told, tokens = batch_of(held[begin : begin + 64], False)
            checks.append(float(loss_of(maps, told, tokens, False)))
        loss = float(np.mean(checks or [0.0]))
        say(f"kept back: loss {loss:.3f}")
        state.save(loss)
    state.restore_best()
    return decoder


def belief_of(
    recorded: Seen, rows: np.ndarray, named: np.ndarray, rng: np.random.Generator | None
) -> np.ndarray:
    """float32 [n, belief]: what the decoder is told; with `rng`, in doubt.

    The heads know the training pictures too well: flattened (and now and then left out), they keep the
    decoder looking for itself.
    """
    parts = []
    for name in recorded.names:
        chances = np.asarray(recorded.head(name)[rows])
        if rng is not None:
            chances = chances ** rng.uniform(0.3, 1.0, (len(rows), 1))
            chances /= chances.sum(axis=1, keepdims=True)
            chances *= rng.random((len(rows), 1)) > 0.1
        parts.append(chances)
    return np.concatenate([*parts, named[:, None]], axis=1).astype(np.float32)


def cross_entropy(logits: tf.Tensor, said: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Mean over the words that are there of the label-smoothed cross-entropy."""
    log = tf.nn.log_softmax(logits)
    hit = tf.gather(log, tf.maximum(said, 0), batch_dims=2)
    loss = -(1 - smoothing) * hit - smoothing * tf.reduce_mean(log, axis=-1)
    known = tf.cast(said >= 0, tf.float32)
    return tf.reduce_sum(loss * known) / tf.reduce_sum(known)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
