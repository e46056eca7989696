"""Numbers as people write them: 1,200 · 2k · 1.5万 · fifty five · 一百五 · 两三百."""

from __future__ import annotations

import re

_UNIT_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TEN_NAMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_UNIT_NAMES.split())}
_TENS = {word: value for value, word in enumerate(_TEN_NAMES.split(), start=2)}
_TENS["fourty"] = 4
_UNIT_WORDS = "|".join(sorted((word for word in _UNITS if word != "zero"), key=len, reverse=True))
_TENS_WORDS = "|".join(_TENS)
_BELOW_HUNDRED = rf"(?:(?:{_TENS_WORDS})(?:[ -](?:{_UNIT_WORDS})\b)?|(?:{_UNIT_WORDS}))"
_HUNDREDS = rf"(?:(?:{_BELOW_HUNDRED}|a|couple)[ ]hundred(?:[ ](?:and[ ])?{_BELOW_HUNDRED})?)"
_THOUSANDS = (
    rf"(?:(?:{_BELOW_HUNDRED}|a)[ ](?:thousand|grand)(?:[ ](?:and[ ])?(?:{_HUNDREDS}|{_BELOW_HUNDRED}))?)"
)

DIGITS = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d+)?|\d+(?:\.\d+)?"
WORDS = rf"\b(?:{_THOUSANDS}|{_HUNDREDS}|hundred|{_BELOW_HUNDRED})\b"
HAN_DIGITS = "零〇一二两三四五六七八九"
HAN = rf"[{HAN_DIGITS}十百千万]{{1,16}}"  # bounded: each of a long run's characters may begin one

# One number in any writing. `k`, 千, 万, grand after digits multiply.
NUMBER = rf"(?:(?:{DIGITS})(?:\s?(?:k|grand)\b|\s?[百千万][{HAN_DIGITS}\d]?)?|{WORDS}|{HAN})"
_MULTIPLIED = re.compile(rf"({DIGITS})\s?(k|grand|百|千|万)?([{HAN_DIGITS}\d])?")
_POWERS = {"k": 1000, "grand": 1000, "百": 100, "千": 1000, "万": 10000}
_HAN_VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10000}

# 两三百, 七八十, 一两千: two neighbouring digits before one power.
HAN_RANGE = (
    r"(?<![十百千万])([一二两三四五六七八])(?:,"
    r"|、)?([二两三四五六七八九])([十百千万])(?![一二三四五六七八九])"
)


def tidy(value: float) -> int | float:
    """An int where the number is whole, else rounded to cents."""
    value = round(value, 2)
    return int(value) if value == int(value) else value


def parse(text: str) -> int | float:
    """The value of what `NUMBER` has matched; raises `ValueError` for anything else."""
    text = text.strip()
    if match := _MULTIPLIED.fullmatch(text):
        value = float(match[1].replace(",", ""))
        if match[2]:
            power = _POWERS[match[2]]
            value *= power
            if match[3]:  # 3百5 is 350
                value += (_HAN_VALUES[match[3]] if match[3] in _HAN_VALUES else int(match[3])) * power / 10
        return tidy(value)
    if text and (text[0] in _HAN_VALUES or text[0] in _HAN_POWERS):
        return _parse_han(text)
    return _parse_words(text)


def _parse_words(text: str) -> int:
    total = current = 0
    for word in re.split(r"[ -]+", text):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word] * 10
        elif word == "a":
            current += 1
        elif word == "couple":
            current += 2
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in ("thousand", "grand"):
            total, current = total + max(current, 1) * 1000, 0
        elif word != "and":
            raise ValueError(f"{text!r} is no number")
    return total + current


def _parse_han(text: str) -> int:
    if not any(character in _HAN_POWERS for character in text):  # 一七八 is 178
        return int("".join(str(_HAN_VALUES[character]) for character in text))
    total = section = digit = 0
    last_power = 0
    zero = False
    for character in text:
        if character in _HAN_VALUES:
            digit = _HAN_VALUES[character]
            zero = zero or digit == 0
            continue
        power = _HAN_POWERS[character]
        if power == 10000:
            total, section = total + (section + digit or 1) * power, 0
        else:
            section += (digit or 1) * power
        digit, last_power, zero = 0, power, False
    if digit and last_power >= 100 and not zero:  # 一百五 is 150, 一百零五 is 105
        digit *= last_power // 10
    return total + section + digit


def parse_range(first: str, second: str, power: str) -> tuple[int, int] | None:
    """The bounds of 两三百; None where the digits are no neighbours."""
    low, high = _HAN_VALUES[first], _HAN_VALUES[second]
    return (low * _HAN_POWERS[power], high * _HAN_POWERS[power]) if high == low + 1 else None
