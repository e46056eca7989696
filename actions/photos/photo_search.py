"""Searching by the customer's photo, alone or together with words."""

from __future__ import annotations

from actions.common import open_question, result_reply, worn_parts
from actions.common.action import answer_as
from actions.common.result_reply import PAGE
from actions.common.turn import Turn
from actions.photos import dressed_person, photo_problems, photo_wording, shared_eyes
from actions.replies.cards import Button, payload
from actions.replies.interpretations import doubt
from shop.catalogue import vocabulary
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from vision.predictions import Detection, PhotoAnalysis, Prediction
from vision.taxonomy import load as load_taxonomy

# Of what was agreed before a new photo only this holds: the photo itself says kind, colour and pattern.
LASTING = (
    "genders",
    "price_min",
    "price_max",
    "sizes",
    "not_colours",
    "not_brands",
    "not_materials",
    "not_patterns",
)
SURE_OF_GROUP = 0.7  # of its group, from which on only products of that group are shown
NEITHER, EITHER = "neither", "either"  # answers to "is this a shirt or a top?", as topics of `send_photo`
READINGS_OFFERED = 4  # once it is neither of the two


async def search(turn: Turn, photo: str) -> None:
    """Answer a photo, with the words of the message if there are any ("this, but in blue, under 50"), or an
    answer about the photo in hand: its part, its kind, that it shall be looked at all the same.
    """
    topic = turn.value("topic")
    criteria = _wishes(turn)
    analysis = await seen(turn, photo, anyway=topic == photo_problems.ANYWAY)
    if analysis is None:
        return
    if analysis.problem or not analysis.detections:
        turn.criteria = criteria
        photo_problems.tell(turn, analysis.problem or "no_product")
        if turn.new_photo and turn.wishes.categories:
            # "A red dress like this": the words alone say enough to go on.
            await answer_as(turn, "search_product")
        return
    if topic == NEITHER:
        _ask_further(turn, criteria)
        return
    part = _part(turn, analysis, topic)
    found = worn_parts.detection(analysis, part)
    if found is None:
        if criteria.categories:
            await _by_words(turn, criteria)
        else:
            _note(turn, part=None)
            await dressed_person.show(turn, analysis, criteria, announce=True)
        return
    if part and worn_parts.says_itself(part, worn_parts.known(turn), criteria.categories):
        criteria = criteria.without("categories")
    asked = (turn.slot("photo") or {}).get("asked")
    settled = part or criteria.categories or analysis.multiple_products or asked or topic == EITHER
    if not settled and (kinds := doubt(found.prediction, vocabulary.load().categories)):
        turn.criteria = criteria
        _ask_kind(turn, kinds)
        return
    _note(turn, part=part)
    if turn.new_photo and analysis.multiple_products:
        turn.say("photo_several")
    # Once the customer has named the kind, what the eyes guessed is not told any more.
    told = bool(asked) and not criteria.is_empty()
    await _show(turn, found, criteria, announce=True, told=told)


async def search_again(turn: Turn, photo: str, criteria: Criteria, *, offset: int = 0) -> None:
    """The photo search in hand with other wishes, or its next results."""
    analysis = await seen(turn, photo)
    if analysis is None:
        return
    if analysis.problem or not analysis.detections:
        photo_problems.tell(turn, analysis.problem or "no_product")
        return
    found = worn_parts.detection(analysis, (turn.slot("photo") or {}).get("part"))
    if found is None:
        await dressed_person.show(turn, analysis, criteria, further=offset > 0)
    else:
        await _show(turn, found, criteria, offset=offset)


async def seen(turn: Turn, photo: str, *, anyway: bool = False) -> PhotoAnalysis | None:
    """What is on the photo; where it cannot be seen, the customer is told why, and None."""
    try:
        analysis = await turn.call(
            shared_eyes.analyse_anyway if anyway else shared_eyes.analyse, photo, turn.customer
        )
    except shared_eyes.NoEyes:
        turn.say("no_eyes", buttons=[{"title": turn.words.button("in_words"), "payload": "/search_product"}])
        return None
    if analysis is None:
        turn.say("photo_gone")
        return None
    kept = turn.slot("photo") or {}
    turn.set(
        "photo", {**(kept if kept.get("id") == photo else {}), "id": photo, "parts": worn_parts.of(analysis)}
    )
    return analysis


async def recognised(turn: Turn, photo: str) -> PhotoAnalysis | None:
    """`seen`, where something is found; else the customer is told what is wrong with the photo, and None."""
    analysis = await seen(turn, photo)
    if analysis is not None and (analysis.problem or not analysis.detections):
        photo_problems.tell(turn, analysis.problem or "no_product")
        return None
    return analysis


def _wishes(turn: Turn) -> Criteria:
    """The wishes for this photo: those of the message, and of those before what holds for a new photo; all of
    them after a bad photo or while its kind is asked for, for then they were said of this one.
    """
    before = turn.criteria
    needs = (turn.pending or {}).get("needs")
    if not (needs in ("insistence", "photo") or (needs == "kind" and not turn.new_photo)):
        before = before.without(*(wish for wish in before.to_dict() if wish not in LASTING))
    elif turn.new_photo:
        before = before.without("categories", "not_categories")
    return before.merge(turn.wishes)


def _part(turn: Turn, analysis: PhotoAnalysis, topic: str | None) -> str | None:
    """The part of the person that is searched, None for all of them or a photo without parts."""
    known = worn_parts.known(turn)
    if topic in known:
        return topic
    if topic in (EITHER, photo_problems.ANYWAY):
        return None
    return worn_parts.meant(turn, known)


def _note(turn: Turn, **facts: object) -> None:
    turn.set("photo", {**(turn.slot("photo") or {}), **facts})


