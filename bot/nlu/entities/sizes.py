"""Sizes: M, 2XL, extra large, EU 42, 42码, waist 32, 大号, one size."""

from __future__ import annotations

import re

from bot.nlu.entities import numbers
from bot.nlu.entities.spans import TAKEN, Page

_LETTER = r"(?:[2-6]xl|xx-?large|xxx-?large|xxxs|xxs|xs|x{1,4}l)"
_ANY_LETTER = rf"(?:{_LETTER}|[sml])"
_LONG = {
    "extra large": "XL",
    "x large": "XL",
    "xlarge": "XL",
    "xtra large": "XL",
    "extra extra large": "XXL",
    "double extra large": "XXL",
    "double xl": "XXL",
    "triple xl": "XXXL",
    "extra small": "XS",
    "x small": "XS",
    "xsmall": "XS",
    "one size": "one size",
    "onesize": "one size",
    "free size": "one size",
    "one size fits all": "one size",
    "os": "one size",
    "均码": "one size",
    "通码": "one size",
    "均一码": "one size",
    "自由码": "one size",
    "加加大码": "XXL",
    "加加大": "XXL",
    "特大号": "XL",
    "特大码": "XL",
    "加大号": "XL",
    "加大码": "XL",
    "特小号": "XS",
    "特小码": "XS",
    "加小码": "XS",
    "加小号": "XS",
    "大号": "L",
    "中号": "M",
    "小号": "S",
    "中码": "M",
    "小码": "S",
    "大码": "L",
}
_LONG_PATTERN = re.compile(
    r"(?<![a-z偏最])(?:"
    + "|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(_LONG, key=len, reverse=True))
    + r")(?![a-z])(?!\s?的?(?:字|图))"
)
_LETTERS = re.compile(rf"(?<![a-z0-9.&'])({_LETTER})(?![a-z0-9&'])")
_CAPITAL = re.compile(r"(?<![A-Za-z0-9&'’.ＳＭＬ])([SMLＳＭＬ])(?![A-Za-z0-9&'’.]\w|[A-Za-z0-9&'’])")
_SHOUTED = re.compile(r"^(?=[^a-z]*[A-Z]{4,}[^a-z]*[A-Z]{3,})[^a-z]*$")
_SMALL_LETTER = re.compile(r"(?:\bsizes?(?:\s*:\s*|\s+)|\bsz\s+|\bin (?:an? )?|^\s*)([sml])(?![a-z0-9&'])")
_LAST_LETTER = re.compile(r"(?<=[a-z\u4e00-\u9fff\x00\s] )([sml])[\s?!.]*$")
_HAN_LETTER = re.compile(
    r"(?:(?<=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff,] ))([sml])(?![a-z0-9&'])"
    r"|(?<![a-z0-9&'])([sml])(?=\s?[码号]|的)"
)
_WORD = re.compile(r"(?<![a-z-])(small|medium|large|smal|meduim|medum|mediun|lrg|med)(?![a-z])")
_WORDS = {"s": "S", "m": "M", "l": "L"}
_NO_WORD_BEFORE = re.compile(
    r"(?:\btoo|\bbit|\bruns?|\brunning|\bso|\bvery|\breally|\bhow|\bquite|\bfits?|\bis it|\bare they"
    r"|\bit'?s|\bthey'?re|\blooks?|\bup|\bslightly|\bfairly|\bpretty|\bnot|\bfitting)\s*$"
)
_WORD_BEFORE = re.compile(
    r"(?:\bin (?:an? |the |size )?|\bsizes? ?:? ?(?:is )?|\bonly |\bor (?:an? )?|\band (?:an? )?|/"
    r"|\bwear(?:ing)? (?:an? )?|\btake (?:an? )?|\bi'?m (?:usually |normally )?(?:an? )?"
    r"|\bget (?:an? |the )?|\busually (?:an? )?|\bnormally (?:an? )?|\balways (?:an? )?|\bof "
    r"|\bfor (?:an? )|\bhave (?:an? |it in )?|\bneed (?:an? )?|\bwant (?:an? )?|^|, ?|\bthe |\ba |\byour )$"
)
_WORD_AFTER = re.compile(
    r"\s{0,9}(?:$|[?!.,;/\x00]|or\b|and\b|please\b|pls\b|plz\b|ones?\b|size\b|in\b|for\b|but\b|available"
    r"|left\b|if\b|too\b|as\b|to\b|then\b|instead|fit\b|be\b|would|will|is\b|should|of the|from|with"
    r"|thanks)"
)
_NUM = r"(\d{1,3}(?:\.5)?|四十[一二三四五六]?|三十[三四五六七八九])(?![\d.]\d?)"
_NO_UNIT = (
    r"(?!\d|\s?(?:cm|kg|mm|days?\b|weeks?\b|hours?\b|min|months?|years?|yrs?|%|percent|items?\b|pairs?\b"
    r"|pieces?|times?\b|people|dollars?|bucks?|euros?"
    r"|pounds?|\$|€|£|[块元天件双条个套岁折款月周年]|colou?rs?|different|lbs?|feet|ft\b|pm\b|am\b"
    r"|of (?:the|them|those|these)))"
)
_SYSTEM = r"(?:eu|eur|euro|uk|us|european|british|american|欧码?|美码?|英码?)"
_IS = (
    r"(?:\s|:|=|,|-|\bis\b|'s\b|\bits\b|\bit's\b|\bare\b|\bwas\b|\bto\b|\busually\b|\bnormally\b|\bof\b"
    r"|\babout\b|\baround\b|\ban?\b|是|为|选|要|的|在|大概|一般|平时|都)*"
)
_NUMERIC = (
    re.compile(
        rf"(?:\bsizes?|\bsz\b|\bsize no\.?|尺码|码数|尺寸|鞋码|号码|鞋号"
        rf"|脚码){_IS}(?:{_SYSTEM}\s?)?{_NUM}{_NO_UNIT}"
    ),
    re.compile(rf"(?<![a-z]){_SYSTEM}\s?(?:size\s?)?{_NUM}{_NO_UNIT}"),
    re.compile(rf"(?<![\d.#]){_NUM}\s?(?:in\s)?(?:eu|eur|uk|us)\b"),
    re.compile(
        rf"(?:\bwaist|腰围|腰)(?:\s*size)?{_IS}(2[3-9]|3\d|4[0-6])(?!\d|\s?cm"
        rf"|\s?厘米)(?:\s?(?:inch(?:es)?|in\b|\"|寸))?"
    ),
    re.compile(r"(?<!\d)(2[3-9]|3\d|4[0-6])\s*-?(?:inch(?:es)?|in|\"|''|寸|英寸)?[\s-]*(?:waist|的?腰)"),
    re.compile(r"(?<![a-z])w(2[3-9]|3\d|4[0-6])(?![\d])"),
    re.compile(rf"(?<![\d.#]){_NUM}\s?码"),
    re.compile(r"(?<![\d.#第])(2\d|3\d|4\d|5\d)\s?号(?!线|店|楼|订单|门|房|柜|款|之前|前|发货|到)"),
    re.compile(
        rf"(?:\bwear(?:s|ing)?|\bi'?m (?:usually |normally )?an?|\bi am (?:usually |normally )?an?"
        rf"|\busually an?|\bnormally an?|\btake an|\btakes? an?|\bfeet are|\bfoot is|穿(?:的是|的|了)?"
        rf"|脚(?:是|的)?)\s*(?:about\s|size\s|an?\s|是|大概)?(\d{{1,2}}(?:\.5)?)(?![\d.]){_NO_UNIT}"
    ),
    re.compile(rf"\bin (?:an? )?(2[4-9]|[345]\d(?:\.5)?|\d{{1,2}}\.5)(?![\d.]){_NO_UNIT}"),
    re.compile(
        rf"\b(?:men|women|ladies|boys?|girls?|mens|womens)(?:'s|')?\s+(2[4-9]|[34]\d)(?![\d.]){_NO_UNIT}"
    ),
    re.compile(rf"\bin an? (\d{{1,2}}(?:\.5)?)(?![\d.]){_NO_UNIT}"),
    re.compile(
        r"(?:要|换|有|来|买|选|拿|成|鞋|裤|靴|款|不要|没有)\s*(3[3-9]|4[0-8])(?:的|$|\s|,|吗|呢|吧|有)"
    ),
    re.compile(r"(?<![\d.#¥$£€])(3[3-9]|4[0-8])的(?:鞋|靴|脚|吗|有|还|呢|给|吧|$)"),
    re.compile(
        r"(?:\bshoes?|\bboots?|\btrainers?|\bsneakers?|\bheels|\bsandals|\bjeans|\bchinos)\s+(3[3-9]"
        r"|4[0-8]|2[6-9])\s*[?.!]*$"
    ),
    re.compile(
        r"(?:\b(?:same|that|this|it|them|one|ones)\b.{0,12}\b(?:in|but))\s+(\d{2})(?![\d.])\s*[?.!]*$"
    ),
    re.compile(r"^\s*(2[6-9]|3\d|4\d|50)(?:\.5)?[\s?.!]*$"),
)
_JOIN = (
    r"\s*(?:,|/|、|\bor\b|\band\b|\bnot\b|\bto\b|-|和|或者?|还是|跟|与|不要|,不要|,not|,要|instead of"
    r"|rather than)\s*(?:not\s)?(?:an?\s|the\s|size\s|in\s)?"
)
_NEXT = re.compile(
    rf"^的?{_JOIN}(?:({_ANY_LETTER})(?![a-z0-9])|(\d{{1,3}}(?:\.5)?)(?![\d.]){_NO_UNIT})\s?(?:码|号(?!之))?"
)
_PREVIOUS = re.compile(
    rf"(?:(?<![a-z0-9'])({_ANY_LETTER})|(?<![\d.#])(\d{{1,3}}(?:\.5)?))\s*(?:/|、|,|\bor\b|\band\b|和"
    rf"|或者?|还是|跟|与|-|到)\s*$"
)


