"""Price limits: under 50, between 30 and 60, around 80, 50以内, 两三百, 一百到两百块."""

from __future__ import annotations

import math
import re

from bot.nlu.entities import numbers
from bot.nlu.entities.spans import Page

_BEFORE = r"(?:(?:us|hk|au|ca)?\$|€|£|¥|\busd|\beur|\bgbp|\brmb|\bcny)"
_AFTER = (
    r"(?:dollars?\b|dollers?\b|bucks?\b|usd\b|eur\b|euros?\b|gbp\b|pounds?\b|quid\b|rmb\b|yuan\b|cny\b|kuai\b"
    r"|块(?!手?表)钱?|元钱?|美元|美金|刀(?!具)|欧元?|英镑|人民币|大洋|\$|€|£|¥)"
)
# A number is no price when it counts or measures something.
_OTHER_UNIT = (
    r"(?!\s?(?:cms?\b|kgs?\b|mm\b|km\b|g\b|days?\b|weeks?\b|months?\b|years?\b|yrs?\b|hours?\b|hrs?\b"
    r"|min(?:ute)?s?\b"
    r"|%|percent|items?\b|pairs?\b|pieces?\b|pcs\b|times\b|people\b|inch|\"|lbs?\b|am\b|pm\b|o'?clock"
    r"|stars?\b|colou?rs?\b"
    r"|sizes?\b|options?\b|products?\b|things?\b|of\b|feet\b|foot\b|ft\b|ones?\b|different|degrees"
    r"|[个件双条码号岁天周月款折次星斤分点层米套顶位人页]|公斤|厘米|小时|年(?!货)))"
)
_END = rf"(?![\d{numbers.HAN_DIGITS}十百千万]|\.\d|,\d{{3}})"
_START = r"(?<![\d.#a-z])"


def _amount(name: str) -> str:
    """A number with or without currency, as groups `name` and `name_c` (set where a currency is named)."""
    return (
        rf"(?:(?P<{name}_b>{_BEFORE})\s?)?{_START}(?P<{name}>{numbers.NUMBER}){_END}"
        rf"(?:\s?(?P<{name}_a>{_AFTER}))?"
    )


_ONE = _amount("n") + _OTHER_UNIT
_TWO = _amount("low") + r"\s*{}\s*" + _amount("high") + _OTHER_UNIT
_TO = r"(?:-|~|to|until|till|up to|--|—|到|至|-)"

_BETWEEN = re.compile(
    r"(?:\bbetween|\bbetwen|\bbtw|在|介于)\s*" + _TWO.replace("{}", r"(?:and|to|&|-|~|到|至|和|跟|与)")
)
_FROM_TO = re.compile(r"(?:\bfrom|从)\s*" + _TWO.replace("{}", _TO))
_RANGE = re.compile(_TWO.replace("{}", _TO))
_AND_BETWEEN = re.compile(_TWO.replace("{}", r"(?:和|跟|与)") + r"\s*之间")
_HAN_RANGE = re.compile(numbers.HAN_RANGE + rf"(?:\s?{_AFTER})?" + _OTHER_UNIT)
_HAN_MORE = re.compile(rf"{_START}(?P<n>{numbers.NUMBER})多(?:\s?{_AFTER})?(?![种年天])" + _OTHER_UNIT)

_ABOUT = re.compile(
    r"(?:\baround|\babout|\babt|\broughly|\bapprox(?:imately)?\.?|\bcirca|\bclose to|\bsomewhere near|~"
    r"|大概|大约|约|差不多|接近)"
    r"\s*(?:at\s|的|是|在)?" + _ONE + r"(?:左右|上下)?"
)
_ABOUT_AFTER = re.compile(_ONE + r"\s*(?:左右|上下|前后|附近|来块|-?ish\b|or so\b|give or take|more or less)")
_LESS = (
    r"\bunder|\bbelow|\bbeneath|\bless(?:er)? th[ae]n|\blower than|\bcheaper than|\bsmaller than|\bup ?to"
    r"|\bat (?:the )?most"
    r"|\bmax(?:imum)?(?:\s+(?:of|is|price|budget))?\s*:?|\bwithin|\binside|\bnot exceeding|\bcapped at"
    r"|\btops|<=?|≤"
    r"|低于|少于|小于|不到|最多|最高|顶多|至多|控制在|上限(?:是|为)?|封顶"
)
_MORE = (
    r"\bover|\babove|\bmore th[ae]n|\bhigher than|\bat least|\bstart(?:ing|s)?(?: at| from)?|\bfrom"
    r"|\bmin(?:imum)?(?:\s+of)?"
    r"|\bgreater than|\bdearer than|\bpricier than|\bmore expensive than|\bupwards? of|\bexceed(?:ing|s)?"
    r"|\bbeyond|>=?|≥"
    r"|高于|超过|超|大于|多于|至少|最少|最低|起码|下限(?:是|为)?"
)
_NOT = re.compile(
    r"(?:\bno|\bnot|\bnothing|\bnone|\bnever|n't|\bdont|\bcant|\bwont|\bcannot|不|别|不要|不能|不想|没)\s*"
    r"(?:(?:to|want|wanna|going|go|goes|spend|pay|be|is|cost|costs|costing|priced|price|anything|any|it"
    r"|should|can|get|a|penny|cent|much|that|要|能|想|会|花|过|得|可以)\s*)*$"
)
_LIMIT = re.compile(rf"(?P<op>(?P<less>{_LESS})|(?P<more>{_MORE}))\s*(?:the\s|a\s|了|过)?" + _ONE)
_AT_MOST = re.compile(
    _ONE + r"\s*(?:以内|之内|以下|之下|往下|封顶|为限|打住|内(?![衣裤搭层])|or less\b"
    r"|or under\b|or below\b|or lower\b|max\b|maximum\b|tops\b|and under\b|and below\b|at (?:the )?most\b"
    r"|or cheaper\b|limit\b|顶天)"
)
_AT_LEAST = re.compile(
    _ONE
    + r"\s*(?:以上|之上|往上|起步|起(?![来码])|开外|打底|or more\b|or over\b|or above\b|or higher\b|and up\b"
    r"|and above\b|and over\b|\+|plus\b|upwards?\b|minimum\b|min\b|at least\b)"
)
_THAN = re.compile(r"比" + _ONE + r"(?:还|更|要)?(?P<op>便宜|低|少|贵|高)")
_BUDGET = re.compile(
    r"(?:\bbudget(?:'s)?|\blimit|\bspend|\bafford|\bpay|预算|价位|价格|心理价)(?:\s*(?:is|was|of|for\s\w+|limit"
    r"|only|just|maybe|usually|normally|"
    r"for\s\w+\s\w+|is\snormally|:|=|是|为|只有|大概|在|就|有|不多|,)){0,9}\s*" + _ONE
)
_CURRENCY = re.compile(
    rf"(?:{_BEFORE}\s?(?P<n>{numbers.NUMBER}){_END}|{_START}(?P<m>{numbers.NUMBER}){_END}\s?{_AFTER})"
)
_SIZE_TALK = re.compile(r"(?:\bsizes?|\bsz|\beu|\buk|\bus|码|号|\bwear|穿|\bwaist|腰围|脚)\W{0,2}$")


