"""From a row of a catalogue file to a product: every field checked, every fault named."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from shop import colours
from shop.catalogue.product import GENDERS, MATERIALS, OCCASIONS, ONE_SIZE, PATTERNS, SEASONS, Product, Size
from shop.value_names import GENDERS as GENDER_NAMES
from vision.taxonomy import load as load_taxonomy

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TITLE_LENGTH, _TEXT_LENGTH, _SIZE_LENGTH = 200, 4000, 20
_PRICE_LIMIT = Decimal(10_000_000)
_STOCK_LIMIT = 1_000_000


class RecordError(ValueError):
    """One or more fields cannot be meant; the message names each."""


@dataclass(frozen=True)
class Defaults:
    """What a row gets that does not say it; without a price here a row without one is refused."""

    price: Decimal | None = None
    currency: str = "USD"
    stock: int = 1


def is_removal(fields: Mapping[str, Any]) -> bool:
    """Whether the row only says that the product of its id is gone (`removed: true`)."""
    return str(fields.get("removed") or "").strip().lower() in ("true", "1", "yes")


def to_id(fields: Mapping[str, Any]) -> str:
    """The row's id. Raises `RecordError`."""
    text = str(fields.get("id") if fields.get("id") is not None else "").strip()
    if not _ID.fullmatch(text):
        raise RecordError(f"id {text!r} is not 1 to 64 letters, digits, dots, dashes or underscores")
    return text


def to_product(fields: Mapping[str, Any], defaults: Defaults) -> Product:
    """The product that a row describes. Raises `RecordError` naming all faults at once, with the nearest
    choices.
    """
    check = _Check(fields)
    product_id = check.take(lambda: to_id(fields))
    category = check.choice("category", load_taxonomy().kinds, required=True)
    colour = check.colour("colour", required=True)
    gender = check.choice("gender", GENDERS, required=True)
    brand = check.text("brand", 80, required=True)
    titles = check.texts("title", _TITLE_LENGTH)
    price = check.price("price", defaults.price)
    currency = str(fields.get("currency") or defaults.currency).strip().upper()
    if not _CURRENCY.fullmatch(currency):
        check.faults.append(f"currency {currency!r} is no three-letter code such as USD")
    colour2 = check.colour("colour2")
    pattern = check.choice("pattern", PATTERNS)
    material = check.choice("material", MATERIALS)
    season = check.choice("season", SEASONS)
    occasions = check.choices("occasions", OCCASIONS)
    sizes = check.sizes("sizes", defaults.stock)
    added = check.date("added")
    popularity = check.number("popularity", 0, 1_000_000_000)
    descriptions = check.texts("description", _TEXT_LENGTH)
    care = check.texts("care", _TEXT_LENGTH)
    picture = check.text("picture", 200)
    line = check.text("line", 200)
    if check.faults:
        raise RecordError("; ".join(check.faults))
    assert product_id and category and colour and gender and brand and price is not None
    titles.setdefault("en", _english_title(brand, gender, colour, category))
    titles.setdefault("zh", _chinese_title(brand, gender, colour, category))
    return Product(
        id=product_id,
        category=category,
        titles=titles,
        descriptions=descriptions,
        brand=brand,
        colour=colour,
        colour2=colour2,
        pattern=pattern,
        material=material,
        gender=gender,
        occasions=tuple(occasions),
        season=season,
        price=price,
        currency=currency,
        sizes=sizes,
        picture=picture,
        added=added,
        popularity=popularity,
        care_texts=care,
        line=line or _line(brand, category, gender, pattern, material, titles["en"]),
    )


