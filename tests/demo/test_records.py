"""The demo catalogue's records: complete, in the shop's words, the same each time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data.demo.draw import records
from data.demo.draw.plan import items
from vision.taxonomy import load as load_taxonomy

PATTERNS = frozenset(  # the importer's words
    {
        "plain",
        "striped",
        "checked",
        "dotted",
        "floral",
        "printed",
        "graphic",
        "colour_block",
        "camouflage",
        "animal",
    }
)
MATERIALS = frozenset(  # the importer's words
    {
        "cotton",
        "linen",
        "wool",
        "cashmere",
        "silk",
        "denim",
        "leather",
        "suede",
        "polyester",
        "nylon",
        "viscose",
        "velvet",
        "canvas",
        "knit",
        "down",
        "rubber",
        "metal",
        "straw",
        "lace",
        "chiffon",
        "satin",
        "corduroy",
        "fleece",
    }
)
OCCASIONS = frozenset(  # the importer's words
    {
        "casual",
        "work",
        "formal",
        "party",
        "wedding",
        "sport",
        "outdoor",
        "beach",
        "travel",
        "home",
        "school",
        "date",
    }
)
COMMON = [
    "t_shirt",
    "shirt",
    "sweater",
    "jacket",
    "dress",
    "jeans",
    "trousers",
    "shorts",
    "casual_shoes",
    "sports_shoes",
    "handbag",
    "backpack",
]


@pytest.fixture(scope="module")
def catalogue() -> list[dict]:
    return [json.loads(line) for line in records.PATH.read_text(encoding="utf-8").splitlines()]


def test_enough_products_of_enough_kinds(catalogue: list[dict]) -> None:
    kinds = Counter(record["category"] for record in catalogue)
    assert len(catalogue) >= 240
    assert len(kinds) >= 30
    assert min(kinds.values()) >= 3
    assert all(kinds[kind] >= 10 for kind in COMMON)


def test_every_kind_of_a_customers_photo_is_sold(catalogue: list[dict]) -> None:
    sold = {record["category"] for record in catalogue}
    assert {kind.id for kind in load_taxonomy().kinds.values() if kind.photos} <= sold


def test_ids_pictures_and_titles_are_unique(catalogue: list[dict]) -> None:
    for key in ("id", "picture"):
        assert len({record[key] for record in catalogue}) == len(catalogue)
    repeated = [
        title for title, count in Counter(record["title_en"] for record in catalogue).items() if count > 1
    ]
    assert not repeated


def test_values_are_the_shops_words(catalogue: list[dict]) -> None:
    taxonomy = load_taxonomy()
    for record in catalogue:
        assert record["category"] in taxonomy.kinds, record["id"]
        assert record["colour"] in taxonomy.colours, record["id"]
        assert record["colour2"] is None or record["colour2"] in taxonomy.colours, record["id"]
        assert record["pattern"] in PATTERNS, record["id"]
        assert record["material"] is None or record["material"] in MATERIALS, record["id"]
        assert record["gender"] in {"men", "women", "boys", "girls", "unisex"}, record["id"]
        assert record["occasions"] and set(record["occasions"]) <= OCCASIONS, record["id"]
        assert record["season"] in {"spring", "summer", "autumn", "winter", "all"}, record["id"]
        assert record["brand"] in records.BRANDS, record["id"]
        assert record["currency"] == "USD" and 6 <= record["price"] <= 321, record["id"]
        assert date(2025, 11, 20) <= date.fromisoformat(record["added"]) <= records.NEWEST, record["id"]
        assert 0 < record["popularity"] <= 100, record["id"]


def test_both_languages_are_written(catalogue: list[dict]) -> None:
    for record in catalogue:
        for key in ("title", "description", "care"):
            english, chinese = record[f"{key}_en"], record[f"{key}_zh"]
            assert (english and english.isascii()) or "°" in english, record["id"]
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), record["id"]
            assert "  " not in english and "None" not in english + chinese, record["id"]
        assert record["description_en"].count(".") >= 2 or record["category"] == "perfume", record["id"]
        assert record["description_zh"].count("。") == 2, record["id"]


def test_sizes_suit_the_kind_and_some_are_out_of_stock(catalogue: list[dict]) -> None:
    taxonomy = load_taxonomy()
    letters = {"XS", "S", "M", "L", "XL", "XXL", "XXXL"}
    sold_out = 0
    for record in catalogue:
        names = [size["name"] for size in record["sizes"]]
        stock = [size["stock"] for size in record["sizes"]]
        assert names and len(set(names)) == len(names), record["id"]
        assert all(isinstance(count, int) and count >= 0 for count in stock), record["id"]
        department = taxonomy.kinds[record["category"]].department
        if department == "shoes":
            assert all(28 <= int(name) <= 46 for name in names), record["id"]
        elif record["category"] == "jeans" and record["gender"] in ("men", "women"):
            assert all(24 <= int(name) <= 40 for name in names), record["id"]
        else:
            assert names == ["one size"] or set(names) <= letters, record["id"]
        sold_out += not any(stock)
    assert 3 <= sold_out <= len(catalogue) // 10
    partly = sum(
        any(s["stock"] == 0 for s in r["sizes"]) and any(s["stock"] for s in r["sizes"]) for r in catalogue
    )
    assert partly >= 40


def test_common_kinds_come_in_many_colour_families(catalogue: list[dict]) -> None:
    colours = load_taxonomy().colours
    for kind in ("t_shirt", "shirt", "dress", "casual_shoes", "handbag", "jacket", "trousers"):
        families = {colours[record["colour"]].family for record in catalogue if record["category"] == kind}
        assert len(families) >= 6, (kind, families)


def test_women_and_men_find_about_as_much(catalogue: list[dict]) -> None:
    genders = Counter(record["gender"] for record in catalogue)
    assert 0.35 <= genders["women"] / len(catalogue) <= 0.55
    assert 0.30 <= genders["men"] / len(catalogue) <= 0.50
    assert genders["boys"] and genders["girls"] and genders["unisex"]


def test_the_script_writes_what_is_shipped(tmp_path: Path) -> None:
    records.write(items(), tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == records.PATH.read_bytes()
