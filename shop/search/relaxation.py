"""Which wish to drop when nothing is found: never a dead end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shop.search import filters
from shop.search.criteria import Criteria
from shop.search.results import Relaxation

# What a customer gives up most easily comes first; what it is all about comes last.
_EASE = [
    "text",
    "seasons",
    "occasions",
    "not_patterns",
    "patterns",
    "not_materials",
    "materials",
    "sleeves",
    "not_brands",
    "brands",
    "price_min",
    "price",
    "price_max",
    "not_colours",
    "colours",
    "sizes",
    "not_categories",
    "genders",
    "categories",
]


def relaxations(
    connection: Connection,
    criteria: Criteria,
    exclude: Sequence[str] = (),
    within: Sequence[str] = (),
    *,
    limit: int = 4,
) -> tuple[Relaxation, ...]:
    """The single wishes whose loss finds something, the easiest first; where none does, pairs; at last, all
    but the kind. One query each. `within` as for `filters.of`."""
    found = filters.of(criteria, exclude, within)
    names = sorted(found.wishes, key=_EASE.index)
    choices: list[tuple[str, ...]]
    for size in (1, 2, 3):
        choices = list(combinations(names, size))
        if relaxed := _count(connection, criteria, found, choices):
            return relaxed[:limit]
        if size >= len(names):
            return ()
    all_but_kind = tuple(name for name in names if name != "categories")
    return _count(connection, criteria, found, [all_but_kind, tuple(names)])[:1]


def _count(
    connection: Connection, criteria: Criteria, found: filters.Filters, choices: Sequence[tuple[str, ...]]
) -> tuple[Relaxation, ...]:
    counts = [
        f"SELECT {number} AS number, count(*) AS count, min(p.price) AS low FROM products p "
        f"WHERE {found.where(without=names)}"
        for number, names in enumerate(choices)
    ]
    if not counts:
        return ()
    query = f"SELECT * FROM ({' UNION ALL '.join(counts)}) AS counts WHERE count > 0 ORDER BY number"
    return tuple(
        Relaxation(choices[row.number], row.count, row.low, criteria.without(*choices[row.number]))
        for row in connection.execute(sa.text(query), found.parameters)
    )
