"""Trains a recipe: seeded, with progress, resumable after each epoch; its figures go beside its weights."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vision.training.textbook.fashion_mnist import CLASSES, FashionMnist, Part
from vision.training.textbook.recipes import Recipe
from vision.training.textbook.variations import vary

PROGRESS_SECONDS = 20
CORES = 2  # the machine that the recipes are made for

Figures = dict[str, Any]  # what `metrics.json` holds


def run(
    recipe: Recipe, data: FashionMnist, folder: Path, *, epochs: int = 0, seed: int = 1, resume: bool = False
) -> Figures:
    """Train a recipe (for its own number of epochs where `epochs` is 0) and test it once, at the end.

    No choice is made by the test pictures: the last epoch's weights count. Leaves `weights.h5` and
    `metrics.json` in the folder. With `resume` a run that was stopped goes on after its last whole epoch; it
    must be the same plan, else `ValueError`. Two runs of one plan differ by no more than rounding.
    """
    epochs = epochs or recipe.epochs
    if epochs < 1 or seed < 0:
        raise ValueError("epochs must be 1 or more, and the seed 0 or more")
    steps = len(data.train) // recipe.batch
    if not steps:
        raise ValueError(
            f"{len(data.train)} pictures to learn from are fewer than one batch ({recipe.batch})"
        )
    _begin(folder, {"recipe": recipe.name, "epochs": epochs, "seed": seed, "steps": steps}, resume)

    tf.keras.utils.set_random_seed(seed)
    model = recipe.build()
    model.compile(
        recipe.optimizer(steps * epochs),
        tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing),
        metrics=["accuracy"],
    )
    progress = Progress(recipe.name, epochs, steps, recipe.batch)
    keeper = Keeper(model, folder / "checkpoints")
    if keeper.epochs_done:
        say(f"{recipe.name}: going on after epoch {keeper.epochs_done}")
    if keeper.epochs_done < epochs:
        model.fit(
            batches(data.train, recipe, seed, range(keeper.epochs_done, epochs)),
            initial_epoch=keeper.epochs_done,
            epochs=epochs,
            steps_per_epoch=steps,
            callbacks=[progress, keeper],
            verbose=0,
        )
        keeper.save()
    model.save_weights(folder / "weights.h5")
    figures = {
        "recipe": recipe.name,
        "network": recipe.title,
        "parameters": model.count_params(),
        "epochs": epochs,
        "seed": seed,
        "precision": model.layers[-2].dtype_policy.name,
        "train_pictures": len(data.train),
        "test_pictures": len(data.test),
        **test(model, data.test),
        **keeper.times(),
        "tensorflow": tf.__version__,
    }
    (folder / "metrics.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    say(f"{recipe.name}: test accuracy {figures['test_accuracy']:.4f}")
    return figures


def _begin(folder: Path, plan: dict[str, Any], resume: bool) -> None:
    """Make the folder ready: of a former run keep all that can be gone on with, or nothing."""
    path = folder / "plan.json"
    if resume and path.exists():
        begun = json.loads(path.read_text(encoding="utf-8"))
        other = [f"{name} {begun.get(name)}" for name, value in plan.items() if begun.get(name) != value]
        if other:
            raise ValueError(
                f"{folder} was begun with {', '.join(other)}; go on with that, or without --resume"
            )
        return
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(plan) + "\n", encoding="utf-8")


def batches(part: Part, recipe: Recipe, seed: int, epochs: range) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of some epochs: uint8 [batch, 28, 28] and one-hot float32 [batch, 10]; a rest is left out.

    Order and variations of an epoch depend on seed and epoch alone: a resumed run sees what it would have.
    """
    for epoch in epochs:
        random = np.random.default_rng((seed, epoch))
        order = random.permutation(len(part))
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            rows = order[start : start + recipe.batch]
            pictures = part.pictures[rows]
            yield (
                vary(pictures, random) if recipe.varied else pictures,
                np.eye(len(CLASSES), dtype=np.float32)[part.classes[rows]],
            )


def test(model: tf.keras.Model, part: Part) -> Figures:
    """Accuracy over all pictures, and of each class the share of its pictures that are named right."""
    right = model.predict(part.pictures, batch_size=250, verbose=0).argmax(axis=1) == part.classes
    return {
        "test_accuracy": round(float(right.mean()), 4),
        "test_accuracy_by_class": {
            name: round(float(right[part.classes == index].mean()), 4)
            for index, name in enumerate(CLASSES)
            if (part.classes == index).any()
        },
    }


class Keeper(tf.keras.callbacks.Callback):
    """Keeps weights, optimizer, epochs done and time spent, in one checkpoint: written as a whole or not."""

    def __init__(self, model: tf.keras.Model, folder: Path) -> None:
        super().__init__()
        model.optimizer.build(model.trainable_variables)  # or there would be no state of it to load into
        self._epochs = tf.Variable(0, dtype=tf.int64)
        self._seconds = tf.Variable([0.0, 0.0], dtype=tf.float64)  # of the clock, of all cores
        checkpoint = tf.train.Checkpoint(
            model=model, optimizer=model.optimizer, epochs=self._epochs, seconds=self._seconds
        )
        self._manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=1)
        if self._manager.latest_checkpoint:
            try:
                checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()
            except (tf.errors.OpError, AssertionError) as error:
                raise ValueError(f"cannot go on from {folder}; start anew, without --resume") from error
        self._told = self._now()

    @property
    def epochs_done(self) -> int:
        return int(self._epochs.numpy())

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._epochs.assign(epoch + 1)
        if epoch + 1 < self.params["epochs"]:  # the last is saved after `fit`, with the averaged weights
            self.save()

    def save(self) -> None:
        now = self._now()
        self._seconds.assign_add(now - self._told)
        self._told = now
        self._manager.save()

    def times(self) -> Figures:
        """Seconds by the clock and of all cores' work; two idle cores need at least half of the latter."""
        clock, work = self._seconds.numpy()
        return {
            "seconds": round(clock),
            "cpu_seconds": round(work),
            "two_core_seconds": round(work / CORES),
        }

    @staticmethod
    def _now() -> np.ndarray:
        return np.array([time.monotonic(), time.process_time()])


class Progress(tf.keras.callbacks.Callback):
    """A line on stderr every 20 seconds and at the end of each epoch."""

    def __init__(self, name: str, epochs: int, steps: int, batch: int) -> None:
        super().__init__()
        self._name, self._epochs, self._steps, self._batch = name, epochs, steps, batch
        self._epoch = 0
        self._began = self._told = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._epoch = epoch + 1
        self._began = self._told = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        now, step = time.monotonic(), batch + 1
        if logs and (now - self._told > PROGRESS_SECONDS or step == self._steps):
            self._told, speed = now, step / (now - self._began)
            left = (self._steps * (self._epochs - self._epoch + 1) - step) / speed
            say(
                f"{self._name} epoch {self._epoch}/{self._epochs} step {step}/{self._steps}, "
                f"{speed * self._batch:.0f} pictures/s, {left:.0f} s left; "
                f"loss {logs['loss']:.3f} accuracy {logs['accuracy']:.3f}"
            )


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
