"""The captioner trained in small, on drawn products, from the shipped eyes to captions: the whole way."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision import drawings

COLOURS = {"Red": (200, 30, 40), "Blue": (40, 90, 190)}
KINDS = {"Tshirts": drawings.t_shirt, "Trousers": drawings.trousers}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data (32 drawn products) and one of weights (the shipped eyes, no captioner)."""
    pytest.importorskip("tensorflow")
    folder = tmp_path_factory.mktemp("captioner")
    (folder / "data/products/images").mkdir(parents=True)
    (folder / "weights").mkdir()
    rows = ["id,title,brand,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage"]
    for index in range(32):
        (label, draw), (colour, rgb) = list(KINDS.items())[index % 2], list(COLOURS.items())[index // 2 % 2]
        rows.append(
            f"{index},Acme Men Printed {colour} {label},Acme,Men,Apparel,x,{label},{colour},Summer,2012,Casual"
        )
        picture = draw(rgb, 224)[..., ::-1]
        cv2.imwrite(str(folder / f"data/products/images/{index}.jpg"), picture)
    (folder / "data/products/products.csv").write_text("\n".join(rows))
    shipped = Path(__file__).resolve().parents[2] / "vision/weights"
    for name in ("eyes.tflite", "eyes.json"):
        shutil.copy(shipped / name, folder / "weights" / name)
    return folder


def test_from_titles_to_captions(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP_VISION_CACHE", str(world / "cache"))
    from vision.inference.caption import Captioner, facts
    from vision.inference.loading import load_captioner, load_eyes
    from vision.training.caption import trainer

    plan = trainer.Plan(epochs=2, batch=8, rate=5e-3, drop=0.1)
    weights = world / "weights"
    scores = trainer.run(world / "data", weights, weights, plan)
    assert scores["n"] > 0 and scores["says_kind"] == 1.0 and scores["cider"] >= 0
    assert json.loads((weights / "metrics.json").read_text())["captioner"] == scores
    stored = json.loads((weights / "caption.json").read_text(encoding="utf-8"))
    assert {"<brand>", "printed", "zh:printed"} <= set(stored["words"])
    assert {"kinds", "colours", "genders"} <= set(stored["belief"])

    eyes = load_eyes(weights)
    assert isinstance(eyes._captioner, Captioner)
    prediction = eyes.predict(drawings.t_shirt((200, 30, 40), 224))
    claimed = facts(prediction.caption["en"])
    assert claimed.kinds and claimed.brand == "" and "Acme" not in prediction.caption["en"]
    assert prediction.caption["zh"] and not any("a" <= letter <= "z" for letter in prediction.caption["zh"])

    told = capsys.readouterr().err  # a run that is resumed neither looks again nor trains a whole epoch again
    assert "captions 2/2" in told
    again = trainer.run(world / "data", weights, weights, plan, resume=True)
    assert "captions" not in capsys.readouterr().err.split("kept back")[0].replace("captions,", "")
    assert again == scores
    longer = replace(plan, drop=0.2)
    trainer.run(world / "data", weights, weights, longer, resume=True)
    assert "starting afresh" in capsys.readouterr().err

    prediction = load_eyes(weights).predict(drawings.trousers((40, 90, 190), 224), caption=False)
    captioner = load_captioner(weights)
    with pytest.raises(ValueError, match="train captioner"):
        captioner.describe(np.zeros((1, 1, 1, 1), np.float32), replace(prediction, colours=[]))


def test_without_titles_nothing_is_learnt(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    from vision.training.caption import trainer

    (tmp_path / "customer-photos").mkdir()
    (tmp_path / "customer-photos/photos.csv").write_text(
        "image,label,sender_id,kids,split\na.jpg,Hat,1,False,train"
    )
    with pytest.raises(FileNotFoundError, match="titles"):
        trainer.run(tmp_path, tmp_path, tmp_path, trainer.Plan())