async def _by_words(turn: Turn, criteria: Criteria) -> None:
    """A person's photo, and words for something that the eyes did not find on it: the words are gone by."""
    turn.criteria = criteria
    wanted = turn.words.join(turn.words.value("categories", each) for each in criteria.categories)
    turn.say("part_not_seen", wanted=wanted)
    await answer_as(turn, "search_product")


def _ask_kind(turn: Turn, kinds: tuple[str, ...]) -> None:
    """ "Is this a shirt or a long-sleeve top?", with two buttons and a third for neither."""
    buttons = [_kind_button(turn, kind) for kind in kinds[:2]]
    title = turn.words.button("neither")
    buttons.append({"title": title, "payload": payload("send_photo", topic=NEITHER)})
    first, second = (photo_wording.named(turn, kind) for kind in kinds[:2])
    plural = all(photo_wording.kind_name(turn, kind) == photo_wording.named(turn, kind) for kind in kinds[:2])
    turn.say("photo_which_plural" if plural else "photo_which", first=first, second=second, buttons=buttons)
    open_question.ask(turn, "kind", "send_photo", of=kinds)
    _note(turn, asked=list(kinds))


def _ask_further(turn: Turn, criteria: Criteria) -> None:
    """Neither of the two: what else it may be, and the way on without an answer."""
    asked: list[str] = (turn.slot("photo") or {}).get("asked") or []
    rest = asked[2 : 2 + READINGS_OFFERED]
    turn.criteria = criteria.merge(Criteria(not_categories=tuple(asked[:2])))
    title = turn.words.button("just_show")
    buttons = [_kind_button(turn, kind) for kind in rest]
    buttons.append({"title": title, "payload": payload("send_photo", topic=EITHER)})
    turn.say("photo_what_then", buttons=buttons)
    open_question.ask(turn, "kind", "send_photo", of=rest, again=True)


def _kind_button(turn: Turn, kind: str) -> Button:
    name = photo_wording.kind_name(turn, kind)
    return {"title": name[:1].upper() + name[1:], "payload": payload("send_photo", category=kind)}


def _within(prediction: Prediction, part: str) -> tuple[str, ...]:
    """The kinds that are searched: what can be worn on the part of a person, of that the smallest group
    around the kind seen, if the eyes are sure of the group and the shop sells the kind. Empty for any kind.
    """
    wearable = queries.kinds_of_part(part)
    if not prediction.kinds or prediction.kinds[0].name not in vocabulary.load().categories:
        return wearable
    top = prediction.kinds[0].name
    around = [group.kinds for group in load_taxonomy().groups.values() if top in group.kinds]
    group = [kind for kind in min(around, key=len, default=(top,)) if not wearable or kind in wearable]
    sure = sum(each.probability for each in prediction.kinds if each.name in group) >= SURE_OF_GROUP
    return tuple(group) if sure and group else wearable


async def _show(
    turn: Turn,
    found: Detection,
    criteria: Criteria,
    *,
    announce: bool = False,
    told: bool = False,
    offset: int = 0,
) -> None:
    """The products like one on the photo. `announce` says what was seen, unless the customer has `told` what
    it is.
    """
    prediction = found.prediction
    wearable = queries.kinds_of_part(found.part)
    chosen = criteria.categories or criteria.not_categories
    # Two red handbags are a better answer than two red handbags and four other red things.
    within = wearable if chosen else _within(prediction, found.part)
    hits = await turn.call(queries.by_photo, prediction, criteria, limit=PAGE, offset=offset, within=within)
    if not hits.hits and not offset and within != wearable:
        hits = await turn.call(queries.by_photo, prediction, criteria, limit=PAGE, within=wearable)
    if not hits.hits and offset:
        turn.say("no_more", total=turn.shown.get("total", 0))
        return
    turn.criteria = criteria
    seen_text = photo_wording.phrase(turn, prediction)
    if hits.missing_kind and not chosen:
        turn.say("kind_not_sold", seen=photo_wording.named(turn, hits.missing_kind))
        announce = False
    if not hits.hits:
        if announce and seen_text:
            turn.say("photo_seen", seen=seen_text)
        await result_reply.nothing_found(turn, hits, criteria, mode="photo")
        return
    wanted = describe(criteria, turn.language)
    sentence = "more" if offset else "photo_again"
    buttons: list[Button] = []
    if announce:
        buttons = _ways_on(turn, prediction, criteria, found.part)
        if not told:
            sentence = _announcement(found.part, bool(seen_text), criteria.is_empty())
    result_reply.show(
        turn,
        hits,
        sentence,
        mode="photo",
        offset=offset,
        buttons=buttons,
        seen=seen_text,
        part=photo_wording.noun(turn, prediction, found.part),
        wanted=wanted,
    )


def _announcement(part: str, named: bool, plain: bool) -> str:
    """The sentence over the products: of a part of a person, of a photo, with wishes or without."""
    if part in photo_wording.PARTS:
        return "part_found" if plain else "part_found_with"
    if not named:
        return "photo_found_plain"
    return "photo_found" if plain else "photo_found_with"


def _ways_on(turn: Turn, prediction: Prediction, criteria: Criteria, part: str) -> list[Button]:
    """The other reading of an unsure photo, and the other parts of a person."""
    buttons = []
    if not (criteria.categories or criteria.not_categories) and (
        other := photo_wording.other_kind(prediction)
    ):
        title = turn.words.button("it_is", kind=photo_wording.named(turn, other))
        buttons.append({"title": title, "payload": payload("refine_search", category=other)})
    others = [each for each in worn_parts.known(turn) if each != part]
    return buttons + [dressed_person.button(turn, each, worn_parts.known(turn)[each]) for each in others]
