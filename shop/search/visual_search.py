"""Visual search: what is like a photo that the eyes have seen, or like a product of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from shop.catalogue import product_rows, vocabulary
from shop.catalogue.product import Product
from shop.catalogue.products import from_vector, to_vector
from shop.errors import UnknownProduct
from shop.search import filters, reasons
from shop.search.criteria import Criteria
from shop.search.diversity import diversify
from shop.search.nearest_neighbours import DISTANCE
from shop.search.ranking_weights import PHOTO, SIMILAR, RankingWeights
from shop.search.relaxation import relaxations
from shop.search.results import Hit, PredictionLike, Results
from shop.search.scoring import Signals, of_prediction, of_product, overridden
from storage.database import reading, run

# So many of the best, varied over kinds and colours, stand for choice for the first three places.
_HEAD_POOL = 48
# So many by the similarity of the pictures alone join those of the likely kinds.
_NEAREST = 60
# Of the likely kinds so many are scored, each by its probability, and at least `_NEAREST`: all that a shop of
# usual size has of them, of a huge one the nearest.
_OF_KINDS = 1000
_SCORED = (
    "p.id, p.category, p.colour, p.colour2, p.gender, p.pattern, p.material, p.brand, p.line, p.price, "
    "p.popularity, p.sleeves, p.seen, p.embedding"
)
SECOND_COLOUR = "coalesce(p.colour2, p.seen ->> 'colour2')"
# "Long sleeves" beside a photo of one of these is a wish for its sleeves, not for another kind of product.
_SLEEVED = ("shirt", "blouse", "top", "tunic", "dress", "kurta", "sweater", "jacket")


def by_photo(
    prediction: PredictionLike,
    criteria: Criteria | None = None,
    *,
    limit: int = 8,
    offset: int = 0,
    exclude: Sequence[str] = (),
    within: Sequence[str] = (),
    weights: RankingWeights = PHOTO,
) -> Results:
    """Products like what a photo shows, within the wishes said with it.

    What the customer names (kind, colour, pattern, sleeves, brand …) replaces what the eyes say of it. When
    the eyes are unsure between kinds or colours, the first three cover the likely ones. `within`: the only
    kinds it can be, without being a wish.
    """
    criteria = composed(prediction, criteria or Criteria())
    sold = set(vocabulary.load().categories)
    may_be = sold & set(within) if within else sold
    allowed = (may_be & set(criteria.kinds())) if criteria.categories else may_be
    signals = overridden(of_prediction(prediction, allowed or set(criteria.kinds() or within)), criteria)
    # What cannot be worn there was misread: the photo shows the likeliest of the rest.
    top = next((each for each in prediction.kinds if not within or each.name in within), None)
    signals = replace(signals, kind=top.name if top else "")
    results = _by_signals(
        signals, criteria, weights, limit=limit, offset=offset, exclude=exclude, within=within
    )
    if top is not None and not criteria.categories and top.probability >= 0.5 and top.name not in sold:
        return replace(results, missing_kind=top.name)
    return results


def composed(prediction: PredictionLike, criteria: Criteria) -> Criteria:
    """The wishes as they are meant beside a photo: "like this but long sleeves" is not another kind."""
    kind = prediction.kinds[0].name if prediction.kinds else ""
    if criteria.categories == ("long_sleeve",) and not criteria.sleeves and kind in _SLEEVED:
        return replace(criteria, categories=(kind,), sleeves=("long",))
    return criteria


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
    with reading() as connection:
        query = (
            f"SELECT {product_rows.COLUMN_SQL}, CAST(p.embedding AS text) AS vector "
            "FROM products p WHERE p.id = :id"
        )
        row = connection.execute(sa.text(query), {"id": product_id}).mappings().one_or_none()
    if row is None:
        raise UnknownProduct(product_id=product_id)
    product = product_rows.to_product(row)
    allowed = set(criteria.kinds()) or {*vocabulary.load().categories, product.category}
    signals = overridden(of_product(product, from_vector(row["vector"]), allowed), criteria)
    if not criteria.genders and product.gender != "unisex":
        # Something like a woman's dress is a woman's or anybody's.
        criteria = replace(criteria, genders=(product.gender,))
    return _by_signals(
        signals,
        criteria,
        SIMILAR,
        limit=limit,
        offset=offset,
        exclude=[*exclude, product_id],
        original=product,
    )


def _by_signals(
    signals: Signals,
    criteria: Criteria,
    weights: RankingWeights,
    *,
    limit: int,
    offset: int,
    exclude: Sequence[str],
    within: Sequence[str] = (),
    original: Product | None = None,
) -> Results:
    found = filters.of(criteria, exclude, within)
    vector = to_vector(signals.embedding)
    likely = signals.likely_kinds()
    parameters = {
        **found.parameters,
        "kind_score": json.dumps(signals.kind_scores(weights)),
        "colour_score": json.dumps(signals.colour_scores(weights)),
        "gender_score": json.dumps(signals.gender_scores(weights)),
        "pattern_score": json.dumps(signals.pattern_scores(weights)),
        "sleeve_score": json.dumps(signals.sleeve_scores(weights)),
        "brand": signals.brand,
        "second": signals.second_colour,
        "likely": likely,
        "of_kind": [max(_NEAREST, round(_OF_KINDS * signals.kinds[kind])) for kind in likely],
        "vector": vector,
        "nearest": _NEAREST,
        "head": _HEAD_POOL,
        "page": offset + limit,
    }
    where = found.where()
    similarity = f"coalesce(1 - {DISTANCE}, 0)" if vector else "CAST(0 AS float8)"
    near = (
        f"SELECT {_SCORED} FROM products p WHERE {where} AND p.embedding IS NOT NULL "
        f"ORDER BY {DISTANCE} LIMIT :nearest"
        if vector
        else "SELECT * FROM likely WHERE FALSE"
    )
    hue, second = (
        _score("colour_score", "p.colour"),
        f"(CAST(:colour_score AS jsonb) -> {SECOND_COLOUR})::float8",
    )
    extra = ""
    if original is not None:
        parameters |= {"material": original.material, "like_price": original.price, "line": original.line}
        extra = """
            + CASE WHEN p.material = :material THEN 0.2 ELSE 0 END
            - CASE WHEN p.line = :line THEN 0.2 ELSE 0 END
            - 0.3 * abs(ln((p.price::float8 + 1) / (CAST(:like_price AS float8) + 1)))"""
    query = f"""
        WITH likely AS MATERIALIZED (
            SELECT of_kind.* FROM unnest(CAST(:likely AS text[]), CAST(:of_kind AS int[])) AS k (name, most),
            LATERAL (
                SELECT {_SCORED} FROM products p WHERE {where} AND p.category = k.name
                ORDER BY {similarity} DESC, p.popularity DESC LIMIT k.most
            ) AS of_kind
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
            SELECT p.id, p.category, p.colour, {similarity} AS likeness,
                {_score("kind_score", "p.category")} + {_score("gender_score", "p.gender")}
                + {_score("pattern_score", f"coalesce({filters.PATTERN}, '')")}
                + {_score("sleeve_score", "coalesce(p.sleeves, '')")}
                + CASE WHEN lower(p.brand) = :brand THEN {weights.brand} ELSE 0 END
                + CASE WHEN {SECOND_COLOUR} = :second
                    THEN {weights.both_colours} ELSE 0 END
                + greatest({hue}, {weights.second_colour} * {second}
                    + {1 - weights.second_colour} * least({hue}, {second}))
                + {weights.embedding} * {similarity} + {weights.popular} * ln(1 + p.popularity) {extra}
                AS score
            FROM pool p
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
        SELECT best.score, best.likeness, best.total, best.for_head, {product_rows.COLUMN_SQL}
        FROM best JOIN products p USING (id) ORDER BY best.score DESC, p.id
    """
    with reading() as connection:
        candidates: Sequence[Mapping[str, Any]] = run(connection, query, parameters).mappings().all()
        relaxed = () if candidates or offset else relaxations(connection, criteria, exclude, within)
    ordered = _order(candidates, signals, criteria, weights)
    page = ordered[offset : offset + limit]
    products = [product_rows.to_product(row) for row in page]
    hits = tuple(
        Hit(
            product,
            tuple(
                dict.fromkeys(
                    reasons.wished(product, criteria)
                    + reasons.by_signals(product, signals, row["likeness"] if vector else None)
                    + _shared(product, original)
                    + reasons.by_wishes(product, criteria, position=position)
                )
            ),
            float(row["score"]),
        )
        for position, (product, row) in enumerate(zip(products, page, strict=True), start=offset)
    )
    return Results(hits, candidates[0]["total"] if candidates else 0, relaxed)


def _score(table: str, value: str) -> str:
    """The score of a value in a table of scores; what the table does not know comes last."""
    return f"coalesce((CAST(:{table} AS jsonb) -> {value})::float8, -9)"


def _order(
    candidates: Sequence[Mapping[str, Any]], signals: Signals, criteria: Criteria, weights: RankingWeights
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
    head = diversify(pool, signals, weights)
    chosen = {row["id"] for row in head}
    return head + [row for row in candidates if row["id"] not in chosen]


def _shared(product: Product, original: Product | None) -> list[str]:
    if original is None:
        return []
    codes = []
    if abs(product.price - original.price) <= original.price / 10:
        codes.append("same_price")
    return codes
