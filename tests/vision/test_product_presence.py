"""The head for photos without a product: its pictures, its training and threshold, and the shipped weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision import drawings
from vision.inference.product_presence import ProductPresenceDetector, ProductPresenceError
from vision.training.product_presence import sample, scenes, screens, sources, trainer
from vision.training.product_presence.features import Table
from vision.training.product_presence.sources import Source

FAMILIES = {**screens.FAMILIES, **scenes.FAMILIES}
WEIGHTS = Path(__file__).resolve().parents[2] / "vision/weights"


def table(seed: int = 0, apart: float = 4.0, channels: int = 40) -> Table:
    """Made-up features: products on one side, three kinds of something else on the other, each from two sources."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[np.ndarray, bool, str, str, str]] = []
    for domain, many in (("photos", 500), ("products", 400), ("demo", 120)):
        for index in range(many):
            part = ("train", "train", "calibration", "test")[index % 4]
            rows.append((rng.normal(0, 1, channels) + _direction(channels), True, domain, domain, part))
    for kind in ("animals", "landscapes", "screens"):
        for index in range(200):
            centre = _direction(channels) * (1 - apart) + 0.3 * np.eye(channels)[len(kind)]
            rows.append((rng.normal(0, 1, channels) + centre, False, kind, f"{kind} {index % 2}", ""))
    features, product, kinds, names, split = zip(*rows, strict=True)
    return Table(
        features=np.array(features, np.float32),
        sure=np.full(len(rows), 0.2, np.float32),
        product=np.array(product),
        kind=np.array(kinds),
        source=np.array(names),
        split=np.array(split),
        twin=np.zeros(len(rows), bool),
    )


def _direction(channels: int) -> np.ndarray:
    return np.ones(channels) / np.sqrt(channels) * 2


