"""The demo catalogue's pictures: one to a product, shop-sized, drawn the same each time."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.demo.draw.__main__ import main
from data.demo.draw.canvas import SIZE, webp
from data.demo.draw.gallery import PICTURES
from data.demo.draw.kinds import DRAWERS, draw
from data.demo.draw.plan import items

ITEMS = {item.id: item for item in items()}


def _pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "WEBP" and image.size == (SIZE, SIZE)
        return np.asarray(image.convert("RGB"), np.float32)


def test_every_product_has_a_picture_and_nothing_else_lies_there() -> None:
    assert {path.name for path in PICTURES.iterdir()} == {f"{name}.webp" for name in ITEMS}


def test_pictures_decode_and_stand_on_white() -> None:
    for name in ITEMS:
        pixels = _pixels((PICTURES / f"{name}.webp").read_bytes())
        rim = np.concatenate(
            [pixels[:2].reshape(-1, 3), pixels[:, :2].reshape(-1, 3), pixels[:, -2:].reshape(-1, 3)]
        )
        assert np.median(rim) >= 252, name
        drawn = float((pixels.min(2) < 244).mean())
        assert 0.04 < drawn < 0.8, (name, drawn)


def test_pictures_are_light() -> None:
    sizes = [(PICTURES / f"{name}.webp").stat().st_size for name in ITEMS]
    assert max(sizes) <= 60_000
    assert sum(sizes) <= 6 * 2**20


def test_every_planned_kind_can_be_drawn() -> None:
    assert {item.kind for item in ITEMS.values()} <= set(DRAWERS)


@pytest.mark.parametrize("name", ["p0003", "p0240"])
def test_drawing_is_deterministic_and_is_what_is_shipped(name: str) -> None:
    first, second = draw(ITEMS[name]), draw(ITEMS[name])
    assert np.array_equal(first, second)
    shipped = _pixels((PICTURES / f"{name}.webp").read_bytes())
    assert np.abs(_pixels(webp(first)) - shipped).mean() < 2.0


def test_colours_show_in_the_picture() -> None:
    """A plain red T-shirt is mostly red, a plain black one dark."""
    for colour, test in (
        ("Black", lambda rgb: rgb.max() < 90),
        ("Green", lambda rgb: rgb[1] > rgb[0] + 20 and rgb[1] > rgb[2] + 20),
    ):
        item = next(
            i
            for i in ITEMS.values()
            if i.kind in ("t_shirt", "sweatshirt") and i.colour == colour and i.pattern == "plain"
        )
        pixels = _pixels((PICTURES / f"{item.id}.webp").read_bytes())
        assert test(np.median(pixels[300:420, 260:380].reshape(-1, 3), axis=0)), item.id


def test_unknown_product_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--only", "p9999", "--folder", str(tmp_path)]) == 1
    assert "p9999" in capsys.readouterr().err


def test_one_product_can_be_drawn_alone(tmp_path: Path) -> None:
    assert main(["--only", "p0001", "--folder", str(tmp_path), "--processes", "1"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p0001.webp"]
