"""Between the table `products` and the dataclass `Product`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from shop.catalogue.product import Product, Size
from shop.tables import products

# All columns of a product but the embedding and the search words, which only the database needs.
COLUMNS = tuple(column for column in products.c if column.name not in ("words", "embedding"))
COLUMN_SQL = ", ".join(f"p.{column.name}" for column in COLUMNS)


def to_product(row: Mapping[str, Any]) -> Product:
    """A row with `COLUMNS` (by name) as a product."""
    return Product(
        id=row["id"],
        category=row["category"],
        titles=row["titles"],
        descriptions=row["descriptions"],
        brand=row["brand"],
        colour=row["colour"],
        colour2=row["colour2"],
        pattern=row["pattern"],
        material=row["material"],
        gender=row["gender"],
        occasions=tuple(row["occasions"]),
        season=row["season"],
        price=row["price"],
        currency=row["currency"],
        sizes=tuple(Size(size["name"], size["stock"]) for size in row["sizes"]),
        picture=row["picture"],
        added=row["added"],
        popularity=row["popularity"],
        care_texts=row["care"],
        line=row["line"],
        sleeves=row["sleeves"],
        seen=row["seen"],
    )


def upsert_statement() -> sa.sql.expression.Executable:
    """INSERT … ON CONFLICT UPDATE of one product with the parameters of `to_parameters`."""
    return _UPSERT


def to_parameters(
    product: Product, *, embedding: str | None, embedding_key: str | None, key: str
) -> dict[str, Any]:
    """The upsert's parameters; `embedding` in pgvector's text form ("[0.1,…]")."""
    return {
        "id": product.id,
        "category": product.category,
        "brand": product.brand,
        "colour": product.colour,
        "colour2": product.colour2,
        "pattern": product.pattern,
        "material": product.material,
        "gender": product.gender,
        "occasions": list(product.occasions),
        "season": product.season,
        "price": product.price,
        "currency": product.currency,
        "sizes": json.dumps([{"name": size.name, "stock": size.stock} for size in product.sizes]),
        "added": product.added,
        "popularity": product.popularity,
        "line": product.line,
        "picture": product.picture,
        "titles": json.dumps(dict(product.titles), ensure_ascii=False),
        "descriptions": json.dumps(dict(product.descriptions), ensure_ascii=False),
        "care": json.dumps(dict(product.care_texts), ensure_ascii=False),
        "title_words": f"{product.titles.get('en', '')} {product.brand}",
        "title_words_zh": " ".join(chinese_words(product.titles.get("zh", ""))),
        "more_words": " ".join(
            [
                product.descriptions.get("en", ""),
                product.material or "",
                product.pattern or "",
                *product.occasions,
            ]
        ),
        "more_words_zh": " ".join(chinese_words(product.descriptions.get("zh", ""))),
        "seen": json.dumps(dict(product.seen)),
        "embedding": embedding,
        "embedding_key": embedding_key,
        "record_key": key,
    }


_PLAIN = [
    "id",
    "category",
    "brand",
    "colour",
    "colour2",
    "pattern",
    "material",
    "gender",
    "occasions",
    "season",
    "price",
    "currency",
    "added",
    "popularity",
    "line",
    "picture",
    "embedding_key",
    "record_key",
]
_NAMES = [*_PLAIN, "sizes", "titles", "descriptions", "care", "seen", "sizes_in_stock", "words", "embedding"]
_UPSERT = sa.text(
    f"""
    INSERT INTO products ({", ".join(_NAMES)})
    VALUES ({", ".join(f":{name}" for name in _PLAIN)},
        CAST(:sizes AS jsonb), CAST(:titles AS jsonb), CAST(:descriptions AS jsonb), CAST(:care AS jsonb),
        CAST(:seen AS jsonb), '{{}}',
        setweight(to_tsvector('english', :title_words), 'A')
            || setweight(to_tsvector('simple', :title_words_zh), 'A')
            || setweight(to_tsvector('english', :more_words), 'C')
            || setweight(to_tsvector('simple', :more_words_zh), 'C'),
        CAST(:embedding AS halfvec))
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _NAMES if name != "id")}
    """
)

_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def without_chinese(text: str) -> str:
    return _CHINESE.sub(" ", text)


def chinese_words(text: str) -> list[str]:
    """The pairs of neighbouring characters in the Chinese stretches of a text, for full-text search.

    Pairs, not words: query and title need not be cut into words alike, and no dictionary has to be loaded.
    """
    stretches = _CHINESE.findall(text or "")
    return [stretch[i : i + 2] for stretch in stretches for i in range(max(len(stretch) - 1, 1))]
