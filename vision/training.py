"""Trains the eyes' network: first the heads on the still backbone, then all of it at a falling rate.

Seeded and resumable: after each epoch the weights, the optimiser's state and the scores go into the folder of
the run, and a run that is started again goes on after its last whole epoch.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from vision import backbone, metrics, network
from vision.data import DOMAINS, Example, Labels, labels_of, load_pictures, read_all
from vision.look import SIDE
from vision.photo import square
from vision.sampler import Sampler

PROGRESS_SECONDS = 20
LOSSES = ("kind", "colour", "gender", "embedding kind", "embedding colour")
HIDDEN = tuple(f"{domain}_kind_top1_" for domain in DOMAINS)  # scores by group: in the files, not in the log


@dataclass(frozen=True)
class Plan:
    """What a training run does. Runs of the same plan and data differ by no more than rounding."""

    head_epochs: int = 2  # the heads alone, on the still backbone
    epochs: int = 6  # all of it, on the photos
    demo_epochs: int = 1  # and at last a little with the drawn pictures of the demo catalogue among them
    batch: int = 32
    side: int = 160  # pixels of a training crop; pictures are seen larger afterwards (SIDE)
    head_rate: float = 2e-3
    rate: float = 3e-4
    demo_rate: float = 6e-5
    final_rate: float = 3e-6
    part: str = "late"  # what is fine-tuned: "late" leaves the blocks up to the early map alone
    smoothing: float = 0.05
    products_share: float = 0.6  # of the photos in an epoch; the others are customers' photos
    demo_share: float = 0.12  # of the pictures in the last epochs
    samples: int = 12_000  # pictures an epoch
    seed: int = 1

    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage("heads", self.head_epochs, "heads", self.head_rate, self.rate, 0.0),
            Stage("fine-tuning", self.epochs, self.part, self.rate, self.final_rate, 0.0),
            Stage("drawings", self.demo_epochs, self.part, self.demo_rate, self.final_rate, self.demo_share),
        )


@dataclass(frozen=True)
class Stage:
    """Epochs with one optimiser: what they may change, the fall of the rate, the demo catalogue's share."""

    name: str
    epochs: int
    part: str
    first_rate: float
    last_rate: float
    demo_share: float


def run(data: Path, demo: Path | None, folder: Path, plan: Plan, *, resume: bool = False) -> dict[str, float]:
    """Train by the plan; leaves `eyes.h5` and `state.json` in the folder and returns the last scores."""
    tf.keras.utils.set_random_seed(plan.seed)
    examples = read_all(data, demo)
    pictures, labels = load_pictures(examples), labels_of(examples)
    say(f"{len(examples)} pictures; plan: {json.dumps(asdict(plan))}")
    model = network.build()
    backbone.load_imagenet(model)
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "state.json"
    done = 0
    if resume and state.exists():
        done = json.loads(state.read_text())["epochs_done"]
        model.load_weights(folder / "eyes.h5")
        say(f"going on after epoch {done}")
    steps = plan.samples // plan.batch
    scores: dict[str, float] = {}
    before = 0
    for stage in plan.stages():
        first, before = before, before + stage.epochs
        if done >= before:
            continue
        network.set_trainable(model, stage.part)
        went = steps * max(0, done - first)
        trainer = Trainer(model, stage, plan.smoothing, steps=steps * stage.epochs, first=went)
        if done > first:
            trainer.load(folder / "optimizer.npz")
        shares = (plan.products_share, 1 - plan.products_share, stage.demo_share)
        sampler = Sampler(examples, labels, pictures, shares, plan.side)
        for epoch in range(max(first, done), before):
            batches = sampler.batches((plan.seed, epoch), steps, plan.batch)
            _epoch(trainer, batches, f"epoch {epoch + 1} ({stage.name})", steps)
            model.save_weights(folder / "eyes.h5")
            trainer.save(folder / "optimizer.npz")
            scores = validate(model, examples, labels, pictures, SIDE)
            facts = {"epochs_done": epoch + 1, "plan": asdict(plan), "scores": scores}
            state.write_text(json.dumps(facts, indent=1))
            told = {name: value for name, value in scores.items() if not name.startswith(HIDDEN)}
            say(f"epoch {epoch + 1} kept back: {json.dumps(told)}")
    return scores


