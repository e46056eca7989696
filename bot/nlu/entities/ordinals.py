"""Which shown product: the first one, #2, number 3, 1 or 2, 第二个, 3号, 最后一件."""

from __future__ import annotations

import re

from bot.nlu.entities import numbers
from bot.nlu.entities.spans import Page

_NAMES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_CARDINALS = "one two three four five six seven eight nine ten"
_WORDS = {word: value for value, word in enumerate(_NAMES.split(), start=1)}
_WORDS |= {"frist": 1, "fist": 1, "secend": 2, "seccond": 2, "2th": 2, "forth": 4, "fith": 5, "fivth": 5}
_ORDINAL = rf"(?:{'|'.join(_WORDS)}|\d{{1,2}}(?:st|nd|rd|th))"
_THING = (
    r"(?:ones?\b|items?\b|products?\b|pairs?\b|options?\b|picture|photo|pic\b|results?\b|article|choice"
    r"|model|design|image|card|suggestion|piece)"
)
_MONTH = (
    r"(?:jan|feb|mar(?:ch)?\b|apr|may\b|june?\b|july?\b|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri"
    r"|satur|sun)"
)
_NOT_AFTER = re.compile(
    rf"\s{{0,9}}(?:time|thing|name|order\b|purchase|hand\b|of all|of\s+{_MONTH}|{_MONTH}|place|aid|day|week"
    rf"|month|class|party|date|floor|half|step"
    r"|impression|off\b|visit|delivery|customer|person|language|thought|glance|try|avenue|street|birthday"
    r"|grade|year|anniversary|chance|job|gift|come|i\b|let\b|hand-)"
)
_BEFORE = re.compile(
    r"(?:\bthe|\byour|\bthat|\bthis|\band|\bor|\bvs\.?|\bversus|&|,|/|\bwith|\bto|\bthan|\bof|\bis|\blike"
    r"|\bcompare|\bagainst|\bbuy|\badd|\btake|\bsave|\bremove|\bget|\babout|\bshow|\bbetween|\bon|\bin"
    r"|\bfrom|\bwant|\bfor|\btry|\bmy|\bi'?ll have|\x00)\s*$"
)
_AFTER = re.compile(
    r"\s{0,9}(?:$|[?!.,&/\x00]|and\b|or\b|vs|versus|against|better|please|pls|in\b|is\b|looks?\b|with\b|to\b)"
)
_ENGLISH = re.compile(rf"(?<![a-z0-9-])({_ORDINAL})(?![a-z0-9])")
_FIRST_FEW = re.compile(
    r"(?<![a-z])(?:first|top)\s(two|three|four|2|3|4)\b(?!\s(?:days?|weeks?|months?|years?|letters"
    r"|digits))|[前头]([两二三四234])[个件双条款套]"
)
_LAST = re.compile(
    rf"(?:\b(?:the|your|that|very)\s+)?(?:(?:very\s+)?\b(?:last|final))\s+(?:{_THING}|thing\b)|\b(?:the"
    rf"|your|vs\.?|versus|and|or|&|with|to|than)\s+(?:very\s+)?last(?=\s*(?:$|[?!.,;]|and\b|or\b|in\b"
    rf"|is\b|please|vs|with\b|x\s?\d|for\b|at\b|from\b|but\b|\x00))"
    r"|^last\s*[?.!]*$"
    r"|最后(?:[一那这]个?)?[个件双条款套顶只副张项](?![月次天])|最后[那这](?:一)?(?!次|天)"
    r"|倒数第一[个件双条款套顶只]?|最末[个件双条款]?|末尾那?[个件双条款]|最后面?的?那?[个件双条款]"
)
_LAST_BARE = re.compile(r"(?:(?<=和)|(?<=跟)|(?<=与)|(?<=是)|(?<=像)|(?<=比))最后(?![次天])")
_N = rf"(\d{{1,2}}|{_CARDINALS.replace(' ', '|')})"
_TAIL = r"(?![\d.]\d|\d|\s?(?:%|cm|kg|items?\b|pairs?\b|pieces?\b|days?\b|dollars?\b|bucks?\b))"
_NAMED = re.compile(
    rf"(?:#\s?|\bno\.?\s?|\bnr\.?\s?|\bnum\.?\s?|\bnumbers?\s?#?|\bnumero\s?|\boptions?\s?#?"
    rf"|\bitems?\s?#?|\bproducts?\s?#?|\bpictures?\s?|\bphotos?\s?"
    rf"|\bpics?\s?|\bchoices?\s?|\bresults?\s?)(?<![a-z]){_N}(?![a-z0-9]){_TAIL}(?!\s?(?:or more"
    rf"|in stock items|other|different|more\b))"
)
_NAMED_NEXT = re.compile(
    rf"^\s{{0,9}}(?:,|&|/|、|and|or|vs\.?|versus|with|to|和|跟|与|\s)\s{{0,9}}((?:#|no\.?\s?"
    rf"|number\s)?{_N})(?![a-z0-9]){_TAIL}"
)
_CLASSIFIER = "[个件双条款套顶只号项张种副把块对位排名]"
_HAN = re.compile(
    rf"第\s?([{numbers.HAN_DIGITS}十]{{1,3}}|\d{{1,2}})(?!\d|[次时天方周年节日季季度期步眼人间]"
    rf"|一次)({_CLASSIFIER})?"
)
_HAN_NEXT = re.compile(
    rf"^\s*(?:,|、|和|跟|与|或|还是|/)\s*([一二三四五六七八九十]|\d{{1,2}})({_CLASSIFIER})(?!月)"
)
_HAN_TOP = re.compile(r"[头首]一?[个件双条款](?!月)")
_HAN_NUMBER = re.compile(
    rf"(?<![\d.月{numbers.HAN_DIGITS}十])([一二两三四五六七八九十]|十[一二三四五]|1[0-5]|[1-9])\s?号(?!线"
    rf"|店|楼|门|房|订单|之前|以前|前|能到|到货|发货|送|柜|码|[一二三四五六七八九十\d])(?:款"
    rf"|那?[件个双条款])?"
)
_HAN_NAMED = re.compile(
    r"(?:编号|图片|图|选项|商品|产品|序号|款式|款)\s?(\d{1,2}"
    r"|[一二三四五六七八九十])(?![\d.个件双条码块元色种]|\d)"
)
_SMALL_N = r"(?<![a-z0-9.#$¥€£/-])([1-9]|1[0-2]|one|two|three|four|five|six)"
_AND = (
    r"\s*(?:and|or|&|vs\.?|v\.?|versus|against|with|to|n|和|跟|与|还是|或者?|比|、|对比|,\s?(?:and\s"
    r"|or\s)?|/)\s*"
)
_PAIR_END = (
    r"(?=\s*(?:$|[?!.,;:]|which|what|whats|who|please|pls|plz|is\b|are\b|better|side|both|to\b|in\b"
    r"|from\b|for\b|look|have|has|do\b|next|into|together|cheaper|warmer"
    r"|哪|都|有|比|谁|相比|的|呢|吧|啥|什么|怎么|加|放|一起|对比|选|里|中|之间|差|区别|号|那|个))"
)
_PAIR = re.compile(
    rf"{_SMALL_N}(?:号|个)?{_AND}(?:(?:#|no\.?\s?|number\s)?([1-9]|1[0-2]|one|two|three|four|five"
    rf"|six)(?:号|个)?{_AND})?([1-9]|1[0-2]|one|two|three|four|five|six)(?![\w.]\d|\d|[.]\d){_PAIR_END}"
)
_LONE = re.compile(
    rf"(?:(?<!'d )(?<!id )(?<!would )\blike|\bsimilar to|\bsame as|\bthan|\bremove|\bdelete|\babout"
    rf"|\bversus|\bvs|\blook at|\btry on|\bdetails of|\bdetails on|\bmore of|\bresembl\w+|\bcomparable to"
    rf"|\balternatives? to|像|跟|和)\s*{_SMALL_N}(?=\s*(?:$|[?!,;]|but|in\b|under|with|only|please|pls"
    rf"|差不多|一样|类似|那|的))"
)
_LONE_SUBJECT = re.compile(
    r"^(?:is|does|do you have|are|how about|what about|and|show|tell me about|have you got)\s+([1-9]"
    r"|1[0-2])(?=\s+(?:available|in\b|made|better|come|comes|have|still|waterproof|warm|good|cheaper|real"
    r"|out\b|cost|the same|any))"
)
_LONE_MESSAGE = re.compile(r"^\s*#?([1-9]|1[0-2])[\s.!?]*$")


