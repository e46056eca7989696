"""A dressed person on the customer's photo: what each part wears, and products for each ("shop the look")."""

from __future__ import annotations

from actions.common import result_reply
from actions.common.turn import Turn
from actions.photos import photo_wording
from actions.replies.cards import Button, payload
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from vision.predictions import PhotoAnalysis

A_ROW = 3  # cards for each part


async def show(
    turn: Turn, analysis: PhotoAnalysis, criteria: Criteria, *, announce: bool = False, further: bool = False
) -> None:
    """A row of cards for each part, with a button for more of it; `further` leaves out what was shown
    before.
    """
    seen: list[str] = turn.shown.get("seen", []) if further else []
    rows = await turn.call(queries.by_detections, analysis.detections, criteria, limit=A_ROW, exclude=seen)
    found = [row for row in rows if row.results.hits]
    if not found and further:
        turn.say("no_more", total=len(seen))
        return
    turn.criteria = criteria
    if announce:
        words = (photo_wording.short(turn, each.prediction, each.part) for each in analysis.detections)
        turn.say("outfit", seen=turn.words.join(words))
    if not found:
        await result_reply.nothing_found(turn, rows[0].results, criteria, mode="photo")
        return
    wanted = describe(criteria, turn.language)
    plain = criteria.is_empty()
    spoken = []
    for row in rows:
        part = photo_wording.noun(turn, row.detection.prediction, row.detection.part)
        if not row.results.hits:
            turn.say("outfit_nothing", part=part, wanted=wanted)
            continue
        text = turn.words.say("outfit_row" if plain else "outfit_row_with", part=part, wanted=wanted)
        more = [{"title": _title(turn, part), "payload": payload("send_photo", topic=row.detection.part)}]
        spoken.append(result_reply.ResultSection(text, row.results, more))
    result_reply.show_sections(turn, spoken, mode="photo", seen=seen)


def button(turn: Turn, part: str, kinds: list[str]) -> Button:
    """The button that searches one part; `kinds` are those it may be."""
    name = photo_wording.kind_name(turn, kinds[0]) if kinds else turn.words.part(part)
    return {"title": _title(turn, name), "payload": payload("send_photo", topic=part)}


def _title(turn: Turn, part: str) -> str:
    return turn.words.button("the_part", part=part)