class Trainer:
    """One optimiser over what is trainable now, and the loss of all heads."""

    def __init__(
        self, model: tf.keras.Model, stage: Stage, smoothing: float, *, steps: int, first: int
    ) -> None:
        self.model, self.smoothing = model, smoothing
        rate = _Rate(stage.first_rate, stage.last_rate, steps)
        self.optimizer = tf.keras.optimizers.Adam(rate, beta_2=0.99, global_clipnorm=5.0)
        self.variables = model.trainable_variables
        self.optimizer.build(self.variables)
        self.optimizer.iterations.assign(first)
        self.step = tf.function(self._step, autograph=False)

    def _step(self, pixels: tf.Tensor, kinds: tf.Tensor, colours: tf.Tensor, genders: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            out = self.model(tf.cast(pixels, tf.float32), training=True)
            smoothing = self.smoothing
            losses = tf.stack(
                [
                    one_of(out["kind"], kinds, smoothing),
                    0.7 * one_of(out["colour"], colours, smoothing),
                    0.3 * one_of(out["gender"], genders, smoothing),
                    0.3 * one_of(out["embedding_kind"], kinds, smoothing),
                    0.3 * one_of(out["embedding_colour"], colours, smoothing),
                ]
            )
            loss = tf.reduce_sum(losses)
        gradients = tape.gradient(loss, self.variables)
        self.optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
        return losses

    def save(self, path: Path) -> None:
        np.savez(path, *[variable.numpy() for variable in self.optimizer.variables])

    def load(self, path: Path) -> None:
        with np.load(path) as saved:
            for variable, name in zip(self.optimizer.variables, saved.files, strict=True):
                variable.assign(saved[name])


class _Rate(tf.keras.optimizers.schedules.LearningRateSchedule):
    """A short warm-up, then a half cosine from the first rate to the last."""

    def __init__(self, first: float, last: float, steps: int, warm: int = 100) -> None:
        self.first, self.last, self.steps, self.warm = first, last, steps, warm

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        step = tf.cast(step, tf.float32)
        wave = 0.5 * (1 + tf.cos(np.pi * tf.minimum(step / self.steps, 1.0)))
        return tf.minimum(1.0, (step + 1) / self.warm) * (self.last + (self.first - self.last) * wave)


def one_of(logits: tf.Tensor, allowed: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Mean of -log(sum of the allowed classes' probabilities), rows without an allowed class left out."""
    log = tf.nn.log_softmax(tf.cast(logits, tf.float32))
    known = tf.reduce_max(allowed, axis=1)
    hit = tf.reduce_logsumexp(tf.where(allowed > 0, log, -1e9), axis=1)
    loss = -(1 - smoothing) * hit - smoothing * tf.reduce_mean(log, axis=1)
    return tf.reduce_sum(tf.where(known > 0, loss, 0.0)) / tf.maximum(tf.reduce_sum(known), 1.0)


def _epoch(trainer: Trainer, batches: Iterator[tuple[np.ndarray, ...]], name: str, steps: int) -> None:
    began = told = time.monotonic()
    losses: list[np.ndarray] = []
    for step, batch in enumerate(batches, 1):
        losses.append(trainer.step(*map(tf.constant, batch)).numpy())
        now = time.monotonic()
        if now - told > PROGRESS_SECONDS or step == steps:
            told, mean = now, np.mean(losses[-100:], axis=0)
            left = (now - began) / step * (steps - step)
            parts = " ".join(f"{head} {loss:.3f}" for head, loss in zip(LOSSES, mean, strict=True))
            rate = step * len(batch[0]) / (now - began)
            say(f"{name} step {step}/{steps}, {rate:.0f} pictures/s, {left:.0f} s left; loss {parts}")


def predict(
    model: tf.keras.Model, pictures: np.ndarray, rows: np.ndarray, side: int
) -> dict[str, np.ndarray]:
    """Probabilities (and embeddings) of some pictures, 64 at a time."""
    call = tf.function(lambda x: {k: v for k, v in model(x, training=False).items() if k != "features"})
    parts: dict[str, list[np.ndarray]] = {"kind": [], "colour": [], "gender": [], "embedding": []}
    for start in range(0, len(rows), 64):
        picked = rows[start : start + 64]
        batch = np.stack([square(np.ascontiguousarray(pictures[row]), side) for row in picked])
        out = call(tf.constant(batch, tf.float32))
        for name, values in parts.items():
            values.append((out[name] if name == "embedding" else tf.nn.softmax(out[name])).numpy())
    return {name: np.concatenate(values) for name, values in parts.items()}


def validate(
    model: tf.keras.Model, examples: list[Example], labels: Labels, pictures: np.ndarray, side: int
) -> dict[str, float]:
    """Scores on the kept-back pictures (those of the demo catalogue too: a tenth of it is kept back)."""
    rows = np.array([row for row, example in enumerate(examples) if example.split == "validation"])
    picked = Labels(labels.kinds[rows], labels.colours[rows], labels.genders[rows])
    return metrics.scores([examples[i] for i in rows], picked, predict(model, pictures, rows, side))


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
