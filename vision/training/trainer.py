"""Trains the eyes' network: first the heads on the still backbone, then all of it at a falling rate.

Seeded and resumable: after each epoch the weights, their running average, the optimiser's state and the
scores go into the folder of the run, and a run that is started again goes on after its last whole epoch.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vision.photo import square
from vision.predictions import SIDE
from vision.training import backbone, network, validation
from vision.training.datasets import Example, load_pictures, read_all
from vision.training.labels import Heads, heads_of, labels_of
from vision.training.sampler import Batch, Sampler

PROGRESS_SECONDS = 30
# How much each head's loss counts; "embedding_…" are the normalised softmaxes that shape the embedding.
LOSSES = {
    "kind": 0.5,
    "article": 1.0,
    "label": 1.0,
    "colour": 0.8,
    "second": 0.1,
    "gender": 0.6,
    "pattern": 0.3,
    "sleeve": 0.2,
    "usage": 0.2,
    "brand": 0.5,
    "embedding_article": 0.3,
    "embedding_kind": 0.2,
    "embedding_colour": 0.3,
}


@dataclass(frozen=True)
class Plan:
    """What a training run does. Runs of the same plan and data differ by no more than rounding."""

    head_epochs: int = 1  # the heads alone, on the still backbone
    epochs: int = 10  # and the backbone
    batch: int = 32
    side: int = 192  # pixels of a training crop; pictures are seen larger afterwards (SIDE)
    polish_epochs: int = 5  # at last on mixed and wilder pictures
    polish_side: int = 192
    head_rate: float = 2e-3
    rate: float = 2.5e-4
    final_rate: float = 2e-6
    polish_rate: float = 1.5e-4
    mixed: float = 0.6  # of the batches of the polishing
    decay: float = 0.05  # of the weights, times the rate
    average: float = 0.998  # of the running average that is scored and shipped
    part: str = "late"  # what is fine-tuned: "late" leaves the blocks up to the early map alone
    smoothing: float = 0.05
    shares: tuple[float, float, float] = (0.62, 0.33, 0.05)  # of products, customers' photos, drawings
    samples: int = 12_000  # pictures an epoch
    seed: int = 1

    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage("heads", self.head_epochs, "none", self.head_rate, self.rate, self.side),
            Stage("fine-tuning", self.epochs, self.part, self.rate, self.final_rate, self.side),
            Stage(
                "polishing",
                self.polish_epochs,
                self.part,
                self.polish_rate,
                self.final_rate,
                self.polish_side,
                self.mixed,
            ),
        )


@dataclass(frozen=True)
class Stage:
    """Epochs with one optimiser: what they may change, and the fall of the rate."""

    name: str
    epochs: int
    part: str
    first_rate: float
    last_rate: float
    side: int
    mixed: float = 0.0


def run(data: Path, demo: Path | None, folder: Path, plan: Plan, *, resume: bool = False) -> dict[str, float]:
    """Train by the plan; leaves `eyes.h5` (averaged weights), `last.h5` and `state.json` in the folder.

    Returns the last scores on the kept-back pictures.
    """
    tf.keras.utils.set_random_seed(plan.seed)
    examples = read_all(data, demo)
    heads = heads_of(examples)
    pictures, labels = load_pictures(examples), labels_of(examples, heads)
    say(f"{len(examples)} pictures; plan: {json.dumps(asdict(plan))}")
    model = network.build(heads.sizes(), dtype="mixed_bfloat16")
    backbone.load_imagenet(model)
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "state.json"
    done = 0
    if resume and state.exists():
        done = json.loads(state.read_text())["epochs_done"]
        model.load_weights(folder / "last.h5")
        say(f"going on after epoch {done}")
    steps = plan.samples // plan.batch
    scores: dict[str, float] = {}
    before = 0
    for stage in plan.stages():
        first, before = before, before + stage.epochs
        if done >= before:
            continue
        backbone.set_trainable(model, stage.part)
        went = steps * max(0, done - first)
        trainer = Trainer(model, stage, plan, steps=steps * stage.epochs, first=went)
        if done > first:
            trainer.load(folder / "trainer.npz")
        sampler = Sampler(examples, labels, pictures, plan.shares, stage.side, stage.mixed)
        for epoch in range(max(first, done), before):
            batches = sampler.batches((plan.seed, epoch), steps, plan.batch)
            _epoch(trainer, batches, f"epoch {epoch + 1} ({stage.name})", steps)
            model.save_weights(folder / "last.h5")
            trainer.save(folder / "trainer.npz")
            with trainer.averaged():
                model.save_weights(folder / "eyes.h5")
                scores = validate(model, examples, labels, pictures, heads)
            facts = {"epochs_done": epoch + 1, "plan": asdict(plan), "heads": heads.names, "scores": scores}
            state.write_text(json.dumps(facts, indent=1))
            say(f"epoch {epoch + 1} kept back: {json.dumps(scores)}")
    return scores


class Trainer:
    """One optimiser over what is trainable now, the loss of all heads, and the weights' running average."""

    def __init__(self, model: tf.keras.Model, stage: Stage, plan: Plan, *, steps: int, first: int) -> None:
        self.model, self.plan = model, plan
        rate = _Rate(stage.first_rate, stage.last_rate, steps)
        self.optimizer = tf.keras.optimizers.AdamW(
            rate, weight_decay=plan.decay, beta_2=0.99, global_clipnorm=5.0
        )
        self.variables = model.trainable_variables
        self.optimizer.exclude_from_weight_decay([v for v in self.variables if v.shape.rank < 2])
        self.optimizer.build(self.variables)
        self.optimizer.iterations.assign(first)
        self.means = [tf.Variable(variable, trainable=False) for variable in self.variables]
        self.step = tf.function(self._step, autograph=False)

    def _step(
        self, pixels: tf.Tensor, labels: dict[str, tf.Tensor], others: dict[str, tf.Tensor], share: tf.Tensor
    ) -> tf.Tensor:
        def loss_of(name: str) -> tf.Tensor:
            head, smoothing = name.removeprefix("embedding_"), self.plan.smoothing
            first = one_of(out[name], labels[head], smoothing, share)
            return first + one_of(out[name], others[head], smoothing, 1 - share)

        with tf.GradientTape() as tape:
            out = self.model(tf.cast(pixels, tf.float32), training=True)
            losses = tf.stack([loss_of(name) for name in LOSSES])
            loss = tf.reduce_sum(losses * tf.constant(list(LOSSES.values())))
        gradients = tape.gradient(loss, self.variables)
        self.optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
        count = tf.cast(self.optimizer.iterations, tf.float32)
        keep = tf.minimum(self.plan.average, (1 + count) / (10 + count))
        for mean, variable in zip(self.means, self.variables, strict=True):
            mean.assign_sub((1 - keep) * (mean - variable))
        return losses

    def averaged(self) -> _Swapped:
        """Within this context the model has the averaged weights."""
        return _Swapped(self.variables, self.means)

    def save(self, path: Path) -> None:
        np.savez(path, *[variable.numpy() for variable in (*self.optimizer.variables, *self.means)])

    def load(self, path: Path) -> None:
        with np.load(path) as saved:
            variables = (*self.optimizer.variables, *self.means)
            for variable, name in zip(variables, saved.files, strict=True):
                variable.assign(saved[name])


