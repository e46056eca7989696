"""Shop the look: one search for each part of a dressed person on a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.search.criteria import Criteria
from shop.search.results import Results
from shop.search.visual_search import by_photo
from vision.predictions import Detection
from vision.taxonomy import load as load_taxonomy


@dataclass(frozen=True)
class DetectionResults:
    """A detected product and the products like it."""

    detection: Detection
    results: Results


def kinds_of_part(part: str) -> tuple[str, ...]:
    """The kinds that can be worn on a part ("upper", "lower", "feet", "dress"); () for "whole": any kind."""
    return load_taxonomy().parts.get(part, ())


def by_detections(
    detections: Sequence[Detection],
    criteria: Criteria | None = None,
    *,
    limit: int = 3,
    exclude: Sequence[str] = (),
) -> tuple[DetectionResults, ...]:
    """One search for each detected product, in their order, each within the kinds that can be worn there.

    The wishes hold for all of them ("in red, under 50"); a wished kind chooses those that can be of it
    ("only the shoes"), or all where none can. What one search shows the next leaves out. Raises
    `Unavailable`.
    """
    criteria = criteria or Criteria()
    wished = set(criteria.kinds())
    chosen = [each for each in detections if _can_be(each.part, wished)] if wished else list(detections)
    shown = list(exclude)
    result = []
    for detection in chosen or detections:
        # Where no part can be of the wished kind the wish still counts: within its part nothing would be
        # found.
        within = kinds_of_part(detection.part) if chosen else ()
        found = by_photo(detection.prediction, criteria, limit=limit, exclude=shown, within=within)
        shown += [product.id for product in found.products]
        result.append(DetectionResults(detection, found))
    return tuple(result)


def _can_be(part: str, wished: set[str]) -> bool:
    kinds = kinds_of_part(part)
    return not kinds or bool(wished & set(kinds))
