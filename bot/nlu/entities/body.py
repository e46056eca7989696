"""Heights in centimetres and weights in kilograms: 5'7", 1米75, 身高170, 130 lbs, 120斤."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.nlu.entities import numbers
from bot.nlu.entities.spans import Page

_N = rf"({numbers.NUMBER})"
_SMALL = r"(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven)"
_HAN_DIGIT = "一二三四五六七八九零〇"
_HALF = r"(\s*(?:and a half|半|1/2|½))?"
_NOT_BODY_LENGTH = re.compile(
    r"(?:waist|chest|bust|hips?|inseam|foot|feet|length|heel|wide|width|long|shoulder|sleeve|腰围|胸围"
    r"|臀围|脚长|肩宽|裤长"
    r"|衣长|裙长|袖长|内长|跟高|鞋跟|腿长|腰)\W{0,3}(?:is|are|of|around|大概|大约|是)?\W{0,2}$"
)
_NOT_BODY_AFTER = re.compile(
    r"\s{0,9}(?:heels?|waist|chest|bust|hips?|inseam|foot|long|wide|的?(?:跟|鞋跟|腰|胸|裤长|长度))"
)

_Convert = Callable[[re.Match[str]], float]


def _feet(match: re.Match[str]) -> float:
    inches = numbers.parse(match[2]) if match[2] else 0
    return numbers.parse(match[1]) * 30.48 + (inches + (0.5 if match[3] else 0)) * 2.54


def _metres(match: re.Match[str]) -> float:
    tail = match[2] or "0"
    tail = "".join(
        str("零一二三四五六七八九".find(c.replace("〇", "零"))) if c in _HAN_DIGIT else c for c in tail
    )
    whole = 1 if match[1] == "一" else 2 if match[1] in ("二", "两") else int(match[1])
    return whole * 100 + int(tail.ljust(2, "0")[:2])


def _number(match: re.Match[str]) -> float:
    value = float(numbers.parse(match[1]))
    return value * 100 if value < 3 else value


_HEIGHTS: tuple[tuple[re.Pattern[str], _Convert], ...] = (
    (
        re.compile(
            rf"(?<![\w.]){_SMALL}\s*-?(?:'|ft\b\.?|foot\b|feet\b"
            rf"|英尺)\s*,?-?\s*(?:(?:and\s+)?{_SMALL}(?!\d|\.\d|\s?(?:lbs?\b|kgs?\b|pounds?|st\b|stone)))?"
            rf"(?:(\s+and a half|½)|)\s*(?:\"|''|inch(?:es)?\b|in\b(?!\s+(?:a|an|the|my|size|black"
            rf"|white))|英寸)?"
        ),
        _feet,
    ),
    (
        re.compile(
            rf"([12一二两])\s?(?:米|m)\s?([\d{_HAN_DIGIT}]{{1,2}})(?![\d%件条双个块元岁]|\s?kg)(?:\s?cm)?"
        ),
        _metres,
    ),
    (re.compile(r"(?<![\d.])([12])\.(\d{1,2})\s?(?:m\b|米|meters?\b|metres?\b|mtr\b)"), _metres),
    (
        re.compile(r"(?<![\d.])([12])\.(\d{2})(?=\s*(?:tall|高|的身高|,?\s*\d{2,3}\s?(?:kg|公斤|斤)))"),
        _metres,
    ),
    (re.compile(rf"(?<![\d.]){_N}\s?(?:cms?\b|公分|厘米|centimet(?:er|re)s?\b|釐米)"), _number),
    (
        re.compile(
            rf"(?:身高|个头|个子|高度|\bheight|\btall)\s*(?:is|of|was|about|around|approx|大概|大约|约|是"
            rf"|有|在|:|=|-)*\s*{_N}"
            r"(?!\s?(?:斤|公斤|kg|码|岁|块|元|lb))"
        ),
        _number,
    ),
    (
        re.compile(r"(?<![\d.])(\d{3}|[12]\.\d{1,2})\s*(?:in height|tall|高(?![跟帮腰领])|身高|的个子|的个)"),
        _number,
    ),
)
_ALONE_HEIGHT = re.compile(
    r"(?<![\d.#])(1[3-9]\d|20\d|2[01]\d|1\.[3-9]\d|一[四五六七八九][一二三四五六七八九零]"
    r"|一百[四五六七八九]十?[一二三四五六七八九]?)(?![\d.]|\s?(?:块|元|斤|公斤|kg|码|以[内下上]|lb|pounds"
    r"|dollars|\$|usd))"
)
_SELF = re.compile(
    r"(?:我|俺|本人|儿子|女儿|孩子|老公|老婆|男友|女友|妈妈|爸爸|\bi'?m|\bi am|\bim|he'?s|she'?s|he is"
    r"|she is)\s*(?:的?身高|是|有|now|about|around|大概|净)?\s*$"
)

_WEIGHTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], float]], ...] = (
    (
        re.compile(
            rf"(?<![\w.]){_N}{_HALF}\s?(?:stones?\b|st\b)(?:\s*(?:and\s+)?(\d{{1,2}})\s*(?:lbs?\b"
            rf"|pounds?\b)?)?"
        ),
        lambda m: (
            (numbers.parse(m[1]) + (0.5 if m[2] else 0)) * 6.35029 + (int(m[3]) if m[3] else 0) * 0.453592
        ),
    ),
    (
        re.compile(rf"(?<![\d.]){_N}{_HALF}\s?(?:kgs?\b|kilos?\b|kilograms?\b|公斤|千克)"),
        lambda m: float(numbers.parse(m[1])) + (0.5 if m[2] else 0),
    ),
    (
        re.compile(rf"(?<![\d.]){_N}{_HALF}\s?(?:市斤|斤|jin\b)"),
        lambda m: (float(numbers.parse(m[1])) + (0.5 if m[2] else 0)) / 2,
    ),
    (re.compile(rf"(?<![\d.$£€]){_N}\s?(?:lbs?\b|磅)"), lambda m: float(numbers.parse(m[1])) * 0.453592),
)
_POUNDS = re.compile(rf"(?<![\d.$£€]){_N}\s?pounds?\b")
_BODY_TALK = re.compile(
    r"\bweigh|\bheight|\btall\b|\bfoot\b|\bft\b|\bi'?m\s+\d|\bi am\s+\d|\bwhat size\b|\bwhich size\b|\d'"
)
_MONEY_TALK = re.compile(
    r"(?:under|below|over|above|than|between|around|about|budget|spend|pay|cost|price|max\w*|up to|least"
    r"|most)\s*$"
)
_BARE_WEIGHT = re.compile(
    rf"(?:体重|重量|净重|\bweights?|\bweigh(?:s|ing)?|\bwt)\s*(?:is|of|about|around|approx|大概|大约|约"
    rf"|是|有|在|:|=|-)*\s*{_N}(?!\s?(?:cm|块|元|码|ft|foot))"
)
_AFTER_HEIGHT = re.compile(
    r"^\x00*\s{0,9}(?:/|,|，|、|and|\+|-|\s|和)\s{0,9}(\d{2,3})(?![\d.]|\s?(?:cm|块|元|码|号|件|条|双|岁|%|years"
    r"|pounds|dollars))"
)


def find(page: Page) -> None:
    """Take heights (90–230 cm) and weights (10–250 kg)."""
    for pattern, convert in _HEIGHTS:
        for match in page.scan(pattern):
            centimetres = round(convert(match))
            before, after = page.rest[: match.start()], page.rest[match.end() :]
            if (
                not 60 <= centimetres <= 230
                or _NOT_BODY_LENGTH.search(before)
                or _NOT_BODY_AFTER.match(after)
            ):
                continue
            page.take(match.start(), match.end(), ("height", centimetres))
    _weights(page)
    _bare_height(page)
    _bare_weight(page)


def _weights(page: Page) -> None:
    for pattern, convert in _WEIGHTS:
        for match in page.scan(pattern):
            kilograms = round(convert(match))
            if 8 <= kilograms <= 250:
                page.take(match.start(), match.end(), ("weight", kilograms))
    tall = any(span.entity == "height" for span in page.spans)
    for match in page.scan(_POUNDS):
        kilograms = round(float(numbers.parse(match[1])) * 0.453592)
        speaks_of_body = tall or _BODY_TALK.search(page.plain)
        if 20 <= kilograms <= 250 and speaks_of_body and not _MONEY_TALK.search(page.rest[: match.start()]):
            page.take(match.start(), match.end(), ("weight", kilograms))


def _bare_height(page: Page) -> None:
    """A number that can only be a height beside a weight or a person: 162 55公斤, 我一七八."""
    kinds = {span.entity for span in page.spans}
    if "height" in kinds:
        return
    for match in page.scan(_ALONE_HEIGHT):
        before = page.rest[: match.start()]
        near_person = _SELF.search(before)
        if "weight" in kinds or (
            near_person and re.search(r"size|码|号|穿|fit|,|高|tall|wear|记", page.plain)
        ):
            value = (
                float(numbers.parse(match[1]))
                if match[1][0] != "一" or "百" in match[1]
                else _spoken(match[1])
            )
            page.take(match.start(), match.end(), ("height", round(value * 100 if value < 3 else value)))
            return
    pair = re.search(r"(?<![\d.#$¥€£])(1[4-9]\d)\s?[/,\s]\s?(\d{2,3})(?![\d.]|\s?(?:块|元))", page.rest)
    if pair and re.search(r"size|码|穿|尺寸|fit|wear", page.plain) and 35 <= int(pair[2]) <= 200:
        page.take(pair.start(1), pair.end(1), ("height", int(pair[1])))
        page.take(pair.start(2), pair.end(2), ("weight", _plausible(page, int(pair[2]))))


def _spoken(text: str) -> float:
    return float("".join(str("零一二三四五六七八九".index(character)) for character in text))


def _bare_weight(page: Page) -> None:
    if any(span.entity == "weight" for span in page.spans):
        return
    for match in page.scan(_BARE_WEIGHT):
        value = float(numbers.parse(match[1]))
        if 8 <= value <= 300:
            page.take(match.start(), match.end(), ("weight", _plausible(page, value)))
            return
    heights = [span for span in page.spans if span.entity == "height"]
    if heights:
        following = _AFTER_HEIGHT.match(page.rest[heights[0].end :])
        if following and 30 <= int(following[1]) <= 200:
            start = heights[0].end + following.start(1)
            page.take(start, start + len(following[1]), ("weight", _plausible(page, int(following[1]))))


def _plausible(page: Page, value: float) -> int:
    """A weight without a unit: kilograms, or 斤 (half a kilogram) where only that makes a usual body."""
    if value < 90 or not re.search("[\u4e00-\u9fff]", page.plain):
        return round(value)
    heights = [float(span.value) for span in page.spans if span.entity == "height"]
    metres = (heights[0] if heights else 168) / 100
    ideal = 21.5 * metres * metres
    return round(value if abs(value - ideal) < abs(value / 2 - ideal) else value / 2)
