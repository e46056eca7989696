from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from shop import __main__ as shop_main
from shop.customers.photos import Ranked
from shop.errors import BadRequest
from shop.search import evaluation
from vision.inference.weights import WEIGHTS
from vision.photo import PhotoError


def prediction_of(kind: str, colour: str):
    return SimpleNamespace(
        kinds=[Ranked(kind, 1.0)], colours=[Ranked(colour, 1.0)], embedding=np.full(256, 1 / 16)
    )


def write(folder, name, text):
    (folder / "images").mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def test_customers_photos(filled, tmp_path):
    folder = write(
        tmp_path,
        "photos.csv",
        "image,label,sender_id,kids,split\n"
        "a.jpg,Dress,1,False,train\nb.jpg,Pants,1,True,validation\nc.jpg,Body,1,False,train\nd.jpg,Not sure,1,False,train\n"
        "e.jpg,Hat,1,False,train\nf.jpg,Hat,1,False,train\n",
    )
    labelled = evaluation.read_labels(folder)
    assert labelled[1].kinds == ("jeans", "trousers", "track_pants", "leggings", "shorts")[:4]
    assert len(evaluation.read_labels(folder, split="validation")) == 1
    seen = {
        "a.jpg": prediction_of("dress", "Red"),
        "b.jpg": prediction_of("trousers", "Blue"),
        "e.jpg": prediction_of("dress", "Red"),
    }

    def see(each):
        if each.path.name == "f.jpg":
            raise PhotoError("truncated", "broken")
        return seen[each.path.name]

    score = evaluation.evaluate(labelled, see).to_dict()
    # Bodysuits are not sold here, "Not sure" is no kind, f.jpg cannot be read, the hat was taken for a dress.
    assert (score["n"], score["skipped"], score["unreadable"]) == (3, 2, 1)
    assert score["kind_in_top3"] == 0.6667 and "colour_in_top3" not in score
    assert score["by_group"]["children"] == {"n": 1, "kind_in_top3": 1.0}


def test_studio_photos_count_the_colour_of_the_right_kind(filled, tmp_path):
    folder = write(
        tmp_path,
        "products.csv",
        "id,title,gender,articleType,baseColour\n"
        "1,x,Women,Dresses,Red\n2,x,Women,Dresses,Blue\n3,x,Women,Dresses,Gold\n4,x,Men,Watches,Black\n5,x,Men,Belts,NA\n",
    )
    seen = {
        "1": prediction_of("dress", "Maroon"),
        "2": prediction_of("dress", "Red"),
        "3": prediction_of("dress", "Red"),
        "5": prediction_of("belt", "Red"),
    }
    score = evaluation.evaluate(evaluation.read_labels(folder), lambda each: seen[each.path.stem]).to_dict()
    assert (score["n"], score["skipped"], score["kind_in_top3"]) == (4, 1, 1.0)
    # Gold dresses are not sold, the belt states no colour; the blue one was seen red.
    assert (score["colours"], score["colour_in_top3"]) == (2, 0.5)


def test_a_folder_of_neither_form(tmp_path):
    with pytest.raises(BadRequest, match=r"neither photos\.csv nor products\.csv"):
        evaluation.read_labels(tmp_path)


def test_sampling_is_seeded(tmp_path):
    rows = "\n".join(f"{number}.jpg,Dress" for number in range(50))
    labelled = evaluation.read_labels(write(tmp_path, "photos.csv", f"image,label\n{rows}\n"))
    assert evaluation.sample(labelled, 10) == evaluation.sample(labelled, 10) != labelled[:10]


def test_commands_say_what_is_wrong(filled, tmp_path, capsys):
    assert shop_main.main(["import", str(tmp_path / "none.csv")]) == 1
    assert "there is no file" in capsys.readouterr().err
    (tmp_path / "rows.jsonl").write_text('{"id": "x"}\n')
    assert shop_main.main(["import", str(tmp_path / "rows.jsonl"), "--no-eyes"]) == 1
    said = capsys.readouterr()
    assert "refused line 1 (x): category is missing" in said.err and "1 refused" in said.out
    assert shop_main.main(["search", "--kind", "dress", "--under", "1"]) == 0
    assert "without price_max" in capsys.readouterr().out


def test_the_real_eyes_over_the_command_line(filled, tmp_path, capsys):
    if not (WEIGHTS / "eyes.tflite").exists():
        pytest.skip("the eyes have no weights yet")
    folder = write(tmp_path, "photos.csv", "image,label\na.jpg,Dress\n")
    Image.new("RGB", (200, 300), (200, 30, 40)).save(folder / "images" / "a.jpg")
    assert shop_main.main(["evaluate-photos", str(folder), "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["n"] == 1 and score["skipped"] == 0 and score["kind_in_top3"] in (0.0, 1.0)
