"""The textbook recipes, on drawings instead of Fashion-MNIST: what they build, learn, keep and say."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vision import drawings
from tests.vision.test_textbook_data import idx
from vision.training.textbook import cli, fashion_mnist
from vision.training.textbook.fashion_mnist import FashionMnist, Part

tf = pytest.importorskip("tensorflow")

from vision.training.textbook import recipes, trainer  # noqa: E402
from vision.training.textbook.recipes import RECIPES, Recipe  # noqa: E402
from vision.training.textbook.variations import SHIFT, vary  # noqa: E402

SHAPES = (drawings.t_shirt, drawings.trousers, drawings.handbag)
TINY = replace(RECIPES["modern"], name="tiny", build=lambda: recipes.modern((8, 16, 16)), epochs=4, batch=32)


def drawn(count: int, seed: int) -> Part:
    """Small drawings of three products on black, moved about, of every brightness."""
    random = np.random.default_rng(seed)
    classes = random.integers(0, len(SHAPES), count).astype(np.uint8)
    greys = random.integers(0, 180, count)
    pictures = [
        255 - SHAPES[shape]((int(grey),) * 3, 28)[..., 0] for shape, grey in zip(classes, greys, strict=True)
    ]
    moves = random.integers(-2, 3, (count, 2))
    return Part(
        np.stack([np.roll(p, move, (0, 1)) for p, move in zip(pictures, moves, strict=True)]), classes
    )


DATA = FashionMnist(train=drawn(256, 1), test=drawn(90, 2))


@pytest.mark.parametrize(("name", "parameters"), [("cnn", 34_826), ("lstm", 213_258), ("modern", 464_810)])
def test_networks(name: str, parameters: int) -> None:
    model = RECIPES[name].build()
    assert model.count_params() == parameters
    logits = model(DATA.test.pictures[:4])
    assert logits.shape == (4, 10) and logits.dtype == tf.float32
    assert np.ptp(logits.numpy(), axis=0).max() > 0  # different pictures, different answers


@pytest.mark.parametrize(("name", "epochs", "batch"), [("cnn", 4, 16), ("lstm", 8, 16)])
def test_recipes_learn_drawings(name: str, epochs: int, batch: int, tmp_path: Path, capsys) -> None:
    recipe = replace(RECIPES[name], batch=batch)
    figures = trainer.run(recipe, DATA, tmp_path, epochs=epochs)
    assert figures["test_accuracy"] > 0.85  # by chance: 0.33
    assert set(figures["test_accuracy_by_class"]) == set(fashion_mnist.CLASSES[:3])
    assert figures == json.loads((tmp_path / "metrics.json").read_text())
    said = capsys.readouterr().err
    assert f"{name} epoch {epochs}/{epochs} step {256 // batch}/{256 // batch}" in said
    model = recipe.build()
    model.load_weights(tmp_path / "weights.h5")
    assert trainer.test(model, DATA.test)["test_accuracy"] == figures["test_accuracy"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole run of the modern recipe in small."""
    folder = tmp_path_factory.mktemp("whole")
    trainer.run(TINY, DATA, folder)
    return folder


def test_modern_recipe_in_small_learns_drawings(whole: Path) -> None:
    assert json.loads((whole / "metrics.json").read_text())["test_accuracy"] > 0.85


def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    batches = trainer.batches

    def stopped(
        part: Part, recipe: Recipe, seed: int, epochs: range
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for number, batch in enumerate(batches(part, recipe, seed, epochs)):
            if number == 11:  # in the second of four epochs
                raise InterruptedError
            yield batch

    monkeypatch.setattr(trainer, "batches", stopped)
    with pytest.raises(tf.errors.UnknownError, match="InterruptedError"):
        trainer.run(TINY, DATA, tmp_path)
    monkeypatch.setattr(trainer, "batches", batches)
    with pytest.raises(ValueError, match="begun with seed 1"):
        trainer.run(TINY, DATA, tmp_path, seed=2, resume=True)
    capsys.readouterr()
    figures = trainer.run(TINY, DATA, tmp_path, resume=True)
    said = capsys.readouterr().err
    assert "going on after epoch 1" in said and "epoch 2/4" in said and "epoch 1/4" not in said

    weights = []
    for folder in (whole, tmp_path):
        model = TINY.build()
        model.load_weights(folder / "weights.h5")
        weights.append(np.concatenate([part.ravel() for part in model.get_weights()]))
    assert np.abs(weights[0] - weights[1]).max() < 0.02 < np.abs(weights[0]).max()

    again = trainer.run(TINY, DATA, tmp_path, resume=True)  # nothing left to do: only tested anew
    assert again["test_accuracy"] == figures["test_accuracy"] and "epoch 4/4" not in capsys.readouterr().err
    index = next((tmp_path / "checkpoints").glob("*.index"))
    index.write_bytes(index.read_bytes()[:100])
    with pytest.raises(ValueError, match="start anew, without --resume"):
        trainer.run(TINY, DATA, tmp_path, resume=True)


def test_resumed_batches_are_the_same() -> None:
    whole = list(trainer.batches(DATA.train, TINY, 7, range(2)))
    later = list(trainer.batches(DATA.train, TINY, 7, range(1, 2)))
    assert len(whole) == 16 and len(later) == 8
    for (pictures, labels), (expected, known) in zip(later, whole[8:], strict=True):
        assert np.array_equal(pictures, expected) and np.array_equal(labels, known)
    assert not np.array_equal(whole[0][0], whole[8][0])


def test_unusable_plans_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fewer than one batch"):
        trainer.run(replace(TINY, batch=257), DATA, tmp_path)
    with pytest.raises(ValueError, match="epochs must be 1 or more"):
        trainer.run(TINY, DATA, tmp_path, epochs=-1)


def test_rate_rises_and_falls() -> None:
    rate = recipes.CosineRate(0.2, 100)
    rates = [float(rate(step)) for step in range(100)]
    top = int(np.argmax(rates))
    assert 0 < rates[0] < 0.03 and 8 <= top <= 12 and 0.18 < max(rates) <= 0.2
    assert (np.diff(rates[top:]) < 0).all() and rates[-1] == pytest.approx(0, abs=1e-6)


def test_variations_move_mirror_and_cover() -> None:
    spot = np.zeros((400, 28, 28), np.uint8)
    spot[:, 10:13, 4:7] = 255
    varied = vary(spot, np.random.default_rng(3))
    assert varied.shape == spot.shape and varied.dtype == np.uint8
    clean = [picture for picture in varied if (picture > 0).sum() == 9]  # nothing covered
    assert 200 < len(clean) < 350
    corners = [tuple(np.argwhere(picture)[0]) for picture in clean]
    rows, columns = np.array(corners).T
    assert set(rows) == set(range(10 - SHIFT, 10 + SHIFT + 1))
    left, right = range(4 - SHIFT, 4 + SHIFT + 1), range(21 - SHIFT, 21 + SHIFT + 1)  # 27 - 6 = 21: mirrored
    assert set(columns) == {*left, *right}
    assert np.array_equal(varied, vary(spot, np.random.default_rng(3)))


def test_command_tells_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="apt-get install dataset-fashion-mnist"):
        cli.run(options("--data", str(tmp_path)))


