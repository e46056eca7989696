"""The shipped weights: pinned answers on drawings, threads, refusals, the command line, speed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.vision import drawings
from vision import photo, taxonomy
from vision.inference.eyes import Eyes, EyesError
from vision.inference.loading import load_eyes
from vision.predictions import EMBEDDING_SIZE, Prediction

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/data"
# Written by `python -m tests.vision.canonical` whenever new weights are shipped on purpose.
CANONICAL = json.loads(Path(__file__).with_name("canonical.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return load_eyes()


def same(one: Prediction, other: Prediction) -> bool:
    return (
        one.kinds == other.kinds
        and one.caption == other.caption
        and np.array_equal(one.embedding, other.embedding)
    )


@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_answers(eyes: Eyes, name: str) -> None:
    """The weights in the repository are the ones that the figures were measured with."""
    shape, colour = name.split("/")
    prediction = eyes.predict(getattr(drawings, shape)(tuple(map(int, colour.split(",")))))
    expected = CANONICAL[name]
    assert prediction.kinds[0].name == expected["kind"]
    assert prediction.kinds[0].probability == pytest.approx(expected["kind_probability"], abs=0.02)
    assert prediction.colours[0].name == expected["colour"]
    assert prediction.colours[0].probability == pytest.approx(expected["colour_probability"], abs=0.02)
    assert prediction.articles[0].name == expected["article"]
    assert (
        prediction.patterns[0].name == expected["pattern"] and prediction.usages[0].name == expected["usage"]
    )
    assert prediction.genders[0].name == expected["gender"]
    assert prediction.genders[0].probability == pytest.approx(expected["gender_probability"], abs=0.02)
    assert (prediction.brand, prediction.second_colour) == (expected["brand"], expected["second_colour"])
    assert prediction.embedding[:6] == pytest.approx(expected["embedding"], abs=0.01)
    assert prediction.caption == expected["caption"]


def test_a_look_is_whole(eyes: Eyes) -> None:
    words = taxonomy.load()
    prediction = eyes.predict(drawings.dress((200, 30, 40)))
    assert {ranked.name for ranked in prediction.kinds} == set(words.kinds)
    assert {ranked.name for ranked in prediction.colours} == set(words.colours)
    assert {ranked.name for ranked in prediction.articles} == set(words.labels("products"))
    assert {ranked.name for ranked in prediction.labels} == set(words.labels("photos"))
    rankings = (
        prediction.kinds,
        prediction.colours,
        prediction.genders,
        prediction.patterns,
        prediction.sleeves,
        prediction.usages,
        prediction.brands,
    )
    for ranking in (*rankings, prediction.articles, prediction.labels):
        chances = [ranked.probability for ranked in ranking]
        assert sum(chances) == pytest.approx(1.0, abs=1e-6) and chances == sorted(chances, reverse=True)
    assert prediction.embedding.shape == (EMBEDDING_SIZE,) and prediction.embedding.dtype == np.float32
    assert np.linalg.norm(prediction.embedding) == pytest.approx(1.0, abs=1e-3)
    assert set(prediction.caption) == {"en", "zh"} and all(prediction.caption.values())
    assert prediction.timings["total"] >= prediction.timings["network"] > 0
    assert (
        prediction.kind(prediction.kinds[0].name) == prediction.kinds[0].probability
        and prediction.kind("spaceship") == 0
    )


def test_trousers_have_no_sleeves(eyes: Eyes) -> None:
    assert eyes.predict(drawings.trousers((40, 60, 110)), kinds=("jeans", "trousers")).sleeves == []


@pytest.mark.parametrize("size", [(16, 16), (20, 900), (900, 20), (1600, 1200)])
def test_any_size_can_be_seen(eyes: Eyes, size: tuple[int, int]) -> None:
    assert eyes.predict(np.full((*size, 3), 127, np.uint8)).kinds


def test_wrong_arrays_are_refused(eyes: Eyes) -> None:
    for array in (np.zeros((8, 8, 3)), np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8)):
        with pytest.raises(ValueError, match="uint8"):
            eyes.predict(array)
    with pytest.raises(ValueError, match="uint8"):
        eyes.predict(np.zeros((0, 8, 3), np.uint8))


def test_look_does_not_change_its_input_nor_share_its_output(eyes: Eyes) -> None:
    pixels = drawings.t_shirt((200, 30, 40), 192)
    before = pixels.copy()
    first = eyes.predict(pixels)
    kept = first.embedding.copy()
    eyes.predict(drawings.trousers((20, 20, 20)))
    assert np.array_equal(pixels, before) and np.array_equal(first.embedding, kept)


def test_threads_get_their_own_answers(eyes: Eyes) -> None:
    draws = [drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag]
    pictures = [draw((200, 30, 40)) for draw in draws] * 6
    alone = [eyes.predict(picture) for picture in pictures]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(eyes.predict, pictures))
    assert all(map(same, alone, together))


def test_jpeg_quality_changes_little(eyes: Eyes) -> None:
    picture = drawings.trousers((40, 60, 130), 400)
    again = photo.decode(photo.encode_jpeg(picture, quality=40)).pixels
    assert float(eyes.predict(picture).embedding @ eyes.predict(again).embedding) > 0.9


def test_missing_and_foreign_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(EyesError, match="cannot load"):
        load_eyes(tmp_path)
    for name in ("eyes.tflite", "eyes.json"):
        shutil.copy(ROOT / "vision/weights" / name, tmp_path)
    facts = json.loads((tmp_path / "eyes.json").read_text())
    facts["heads"]["kind"][0] = "spaceship"
    (tmp_path / "eyes.json").write_text(json.dumps(facts))
    with pytest.raises(EyesError, match="another taxonomy"):
        load_eyes(tmp_path)
    (tmp_path / "eyes.tflite").write_bytes(b"not a network")
    with pytest.raises(EyesError, match="cannot load"):
        load_eyes(tmp_path)


def test_shipped_weights_are_small() -> None:
    folder = ROOT / "vision/weights"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 60 * 2**20
    assert (ROOT / "docs/model-card.md").exists() and (folder / "metrics.json").exists()


def test_describe(tmp_path: Path) -> None:
    path = tmp_path / "shirt.jpg"
    path.write_bytes(photo.encode_jpeg(drawings.t_shirt((200, 30, 40))))
    done = command("describe", str(path), "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0 and said["format"] == "JPEG" and said["problem"] == ""
    (detection,) = said["findings"]
    assert detection["colour"] == "Red" and detection["caption"]["zh"]
    assert set(detection) >= {
        "kind",
        "kinds",
        "colours",
        "patterns",
        "brand",
        "usage",
        "second_colour",
        "box",
    }
    done = command("describe", str(path))
    assert (
        done.returncode == 0 and "kinds:" in done.stdout and "colours:" in done.stdout and "%" in done.stdout
    )


def test_describe_refuses_politely(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("no photo")
    for argument, said in (
        (path, "not a photo"),
        (tmp_path / "missing.jpg", "No such file"),
        (tmp_path, "directory"),
    ):
        done = command("describe", str(argument))
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vision", *arguments],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_customers_photos(eyes: Eyes) -> None:
    """The kept-back photos, so that broken weights or preprocessing cannot pass."""
    from vision.training.datasets import read_photos

    if not (SHARED / "customer-photos/photos.csv").exists():
        pytest.skip("the data sets are not beside this checkout")
    held = [e for e in read_photos(SHARED / "customer-photos") if e.split == "validation" and e.kinds]
    predictions = [eyes.predict(photo.decode(e.path.read_bytes()).pixels, caption=False) for e in held]
    assert (
        np.mean(
            [prediction.kinds[0].name in e.kinds for prediction, e in zip(predictions, held, strict=True)]
        )
        > 0.85
    )


@pytest.mark.slow
def test_a_look_costs_little_more_than_the_backbone() -> None:
    from vision.evaluation import benchmark

    result = benchmark.run(30)
    assert result["look_per_backbone"] < 2.5 and result["predict_per_networks"] > 2, benchmark.table(result)
