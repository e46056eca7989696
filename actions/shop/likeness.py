"""Search by likeness: to a photo that the eyes have seen, or to a product of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from . import filters, reasons, rows, vocabulary
from .catalogue import to_vector
from .criteria import Criteria
from .database import session
from .errors import UnknownProduct
from .hedging import hedge
from .products import Product
from .relaxing import relaxations
from .results import Hit, LookLike, Results
from .scoring import Signs, colour_free, of_look, of_product
from .weights import PHOTO, SIMILAR, Weights

# So many of the best, varied over kinds and colours, stand for choice for the first three places.
_HEAD_POOL = 48
# So many by the likeness of the pictures alone join those of the likely kinds.
_NEAREST = 60
_SCORED = (
    "p.id, p.category, p.colour, p.colour2, p.gender, p.pattern, p.material, p.brand, p.line, p.price, "
    "p.popularity, p.embedding"
)


def by_photo(
    look: LookLike,
    criteria: Criteria | None = None,
    *,
    limit: int = 8,
    offset: int = 0,
    exclude: Sequence[str] = (),
    weights: Weights = PHOTO,
) -> Results:
    """Products like what a photo shows, within the wishes said with it.

    A kind or colour that the customer names replaces what the eyes say of it. When the eyes are unsure
    between kinds or colours, the first three cover the likely ones.
    """
    criteria = criteria or Criteria()
    sold = set(vocabulary.load().categories)
    allowed = (sold & set(criteria.kinds())) if criteria.categories else sold
    signs = of_look(look, allowed or set(criteria.kinds()))
    if criteria.colours:
        signs = colour_free(signs)
    top = look.kinds[0] if look.kinds else None
    results = _by_signs(signs, criteria, weights, limit=limit, offset=offset, exclude=exclude)
    if top is not None and not criteria.categories and top.probability >= 0.5 and top.name not in sold:
        return replace(results, missing_kind=top.name)
    return results


def similar_to(
    product_id: str,
    criteria: Criteria | None = None,
    *,
    limit: int = 8,
    offset: int = 0,
    exclude: Sequence[str] = (),
) -> Results:
    """Products like that one in kind, look and colour, itself left out, within the wishes.

    Raises `UnknownProduct`.
    """
    criteria = criteria or Criteria()
    with session() as connection:
        query = (
            f"SELECT {rows.COLUMN_SQL}, CAST(p.embedding AS text) AS vector FROM products p WHERE p.id = :id"
        )
        row = connection.execute(sa.text(query), {"id": product_id}).mappings().one_or_none()
    if row is None:
        raise UnknownProduct(product_id=product_id)
    product = rows.to_product(row)
    vector = np.fromstring(row["vector"][1:-1], sep=",", dtype=np.float32) if row["vector"] else None
    allowed = set(criteria.kinds()) or {*vocabulary.load().categories, product.category}
    signs = of_product(product, vector, allowed)
    if criteria.colours:
        signs = colour_free(signs)
    if not criteria.genders and product.gender != "unisex":
        # Something like a woman's dress is a woman's or anybody's.
        criteria = replace(criteria, genders=(product.gender,))
    return _by_signs(
        signs, criteria, SIMILAR, limit=limit, offset=offset, exclude=[*exclude, product_id], original=product
    )


def _by_signs(
    signs: Signs,
    criteria: Criteria,
    weights: Weights,
    *,
    limit: int,
    offset: int,
    exclude: Sequence[str],
    original: Product | None = None,
) -> Results:
    found = filters.of(criteria, exclude)
    kind_scores, colour_scores = signs.kind_scores(weights), signs.colour_scores(weights)
    gender_scores = signs.gender_scores(weights)
    vector = to_vector(signs.embedding)
    parameters = {
        **found.parameters,
        "kind_names": list(kind_scores),
        "kind_scores": list(kind_scores.values()),
        "colour_names": list(colour_scores),
        "colour_scores": list(colour_scores.values()),
        "gender_names": list(gender_scores),
        "gender_scores": list(gender_scores.values()),
        "likely": signs.likely_kinds(),
        "vector": vector,
        "nearest": _NEAREST,
        "head": _HEAD_POOL,
        "page": offset + limit,
    }
    where = found.where()
    distance = "(p.embedding <=> CAST(:vector AS halfvec))"
    likeness = f"coalesce(1 - {distance}, 0)" if vector else "0"
    near = (
        f"SELECT {_SCORED} FROM products p WHERE {where} AND p.embedding IS NOT NULL "
        f"ORDER BY {distance} LIMIT :nearest"
        if vector
        else "SELECT * FROM likely WHERE FALSE"
    )
    extra = ""
    if original is not None:
        parameters |= {"brand": original.brand, "pattern": original.pattern, "material": original.material}
        parameters |= {"like_price": original.price, "line": original.line}
        extra = """
            + CASE WHEN p.pattern = :pattern THEN 0.3 ELSE 0 END
            + CASE WHEN p.material = :material THEN 0.2 ELSE 0 END
            + CASE WHEN p.brand = :brand THEN 0.1 ELSE 0 END
            - CASE WHEN p.line = :line THEN 0.2 ELSE 0 END
            - 0.3 * abs(ln((p.price::float8 + 1) / (CAST(:like_price AS float8) + 1)))"""
    query = f"""
        WITH kind AS (
            SELECT * FROM unnest(CAST(:kind_names AS text[]), CAST(:kind_scores AS float8[]))
                AS k (name, score)
        ),
        colour AS (
            SELECT * FROM unnest(CAST(:colour_names AS text[]), CAST(:colour_scores AS float8[]))
                AS c (name, score)
        ),
        gender AS (
            SELECT * FROM unnest(CAST(:gender_names AS text[]), CAST(:gender_scores AS float8[]))
                AS g (name, score)
        ),
        likely AS MATERIALIZED (
            SELECT {_SCORED} FROM products p WHERE {where} AND p.category = ANY(:likely)
        ),
        near AS MATERIALIZED ({near}),
        spare AS (
            SELECT {_SCORED} FROM products p WHERE {where}
                AND NOT EXISTS (SELECT FROM likely) AND NOT EXISTS (SELECT FROM near)
            ORDER BY p.popularity DESC, p.id LIMIT :nearest
        ),
        pool AS (
            SELECT * FROM likely UNION ALL SELECT * FROM near WHERE category <> ALL(:likely)
            UNION ALL SELECT * FROM spare
        ),
        scored AS (
            SELECT p.id, p.category, p.colour, {likeness} AS likeness,
                kind.score + gender.score
                + greatest(colour.score, {weights.second_colour} * second.score
                    + {1 - weights.second_colour} * least(colour.score, second.score))
                + {weights.look} * {likeness} + {weights.popular} * ln(1 + p.popularity) {extra} AS score
            FROM pool p JOIN kind ON kind.name = p.category
            JOIN gender ON gender.name = p.gender
            JOIN colour ON colour.name = p.colour LEFT JOIN colour AS second ON second.name = p.colour2
        ),
        ranked AS (
            SELECT *, row_number() OVER (PARTITION BY category, colour ORDER BY score DESC, id) AS nth,
                row_number() OVER (PARTITION BY category ORDER BY score DESC, id) AS nth_of_kind,
                count(*) OVER () AS total
            FROM scored
        ),
        varied AS (SELECT *, nth = 1 OR nth_of_kind <= 3 AS for_head FROM ranked),
        best AS (
            (SELECT * FROM varied WHERE for_head ORDER BY score DESC, id LIMIT :head)
            UNION (SELECT * FROM varied ORDER BY score DESC, id LIMIT :page)
        )
        SELECT best.score, best.likeness, best.total, best.for_head, {rows.COLUMN_SQL}
        FROM best JOIN products p USING (id) ORDER BY best.score DESC, p.id
    """
    with session() as connection:
        candidates: Sequence[Mapping[str, Any]] = (
            connection.execute(sa.text(query), parameters).mappings().all()
        )
        relaxed = () if candidates or offset else relaxations(connection, criteria, exclude)
    ordered = _order(candidates, signs, criteria, weights)
    page = ordered[offset : offset + limit]
    products = [rows.to_product(row) for row in page]
    hits = tuple(
        Hit(
            product,
            tuple(
                dict.fromkeys(
                    reasons.by_signs(product, signs, row["likeness"] if vector else None)
                    + _shared(product, original)
                    + reasons.by_wishes(product, criteria, position=position)
                )
            ),
            float(row["score"]),
        )
        for position, (product, row) in enumerate(zip(products, page, strict=True), start=offset)
    )
    return Results(hits, candidates[0]["total"] if candidates else 0, relaxed)


def _order(
    candidates: Sequence[Mapping[str, Any]], signs: Signs, criteria: Criteria, weights: Weights
) -> list[Mapping[str, Any]]:
    if criteria.sort and candidates:
        # "The cheapest like this" is the cheapest of what is truly like this, then all the rest.
        like = [row for row in candidates if row["score"] > candidates[0]["score"] - 2.0]
        rest = [row for row in candidates if row["score"] <= candidates[0]["score"] - 2.0]
        key, reverse = {
            "cheapest": ("price", False),
            "dearest": ("price", True),
            "newest": ("added", True),
            "popular": ("popularity", True),
        }[criteria.sort]
        return sorted(like, key=lambda row: row[key], reverse=reverse) + rest
    # The choice is among the same candidates for every page, so that pages never overlap.
    pool = [row for row in candidates if row["for_head"]][:_HEAD_POOL]
    head = hedge(pool, signs, weights)
    chosen = {row["id"] for row in head}
    return head + [row for row in candidates if row["id"] not in chosen]


def _shared(product: Product, original: Product | None) -> list[str]:
    if original is None:
        return []
    codes = ["same_brand"] if product.brand == original.brand else []
    if abs(product.price - original.price) <= original.price / 10:
        codes.append("same_price")
    return codes
