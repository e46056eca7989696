"""How many: 3 pairs, x2, two of the first, add 2, 两件. A classifier alone ("一条裙子") counts nothing."""

from __future__ import annotations

import re

from bot.nlu.entities import numbers
from bot.nlu.entities.spans import Page

_WORD = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_N = rf"(\d{{1,2}}|{_WORD})"
_NO = r"(?<![\w.#$¥€£-])"
_NO_UNIT = (
    r"(?![\d.,]\d|\d|\s?(?:%|cm|kg|mm|days?\b|weeks?\b|months?\b|years?\b|yrs?\b|hours?\b|min|dollars?"
    r"|bucks?|euros?|pounds?|usd|rmb|yuan|quid|\$|€|£|¥|percent|times\b"
    r"|stars?|colou?rs?|sizes?|people|inch|\"|or\b|and\s\d|&|vs|/|st\b|nd\b|rd\b|th\b|more (?:days|weeks)"
    r"|different|business|working|others?\b|friends|kids|children))"
)
_ENGLISH = (
    re.compile(r"(?<![a-z0-9])[x×*]\s?(\d{1,2})(?![\dx×*.])"),
    re.compile(r"(?<![\w.#$])(\d{1,2})\s?[x×](?![a-z\d×*]|\s?\d)"),
    re.compile(rf"{_NO}{_N}\s+(?:more\s+)?(?:\w+\s+)?(?:pairs?|pieces?|pcs?|units?|copies|sets?|packs?)\b"),
    re.compile(r"(?:\bjust|\bonly)\s+(one)\s+(?:pair|piece|of)\b"),
    re.compile(
        rf"{_NO}{_N}\s+of\s+(?:the|them|those|these|that|this|it|each|number|no|#|\x00|my|your|every)"
    ),
    re.compile(rf"{_NO}{_N}\s+(?=size\b)"),
    re.compile(r"\b(?:quantity|qty|amount)\s*(?:of|is|:|=|to)?\s*(\d{1,2})(?!\d)"),
    re.compile(
        rf"\b(?:make (?:it|that)|change (?:it |the quantity )?to)\s+{_N}\b(?=\s*(?:$|[.,!?]|please"
        rf"|instead|pairs|of))"
    ),
    re.compile(
        rf"\b(?:add|take|buy|get|want|need|have|put|give me|purchase|grab|i'?d like|bring me|order me"
        rf"|to order|throw in|stick)\s+(?:me\s+|in\s+|another\s+|up\s+"
        rf"|the\s+other\s+)?{_N}\b{_NO_UNIT}(?!\s*(?:in (?:a |size|[sml]\b)))"
    ),
    re.compile(rf"{_NO}{_N}\s+(?:more|extra)(?=\s*(?:$|[.,!?]|please|of\b|in\b))"),
)
_BEFORE_KIND = re.compile(rf"{_NO}{_N}(?=\s)")
_POINTING = re.compile(
    r"(?:\bthese|\bthose|\bthe|\bbetween|\bcompare|\bof|\bother|\blast|\bfirst|\bsize|\bboth|\bwhich"
    r"|\bnumber|\bany|\bmy|\bno\.?)\s*$"
)
_CLASSIFIER = "[件条双个套顶只副把枚瓶对]"
_HAN = re.compile(
    rf"(?<![第这那哪前后每头上下几各另其.\d{numbers.HAN_DIGITS}十])(\d{{1,2}}|[两二三四五六七八九]"
    rf"|十[一二三四五六七八九]?)\s?{_CLASSIFIER}"
    r"(?!颜色|色|月|星期|礼拜|小时|钟|尺码|码|人|牌|品牌|款式|字|哪|里[面边]?|之间|的?区别|的?差别"
    r"|有?什么不同|比|工作日|选项|口袋|扣|图|问题|孩子|儿子|女儿|小孩|朋友|地方|相比|中间?|当中|选|对比"
    r"|有[啥什]|谁|角度)"
)
_HAN_MULTIPLE = re.compile(r"(\d{1,2})\s?块(?=手?表)|([两三四五六])块(?=手?表)")
_HAN_BARE = re.compile(r"(?:来|要|买|加|拿|订|数量|改成)\s?(\d|[两三四五])(?=\s*$|[,。!?]|吧|呗|份)")


def find(page: Page, kinds: list[tuple[int, int]], described: list[tuple[int, int]]) -> None:
    """Take quantities. `kinds` are the places of words for products, `described` of their properties."""
    for pattern in _ENGLISH:
        for match in page.scan(pattern):
            before = page.rest[: match.start(1)]
            if not _POINTING.search(before) or pattern in _ENGLISH[:2]:
                _take(page, match, 1)
    for match in page.scan(_BEFORE_KIND):
        if _POINTING.search(page.rest[: match.start()]):
            continue
        if _reaches_kind(page.plain, match.end(), kinds, described):
            _take(page, match, 1)
    for pattern in (_HAN, _HAN_MULTIPLE, _HAN_BARE):
        for match in page.scan(pattern):
            _take(page, match, 1 if match[1] else 2)


def _take(page: Page, match: re.Match[str], group: int) -> None:
    value = numbers.parse(match[group])
    if 1 <= value <= 99:
        page.take(match.start(group), match.end(), ("quantity", int(value)))


def _reaches_kind(
    text: str, position: int, kinds: list[tuple[int, int]], described: list[tuple[int, int]]
) -> bool:
    """Whether only descriptions (and at most one other word) stand between a number and a product's word."""
    spare = 1
    while True:
        while position < len(text) and text[position] in " -":
            position += 1
        if any(start == position for start, _ in kinds):
            return True
        ends = [end for start, end in described if start == position]
        if ends:
            position = max(ends)
            continue
        word = re.compile(r"[a-z]+(?=\s)").match(text, position)
        if not word or not spare or word.group() in _BREAKS:
            return False
        spare, position = 0, word.end()


_BREAKS = frozenset(
    [
        "and",
        "or",
        "is",
        "are",
        "the",
        "a",
        "an",
        "in",
        "to",
        "for",
        "of",
        "with",
        "which",
        "that",
        "than",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "year",
        "years",
        "inch",
        "colour",
        "color",
        "size",
    ]
)
