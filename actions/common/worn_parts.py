"""The parts of a dressed person on the customer's photo ("shop the look"), and which one the customer means.

The slot `photo` keeps the parts with the kinds each may be, so that "the shoes" is understood turns later.
"""

from __future__ import annotations

import re

from actions.common.open_question import Resumed
from actions.common.turn import Turn
from actions.replies.interpretations import alike, interpretations
from shop.search.criteria import expand
from vision.predictions import Detection, PhotoAnalysis

# Wide words of customers that mean a part, whatever kind the eyes took it for.
_WIDE = {
    "upper": {"tops", "top", "outerwear"},
    "lower": {"bottoms", "pants", "trousers"},
    "dress": {"dress", "skirts"},
    "feet": {"shoes"},
}
_WORDS = {
    "upper": re.compile(r"\b(upper|top) (half|part|body|piece)\b|上半身|上身", re.I),
    "lower": re.compile(r"\b(lower|bottom) (half|part|body|piece)\b|\bbottoms\b|下半身|下身|下装", re.I),
    "feet": re.compile(r"\b(feet|foot)\b|脚", re.I),
}
# Messages of these intents that name a part go on with it; "what goes with the jacket" is about something
# else.
_FOLLOWING = {"search_product", "refine_search", "find_similar", "nlu_fallback", "out_of_scope"}


def of(analysis: PhotoAnalysis) -> dict[str, list[str]]:
    """The parts for the slot: part → kinds it may be, the likeliest first; empty unless there are several."""
    if not analysis.person or len(analysis.detections) < 2:
        return {}
    return {
        each.part: [interpretation.kind for interpretation in interpretations(each.prediction)[:3]]
        for each in analysis.detections
    }


def detection(analysis: PhotoAnalysis, part: str | None) -> Detection | None:
    """The detected product of a part; the only one of a photo where no part is named."""
    if part is None and len(analysis.detections) == 1:
        return analysis.detections[0]
    return next((each for each in analysis.detections if each.part == part), None)


def meant(turn: Turn, parts: dict[str, list[str]]) -> str | None:
    """The part that the message names, by its kind ("the jacket", "裤子") or its place ("the lower part")."""
    best, part = 0, None
    for category in turn.values("category"):
        for each, kinds in parts.items():
            if (fit := _fit(category, each, kinds)) > best:
                best, part = fit, each
    if part is None:
        part = next((each for each in parts if each in _WORDS and _WORDS[each].search(turn.text)), None)
    return part


def known(turn: Turn) -> dict[str, list[str]]:
    """The parts of the photo in hand."""
    found: dict[str, list[str]] = (turn.slot("photo") or {}).get("parts") or {}
    return found


def says_itself(part: str, parts: dict[str, list[str]], categories: tuple[str, ...]) -> bool:
    """Whether the kinds wished are only the name of the part ("the trousers" for jeans), no wish of its
    own.
    """
    return all(_fit(category, part, parts.get(part, [])) >= 2 for category in categories)


def resolve(turn: Turn) -> Resumed | None:
    """ "The shoes", said while a photo's results are in hand: the search of that part."""
    if turn.pressed or turn.new_photo or turn.intent not in _FOLLOWING or turn.shown.get("mode") != "photo":
        return None
    part = meant(turn, known(turn))
    return Resumed("send_photo", {"topic": part}) if part else None


def _fit(category: str, part: str, kinds: list[str]) -> int:
    """How well a kind or group names a part: 4 the kind seen, 3 another reading, 2 alike it, 1 by a wide
    word.
    """
    wished = expand((category,))
    if kinds and kinds[0] in wished:
        return 4
    if any(kind in wished for kind in kinds):
        return 3
    if kinds and any(alike(kinds[0], kind) for kind in wished):
        return 2
    return 1 if category in _WIDE.get(part, ()) else 0