def find(page: Page) -> None:
    """Take price limits as `price_min` and `price_max`; "around 80" is 64 to 96."""
    for pattern in (_BETWEEN, _FROM_TO, _AND_BETWEEN, _RANGE):
        for match in page.scan(pattern):
            _take_range(page, match, sure=pattern is not _RANGE)
    for match in page.scan(_HAN_RANGE):
        if bounds := numbers.parse_range(match[1], match[2], match[3]):
            page.take(match.start(), match.end(), ("price_min", bounds[0]), ("price_max", bounds[1]))
    for match in page.scan(_HAN_MORE):
        value = _value(match["n"])
        if value >= 20 and not _NOT.search(page.rest[: match.start()]):
            power = 10 ** int(math.log10(value))
            page.take(
                match.start(), match.end(), ("price_min", value), ("price_max", numbers.tidy(value + power))
            )
    for pattern in (_ABOUT, _ABOUT_AFTER):
        for match in page.scan(pattern):
            value = _value(match["n"])
            if value >= 5 and not (value <= 60 and _SIZE_TALK.search(page.rest[: match.start()])):
                low, high = numbers.tidy(value * 0.8), numbers.tidy(value * 1.2)
                page.take(match.start(), match.end(), ("price_min", low), ("price_max", high))
    for match in page.scan(_AT_MOST):
        page.take(match.start(), match.end(), ("price_max", _value(match["n"])))
    for match in page.scan(_LIMIT):
        value = _value(match["n"])
        if value < 3 and not _has_currency(match, "n"):
            continue
        denied = _NOT.search(page.rest[: match.start()])
        most = bool(match["less"]) != bool(denied)
        page.take(match.start(), match.end(), ("price_max" if most else "price_min", value))
    for match in page.scan(_AT_LEAST):
        if _value(match["n"]) >= 5:
            page.take(match.start(), match.end(), ("price_min", _value(match["n"])))
    for match in page.scan(_THAN):
        page.take(
            match.start(),
            match.end(),
            ("price_min" if match["op"] in "贵高" else "price_max", _value(match["n"])),
        )
    for match in page.scan(_BUDGET):
        if _value(match["n"]) >= 3:
            page.take(match.start("n"), match.end(), ("price_max", _value(match["n"])))
    if not any(span.entity in ("price_min", "price_max") for span in page.spans):
        for match in page.scan(_CURRENCY):
            page.take(match.start(), match.end(), ("price_max", _value(match["n"] or match["m"])))


def _take_range(page: Page, match: re.Match[str], sure: bool) -> None:
    low, high = _value(match["low"]), _value(match["high"])
    if match["high"][-1:] in "百千万" and low < 10 and low < high:  # 一到两百
        low = numbers.tidy(low * {"百": 100, "千": 1000, "万": 10000}[match["high"][-1]])
    if match["high"].endswith("k") and low < 10:
        low = numbers.tidy(low * 1000)
    if low > high or high < 5:
        return
    named = _has_currency(match, "low") or _has_currency(match, "high")
    # "compare 1 to 4", "size 38-40" and "2-3" are no prices; "200 to 250" is.
    sizes = high <= 60 and _SIZE_TALK.search(page.rest[: match.start()])
    if not (sure or named) and (low < 10 or sizes):
        return
    page.take(match.start(), match.end(), ("price_min", low), ("price_max", high))


def _has_currency(match: re.Match[str], name: str) -> bool:
    return bool(match[f"{name}_b"] or match[f"{name}_a"])


def _value(text: str) -> int | float:
    return numbers.parse(text)
