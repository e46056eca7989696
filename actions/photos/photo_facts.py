"""Questions about what is on the customer's photo: its colour, brand, pattern, for whom, for what occasion.

Only what the eyes are sure of is stated; between two likely answers both are named; else it is said that
the photo does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from actions.common.turn import Turn
from actions.photos import photo_wording
from actions.photos.photo_wording import SURE
from shop.search.criteria import expand
from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

MAYBE = 0.25  # from here on an answer is worth naming as one of two
_ASPECTS = {
    "brand": re.compile(r"\bbrands?\b|\bwho (makes|made)\b|\blabel\b|牌子|品牌|什么牌", re.I),
    "pattern": re.compile(r"\bpatterns?\b|图案|花纹|花样", re.I),
    "colour": re.compile(r"\bcolou?rs?\b|\bshade\b|颜色|什么色|色号", re.I),
    "gender": re.compile(
        r"\bfor (a )?(men|women|man|woman|boys?|girls?|guys|ladies|him|her)\b|\b(men'?s|women'?s|unisex)\b"
        r"|\bwho('s| is) (it|this|that) for\b|男款|女款|男式|女式|男装|女装|男士|女士|男的|女的|男生|女生",
        re.I,
    ),
    "usage": re.compile(r"\boccasions?\b|\bwhere (can|could|would|do) (i|you) wear|场合", re.I),
    "sleeve": re.compile(r"\bsleeves?\b|袖", re.I),
    "material": re.compile(r"\b(fabric|material|made (of|from)|cotton|leather)\b|面料|材质|料子", re.I),
}
# "Which other colours are there" is about the products.
_OF_PRODUCTS = re.compile(
    r"\bothers?\b|\bdifferent\b|\belse\b|\bin stock\b|\bavailable\b|别的|其他|其它|还有|另外|有货", re.I
)
_OF_PHOTO = re.compile(r"\b(photo|picture|image|pic)\b|图|照片", re.I)


def asked(turn: Turn) -> str | None:
    """The aspect that the message asks for, or None."""
    if turn.pressed or _OF_PRODUCTS.search(turn.text):
        return None
    return next((aspect for aspect, words in _ASPECTS.items() if words.search(turn.text)), None)


def about_photo(turn: Turn, aspect: str | None = None) -> bool:
    """Whether a question without a product is about the photo: sent with it, naming it, or right after its
    results while no product is in hand.
    """
    if turn.new_photo or (turn.photo and _OF_PHOTO.search(turn.text)):
        return True
    if aspect == "material":
        # Of the products that is on record; a photo does not tell it.
        return False
    if not turn.photo or turn.values("ordinal") or turn.values("product_id") or turn.slot("focus"):
        return False
    just_now = turn.previous_intents()[:1] in (["send_photo"], ["describe_photo"])
    return just_now or turn.shown.get("mode", "photo") == "photo"


def tell(turn: Turn, detections: list[Detection], aspect: str) -> str:
    """The answer; one sentence for each product."""
    if len(detections) == 1:
        return _sentence(turn, detections[0].prediction, aspect)
    lines = [
        turn.words.say(
            "photo_part_line",
            part=photo_wording.noun(turn, each.prediction, each.part),
            fact=_sentence(turn, each.prediction, aspect),
        )
        for each in detections
    ]
    return "\n".join(lines)


def which(turn: Turn, prediction: Prediction) -> str | None:
    """The answer to "is this a skirt or a dress?": the likelier of the kinds named, or None where the photo
    shows neither.
    """
    chances = {
        category: sum(each.probability for each in prediction.kinds if each.name in expand((category,)))
        for category in dict.fromkeys(turn.values("category"))
    }
    if len(chances) < 2:
        return None
    best = max(chances, key=lambda category: chances[category])
    if chances[best] < MAYBE:
        return None
    seen = max(
        (each for each in prediction.kinds if each.name in expand((best,))), key=lambda each: each.probability
    )
    return turn.words.say("photo_kind_of_two", seen=photo_wording.named(turn, seen.name))


def describe(turn: Turn, analysis: PhotoAnalysis) -> str:
    """What the photo shows, in a sentence or one for each part, and what is known beyond it."""
    words = turn.words
    if len(analysis.detections) > 1:
        seen = words.join(
            photo_wording.short(turn, each.prediction, each.part) for each in analysis.detections
        )
        return words.say("photo_person", seen=seen)
    prediction = analysis.detections[0].prediction
    if not prediction.kinds:
        colours = photo_wording.colours(turn, prediction)
        return words.say("photo_colour", value=colours) if colours else words.say("photo_unclear")
    caption = (prediction.caption or {}).get(words.language, "")
    if photo_wording.other_kind(prediction) or not caption:
        text = words.say("photo_seen", seen=photo_wording.phrase(turn, prediction))
    else:
        text = words.say("photo_seen", seen=photo_wording.with_article(turn, caption))
    return words.sentences([text, *_beyond(turn, prediction, text)])


def _beyond(turn: Turn, prediction: Prediction, said: str) -> list[str]:
    """Sentences on what is sure and was not said yet."""
    words, folded = turn.words, said.casefold()
    sentences = []
    if prediction.brand and prediction.brand.casefold() not in folded:
        sentences.append(words.say("photo_brand", value=prediction.brand))
    pattern = photo_wording.pattern(turn, prediction)
    # The captions of both languages say the same, in Chinese with one of several words.
    if (
        pattern
        and pattern.casefold() not in folded
        and prediction.patterns[0].name not in prediction.caption.get("en", "")
    ):
        sentences.append(words.say("photo_pattern", value=pattern))
    second = photo_wording.colour_name(turn, prediction.second_colour) if prediction.second_colour else ""
    if second and second.casefold() not in folded:
        sentences.append(words.say("photo_second_colour", value=second))
    usage = photo_wording.sure(prediction.usages)
    if usage and (value := words.usage(usage)):
        sentences.append(words.say("photo_usage", value=value))
    return sentences


def _sentence(turn: Turn, prediction: Prediction, aspect: str) -> str:
    words = turn.words
    if aspect == "brand":
        return (
            words.say("photo_brand", value=prediction.brand)
            if prediction.brand
            else words.say("photo_no_brand")
        )
    if aspect == "material":
        return words.say("photo_no_material")
    if aspect == "colour":
        plain = photo_wording.colours(turn, prediction)
        if plain:
            return words.say("photo_colour", value=plain)
        return _of_two(turn, prediction.colours, "colour", lambda name: photo_wording.colour_name(turn, name))
    if aspect == "pattern":
        return _of_two(turn, prediction.patterns, "pattern", lambda name: words.value("patterns", name))
    if aspect == "gender":
        return _of_two(turn, prediction.genders, "gender", lambda name: words.value("genders", name))
    if aspect == "sleeve":
        return _of_two(turn, prediction.sleeves, "sleeve", words.sleeve)
    return _of_two(turn, prediction.usages, "usage", words.usage)


def _of_two(turn: Turn, ranking: list[Ranked], aspect: str, word: Callable[[str], str]) -> str:
    likely = [word(each.name) for each in ranking[:2] if each.probability >= MAYBE]
    if ranking and ranking[0].probability >= SURE:
        return turn.words.say(f"photo_{aspect}", value=likely[0])
    if likely:
        return turn.words.say(f"photo_{aspect}_maybe", value=turn.words.join(likely, "or"))
    return turn.words.say("photo_cannot_tell")
