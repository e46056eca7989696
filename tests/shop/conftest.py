"""A shop of its own for these tests: an embedded PostgreSQL in a temporary folder with a small catalogue."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shop.catalogue import products
from shop.importing import importer
from shop.search.criteria import Criteria
from storage import database
from vision.taxonomy import load as load_taxonomy

KINDS = (
    "dress",
    "t_shirt",
    "shirt",
    "jeans",
    "trousers",
    "sports_shoes",
    "flats",
    "handbag",
    "cap",
    "coat",
    "belt",
)
COLOURS = ("Red", "Navy Blue", "Blue", "Black", "White", "Maroon", "Green", "Pink")
BRANDS = ("Harbor Lane", "Odenwick", "Veyra")
PATTERNS = ("plain", "striped", "floral")
MATERIALS = ("cotton", "linen", "leather")
OCCASIONS = (["casual"], ["work", "formal"], ["party", "wedding"], [])


class ColourEyes:
    """Eyes that see colours only: 4 x 4 x 4 histogram of the picture, four times over, as the embedding."""

    version = "histogram-1"

    def __init__(self) -> None:
        self.looked = 0

    def predict(self, pixels: np.ndarray, *, caption: bool = True) -> Any:
        self.looked += 1
        return SimpleNamespace(embedding=histogram(pixels))


def histogram(pixels: np.ndarray) -> np.ndarray:
    counts = np.bincount((pixels // 64).reshape(-1, 3) @ np.array([16, 4, 1]), minlength=64).astype(
        np.float32
    )
    vector = np.tile(np.sqrt(counts), 4)
    return vector / np.linalg.norm(vector)


def sizes_of(kind: str, number: int) -> list[dict[str, Any]]:
    department = load_taxonomy().kinds[kind].department
    names = {"shoes": ["38", "40", "42"], "clothing": ["S", "M", "L"]}.get(department, ["one size"])
    if kind in ("jeans",):
        names = ["30", "32", "34"]
    return [{"name": name, "stock": (number * 7 + place * 5) % 4} for place, name in enumerate(names)]


def make_records() -> list[dict[str, Any]]:
    """One product of each kind in each colour, the other attributes in turn; deterministic."""
    taxonomy = load_taxonomy()
    records = []
    for number, (kind, colour) in enumerate((kind, colour) for kind in KINDS for colour in COLOURS):
        records.append(
            {
                "id": f"t{number:03}",
                "category": kind,
                "title_en": f"{BRANDS[number % 3]} {colour} {MATERIALS[number % 3]} {taxonomy.name(kind, 'en')}",
                "title_zh": f"{BRANDS[number % 3]} {taxonomy.name(colour, 'zh')}{taxonomy.name(kind, 'zh')}",
                "description_en": "With deep pockets." if number % 5 == 0 else "",
                "brand": BRANDS[number % 3],
                "colour": colour,
                "colour2": "White" if number % 4 == 1 and colour != "White" else None,
                "pattern": PATTERNS[number % 3],
                "material": MATERIALS[(number // 2) % 3],
                "gender": ("women", "men", "unisex", "girls")[number % 4] if kind != "dress" else "women",
                "occasions": OCCASIONS[number % 4],
                "season": ("summer", "winter", "all")[number % 3],
                "price": round(10 + (number * 37 % 90) + 0.9, 2),
                "sizes": sizes_of(kind, number),
                "picture": f"t{number:03}.png",
                "added": f"2026-0{number % 9 + 1}-01",
                "popularity": number * 13 % 50,
            }
        )
    return records


def write_catalogue(folder: Path, records: list[dict[str, Any]]) -> Path:
    """A folder with `products.jsonl` and a plain picture of each product's colour."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    colours = load_taxonomy().colours
    for record in records:
        if record.get("picture") and record.get("colour") in colours:
            Image.new("RGB", (64, 64), colours[record["colour"]].rgb).save(
                folder / "pictures" / record["picture"]
            )
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "products.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@dataclass
class Shop:
    folder: Path
    records: list[dict[str, Any]]

    def reset(self) -> None:
        """The catalogue as it was; no carts, orders, photos."""
        with database.session() as connection:
            connection.exec_driver_sql(
                "TRUNCATE products, cart_items, wishlist_items, profiles, orders, photos CASCADE"
            )
        importer.import_catalogue(self.folder, eyes=ColourEyes())


@pytest.fixture(scope="session")
def installation() -> Any:
    """`SHOP_VAR` in a temporary folder (a short path: sockets' names are limited), the server stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="shop"))
    before = {name: os.environ.get(name) for name in ("SHOP_VAR", "SHOP_DATABASE_URL", "SHOP_SECRET")}
    os.environ.pop("SHOP_DATABASE_URL", None)
    os.environ.pop("SHOP_SECRET", None)
    os.environ["SHOP_VAR"] = str(folder / "var")
    database.dispose()
    database.migrate()
    yield folder
    database.stop()
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def filled(installation: Path) -> Shop:
    """The shop with its catalogue; for tests that only read."""
    shop = Shop(installation / "catalogue", make_records())
    write_catalogue(shop.folder, shop.records)
    shop.reset()
    return shop


@pytest.fixture
def shop(filled: Shop) -> Any:
    """The shop for a test that writes: what it changes is undone after it."""
    yield filled
    filled.reset()


@pytest.fixture
def one(filled: Shop) -> Any:
    """Gives a product in stock by kind and other wishes."""

    def find(**wishes: Any) -> Any:
        from shop.search import queries

        hits = queries.by_criteria(Criteria(**wishes), limit=1).hits
        assert hits, wishes
        return products.get(hits[0].product.id)

    return find