class _Swapped:
    def __init__(self, variables: list[tf.Variable], others: list[tf.Variable]) -> None:
        self.pairs = list(zip(variables, others, strict=True))

    def __enter__(self) -> None:
        self._swap()

    def __exit__(self, *_: object) -> None:
        self._swap()

    def _swap(self) -> None:
        for variable, other in self.pairs:
            value = variable.numpy()
            variable.assign(other)
            other.assign(value)


class _Rate(tf.keras.optimizers.schedules.LearningRateSchedule):
    """A short warm-up, then a half cosine from the first rate to the last."""

    def __init__(self, first: float, last: float, steps: int, warm: int = 100) -> None:
        self.first, self.last, self.steps, self.warm = first, last, steps, warm

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        step = tf.cast(step, tf.float32)
        wave = 0.5 * (1 + tf.cos(np.pi * tf.minimum(step / self.steps, 1.0)))
        return tf.minimum(1.0, (step + 1) / self.warm) * (self.last + (self.first - self.last) * wave)


def one_of(
    logits: tf.Tensor, allowed: tf.Tensor, smoothing: float, share: tf.Tensor | float = 1.0
) -> tf.Tensor:
    """Mean of -log(sum of the allowed classes' probabilities), rows without an allowed class left out.

    `share` [n] weighs the rows: how much of a mixed picture is of these labels.
    """
    log = tf.nn.log_softmax(tf.cast(logits, tf.float32))
    known = tf.reduce_max(allowed, axis=1)
    hit = tf.reduce_logsumexp(tf.where(allowed > 0, log, -1e9), axis=1)
    loss = -(1 - smoothing) * hit - smoothing * tf.reduce_mean(log, axis=1)
    return tf.reduce_sum(tf.where(known > 0, share * loss, 0.0)) / tf.maximum(tf.reduce_sum(known), 1.0)


