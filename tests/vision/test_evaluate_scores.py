"""Figures from tables made by hand: what the commands compute once the eyes have looked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision.evaluation import metrics, products, snapshots
from vision.evaluation.folders import FolderError, Product, Snapshot, pick, read_products
from vision.evaluation.seen import Head, Seen


def head(*rows: dict[str, float]) -> Head:
    names = tuple(sorted({name for row in rows for name in row}))
    return Head(names, np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float32))


def product(number: int, **facts: str) -> Product:
    known = {"title": "", "brand": "", "gender": "men", "subcategory": "Topwear", "article": "Tshirts"}
    return Product(Path(f"{number}.jpg"), "train", **{**known, "colour": "Red", "usage": "Casual", **facts})


def seen(rows: list, heads: dict[str, Head], brands: list[str] | None = None) -> Seen:
    count = len(rows)
    return Seen(
        rows,
        1,
        heads,
        np.zeros((count, 4), np.float32),
        brands or [""] * count,
        [""] * count,
        np.arange(count) + 1.0,
    )


def test_products() -> None:
    rows = [
        product(0, article="Tshirts", brand="Levi's"),
        product(
            1, article="Jeans", subcategory="Bottomwear", gender="women", colour="Navy Blue", brand="Puma"
        ),
        product(2, article="Tshirts", gender="women", colour="", brand=""),
        product(3, article="Spacesuits", subcategory="Topwear", brand="Nike"),
    ]
    heads = {
        "kinds": head({"t_shirt": 0.9}, {"jeans": 0.9}, {"jeans": 0.9}, {"t_shirt": 0.9}),
        # Each alone less likely than Jeans, together Topwear wins in the third row.
        "articles": head(
            {"Tshirts": 0.8, "Jeans": 0.1, "Shirts": 0.1},
            {"Jeans": 1.0},
            {"Jeans": 0.4, "Tshirts": 0.35, "Shirts": 0.25},
            {"Tshirts": 1.0},
        ),
        "colours": head({"Red": 1.0}, {"Blue": 0.6, "Navy Blue": 0.4}, {"Red": 1.0}, {"Blue": 1.0}),
        "genders": head({"men": 1.0}, {"women": 1.0}, {"men": 1.0}, {"men": 1.0}),
        "brands": head({"Levis": 1.0}, {"Puma": 0.3, "Nike": 0.7}, {"Nike": 1.0}, {"Nike": 1.0}),
    }
    found = products.scores(seen(rows, heads, ["levis", "", "Nike", "Puma"]))
    assert found["n"] == 4 and found["skipped"] == 1 and found["ms_p50"] == 2.5
    assert (
        found["kind_top1"] == 0.5 and found["kind_top3"] == 0.75
    )  # a name that the head lacks is never right
    assert found["subcategory_top1"] == 1.0
    assert found["colour_top1"] == pytest.approx(1 / 3, abs=1e-4)  # the third row has no colour
    assert found["colour_family_top1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["gender_top1"] == 0.75 and found["usage_top1"] is None
    assert found["brand_top1"] == pytest.approx(2 / 3, abs=1e-4)  # the spelling does not matter
    assert found["brand_precision"] == 0.5 and found["brand_coverage"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["by_gender"] == {"men": 0.5, "women": 0.5} and found["groups"]["men"]["n"] == 2
    assert found["kind_taxonomy_top1"] == pytest.approx(
        2 / 3, abs=1e-4
    )  # nothing of ours stands for spacesuits
    assert [found["groups"][name]["kind_taxonomy_top1"] for name in ("men", "women")] == [1.0, 0.5]
    assert found["floors"]["kind_top1"] == 0.5


def test_products_without_the_heads() -> None:
    found = products.scores(seen([product(0)], {"kinds": head({"t_shirt": 1.0})}))
    missing = (
        "kind_top1",
        "kind_top3",
        "subcategory_top1",
        "colour_top1",
        "colour_family_top1",
        "gender_top1",
    )
    assert all(found[name] is None for name in (*missing, "usage_top1", "brand_top1", "ece"))


def test_every_article_has_one_subcategory() -> None:
    from vision import taxonomy

    assert set(products.subcategory_of_article()) == set(taxonomy.load().labels("products"))


def test_customers_photos() -> None:
    labels = ["T-Shirt", "Polo", "Dress", "Dress"]
    rows = [Snapshot(Path(f"{n}.jpg"), "train", label, kids=n == 3) for n, label in enumerate(labels)]
    table = head(
        {"Polo": 0.6, "T-Shirt": 0.4},  # of the ten: a T-shirt
        {"Polo": 1.0},  # none of the ten
        {"Dress": 1.0},
        {"Skirt": 0.9, "Dress": 0.1},
    )
    found = snapshots.scores(seen(rows, {"labels": table, "kinds": head(*[{"dress": 1.0}] * 4)}))
    assert found["top1"] == 0.5 and found["n_ten"] == 3
    assert found["top1_ten"] == pytest.approx(2 / 3, abs=1e-4)
    # T-shirt: 1; dress: 2 * 1 / (2 true + 1 said).
    assert found["macro_f1_ten"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert found["by_kids"] == {"kids": 0.0, "adults": pytest.approx(2 / 3, abs=1e-4)}
    assert found["groups"]["adults"]["top1_ten"] == 1.0
    counts = snapshots.confusions(seen(rows, {"labels": table}))["label"]
    place = counts["names"].index
    assert counts["counts"][place("Dress")][place("Skirt")] == 1


def test_calibration_error_by_hand() -> None:
    """Two answers of 0.95, one right: a gap of 0.45; two of 0.30, one right: 0.20; half of the rows each."""
    confidence = np.array([0.95, 0.95, 0.30, 0.30])
    right = np.array([True, False, True, False])
    assert metrics.calibration_error(confidence, right) == pytest.approx((0.45 + 0.20) / 2)
    assert metrics.calibration_error(np.ones(3), np.ones(3, bool)) == 0
    assert metrics.calibration_error(np.array([]), np.array([], bool)) is None


def test_average_precision_by_hand() -> None:
    assert metrics.average_precision(np.array([True, False, True, False])) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.average_precision(np.zeros(3, bool)) == 0


def test_confusion_leaves_other_names_out() -> None:
    counts = metrics.confusion(["a", "a", "b", "z"], ["a", "b", "b", "a"], ["a", "b"])
    assert counts.tolist() == [[1, 1], [0, 1]]


def test_splits_and_samples() -> None:
    rows = [
        Snapshot(Path(str(n)), "validation" if n % 4 == 0 else "train", "Dress", False) for n in range(40)
    ]
    assert len(pick(rows, "validation")) == 10 and len(pick(rows, "train")) == 30 and len(pick(rows)) == 40
    sample = pick(rows, limit=7)
    assert (
        len(sample) == 7
        and sample == pick(rows, limit=7)
        and sample == sorted(sample, key=lambda r: int(r.path.name))
    )
    with pytest.raises(FolderError, match="no rows"):
        pick(rows[1:2], "validation")


def test_tables_in_other_forms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"no products\.csv"):
        read_products(tmp_path)
    (tmp_path / "products.csv").write_text("id,title\n1,x\n")
    with pytest.raises(FolderError, match="lacks the columns brand"):
        read_products(tmp_path)
    (tmp_path / "products.csv").write_bytes(b"id,\xff\xfe\n")
    with pytest.raises(FolderError, match="UTF-8"):
        read_products(tmp_path)