def test_command_trains_on_a_folder_and_gathers_the_figures(tmp_path: Path, capsys) -> None:
    for name, part in (("train", DATA.train), ("t10k", DATA.test)):
        (tmp_path / f"{name}-images-idx3-ubyte").write_bytes(idx(part.pictures))
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(idx(part.classes))
    run, metrics = tmp_path / "run", tmp_path / "metrics.json"
    arguments = ("--data", str(tmp_path), "--run", str(run), "--metrics", str(metrics), "--seed", "3")
    assert cli.run(options("--recipe", "cnn", "--epochs", "2", *arguments)) == 0
    assert "| cnn | Conv32-Pool-Conv64-Pool-Dense10 | 34,826 | 2 | 0." in capsys.readouterr().out
    (entry,) = cli.read_metrics(metrics)
    assert entry == json.loads((run / "cnn/metrics.json").read_text())
    assert (entry["seed"], entry["train_pictures"], entry["test_pictures"]) == (3, 256, 90)


@pytest.mark.skipif(
    not cli.METRICS.exists(), reason=f"no {cli.METRICS.name}: the recipes' full runs are not recorded"
)
def test_shipped_figures_reach_the_bars() -> None:
    figures = {entry["recipe"]: entry for entry in cli.read_metrics()}
    assert list(figures) == list(cli.RECIPES) == list(RECIPES)
    for name, entry in figures.items():
        assert (entry["train_pictures"], entry["test_pictures"]) == (60_000, 10_000)
        assert entry["epochs"] == RECIPES[name].epochs and entry["network"] == RECIPES[name].title
        assert entry["test_accuracy"] == pytest.approx(
            np.mean(list(entry["test_accuracy_by_class"].values()))
        )
    assert figures["cnn"]["test_accuracy"] >= 0.89 and figures["lstm"]["test_accuracy"] >= 0.86
    assert figures["modern"]["test_accuracy"] >= 0.935 and figures["modern"]["two_core_seconds"] < 20 * 60


def test_figures_are_gathered_by_recipe(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    figures = {"network": "n", "parameters": 1234, "epochs": 2, "two_core_seconds": 90}
    figures |= {"test_accuracy": 0.75, "test_accuracy_by_class": {"Dress": 0.9, "Shirt": 0.6}}
    cli.gather([{"recipe": "modern", **figures}], path)
    cli.gather([{"recipe": "cnn", **figures}, {"recipe": "modern", **figures, "epochs": 3}], path)
    entries = cli.read_metrics(path)
    assert [(entry["recipe"], entry["epochs"]) for entry in entries] == [("cnn", 2), ("modern", 3)]
    assert cli.table(entries).splitlines()[-1] == "| modern | n | 1,234 | 3 | 0.7500 | Shirt 0.600 | 1.5 |"


@pytest.mark.slow
@pytest.mark.skipif(
    not fashion_mnist.FOLDER.exists(), reason=f"Debian package {fashion_mnist.PACKAGE} is not installed"
)
def test_command_on_real_pictures(tmp_path: Path, capsys) -> None:
    metrics = tmp_path / "gathered.json"
    arguments = ("--recipe", "cnn", "--epochs", "1", "--run", str(tmp_path), "--metrics", str(metrics))
    assert cli.run(options(*arguments)) == 0
    assert cli.read_metrics(metrics)[0]["test_accuracy"] > 0.8
    assert "| cnn | Conv32-Pool-Conv64-Pool-Dense10 | 34,826 | 1 |" in capsys.readouterr().out


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return parser.parse_args(arguments)
