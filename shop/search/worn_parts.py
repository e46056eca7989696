"""Shop the look: one search for each part of a dressed person on a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.search.criteria import Criteria
from shop.search.results import Results
from shop.search.similarity import by_photo
from vision.predictions import Finding
from vision.taxonomy import load as load_taxonomy


@dataclass(frozen=True)
class Found:
    """A finding and the products like it."""

    finding: Finding
    results: Results


def kinds_of_part(part: str) -> tuple[str, ...]:
    """The kinds that can be worn on a part ("upper", "lower", "feet", "dress"); () for "whole": any kind."""
    return load_taxonomy().parts.get(part, ())


def by_findings(
    findings: Sequence[Finding],
    criteria: Criteria | None = None,
    *,
    limit: int = 3,
    exclude: Sequence[str] = (),
) -> tuple[Found, ...]:
    """One search for each finding, in their order, each within the kinds that can be worn there.

    The wishes hold for all of them ("in red, under 50"); a wished kind chooses the findings that can be of it
    ("only the shoes"), or all where none can. What one search shows the next leaves out. Raises
    `Unavailable`.
    """
    criteria = criteria or Criteria()
    wished = set(criteria.kinds())
    chosen = [each for each in findings if _can_be(each.part, wished)] if wished else list(findings)
    shown = list(exclude)
    result = []
    for finding in chosen or findings:
        # Where no part can be of the wished kind the wish still counts: within its part nothing would be
        # found.
        within = kinds_of_part(finding.part) if chosen else ()
        found = by_photo(finding.look, criteria, limit=limit, exclude=shown, within=within)
        shown += [product.id for product in found.products]
        result.append(Found(finding, found))
    return tuple(result)


def _can_be(part: str, wished: set[str]) -> bool:
    kinds = kinds_of_part(part)
    return not kinds or bool(wished & set(kinds))
