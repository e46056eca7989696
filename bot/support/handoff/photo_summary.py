"""What the eyes saw on a customer's photo, in words for the person who takes over: with how sure they are,
which the assistant's own sentences leave out. Pure.
"""

from __future__ import annotations

from typing import Any

from vision.predictions import Detection, PhotoAnalysis, Ranked
from vision.taxonomy import load as load_taxonomy

LANGUAGES = ("en", "zh")
WORTH_SAYING = 0.15  # probability from which on a name is told
MOST = 2  # names of one head
_PARTS = {
    "whole": {"en": "Product", "zh": "商品"},
    "upper": {"en": "Upper body", "zh": "上身"},
    "lower": {"en": "Lower body", "zh": "下身"},
    "dress": {"en": "Dress", "zh": "连衣裙"},
    "feet": {"en": "Feet", "zh": "鞋"},
}
_PHOTO = {"en": "Photo", "zh": "照片"}
_PROBLEMS = {
    "too_dark": {"en": "too dark", "zh": "太暗"},
    "too_bright": {"en": "too bright", "zh": "过曝"},
    "too_blurred": {"en": "blurred", "zh": "模糊"},
    "too_small": {"en": "too small", "zh": "太小"},
    "blank": {"en": "nothing to see", "zh": "空白"},
    "no_product": {"en": "no product seen", "zh": "未见商品"},
    "several": {"en": "several products", "zh": "多件商品"},
}
_JOIN = {"en": ", ", "zh": "、"}

Fact = dict[str, dict[str, str]]  # {"name": {en, zh}, "value": {en, zh}}


def facts(analysis: PhotoAnalysis) -> list[Fact]:
    """One line for each finding, after what is to be said of the photo as a whole."""
    whole = (analysis.problem, "several" if analysis.multiple_products else "")
    found = [{"name": _PHOTO, "value": _PROBLEMS[each]} for each in whole if each in _PROBLEMS]
    for detection in analysis.detections:
        value = {language: _JOIN[language].join(_words(detection, language)) for language in LANGUAGES}
        if value["en"]:
            found.append({"name": _PARTS.get(detection.part, _PARTS["whole"]), "value": value})
    return found


def _words(detection: Detection, language: str) -> list[str]:
    prediction = detection.prediction
    return [
        *_named(prediction.kinds, language),
        *_named(prediction.colours, language),
        *([prediction.brand] if prediction.brand else []),
    ]


def _named(ranking: list[Ranked], language: str) -> list[str]:
    """The likeliest names of a head: "coat 90 %"."""
    taxonomy = load_taxonomy()
    known: dict[str, Any] = {**taxonomy.kinds, **taxonomy.colours}
    likely = [each for each in ranking[:MOST] if each.probability >= WORTH_SAYING and each.name in known]
    return [f"{taxonomy.name(each.name, language)} {each.probability:.0%}" for each in likely]