def canonical(text: str) -> str:
    """M, XXL, 42 …: capital letters, 2XL as XXL, Chinese numerals as digits."""
    text = text.lower().strip().replace("-", "")
    if text in ("xxlarge", "2xl"):
        return "XXL"
    if text in ("xxxlarge", "3xl"):
        return "XXXL"
    if text[:1] in numbers.HAN_DIGITS + "十":
        return str(numbers.parse(text))
    return text.upper()


def find(page: Page, garments: list[tuple[int, int]]) -> None:
    """Take sizes. `garments` are the places of words for clothes, beside which "small" is a size."""
    for match in page.scan(_LONG_PATTERN):
        word = match.group().replace("-", " ")
        if word != "os" or page.original[match.start() : match.end()] == "OS":
            page.take(match.start(), match.end(), ("size", _LONG[word]))
    for pattern in _NUMERIC:
        for match in page.scan(pattern):
            if 0 < float(numbers.parse(match[1])) <= 176:
                page.take(match.start(1), match.end(), ("size", canonical(match[1])))
    for match in page.scan(_LETTERS):
        end = match.end() + (page.rest[match.end() : match.end() + 1] in ("码", "号"))
        page.take(match.start(), end, ("size", canonical(match[1])))
    _letters(page)
    _words(page, garments)
    for span in [span for span in page.spans if span.entity == "size"]:
        _spread(page, span.end, str(span.value), forward=True)
        _spread(page, span.start, str(span.value), forward=False)