@pytest.mark.parametrize("name", FAMILIES)
def test_every_drawing_is_a_picture_and_each_seed_another_one(name: str) -> None:
    first, again, other = (FAMILIES[name](np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.dtype == np.uint8 and first.ndim == 3 and first.shape[2] == 3
    assert (first == again).all(), "drawings must not depend on anything but the generator"
    assert first.shape != other.shape or (first != other).any()


def test_a_head_tells_apart_what_can_be_told_apart() -> None:
    rows = table()
    detector = trainer.fit(rows, np.ones(len(rows.product), bool))
    chances = detector.probabilities(rows.features)
    test = rows.split == "test"
    assert chances[rows.product & test].mean() > 0.9 > 0.1 > chances[~rows.product].mean()
    one = rows.features[0]
    assert detector.product_probability(one) == pytest.approx(float(chances[0]))
    assert detector.refuses(one) == (chances[0] < detector.threshold)


def test_what_cannot_be_told_apart_is_let_through() -> None:
    """The threshold gives up recognising nothing rather than refuse products."""
    rows = table(apart=0.1)
    detector = trainer.fit(rows, np.ones(len(rows.product), bool))
    refused = detector.probabilities(rows.features) < detector.threshold
    assert detector.threshold < 0.5
    assert refused[rows.product & (rows.split == "test")].mean() < 0.03


def test_the_threshold_is_never_above_even_odds() -> None:
    rows = table(apart=8)
    assert trainer.fit(rows, np.ones(len(rows.product), bool)).threshold == trainer.SURE


def test_products_of_calibration_and_test_teach_nothing() -> None:
    rows = table()
    everything = np.ones(len(rows.product), bool)
    kept = rows.product & (rows.split != "train")
    spoilt = Table(**{**vars(rows), "features": np.where(kept[:, None], -rows.features, rows.features)})
    assert (trainer.fit(rows, everything).weight == trainer.fit(spoilt, everything).weight).all()


def test_a_source_is_judged_by_a_head_that_never_saw_it() -> None:
    """One source lies on the products' side: learnt, it would be caught; left out, it must not be."""
    rows = table()
    odd = rows.source == "animals 0"
    features = rows.features.copy()
    features[odd] = np.random.default_rng(5).normal(0, 0.3, features[odd].shape) + _direction(40)
    features[odd, :20] += 4 * np.tile([1, -1], 10)  # what a head could know it by, had it seen it
    rows = Table(**{**vars(rows), "features": features})
    seen = trainer.fit(rows, np.ones(len(rows.product), bool))
    assert (seen.probabilities(features[odd]) < seen.threshold).mean() > 0.9
    scores = trainer.caught(rows)
    assert scores["caught_by_source"]["animals 0"][0] < 0.1
    assert scores["caught_by_source"]["screens 1"][0] > 0.9
    assert scores["caught_by_kind"]["screens"] == [pytest.approx(1.0, abs=0.1), 200]


def test_false_refusals_are_counted_on_test_products_alone() -> None:
    rows = table()
    detector = ProductPresenceDetector(
        np.zeros(40), np.ones(40), np.zeros(40), 0.0, 0.6, ""
    )  # says 0.5 of everything
    scores = trainer.false_refusals(rows, detector)
    assert (scores["refused_photos"], scores["refused_photos_n"]) == (1.0, 125)
    generous = ProductPresenceDetector(np.zeros(40), np.ones(40), np.zeros(40), 0.0, 0.4, "")
    assert trainer.false_refusals(rows, generous)["refused_products"] == 0.0


def test_corners_that_show_the_garment_are_left_out() -> None:
    rows = table()
    kind = rows.kind.astype("U20")
    kind[rows.source == "animals 0"] = "backgrounds"
    sure = np.where(np.arange(len(kind)) % 2, 0.95, 0.1).astype(np.float32)
    kept = trainer.usable(Table(**{**vars(rows), "kind": kind, "sure": sure}))
    assert kept.sure[kept.kind == "backgrounds"].max() < trainer.GARMENT
    assert kept.product.sum() == rows.product.sum()


def shipped_eyes(folder: Path, content: bytes = b"the eyes") -> str:
    from vision.inference.weights import version

    (folder / "eyes.tflite").write_bytes(content)
    return version(folder)


def test_a_head_survives_the_disk(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    mean, weight = rng.normal(size=(2, 12)).astype(np.float32)
    detector = ProductPresenceDetector(
        mean, np.full(12, 2, np.float32), weight, 0.25, 0.1, shipped_eyes(tmp_path)
    )
    detector.save(tmp_path)
    loaded = ProductPresenceDetector.load(tmp_path)
    features = rng.normal(size=12).astype(np.float32)
    assert loaded.product_probability(features) == pytest.approx(detector.product_probability(features))
    assert (loaded.threshold, loaded.bias, loaded.eyes) == (0.1, 0.25, detector.eyes)
    with pytest.raises(ValueError, match="12"):
        loaded.product_probability(features[:5])


@pytest.mark.parametrize("fault", ["missing", "broken", "of other eyes", "without eyes"])
def test_a_head_that_cannot_serve_says_what_to_do(tmp_path: Path, fault: str) -> None:
    eyes = shipped_eyes(tmp_path)
    if fault != "missing":
        ProductPresenceDetector(np.zeros(3), np.ones(3), np.ones(3), 0.0, 0.5, eyes).save(tmp_path)
    if fault == "broken":
        (tmp_path / "nothing.npz").write_bytes(b"PK\x03\x04 not an archive")
    if fault == "of other eyes":
        shipped_eyes(tmp_path, b"newer eyes")
    if fault == "without eyes":
        (tmp_path / "eyes.tflite").unlink()
    with pytest.raises(ProductPresenceError, match=r"python -m vision|eyes\.tflite") as caught:
        ProductPresenceDetector.load(tmp_path)
    assert isinstance(caught.value, FileNotFoundError)


def test_pictures_are_found_in_a_package_and_in_its_resource_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of a package, with the unpacking replaced by a folder: the network is not asked."""
    picture = scenes.landscape(np.random.default_rng(0))
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    png = cv2.imencode(".png", cv2.resize(picture, (900, 600)))[1].tobytes()

    def unpack(package: str, work: Path) -> None:
        folder = work / "files/usr/share" / package
        folder.mkdir(parents=True)
        for name in ("hill.png", "person.png", "notes.txt"):
            (folder / name).write_bytes(png)
        (folder / "tiny.png").write_bytes(cv2.imencode(".png", picture[:40, :40])[1].tobytes())
        block = b"".join(len(data).to_bytes(4, "big") + data for data in (jpeg, png))
        (folder / "animals.rcc").write_bytes(b"qres" + bytes(60) + block + b"\xff\xd8\xff\xe0 cut off")

    monkeypatch.setattr(sources, "_unpack", unpack)
    plain = sources.folder_of(Source("plain", "CC0", {"landscapes": r"/plain/"}, r"person"), tmp_path)
    found = list((plain / "landscapes").iterdir())
    assert len(found) == 1 and max(cv2.imread(str(found[0])).shape) == sources.MAX_SIDE
    packed = sources.folder_of(Source("packed", "CC0", {"animals": r"animals"}, resources=True), tmp_path)
    assert len(list((packed / "animals").iterdir())) == 2
    monkeypatch.setattr(sources, "_unpack", lambda *_: pytest.fail("fetched twice"))
    assert sources.folder_of(Source("plain", "CC0", {"landscapes": r"/plain/"}), tmp_path) == plain


def test_a_package_that_cannot_be_fetched_is_an_error_of_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # a machine without Debian's tools
    with pytest.raises(OSError, match="cannot fetch the Debian package"):
        sources.folder_of(Source("wallpapers", "", {}), tmp_path)
    assert not list(tmp_path.rglob("*.png"))


def test_each_source_says_its_licence_and_keeps_clothes_out() -> None:
    names = [source.package for source in sources.SOURCES]
    assert len(set(names)) == len(names) >= 10
    for source in sources.SOURCES:
        assert source.licence and source.shows
        for pattern in source.shows.values():
            assert "clothes" not in pattern and "people" not in pattern


def test_a_varied_picture_is_the_same_each_time() -> None:
    vary = sample._varied(lambda: drawings.t_shirt((200, 30, 40)), (1, 2))
    assert (vary() == vary()).all()
    assert vary().shape[2] == 3 and vary().dtype == np.uint8


@pytest.fixture(scope="module")
def eyes() -> object:
    from vision.inference.loading import load_eyes

    return load_eyes()


def test_the_shipped_head_serves_the_shipped_eyes() -> None:
    detector = ProductPresenceDetector.load(WEIGHTS)
    assert 0 < detector.threshold <= trainer.SURE
    metrics = json.loads((WEIGHTS / "metrics.json").read_text())["nothing"]
    assert metrics["refused_photos"] <= 0.015
    assert metrics["sources"] and metrics["how"] == trainer.HOW


def test_shipped_products_pass_and_other_things_do_not(eyes: object) -> None:
    """On drawings, which are few of the head's pictures: coarse, but it fails where the head is upside down."""
    detector = ProductPresenceDetector.load(WEIGHTS)

    def refused(picture: np.ndarray) -> bool:
        return detector.refuses(eyes.predict(picture, caption=False).features)  # type: ignore[attr-defined]

    colours = ((200, 30, 40), (30, 60, 140), (40, 40, 40), (230, 200, 60))
    draws = (drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag)
    products = [refused(draw(colour)) for draw in draws for colour in colours]
    others = [refused(draw(np.random.default_rng(900 + n))) for draw in FAMILIES.values() for n in range(2)]
    assert np.mean(products) <= 0.25
    assert np.mean(others) >= np.mean(products) + 0.4


def test_the_command_explains_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from vision.training.product_presence.__main__ import main

    shutil.copy(WEIGHTS / "eyes.tflite", tmp_path)
    assert main(["check", "--weights", str(tmp_path), str(tmp_path / "photo.jpg")]) == 1
    assert "nothing.npz is missing" in capsys.readouterr().err
    assert main(["train", "--data", str(tmp_path), "--weights", str(tmp_path)]) == 1
    assert "neither" in capsys.readouterr().err
