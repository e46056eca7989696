"""A product as the catalogue records it, and the values that its fields may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from vision.taxonomy import load as load_taxonomy

PATTERNS = [
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
]
# What the eyes call printed, in the finer words of records.
PRINTS = ("printed", "floral", "graphic", "camouflage", "animal")
MATERIALS = [
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
]
OCCASIONS = [
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
]
SEASONS = ("spring", "summer", "autumn", "winter", "all")
SLEEVES = ("sleeveless", "short", "long")
GENDERS = ("men", "women", "boys", "girls", "unisex")
ONE_SIZE = "one size"

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "INR": "₹"}
_CHINESE_CURRENCIES = {"USD": "美元", "EUR": "欧元", "GBP": "英镑", "CNY": "元", "JPY": "日元", "INR": "卢比"}


@dataclass(frozen=True)
class Size:
    """One size of a product and how many pieces are in stock."""

    name: str
    stock: int


@dataclass(frozen=True)
class Product:
    """One product; a frozen copy of the record at the time of the query.

    `seen` is what the eyes are sure of on its picture (`pattern`, `sleeves`, `occasion`, `colour2`); it
    stands in where the record is silent. `sleeves` is one of `SLEEVES` or None, by title, eyes or kind.
    """

    id: str
    category: str
    titles: Mapping[str, str] = field(hash=False)
    brand: str
    colour: str
    gender: str
    price: Decimal
    currency: str
    sizes: tuple[Size, ...]
    descriptions: Mapping[str, str] = field(default_factory=dict, hash=False)
    colour2: str | None = None
    pattern: str | None = None
    material: str | None = None
    occasions: tuple[str, ...] = ()
    season: str | None = None
    picture: str | None = None
    added: date = date(2000, 1, 1)
    popularity: int = 0
    care_texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    line: str = ""
    sleeves: str | None = None
    seen: Mapping[str, str] = field(default_factory=dict, hash=False)

    def shown_pattern(self) -> str | None:
        """The record's pattern, else the one that the eyes see."""
        return self.pattern or self.seen.get("pattern")

    def shown_occasions(self) -> tuple[str, ...]:
        """The record's occasions, else the one that the eyes see."""
        return self.occasions or tuple(filter(None, [self.seen.get("occasion")]))

    def title(self, lang: str) -> str:
        return self.titles.get(lang) or self.titles.get("en") or self.id

    def description(self, lang: str) -> str:
        return self.descriptions.get(lang) or self.descriptions.get("en") or ""

    def care(self, lang: str) -> str | None:
        """The record's own care text, or None (see `facts` for the usual care of a material)."""
        return self.care_texts.get(lang) or self.care_texts.get("en")

    def price_text(self, lang: str) -> str:
        """The price for a person: "$24.90", "24.90美元"."""
        return price_text(self.price, self.currency, lang)

    def in_stock(self, size: str | None = None) -> int:
        """Pieces in stock of one size (0 where it does not come in it), or of all together."""
        return sum(
            each.stock for each in self.sizes if size is None or each.name.casefold() == size.casefold()
        )

    def size(self, name: str) -> Size | None:
        """The size of that name, without regard to case."""
        return next((each for each in self.sizes if each.name.casefold() == name.casefold()), None)

    def sizes_in_stock(self) -> tuple[str, ...]:
        return tuple(size.name for size in self.sizes if size.stock > 0)

    def kind_name(self, lang: str) -> str:
        return load_taxonomy().name(self.category, lang)

    def colour_name(self, lang: str) -> str:
        return load_taxonomy().name(self.colour, lang)

    @property
    def picture_url(self) -> str | None:
        return f"/pictures/{self.picture}" if self.picture else None

    @property
    def url(self) -> str:
        return f"/shop/{self.id}"

    def to_dict(self) -> dict[str, Any]:
        """The record in its import form (JSON-able)."""
        return {
            "id": self.id,
            "category": self.category,
            "title_en": self.titles.get("en"),
            "title_zh": self.titles.get("zh"),
            "description_en": self.descriptions.get("en"),
            "description_zh": self.descriptions.get("zh"),
            "brand": self.brand,
            "colour": self.colour,
            "colour2": self.colour2,
            "pattern": self.pattern,
            "material": self.material,
            "gender": self.gender,
            "occasions": list(self.occasions),
            "season": self.season,
            "price": float(self.price),
            "currency": self.currency,
            "sizes": [{"name": size.name, "stock": size.stock} for size in self.sizes],
            "picture": self.picture,
            "added": self.added.isoformat(),
            "popularity": self.popularity,
        }


def price_text(price: Decimal, currency: str, lang: str, *, short: bool = False) -> str:
    """An amount for a person: "$24.90", "24.90美元", "SEK 24.90"; `short` writes "$60"."""
    amount = f"{price:,.2f}"
    if short:
        amount = amount.removesuffix(".00")
    if lang == "zh":
        return f"{amount}{_CHINESE_CURRENCIES.get(currency, currency)}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{amount}" if symbol else f"{currency} {amount}"