def _epoch(trainer: Trainer, batches: Iterator[Batch], name: str, steps: int) -> None:
    began = told = time.monotonic()
    losses: list[np.ndarray] = []
    for step, batch in enumerate(batches, 1):
        tables = [
            {head: tf.constant(table) for head, table in each.items()}
            for each in (batch.labels, batch.others)
        ]
        losses.append(trainer.step(tf.constant(batch.pixels), *tables, tf.constant(batch.share)).numpy())
        now = time.monotonic()
        if now - told > PROGRESS_SECONDS or step == steps:
            told, mean = now, np.mean(losses[-100:], axis=0)
            left = (now - began) / step * (steps - step)
            parts = " ".join(f"{head} {loss:.3f}" for head, loss in zip(LOSSES, mean, strict=True))
            rate = step * len(batch.pixels) / (now - began)
            say(f"{name} step {step}/{steps}, {rate:.0f} pictures/s, {left:.0f} s left; loss {parts}")


def predict(
    model: tf.keras.Model, pictures: np.ndarray, rows: np.ndarray, heads: Heads, side: int = SIDE
) -> dict[str, np.ndarray]:
    """Each head's probabilities, and the embeddings, of some pictures, 32 at a time."""
    wanted = (*heads.names, "embedding")
    call = tf.function(lambda x: model(x, training=False))
    parts: dict[str, list[np.ndarray]] = {name: [] for name in wanted}
    for start in range(0, len(rows), 32):
        picked = rows[start : start + 32]
        batch = np.stack([square(np.ascontiguousarray(pictures[row]), side) for row in picked])
        out: dict[str, Any] = call(tf.constant(batch, tf.float32))
        for name, values in parts.items():
            values.append((out[name] if name == "embedding" else tf.nn.softmax(out[name])).numpy())
    return {name: np.concatenate(values) for name, values in parts.items()}


def validate(
    model: tf.keras.Model,
    examples: list[Example],
    labels: dict[str, np.ndarray],
    pictures: np.ndarray,
    heads: Heads,
) -> dict[str, float]:
    """Scores on the kept-back pictures (those of the demo catalogue too: a tenth of it is kept back)."""
    rows = np.array([row for row, example in enumerate(examples) if example.split == "validation"])
    picked = {head: table[rows] for head, table in labels.items()}
    outputs = predict(model, pictures, rows, heads)
    return validation.scores([examples[row] for row in rows], picked, outputs, heads)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
