"""The model card: written from figures, and only from those of the weights beside them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import pytest

from vision.__main__ import main
from vision.evaluation.bars import BARS
from vision.evaluation.figures import earlier
from vision.evaluation.pictures import frequent
from vision.inference.weights import version

ROOT = Path(__file__).resolve().parents[2]


def figures(weights: Path) -> dict[str, Any]:
    kept = {
        f"{name}{end}": 0.9
        for name in ("jpeg20", "blur", "dim", "rotation15", "crop30")
        for end in ("", "_kept")
    }
    way = {"p1_kind": 0.5, "p5_kind": 0.8, "p5_kind_colour": 0.3, "map_kind": 0.4}
    words = {"bleu4": 0.1, "cider": 0.7, "rouge_l": 0.3}
    return {
        "weights": version(weights),
        "products": {
            "n": 40,
            "kind_top1": 0.914,
            "colour_top1": 0.6123,
            "by_gender": {"men": 0.93, "women": 0.88},
            "groups": {"men": {"n": 25, "kind_top1": 0.93}, "women": {"n": 15, "kind_top1": 0.88}},
            "floors": {"kind_top1": 0.172},
        },
        "photos": {
            "n": 9,
            "top1_ten": None,
            "by_kids": {"kids": 0.9, "adults": 0.92},
            "groups": {"kids": {"n": 4, "top1": 0.9}, "adults": {"n": 5, "top1": 0.92}},
        },
        "search": {"n": 4, "gallery": 30, **way, "imagenet": way, "raw_pixels": None},
        "captions": {
            **words,
            "by_gender": {"men": {"fact_kind": 0.94}},
            "fact_kind": 0.91,
            "says_kind": 1.0,
            "constant": words,
            "template": words,
        },
        "robustness_products": {"n": 12, "clean": 0.9, **kept},
        "robustness_photos": {"n": 9, "clean": 0.8, **kept, "blur_kept": 0.71},
        "turn": {"turn_per_backbone": 2.5},
        "confusions": {"gender": {"names": ["men", "women"], "counts": [[24, 1], [3, 12]]}},
    }


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in ("eyes.tflite", "eyes.json"):
        shutil.copy(ROOT / "vision/weights" / name, folder)
    (folder / "figures.json").write_text(json.dumps(figures(folder)))
    return folder


def line(card: str, name: str) -> list[str]:
    found = re.search(rf"^\| {re.escape(name)} \|(.*)\|$", card, re.M)
    assert found, name
    return [cell.strip() for cell in found[1].split("|")]


def test_figures_stand_beside_their_bars(weights: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "model-card-log.md").write_text("Lite0 was tried: 0.865.\n")
    assert main(["card", "--weights", str(weights), "--docs", str(docs)]) == 0
    card = (docs / "model-card.md").read_text(encoding="utf-8")
    kind = line(card, "products: kind, 75 classes")
    assert kind[:3] == ["0.914", "≥ 0.9", "yes"] and "0.858" in kind[3] and "constant: 0.172" in kind[3]
    assert line(card, "products: colour, 43 names")[:3] == ["0.612", "≥ 0.72", "no"]
    assert line(card, "customer photos, ten classes")[:3] == ["not measured", "≥ 0.945", ""]
    assert line(card, "kind, men's beside women's products")[:3] == ["0.050", "≤ 0.03", "no"]
    assert line(card, "label, kids' beside adults' photos")[:3] == ["0.020", "≤ 0.03", "yes"]
    assert line(card, "customer photos: kept under blur")[2] == "no"
    assert all(line(card, bar.name) for bar in BARS)
    assert line(card, "kind_top1") == ["0.930", "0.880"] and "women (15 rows)" in card
    assert line(card, "fact_kind") == ["0.940", "not measured"] and line(card, "imagenet")[1] == "0.800"
    assert "judging people" in card and "Lite0 was tried: 0.865." in card and "{" not in card
    picture = cv2.imread(str(docs / "pictures/confusion-gender.png"))
    assert picture is not None and "pictures/confusion-gender.png" in card


def test_the_card_is_the_same_each_time(weights: Path, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        assert main(["card", "--weights", str(weights), "--docs", str(tmp_path / name)]) == 0
        written.append(
            [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.*")) if path.is_file()]
        )
    assert written[0] == written[1]


def test_figures_of_the_shops_bench_are_kept(weights: Path, tmp_path: Path) -> None:
    exact = {
        "filter": "none",
        "engine": "exact",
        "recall": 1.0,
        "lost": 0.0,
        "p50_ms": 212.5,
        "p99_ms": 300.0,
    }
    graph = {
        "filter": "1 %",
        "engine": "the shop (graph)",
        "recall": 0.98125,
        "lost": 0.01,
        "p50_ms": 8.5,
        "p99_ms": 9.0,
    }
    bench = {
        "n": 1000000,
        "queries": 50,
        "index": "CREATE INDEX i ON p USING hnsw (e) WITH (m='16')",
        "bytes": {"exact": 2**30},
        "build_seconds": {},
        "write_ms": {"add": 4.25, "remove": 1.0},
        "load": 1.3,
        "cores": 2,
        "searches": [exact, graph],
        "filters": {
            "50 %": {"recall": 0.99, "times_faster": 20.0, "times_usearch": 4.25},
            "1 %": {"recall": 0.98125, "times_faster": 25.0, "times_usearch": 2.5},
        },
    }
    (tmp_path / "vectors.json").write_text(json.dumps(bench))
    where = ["--weights", str(weights), "--docs", str(tmp_path)]
    assert main(["card", *where, "--vectors", str(tmp_path / "vectors.json")]) == 0
    assert main(["card", *where]) == 0
    card = (tmp_path / "model-card.md").read_text(encoding="utf-8")
    assert line(card, "exact, filter: none") == ["1", "0", "212.5", "300", "1.0"]
    assert line(card, "the shop (graph), filter: 1 %") == ["0.9812", "0.01", "8.5", "9", "25.0"]
    assert line(card, "exact") == ["1024", "0"]
    many = "a million products:"
    assert line(card, f"{many} recall@10, the worst filter")[:3] == ["0.981", "≥ 0.97", "yes"]
    faster = f"{many} times faster than exact"
    assert line(card, f"{faster}, filters that keep 10 % or more")[:3] == ["20.0", "≥ 20", "yes"]
    assert line(card, f"{faster}, a filter that keeps 1 %")[:3] == ["25.0", "≥ 20", "yes"]
    assert line(card, f"{many} times as long as usearch, the worst filter")[:3] == ["4.250", "≤ 4", "no"]
    assert "1,000,000 products" in card and "(m='16')" in card and "add 4.25, remove 1" in card
    assert earlier(weights, "other weights") == {"weights": "other weights", "vectors": bench}
    assert earlier(weights, version(weights))["products"]["n"] == 40


def test_figures_of_other_weights_are_refused(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (weights / "eyes.tflite").open("ab") as file:
        file.write(b"other")
    assert main(["card", "--weights", str(weights), "--docs", str(tmp_path)]) == 1
    assert "other weights" in capsys.readouterr().err
    partly = {**figures(weights), "weights": version(weights)}
    (weights / "figures.json").write_text(
        json.dumps({name: partly[name] for name in partly if name != "search"})
    )
    assert main(["card", "--weights", str(weights), "--docs", str(tmp_path)]) == 1
    assert "lacks search" in capsys.readouterr().err
    (weights / "figures.json").unlink()
    assert main(["card", "--weights", str(weights), "--docs", str(tmp_path)]) == 1
    assert "evaluate all" in capsys.readouterr().err


def test_rare_classes_are_gathered() -> None:
    import numpy as np

    counts = np.diag(np.arange(1, 21))
    counts[0, 19] = 3
    names, small = frequent([str(n) for n in range(20)], counts, most=5)
    assert names == ["19", "18", "17", "16", "one of the others"] and small.shape == (5, 5)
    assert small.sum() == counts.sum() and small[0, 0] == 20 and small[4, 0] == 3
