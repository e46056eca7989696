"""Searching by the customer's photo, alone or together with words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.shop import search as shop_search
from actions.shop import vocabulary
from actions.shop.criteria import Criteria
from vision.taxonomy import load as load_taxonomy

from . import eyes, results
from .cards import payload
from .results import PAGE
from .turn import Button, Turn

if TYPE_CHECKING:
    from actions.shop.photos import StoredLook
    from vision.eyes import Look as FreshLook

    Look = FreshLook | StoredLook

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
SURE = 0.6  # probability of the kind from which on no other reading is offered
OTHER_READING = 0.15
SURE_OF_GROUP = 0.7  # … of its group, from which on only products of that group are shown


async def search(turn: Turn, photo: str) -> None:
    """Answer a photo, with the words of the message if there are any: "this, but in blue, under 50"."""
    before = turn.criteria
    criteria = before.without(*(wish for wish in before.to_dict() if wish not in LASTING)).merge(turn.wishes)
    look = await seen(turn, photo)
    if look is not None:
        await _show(turn, look, criteria, announce=True)


async def search_again(turn: Turn, photo: str, criteria: Criteria, *, offset: int = 0) -> None:
    """The photo search in hand with other wishes, or its next results."""
    look = await seen(turn, photo)
    if look is not None:
        await _show(turn, look, criteria, offset=offset)


async def seen(turn: Turn, photo: str) -> Look | None:
    """What is on the photo; where it cannot be seen, the customer is told why, and None."""
    try:
        look = await turn.call(eyes.look, photo, turn.customer)
    except eyes.NoEyes:
        turn.say("no_eyes")
        return None
    if look is None:
        turn.say("photo_gone")
        return None
    turn.set(
        "photo",
        {
            "id": photo,
            "kinds": [each.name for each in look.kinds[:3]],
            "colours": [each.name for each in look.colours[:2]],
        },
    )
    return look


def phrase(turn: Turn, look: Look) -> str:
    """What the photo shows, as words of a sentence: "a navy blue jacket, or maybe a coat"."""
    first = look.kinds[0]
    colour = look.colours[0].name if look.colours else None
    text = named(turn, first.name, colour)
    second = other_reading(look)
    return turn.words.say("or_maybe", first=text, second=named(turn, second)) if second else text


def other_reading(look: Look) -> str | None:
    """The second kind where the first is not sure."""
    if (
        len(look.kinds) > 1
        and look.kinds[0].probability < SURE
        and look.kinds[1].probability >= OTHER_READING
    ):
        return str(look.kinds[1].name)
    return None


def named(turn: Turn, kind: str, colour: str | None = None) -> str:
    """ "a red dress", "blue jeans", "红色连衣裙"."""
    taxonomy = load_taxonomy()
    noun = taxonomy.name(kind, turn.language)
    if turn.language == "zh":
        return (taxonomy.name(colour, "zh") if colour else "") + noun
    words = f"{taxonomy.name(colour, 'en')} {noun}" if colour else noun
    if noun.endswith("s") and not noun.endswith("ss"):
        return words
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _near(look: Look) -> tuple[str, ...]:
    """The smallest group of kinds around the one on the photo, if the eyes are sure of the group and the shop
    sells the kind; else nothing.
    """
    if not look.kinds or look.kinds[0].name not in vocabulary.load().categories:
        return ()
    top = look.kinds[0].name
    around = [group for group in load_taxonomy().groups.values() if top in group.kinds]
    group = min(around, key=lambda each: len(each.kinds), default=None)
    kinds = group.kinds if group else (top,)
    sure = sum(each.probability for each in look.kinds if each.name in kinds) >= SURE_OF_GROUP
    return (group.id if group else top,) if sure else ()


async def _show(
    turn: Turn, look: Look, criteria: Criteria, *, announce: bool = False, offset: int = 0
) -> None:
    # Two red handbags are a better answer than two red handbags and four other red things.
    near = criteria if criteria.categories else criteria.merge(Criteria(categories=_near(look)))
    found = await turn.call(shop_search.by_photo, look, near, limit=PAGE, offset=offset)
    if not found.hits and not offset and near != criteria:
        found = await turn.call(shop_search.by_photo, look, criteria, limit=PAGE)
    before = turn.criteria
    turn.criteria = criteria
    seen_text = phrase(turn, look) if look.kinds else ""
    if found.missing_kind and not criteria.categories:
        turn.say("kind_not_sold", seen=named(turn, found.missing_kind))
        announce = False
    if not found.hits and offset:
        turn.criteria = before
        turn.say("no_more", total=turn.shown.get("total", 0))
        return
    if not found.hits:
        if announce:
            turn.say("photo_seen", seen=seen_text)
        await results.nothing_found(turn, found, criteria, mode="photo")
        return
    buttons: list[Button] = []
    if announce and not criteria.categories and (other := other_reading(look)):
        title = turn.words.button("it_is", kind=named(turn, other))
        buttons = [{"title": title, "payload": payload("refine_search", category=other)}]
    wanted = criteria.describe(turn.language)
    if announce:
        sentence = "photo_found" if turn.wishes.is_empty() else "photo_found_with"
        results.show(turn, found, sentence, mode="photo", buttons=buttons, seen=seen_text, wanted=wanted)
    else:
        sentence = "more" if offset else "photo_again"
        results.show(turn, found, sentence, mode="photo", offset=offset, wanted=wanted)