def _value(text: str) -> int:
    if text in _WORDS:
        return _WORDS[text]
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", text):
        return int(match[1])
    return int(numbers.parse(text))


def find(page: Page, kinds: list[tuple[int, int]]) -> None:
    """Take ordinals, an int from 1 or "last". `kinds` are the places of words for products."""
    starts = {start for start, _ in kinds}
    for match in page.scan(_FIRST_FEW):
        for value in range(1, _value(match[1] or match[2]) + 1):
            page.take(match.start(), match.end(), ("ordinal", value))
    for match in page.scan(_LAST):
        page.take(match.start(), match.end(), ("ordinal", "last"))
    for match in page.scan(_LAST_BARE):
        page.take(match.start(), match.end(), ("ordinal", "last"))
    _named(page, starts)
    _english(page, starts)
    _chinese(page)
    for match in page.scan(_LAST_BARE_AFTER):
        page.take(match.start(), match.end(), ("ordinal", "last"))
    for match in page.scan(_THE_LAST):
        if _leads_to(page.plain, match.end(), starts):
            page.take(match.start(), match.end(), ("ordinal", "last"))


_LAST_BARE_AFTER = re.compile(
    r"(?<=\x00)(?:\s*(?:vs\.?|and|or|versus|,)\s*)last\b|(?<=\x00)\s*(?:和|跟|与|、|还是)最后(?![次天])"
    r"|\blast(?=\s+(?:and|vs|or)\s+\x00)"
)
_THE_LAST = re.compile(r"\b(?:the|that|your)\s+last\b")


