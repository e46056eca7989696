"""The pictures that the eyes learn from: two data sets and the demo catalogue, in one form.

Every picture becomes one `Example`; what a data set does not say is masked, never guessed. The decoded
pictures are kept as one uint8 array in a cache folder outside the repository: an epoch costs no decoding.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision import taxonomy
from vision.photo import square
from vision.predictions import GENDERS
from vision.settings import cache_folder

CACHE_SIDE = 224  # pixels; a little more than a training crop
DOMAINS = ("products", "photos", "demo")

# Patterns of the demo catalogue's records, as the heads name them.
DEMO_PATTERNS = {name: name for name in ("plain", "striped", "checked")} | dict.fromkeys(
    ("printed", "dotted", "graphic", "floral", "camouflage", "animal"), "printed"
)

# Words of a title that say which of an ambiguous label's kinds it is; used only inside the label's own set.
_TITLE_WORDS = (
    (re.compile(r"\bblazers?\b", re.I), "blazer"),
    (re.compile(r"\b(hooded|hoodies?|hoody)\b", re.I), "hoodie"),
    (re.compile(r"\bboots?\b", re.I), "boots"),
    (re.compile(r"\b(tank|sleeveless top|vest)\b", re.I), "tank_top"),
    (re.compile(r"\b(long|full)[ -]?sleeved?\b", re.I), "long_sleeve"),
    (re.compile(r"\bpolo t", re.I), "polo"),
)


@dataclass(frozen=True)
class Example:
    """A picture and what is known of it: one of `kinds`; `colour` and `genders` may be unknown (empty)."""

    path: Path
    domain: str
    label: str
    kinds: tuple[str, ...]
    colour: str
    genders: tuple[str, ...]
    title: str
    split: str  # train or validation
    brand: str = ""
    usage: str = ""
    pattern: str = ""  # where a record names it; titles are read by `vision.training.labels`
    second: str = ""  # a second colour, where a record names it
    group: str = ""  # what scores are broken down by: gender, or kids / adults


def read_all(data: Path, demo: Path | None = None) -> list[Example]:
    """All examples of a folder with products/ and customer-photos/, and of the demo catalogue if there."""
    examples = []
    if (data / "products/products.csv").exists():
        examples += read_products(data / "products")
    if (data / "customer-photos/photos.csv").exists():
        examples += read_photos(data / "customer-photos")
    if not examples:
        raise FileNotFoundError(f"{data} has neither products/products.csv nor customer-photos/photos.csv")
    if demo is not None and (demo / "products.jsonl").exists():
        examples += read_demo(demo)
    return examples


def read_products(folder: Path) -> list[Example]:
    words = taxonomy.load()
    examples = []
    with (folder / "products.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds = words.kinds_of_label("products", row["articleType"])
            title, brand = row["title"], row.get("brand", "")
            said = title.replace(brand, " ") if brand else title
            for pattern, kind in _TITLE_WORDS:
                if kind in kinds and pattern.search(said):
                    kinds = (kind,)
            gender = row["gender"].lower()
            examples.append(
                Example(
                    path=folder / "images" / f"{row['id']}.jpg",
                    domain="products",
                    label=row["articleType"],
                    kinds=kinds,
                    colour=row["baseColour"] if row["baseColour"] in words.colours else "",
                    genders=(gender,) if gender in GENDERS else (),
                    title=title,
                    brand=brand,
                    usage=row.get("usage", ""),
                    split=hash_split(row["id"]),
                    group=gender,
                )
            )
    return examples


def read_photos(folder: Path) -> list[Example]:
    words = taxonomy.load()
    with (folder / "photos.csv").open(encoding="utf-8", newline="") as file:
        return [
            Example(
                path=folder / "images" / row["image"],
                domain="photos",
                label=row["label"],
                kinds=words.kinds_of_label("photos", row["label"]),
                colour="",
                genders=("boys", "girls", "unisex") if row["kids"] == "True" else ("men", "women", "unisex"),
                title="",
                split=row.get("split") or "validation",
                group="kids" if row["kids"] == "True" else "adults",
            )
            for row in csv.DictReader(file)
        ]


def read_demo(folder: Path) -> list[Example]:
    words = taxonomy.load()
    examples = []
    with (folder / "products.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, filter(str.strip, file)):
            if row["category"] in words.kinds and (folder / "pictures" / row["picture"]).exists():
                examples.append(
                    Example(
                        path=folder / "pictures" / row["picture"],
                        domain="demo",
                        label=row["category"],
                        kinds=(row["category"],),
                        colour=row["colour"] if row["colour"] in words.colours else "",
                        genders=(row["gender"],) if row.get("gender") in GENDERS else (),
                        title="",
                        pattern=DEMO_PATTERNS.get(row.get("pattern") or "", ""),
                        second=row.get("colour2") or "",
                        split=hash_split(row["id"]),
                        group=row.get("gender", ""),
                    )
                )
    return examples


def hash_split(id: str) -> str:
    """The same tenth of all ids is kept for validation, whatever else is in the file."""
    return "validation" if hashlib.sha1(id.encode()).digest()[0] % 10 == 0 else "train"


def read_picture(path: Path, side: int = CACHE_SIDE) -> np.ndarray:
    """uint8 [side, side, 3] of a trusted file (untrusted ones: `vision.photo`); raises `ValueError`."""
    pixels = cv2.imread(os.fspath(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"cannot read the picture {path}")
    return square(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), side)


def load_pictures(examples: list[Example], side: int = CACHE_SIDE) -> np.ndarray:
    """uint8 [n, side, side, 3], a read-only memory map of the cache, which is made where it is missing."""
    stamp = hashlib.sha1(str(side).encode())
    for example in examples:
        stamp.update(f"{example.path}:{example.path.stat().st_mtime_ns}".encode())
    path = cache_folder() / f"{stamp.hexdigest()[:16]}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        pictures = np.lib.format.open_memmap(part, "w+", np.uint8, (len(examples), side, side, 3))
        with ThreadPoolExecutor(4) as pool:
            paths = (example.path for example in examples)
            for index, picture in enumerate(pool.map(lambda path: read_picture(path, side), paths)):
                pictures[index] = picture
                if index % 2000 == 0:
                    print(f"decoding pictures: {index} of {len(examples)}", file=sys.stderr, flush=True)
        pictures.flush()
        del pictures
        part.replace(path)
    return np.load(path, mmap_mode="r")
