"""What the eyes saw, as words of a sentence. Only what they are sure of is said plainly."""

from __future__ import annotations

import re

from actions.common.turn import Turn
from actions.replies.interpretations import WORTH_SAYING, interpretations
from vision.predictions import Prediction, Ranked
from vision.taxonomy import load as load_taxonomy

SURE = 0.6  # probability from which on a fact is said without "maybe"
SURE_COLOUR = 0.4  # … of one of 43 names of colours; its neighbours share the rest
MULTI = {"en": "multicoloured", "zh": "彩色"}
PARTS = ("upper", "lower", "dress", "feet")
# The noun of a caption stands before these words: "boots with a zip".
_AFTER_NOUN = re.compile(r" (?:with|in|of|for|and|pack|set)\b", re.I)


def phrase(turn: Turn, prediction: Prediction) -> str:
    """What the photo shows: "a navy blue jacket, or maybe a coat"; "" where the eyes name no kind."""
    if not prediction.kinds:
        return ""
    text = named(turn, prediction.kinds[0].name, colours(turn, prediction), pattern(turn, prediction))
    second = other_kind(prediction)
    return turn.words.say("or_maybe", first=text, second=named(turn, second)) if second else text


def short(turn: Turn, prediction: Prediction, part: str) -> str:
    """As one of several products: the kind where it is sure, else what the part of the body wears."""
    found = interpretations(prediction)
    if found and found[0].probability >= SURE:
        return named(turn, prediction.kinds[0].name, colours(turn, prediction))
    return with_article(turn, _adjectives(turn, colours(turn, prediction), noun(turn, prediction, part)))


def noun(turn: Turn, prediction: Prediction, part: str) -> str:
    """What a product is called in a row: "jacket", "shoes"; by its part where its kind is not sure."""
    found = interpretations(prediction)
    if (found and found[0].probability >= SURE) or part not in PARTS:
        return kind_name(turn, prediction.kinds[0].name) if prediction.kinds else turn.words.part("whole")
    return turn.words.part(part)


def named(turn: Turn, kind: str, colour: str = "", pattern: str = "") -> str:
    """ "a red striped dress", "blue jeans", "红色条纹连衣裙"; `colour` and `pattern` are words."""
    return with_article(turn, _adjectives(turn, colour, _adjectives(turn, pattern, kind_name(turn, kind))))


def kind_name(turn: Turn, kind: str) -> str:
    return load_taxonomy().name(kind, turn.language)


def other_kind(prediction: Prediction) -> str | None:
    """The second kind where the first is not sure."""
    if (
        len(prediction.kinds) > 1
        and prediction.kinds[0].probability < SURE
        and prediction.kinds[1].probability >= WORTH_SAYING
    ):
        return prediction.kinds[1].name
    return None


def colours(turn: Turn, prediction: Prediction) -> str:
    """The colour in words, with the second one; the family's plain name where only that is sure; else ""."""
    first = _first_colour(prediction)
    if not first:
        return ""
    names = [colour_name(turn, first)]
    if prediction.second_colour and prediction.second_colour != first and first != "Multi":
        names.append(colour_name(turn, prediction.second_colour))
    return turn.words.join(names)


def colour_name(turn: Turn, colour: str) -> str:
    return MULTI[turn.words.language] if colour == "Multi" else load_taxonomy().name(colour, turn.language)


def pattern(turn: Turn, prediction: Prediction) -> str:
    """The pattern where it is sure and there is one: "striped"."""
    best = sure(prediction.patterns)
    return turn.words.value("patterns", best) if best and best != "plain" else ""


def sure(ranking: list[Ranked]) -> str:
    """The likeliest name of a head, or "" where it is not sure or there is no such head."""
    return ranking[0].name if ranking and ranking[0].probability >= SURE else ""


def with_article(turn: Turn, words: str) -> str:
    """ "a red dress", "an olive jacket", "blue jeans"; Chinese has no article."""
    if turn.words.language == "zh" or not words:
        return words
    head = _AFTER_NOUN.split(words, maxsplit=1)[0] if " " in words else words
    if head.endswith("s") and not head.endswith("ss"):
        return words
    return f"an {words}" if words[0] in "aeioAEIO" or words.lower().startswith("umbrella") else f"a {words}"


def _adjectives(turn: Turn, before: str, words: str) -> str:
    if not before:
        return words
    return f"{before}{words}" if turn.words.language == "zh" else f"{before} {words}"


def _first_colour(prediction: Prediction) -> str:
    taxonomy = load_taxonomy()
    known = [each for each in prediction.colours if each.name in taxonomy.colours]
    if not known:
        return ""
    if known[0].probability >= SURE_COLOUR:
        return known[0].name
    family = taxonomy.family(known[0].name)
    together = sum(each.probability for each in known if taxonomy.family(each.name) == family)
    plain = family.title()
    return plain if together >= SURE and plain in taxonomy.colours else ""
