"""Catalogue records of the demo shop, made from the plan by seed: the same record each time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from data.demo.draw import words
from data.demo.draw.plan import Item
from vision.taxonomy import load as load_taxonomy

PATH = Path(__file__).parent.parent / "products.jsonl"
# The shop's "today": fixed, so that records do not change from day to day.
NEWEST = date(2026, 11, 20)

_WOMEN = ("Veyra", "Sorrelle", "Pippa June", "Aurelisse", "Lumioak")
_MEN = ("Harbor Lane", "Odenwick", "Kestrin", "Talvio", "Mossvale")
_KIDS = ("Brightkin", "Harbor Lane", "Lumioak")
_SPORT = ("Stridova", "Northfell", "Kestrin")
_FORMAL = {"men": ("Corvane", "Odenwick"), "women": ("Aurelisse", "Corvane", "Veyra")}
BRANDS = tuple(sorted({*_WOMEN, *_MEN, *_KIDS, *_SPORT, "Corvane"}))

_LETTERS = ("XS", "S", "M", "L", "XL", "XXL", "XXXL")
_COSTLY = {
    "cashmere": 0.9,
    "silk": 0.75,
    "leather": 0.7,
    "wool": 0.6,
    "down": 0.6,
    "suede": 0.6,
    "velvet": 0.55,
}
_ONE_SIZE = "one size"


def record(item: Item) -> dict[str, Any]:
    """The catalogue record of one planned product, in the form of `products.jsonl`."""
    random = Random(f"record {item.id}")
    brand = _brand(item, random)
    title_en, title_zh = _titles(item, brand, random)
    description_en, description_zh = _descriptions(item)
    care_en, care_zh = words.CARE[_care(item)]
    sizes = _stock(_sizes(item), random)
    return {
        "id": item.id,
        "category": item.kind,
        "title_en": title_en,
        "title_zh": title_zh,
        "description_en": description_en,
        "description_zh": description_zh,
        "brand": brand,
        "colour": item.colour,
        "colour2": item.colour2,
        "pattern": item.pattern,
        "material": item.material,
        "gender": item.gender,
        "occasions": list(item.occasions),
        "season": item.season,
        "price": _price(item, random),
        "currency": "USD",
        "sizes": sizes,
        "picture": f"{item.id}.webp",
        "added": (NEWEST - timedelta(days=int(360 * random.random() ** 1.4))).isoformat(),
        "popularity": int(5 + 95 * random.random() ** 2),
        "care_en": care_en,
        "care_zh": care_zh,
    }


def write(items: Iterable[Item], path: Path = PATH) -> int:
    """Write all records as JSON lines; returns their number."""
    lines = [json.dumps(record(item), ensure_ascii=False) for item in items]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def _brand(item: Item, random: Random) -> str:
    if item.gender in ("boys", "girls"):
        return random.choice(_KIDS)
    if item.occasions[0] == "sport" or "outdoor" in item.occasions[:2]:
        return random.choice(_SPORT)
    if item.occasions[0] in ("work", "formal") and item.gender in _FORMAL:
        return random.choice(_FORMAL[item.gender])
    if item.gender == "unisex":
        return random.choice(("Harbor Lane", "Northfell", "Lumioak", "Mossvale"))
    return random.choice(_WOMEN if item.gender == "women" else _MEN)


def _titles(item: Item, brand: str, random: Random) -> tuple[str, str]:
    cut_en, cut_zh = item.cut.names["en"], item.cut.names["zh"]
    material_en, material_zh = words.MATERIALS.get(item.material or "", ("", ""))
    if material_en.lower() in cut_en.lower() or material_zh in cut_zh or item.pattern == "camouflage":
        material_en = material_zh = ""
    pattern_en, pattern_zh = words.PATTERNS[item.pattern]
    colours = load_taxonomy().colours
    colour_en, colour_zh = item.colour, colours[item.colour].name("zh")
    if item.colour2 and item.colour2 != item.colour and item.pattern != "graphic":
        colour_en += f" and {item.colour2}"
        colour_zh += ("拼" if item.pattern == "colour_block" else "配") + colours[item.colour2].name("zh")
    gender_en, gender_zh = words.GENDERS[item.gender]
    sort = random.random()
    if sort < 0.6:
        en = [brand, gender_en, colour_en, pattern_en, material_en, cut_en]
    elif sort < 0.85:
        en = [brand, pattern_en, material_en, cut_en, words.FOR_GENDERS[item.gender] + ",", colour_en]
    else:
        en = [brand, gender_en, pattern_en, material_en, cut_en, f"in {colour_en}"]
    title_en = " ".join(word for word in en if word).replace(" ,", ",")
    style_zh = f"{material_zh}{pattern_zh}{cut_zh}"
    sort = random.random()
    if sort < 0.5:
        title_zh = f"{brand} {gender_zh}{colour_zh}{style_zh}"
    elif sort < 0.8:
        title_zh = f"{brand} {style_zh} {gender_zh} {colour_zh}"
    else:
        season = words.SEASONS[item.season]
        title_zh = f"{brand} {season + '新款' if season else ''}{gender_zh}{style_zh} {colour_zh}"
    return title_en, title_zh


def _descriptions(item: Item) -> tuple[str, str]:
    if item.pattern == "graphic":
        motif_en, motif_zh = words.MOTIFS[item.options["motif"]]
        second = (
            f"The chest shows {motif_en}, printed with water-based ink.",
            f"胸前{motif_zh}印花，采用环保水性油墨。",
        )
    elif item.kind == "perfume":
        second = ("It lasts about eight hours on the skin.", "留香约八小时，日常约会都合适。")
    elif item.kind == "umbrella":
        second = (
            "The canopy sheds the rain at once and dries within the hour.",
            "伞面疏水速干，轻轻一抖水珠就走。",
        )
    elif item.kind == "belt" and item.material == "canvas":
        second = (
            "The woven band is strong, and the end is tipped in metal.",
            "编织帆布结实耐用，金属封头不散边。",
        )
    else:
        second = words.FABRIC[item.material]
    return f"{item.cut.about['en']} {second[0]}", f"{item.cut.about['zh']}{second[1]}"


def _care(item: Item) -> str:
    if item.kind == "perfume":
        return "perfume"
    if item.kind in ("blazer", "coat", "tie") or (item.kind == "trousers" and item.material == "wool"):
        return "dry"
    department = load_taxonomy().kinds[item.kind].department
    if department in ("shoes", "bags") and item.material not in ("leather", "suede"):
        return "wipe"
    if item.kind in ("umbrella", "watch", "sunglasses") and item.material != "metal":
        return "wipe"
    return words.CARE_OF_MATERIAL.get(item.material, "machine")


def _price(item: Item, random: Random) -> float:
    low, high = item.prices
    place = 0.6 * random.random() + 0.4 * _COSTLY.get(item.material or "", 0.3)
    if item.gender in ("boys", "girls"):
        place *= 0.4
    whole = int(low + (high - low) * place)
    return whole + random.choice((0.0, 0.5, 0.9, 0.9, 0.95))


def _sizes(item: Item) -> tuple[str, ...]:
    department = load_taxonomy().kinds[item.kind].department
    kids = item.gender in ("boys", "girls")
    if department == "shoes":
        low, high = {"women": (35, 41), "men": (40, 46)}.get(item.gender, (29, 35) if kids else (36, 45))
        return tuple(str(number) for number in range(low, high))
    if item.kind == "jeans" and not kids:
        return tuple(
            str(number) for number in (range(25, 33) if item.gender == "women" else range(28, 39, 2))
        )
    if item.kind in ("belt", "gloves"):
        return ("S", "M", "L", "XL") if item.kind == "belt" else ("S", "M", "L")
    if department in ("bags", "accessories") or item.kind == "socks":
        return (_ONE_SIZE,)
    if kids:
        return _LETTERS[:5]
    return _LETTERS[:5] if item.gender == "women" else _LETTERS[1:6]


def _stock(names: tuple[str, ...], random: Random) -> list[dict[str, Any]]:
    """Stock by size: about one size in eight is out, one product in thirty sold out."""
    sold_out = random.random() < 1 / 30
    chance = 0.0 if len(names) == 1 else 1 / 8
    return [
        {"name": n, "stock": 0 if sold_out or random.random() < chance else random.randint(1, 14)}
        for n in names
    ]
