"""Complete the look: what goes with a product, by rules of kinds and colours that the shop can edit."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from shop.catalogue import product_rows, products
from shop.catalogue.product import Product
from shop.errors import UnknownProduct
from shop.search import filters
from shop.search.criteria import Criteria
from shop.search.reasons import by_wishes
from shop.search.relaxation import relaxations
from shop.search.results import Hit, Results
from storage.database import session
from vision.taxonomy import load as load_taxonomy

_FILE = Path(__file__).with_name("outfits.yml")


def complete(
    product_id: str, criteria: Criteria | None = None, *, limit: int = 4, exclude: Sequence[str] = ()
) -> Results:
    """Products that make an outfit with this one, one for each place of it (trousers, shoes, belt …).

    A kind in the criteria ("which trousers go with this") is kept to, then several of it are shown; other
    wishes (price, size, colour) hold for all. Colours match by rule, the gender is the product's unless
    wished otherwise, and an occasion or a material in common counts. Raises `UnknownProduct`.
    """
    product = products.get(product_id)
    if product is None:
        raise UnknownProduct(product_id=product_id)
    criteria = criteria or Criteria()
    places = [list(criteria.kinds())] if criteria.categories else places_of(product.category)
    wished = replace(criteria, categories=tuple(kind for place in places for kind in place))
    if not wished.genders and product.gender != "unisex":
        wished = replace(wished, genders=(product.gender,))
    hits = _fill(product, wished, places, limit, [*exclude, product_id], one_each=not criteria.categories)
    if hits:
        return Results(tuple(hits), len(hits))
    with session() as connection:
        return Results(relaxed=relaxations(connection, wished, [*exclude, product_id]))


def places_of(kind: str) -> list[list[str]]:
    """What goes with a kind: places of an outfit, each with kinds, the preferred first."""
    table: dict[str, list[list[str]]] = _data()["goes_with"]
    rule = kind
    if kind not in table:
        groups = [
            group for group in load_taxonomy().groups.values() if kind in group.kinds and group.id in table
        ]
        rule = min(groups, key=lambda group: len(group.kinds)).id if groups else "t_shirt"
    # A group's rule may name the kind itself: bags go with a wallet, but a wallet does not.
    places = [[piece for piece in place if piece != kind] for place in table[rule]]
    return [place for place in places if place]


def harmony(one: str, other: str) -> float:
    """How well two canonical colours go together, 0 to 1, by their families."""
    family = load_taxonomy().family
    first, second = family(one), family(other)
    if second in _data()["matches"].get(first, ()):
        return 1.0
    if second in _data()["neutral"] or first in _data()["neutral"]:
        return 0.8
    return 0.5 if first == second else 0.1


def _fill(
    product: Product,
    wished: Criteria,
    places: list[list[str]],
    limit: int,
    exclude: Sequence[str],
    *,
    one_each: bool,
) -> list[Hit]:
    found = filters.of(wished, exclude)
    kinds = [(kind, place, rank) for place, names in enumerate(places) for rank, kind in enumerate(names)]
    tones = {colour: harmony(product.colour, colour) for colour in load_taxonomy().colours}
    parameters = {
        **found.parameters,
        "kinds": [kind for kind, _, _ in kinds],
        "places": [place for _, place, _ in kinds],
        "ranks": [rank for _, _, rank in kinds],
        "tones": list(tones),
        "harmonies": list(tones.values()),
        "occasions_like": list(product.occasions),
        "season_like": product.season,
        "price_like": product.price,
        "gender_like": product.gender,
        "each": 1 if one_each else limit,
        "limit": limit,
    }
    query = f"""
        WITH place AS (
            SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:places AS int[]), CAST(:ranks AS int[]))
                AS k (kind, place, rank)),
        tone AS (
            SELECT * FROM unnest(CAST(:tones AS text[]), CAST(:harmonies AS float8[]))
                AS t (colour, harmony)),
        scored AS (
            SELECT p.id, place.place,
                tone.harmony * 2 - 0.15::float8 * place.rank + 0.1 * ln(1 + p.popularity)
                + CASE WHEN p.occasions && CAST(:occasions_like AS text[]) THEN 0.6 ELSE 0 END
                + CASE WHEN p.season = :season_like OR p.season = 'all' THEN 0.4 ELSE 0 END
                + CASE WHEN p.gender = :gender_like THEN 0.3 ELSE 0 END
                - 0.3 * abs(ln((p.price::float8 + 1) / (CAST(:price_like AS float8) + 1))) AS score
            FROM products p JOIN place ON place.kind = p.category JOIN tone ON tone.colour = p.colour
            WHERE {found.where()}
        ),
        ranked AS (
            SELECT *, row_number() OVER (PARTITION BY place ORDER BY score DESC, id) AS nth FROM scored),
        chosen AS (SELECT * FROM ranked WHERE nth <= :each ORDER BY place, nth LIMIT :limit)
        SELECT chosen.score, {product_rows.COLUMN_SQL}
        FROM chosen JOIN products p USING (id) ORDER BY chosen.place, chosen.nth
    """
    with session() as connection:
        page = connection.execute(sa.text(query), parameters).mappings().all()
    hits = []
    for row in page:
        piece = product_rows.to_product(row)
        codes = ["goes_with"]
        if set(piece.occasions) & set(product.occasions):
            codes.append("for_occasion")
        codes += by_wishes(piece, replace(wished, occasions=()))
        hits.append(Hit(piece, tuple(dict.fromkeys(codes)), float(row["score"])))
    return hits


@functools.lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return data
