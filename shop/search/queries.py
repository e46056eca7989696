"""Search in the catalogue: by wishes, by photo, by similarity to a product, by popularity.

Every search is one query: filters, vector distance, scores and the page's records together (a second one
only counts what could be dropped when nothing was found). All raise `errors.Unavailable` when the database
does not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from shop import colours
from shop.catalogue import product_rows
from shop.search import filters, reasons
from shop.search.criteria import Criteria
from shop.search.nearest_neighbours import nearest
from shop.search.reasons import explain
from shop.search.relaxation import relaxations
from shop.search.results import Hit, Relaxation, Results
from shop.search.shop_the_look import DetectionResults, by_detections, kinds_of_part
from shop.search.visual_search import by_photo, similar_to
from storage.database import reading

__all__ = [
    "DetectionResults",
    "Hit",
    "Relaxation",
    "Results",
    "by_criteria",
    "by_detections",
    "by_photo",
    "explain",
    "kinds_of_part",
    "nearest",
    "popular",
    "similar_to",
]

_SORTS = {
    "cheapest": "p.price, p.popularity DESC, p.id",
    "dearest": "p.price DESC, p.popularity DESC, p.id",
    "newest": "p.added DESC, p.popularity DESC, p.id",
    "popular": "p.popularity DESC, p.id",
}
# A count beyond this is told as "more than": counting a whole large catalogue would cost more than finding.
COUNT_LIMIT = 1000
_RANKED = 500


def by_criteria(
    criteria: Criteria, *, limit: int = 8, offset: int = 0, exclude: Sequence[str] = ()
) -> Results:
    """Products that meet all wishes, the best first: exact colour and gender, matching words, then
    popularity.

    `criteria.sort` overrides that order. `exclude` are ids not to be shown again. `total` counts up to
    `COUNT_LIMIT`.
    """
    found = filters.of(criteria, exclude)
    parameters = {**found.parameters, "limit": limit, "offset": offset, "count_limit": COUNT_LIMIT}
    order = _SORTS.get(criteria.sort or "") or _relevance(criteria, parameters)
    source = f"products p WHERE {found.where()}"
    if criteria.text:
        # Ranking by words reads much; it is done for the best sellers among those that match.
        parameters["ranked"] = _RANKED
        source = f"(SELECT * FROM {source} ORDER BY p.popularity DESC, p.id LIMIT :ranked) p"
    query = f"""
        SELECT {product_rows.COLUMN_SQL},
            (SELECT count(*) FROM (SELECT 1 FROM products p WHERE {found.where()} LIMIT :count_limit) AS m)
                AS total
        FROM {source} ORDER BY {order} LIMIT :limit OFFSET :offset
    """
    with reading() as connection:
        page = connection.execute(sa.text(query), parameters).mappings().all()
        relaxed = () if page or offset else relaxations(connection, criteria, exclude)
    products = [product_rows.to_product(row) for row in page]
    favourites = reasons.most_popular(products)
    hits = []
    for position, product in enumerate(products, start=offset):
        codes = reasons.by_wishes(product, criteria, position=position)
        if "text" in found.wishes:
            codes.append("matches_words")
        if product.id in favourites or criteria.sort == "popular":
            codes.append("popular")
        hits.append(Hit(product, tuple(dict.fromkeys(codes)), -float(position)))
    return Results(tuple(hits), page[0]["total"] if page else 0, relaxed)


def _relevance(criteria: Criteria, parameters: dict[str, Any]) -> str:
    terms = []
    if criteria.colours:
        near = colours.meant_by_any(criteria.colours)
        parameters |= {"near_colours": list(near), "near_values": list(near.values())}
        terms.append(
            "2 * (CAST(:near_values AS float8[]))[array_position(CAST(:near_colours AS text[]), p.colour)]"
        )
    if criteria.genders:
        terms.append("CASE WHEN p.gender = 'unisex' THEN 0 ELSE 0.5 END")
    if criteria.text:
        terms.append(f"4 * ts_rank(p.words, {filters.WORDS_QUERY})")
    if not terms:
        return _SORTS["popular"]
    return f"{' + '.join(terms)} + 0.1 * ln(1 + p.popularity) DESC, p.popularity DESC, p.id"


def popular(
    criteria: Criteria | None = None,
    *,
    profile: Any = None,
    limit: int = 8,
    offset: int = 0,
    exclude: Sequence[str] = (),
) -> Results:
    """What sells best within the wishes, varied over kinds; with a `profile.Profile` what suits that customer
    first.

    What the customer dislikes is left out, unless the wishes name it.
    """
    criteria = criteria or Criteria()
    wished = profile.limit(criteria) if profile is not None else criteria
    found = filters.of(wished, exclude)
    likes = profile.likes() if profile is not None else {"brands": [], "colours": [], "sizes": []}
    parameters = {
        **found.parameters,
        "liked_brands": [brand.lower() for brand in likes["brands"]],
        "liked_colours": list(colours.meant_by_any(likes["colours"])),
        "liked_sizes": filters.size_spellings(likes["sizes"])[:-1],
        "limit": limit,
        "offset": offset,
        "pool": 400,
        "variety": 0.0 if len(wished.kinds()) == 1 else 0.7,
    }
    # From a pool of best sellers (one index scan), so that a large catalogue is not ranked as a whole.
    query = f"""
        WITH pool AS (
            SELECT p.* FROM products p WHERE {found.where()} ORDER BY p.popularity DESC, p.id LIMIT :pool
        ),
        scored AS (
            SELECT p.id, p.category, ln(1 + p.popularity)
                + CASE WHEN lower(p.brand) = ANY(:liked_brands) THEN 1.0 ELSE 0 END
                + CASE WHEN p.colour = ANY(:liked_colours) THEN 0.8 ELSE 0 END
                + CASE WHEN p.sizes_in_stock && CAST(:liked_sizes AS text[]) THEN 0.5 ELSE 0 END AS score
            FROM pool p
        ),
        varied AS (
            SELECT *, count(*) OVER () AS total,
                score - :variety * (row_number() OVER (PARTITION BY category ORDER BY score DESC, id) - 1)
                    AS worth
            FROM scored
        ),
        page AS (SELECT * FROM varied ORDER BY worth DESC, id LIMIT :limit OFFSET :offset)
        SELECT page.worth, page.total, {product_rows.COLUMN_SQL}
        FROM page JOIN products p USING (id) ORDER BY page.worth DESC, p.id
    """
    with reading() as connection:
        page = connection.execute(sa.text(query), parameters).mappings().all()
        relaxed = () if page or offset else relaxations(connection, criteria, exclude)
    if not page and profile is not None and not offset:
        # The customer's lasting tastes leave nothing of what is wished now: the wish counts more.
        return popular(criteria, limit=limit, offset=offset, exclude=exclude)
    hits = []
    for position, row in enumerate(page, start=offset):
        product = product_rows.to_product(row)
        codes = []
        if product.brand.lower() in parameters["liked_brands"]:
            codes.append("liked_brand")
        if product.colour in parameters["liked_colours"]:
            codes.append("liked_colour")
        if set(product.sizes_in_stock()) & set(parameters["liked_sizes"]):
            codes.append("your_size")
        codes += reasons.by_wishes(product, criteria, position=position)
        codes.append("popular")
        hits.append(Hit(product, tuple(dict.fromkeys(codes)), float(row["worth"])))
    return Results(tuple(hits), page[0]["total"] if page else 0, relaxed)