def _letters(page: Page) -> None:
    for match in _CAPITAL.finditer(page.original):
        if page.rest[match.start()] != TAKEN and not _SHOUTED.search(page.original):
            page.take(match.start(), match.end(), ("size", canonical(page.plain[match.start()])))
    patterns = [_SMALL_LETTER, _LAST_LETTER]
    if re.search("[\u4e00-\u9fff]", page.plain):
        patterns.append(_HAN_LETTER)
    for pattern in patterns:
        for match in page.scan(pattern):
            group = 1 if match[1] else 2
            page.take(match.start(group), match.end(group), ("size", canonical(match[group])))


def _words(page: Page, garments: list[tuple[int, int]]) -> None:
    for match in page.scan(_WORD):
        before, after = page.rest[: match.start()], page.rest[match.end() :]
        letter = _WORDS[match[1][0]]
        rest = page.plain[match.end() :]
        gap = len(rest) - len(rest.lstrip())
        names_garment = any(match.end() <= start <= match.end() + gap + 14 for start, _ in garments)
        if letter == "M":
            fits = not re.match(
                r"\s{0,9}(?:length|weight|heel|brown|blue|grey|rare|sized|heat|term|wash|wide)", after
            )
        elif _NO_WORD_BEFORE.search(before):
            fits = False
        else:
            stands_alone = _WORD_AFTER.match(after) is not None
            fits = names_garment or (stands_alone and _WORD_BEFORE.search(before) is not None)
        if fits:
            page.take(match.start(), match.end(), ("size", letter))


def _spread(page: Page, position: int, value: str, *, forward: bool) -> None:
    """Take the other sizes of "38 or 39", "M/L" beside one that is sure."""
    while True:
        match = _NEXT.match(page.rest[position:]) if forward else _PREVIOUS.search(page.rest[:position])
        if not match:
            return
        letter, digits = match[1], match[2]
        if (letter and value[0].isdigit()) or (digits and not value[0].isdigit()):
            return
        if digits and not 0.6 < float(digits) / float(value) < 1.6:
            return
        group = 1 if letter else 2
        offset = position if forward else 0
        page.take(offset + match.start(group), offset + match.end(group), ("size", canonical(match[group])))
        position = offset + (match.end() if forward else match.start(group))