def _leads_to(text: str, position: int, starts: set[int]) -> bool:
    """Whether a word for a product follows at once or after one other word."""
    match = re.compile(r"\s*(?:[a-z-]+\s+)?").match(text, position)
    end = match.end() if match else position
    return any(position <= start <= end for start in starts)


def _named(page: Page, starts: set[int]) -> None:
    for match in page.scan(_NAMED):
        value = _value(match[1])
        if not 1 <= value <= 50:
            continue
        page.take(match.start(), match.end(), ("ordinal", value))
        position = match.end()
        while following := _NAMED_NEXT.match(page.rest[position:]):
            if _leads_to(page.plain, position + following.end(), starts) or _value(following[2]) > 15:
                break
            page.take(
                position + following.start(1), position + following.end(1), ("ordinal", _value(following[2]))
            )
            position += following.end()


def _english(page: Page, starts: set[int]) -> None:
    for match in page.scan(_ENGLISH):
        before, after = page.rest[: match.start()], page.rest[match.end() :]
        if _NOT_AFTER.match(after) or re.search(
            rf"(?:\ba|\bone|\bjust a|\bper|\bat|{_MONTH}\w*)\s*$", before
        ):
            continue
        named = re.match(rf"\s{{1,9}}{_THING}", after)
        if (
            named
            or _leads_to(page.plain, match.end(), starts)
            or (_BEFORE.search(before) and not re.match(r"\s{1,9}(?:few|couple)", after))
            or (not before.strip() and _AFTER.match(after))
        ):
            end = match.end() + (named.end() if named and named.group().strip() in ("one", "ones") else 0)
            page.take(match.start(), end, ("ordinal", _value(match[1])))


def _chinese(page: Page) -> None:
    for match in page.scan(_HAN):
        page.take(match.start(), match.end(), ("ordinal", _value(match[1])))
        while following := _HAN_NEXT.match(page.rest[match.end() :]):
            start = match.end() + following.start(1)
            page.take(start, match.end() + following.end(), ("ordinal", _value(following[1])))
            break
    for match in page.scan(_HAN_TOP):
        page.take(match.start(), match.end(), ("ordinal", 1))
    for pattern in (_HAN_NUMBER, _HAN_NAMED):
        for match in page.scan(pattern):
            page.take(match.start(), match.end(), ("ordinal", _value(match[1])))


def find_bare(page: Page) -> None:
    """Take ordinals that only their surroundings tell: 3 and 4, which is better · like 2."""
    for match in page.scan(_PAIR):
        if re.search(
            r"(?:\bbetween|\bsizes?|\bunder|\bover|码|穿)\s*$", page.rest[: match.start()]
        ) and not _COMPARES.search(page.plain):
            continue
        if match[1].isalpha() and match[3].isalpha() and {match[1], match[3]} == {"one"}:
            continue
        for group in (1, 2, 3):
            if match[group]:
                page.take(match.start(group), match.end(group), ("ordinal", _value(match[group])))
    for pattern in (_LONE, _LONE_SUBJECT, _LONE_MESSAGE):
        for match in page.scan(pattern):
            if match[1] != "one":
                page.take(match.start(1), match.end(1), ("ordinal", _value(match[1])))


_COMPARES = re.compile(
    r"\bcompar|\bdiffer|\bbetter|\bversus|\bvs\b|比|区别|差别|不同|哪个|which|choose|decide"
)


def find_compared(page: Page) -> None:
    """The pairs of a comparison, before prices read "between 2 and 6" as theirs."""
    if _COMPARES.search(page.plain) and not re.search(r"[$€£¥]|dollar|块|元", page.plain):
        find_bare(page)