class _Check:
    """Reads fields one by one and gathers the faults."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields
        self.faults: list[str] = []

    def take(self, read: Any) -> Any:
        try:
            return read()
        except RecordError as error:
            self.faults.append(str(error))
            return None

    def text(self, name: str, length: int, *, required: bool = False) -> str | None:
        value = self.fields.get(name)
        if value is None or value == "":
            if required:
                self.faults.append(f"{name} is missing")
            return None
        if isinstance(value, dict | list):
            self.faults.append(f"{name} is no text")
            return None
        text = _CONTROL.sub(" ", str(value)).strip()
        if len(text) > length:
            self.faults.append(f"{name} has {len(text)} characters, at most {length} are allowed")
            return None
        return text or None

    def texts(self, name: str, length: int) -> dict[str, str]:
        found = {lang: self.text(f"{name}_{lang}", length) for lang in ("en", "zh")}
        if not found["en"] and self.fields.get(name):
            found["en"] = self.text(name, length)
        return {lang: text for lang, text in found.items() if text}

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        text = self.text(name, 80, required=required)
        return None if text is None else self._one_of(name, text, choices)

    def choices(self, name: str, choices: Collection[str]) -> list[str]:
        found = [self._one_of(name, text, choices) for text in _listed(self.fields.get(name))]
        return [each for each in dict.fromkeys(found) if each]

    def _one_of(self, name: str, text: str, choices: Collection[str]) -> str | None:
        wanted = text.strip().lower().replace(" ", "_").replace("-", "_")
        if wanted in choices:
            return wanted
        near = difflib.get_close_matches(wanted, list(choices), n=3, cutoff=0.5)
        hint = (
            f"; did you mean {' or '.join(near)}?" if near else f"; choices are {', '.join(sorted(choices))}"
        )
        self.faults.append(f"{name} {text!r} is unknown{hint}")
        return None

    def colour(self, name: str, *, required: bool = False) -> str | None:
        text = self.text(name, 80, required=required)
        if text is None:
            return None
        if found := colours.canonical(text):
            return found
        known = load_taxonomy().colours
        near = difflib.get_close_matches(text.title(), list(known), n=3, cutoff=0.5)
        near = near or [colour for colour in known if colours.is_family_name(colour)]
        self.faults.append(f"{name} {text!r} is unknown; did you mean {' or '.join(near)}?")
        return None

    def price(self, name: str, default: Decimal | None) -> Decimal | None:
        text = str(self.fields.get(name) if self.fields.get(name) is not None else "").strip()
        if not text:
            if default is None:
                self.faults.append(
                    f"{name} is missing (a price for all such rows can be given with --default-price)"
                )
            return default
        try:
            price = Decimal(text)
        except InvalidOperation:
            self.faults.append(f"{name} {text!r} is no number such as 24.90")
            return None
        if not price.is_finite() or not 0 < price < _PRICE_LIMIT:
            self.faults.append(f"{name} {text} is not between 0 and {_PRICE_LIMIT:,}")
            return None
        return price.quantize(Decimal("0.01"))

    def number(self, name: str, low: int, high: int) -> int:
        value = self.fields.get(name)
        if value is None or value == "":
            return low
        try:
            number = int(str(value).strip())
        except ValueError:
            self.faults.append(f"{name} {value!r} is no whole number")
            return low
        if not low <= number <= high:
            self.faults.append(f"{name} {number} is not between {low} and {high}")
        return number

    def date(self, name: str) -> date:
        value = self.fields.get(name)
        if value is None or value == "":
            return date.today()
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.faults.append(f"{name} {value!r} is no date such as 2026-09-14")
            return date.today()

    def sizes(self, name: str, default_stock: int) -> tuple[Size, ...]:
        """A list of {"name", "stock"}, or "S:4|M:2", or "S|M" (each with the default stock)."""
        value = self.fields.get(name)
        if value is None or value == "" or value == []:
            return (Size(ONE_SIZE, default_stock),)
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except json.JSONDecodeError as error:
                self.faults.append(f"{name} is no JSON list: {error.msg}")
                return ()
        parts: Sequence[Any] = value if isinstance(value, list) else str(value).split("|")
        found: dict[str, Size] = {}
        for part in parts:
            if isinstance(part, dict):
                size, stock = str(part.get("name") or "").strip(), part.get("stock", default_stock)
            else:
                size, _, text = (piece.strip() for piece in str(part).partition(":"))
                stock = text or default_stock
            if not size or len(size) > _SIZE_LENGTH or _CONTROL.search(size):
                self.faults.append(
                    f"{name} has a size {size!r} that is no name of 1 to {_SIZE_LENGTH} characters"
                )
                continue
            try:
                pieces = int(str(stock))
            except ValueError:
                pieces = -1
            if isinstance(stock, bool) or not 0 <= pieces <= _STOCK_LIMIT:
                self.faults.append(
                    f"{name}: the stock {stock!r} of {size} is no whole number from 0 to {_STOCK_LIMIT}"
                )
                continue
            if size in found:
                self.faults.append(f"{name} names {size} twice")
            found[size] = Size(size, pieces)
        return tuple(found.values())


def _listed(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    parts = value if isinstance(value, list) else str(value).split("|")
    return [str(part).strip() for part in parts if str(part).strip()]


def _english_title(brand: str, gender: str, colour: str, category: str) -> str:
    owner = "" if gender == "unisex" else f"{GENDER_NAMES[gender][0].capitalize()} "
    return f"{brand} {owner}{colour} {load_taxonomy().name(category, 'en')}"


def _chinese_title(brand: str, gender: str, colour: str, category: str) -> str:
    owner = "" if gender == "unisex" else GENDER_NAMES[gender][1]
    return f"{brand} {load_taxonomy().name(colour, 'zh')}{owner}{load_taxonomy().name(category, 'zh')}"


def _line(
    brand: str, category: str, gender: str, pattern: str | None, material: str | None, title: str
) -> str:
    """A key that products share which differ in their colour only: the title without colours, and the
    rest.
    """
    words = title.casefold()
    for colour in sorted(load_taxonomy().colours, key=len, reverse=True):
        words = re.sub(rf"\b{re.escape(colour.casefold())}\b", "", words)
    rest = re.sub(r"\W+", "-", words).strip("-")
    return "/".join([brand.casefold(), category, gender, pattern or "", material or "", rest])
