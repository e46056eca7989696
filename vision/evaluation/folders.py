"""Folders that are measured: `products.csv` or `photos.csv` beside `images/`, read as they stand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from vision.training.datasets import hash_split

SPLITS = ("train", "validation", "all")
PRODUCT_COLUMNS = ("id", "title", "brand", "gender", "subCategory", "articleType", "baseColour", "usage")
PHOTO_COLUMNS = ("image", "label", "kids")
UNKNOWN = {"", "NA", "N/A", "None", "nan"}  # how such tables write "not known"


class FolderError(ValueError):
    """A folder that has not the form of a data set."""


@dataclass(frozen=True)
class Picture:
    """A picture's file, and whether it is one to train on or one kept back ("train", "validation")."""

    path: Path
    split: str


@dataclass(frozen=True)
class Product(Picture):
    """One row of `products.csv` and its picture; "" where the table does not say."""

    title: str
    brand: str
    gender: str
    subcategory: str
    article: str
    colour: str
    usage: str


@dataclass(frozen=True)
class Snapshot(Picture):
    """One row of `photos.csv` (a customer's photo) and its picture."""

    label: str
    kids: bool


Row = TypeVar("Row", bound=Picture)


def read_products(folder: Path) -> list[Product]:
    """All rows of a folder like the studio photos'. Raises `FolderError` where it is none."""
    return [
        Product(
            path=folder / "images" / f"{row['id']}.jpg",
            title=_known(row["title"]),
            brand=_known(row["brand"]),
            gender=_known(row["gender"]).lower(),
            subcategory=_known(row["subCategory"]),
            article=_known(row["articleType"]),
            colour=_known(row["baseColour"]),
            usage=_known(row["usage"]),
            split=hash_split(row["id"]),
        )
        for row in _read(folder, "products.csv", PRODUCT_COLUMNS)
    ]


def read_snapshots(folder: Path) -> list[Snapshot]:
    """All rows of a folder like the customers' photos'. Raises `FolderError` where it is none."""
    return [
        Snapshot(
            path=folder / "images" / row["image"],
            label=_known(row["label"]),
            kids=row["kids"].strip().lower() in ("true", "1", "yes"),
            split=(row.get("split") or "validation").strip(),
        )
        for row in _read(folder, "photos.csv", PHOTO_COLUMNS)
    ]


def pick(rows: Sequence[Row], split: str = "all", limit: int | None = None, seed: int = 1) -> list[Row]:
    """The rows of a split; with `limit`, a seeded sample of so many, in their order.

    Products are split by a hash of their id, customers' photos by the column of their table. Raises
    `FolderError` where nothing is left.
    """
    kept = [row for row in rows if split in ("all", row.split)]
    if limit is not None and limit < len(kept):
        chosen = np.random.default_rng(seed).choice(len(kept), max(limit, 0), replace=False)
        kept = [kept[index] for index in sorted(chosen)]
    if not kept:
        raise FolderError(f"no rows of the split {split!r} are left to measure")
    return kept


def _read(folder: Path, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    path = folder / name
    if not path.is_file():
        raise FolderError(f"{folder} has no {name}: it must hold {name} and images/")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            missing = [column for column in columns if column not in (table.fieldnames or ())]
            if missing:
                raise FolderError(f"{path} lacks the columns {', '.join(missing)}")
            return [{key: value or "" for key, value in row.items() if key is not None} for row in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FolderError(f"{path} is not a table in UTF-8: {error}") from error


def _known(value: str) -> str:
    value = value.strip()
    return "" if value in UNKNOWN else value
