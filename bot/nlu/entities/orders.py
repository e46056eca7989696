"""Order numbers: A1029, #10234, ORD-5521, 订单号77120."""

from __future__ import annotations

import re

from bot.nlu.entities.spans import Page

_PATTERNS = (
    # A letter or two and digits, joined: A1029, ORD-5521, KX 20931 only with the dash or nothing between.
    re.compile(r"(?<![a-z0-9])(?:#|no\.?\s?)?((?:ord|order)[-_#]?\d{3,12}|[a-z]{1,3}-?\d{4,12})(?![a-z0-9])"),
    re.compile(r"#\s?(\d{4,12}|[a-z]{1,3}\d{3,12})(?![a-z0-9])"),
    re.compile(
        r"\b(?:order|ordr|oder|parcel|package|tracking|purchase)(?:\s{0,9}(?:number|no\.?|nr\.?|num|id|code|#))?"
        r"\s{0,9}(?:is|was|:|=|#|-)?\s{0,9}#?([a-z]{0,3}-?\d{3,12})(?![a-z0-9])"
    ),
    re.compile(
        r"(?:订单编号|订单号码|订单号|订单|单号|快递单号|编号|运单号|尾号|订单尾号|查一下|查询"
        r"|查下)\s{0,9}(?:是|为|:)?\s{0,9}#?([a-z]{0,4}-?\d{3,14})(?![a-z0-9])"
    ),
    re.compile(r"(?<![a-z0-9.])#?([a-z]{0,3}-?\d{4,14})\s*(?:这个|这|那个|那)?(?:订单|单子|单|号订单)"),
    re.compile(r"\b(?:my\s+)?(?:id|number|num|no\.)\s*(?:is|:)\s*#?([a-z]{0,3}-?\d{5,12})(?![a-z0-9])"),
    re.compile(r"^\s*#?(\d{5,12})\s*[?.!]?\s*$"),
)
_SIZES = re.compile(r"^(?:eu|uk|us|w|x|xl|cm|kg|no)-?\d+$")


def find(page: Page) -> None:
    """Take order numbers; their value is upper case without `#`."""
    for pattern in _PATTERNS:
        for match in page.scan(pattern):
            number = match[1]
            if _SIZES.match(number):
                continue
            value = number.upper().replace("_", "-")
            if value.startswith("ORDER"):
                value = "ORD" + value[5:]
            if re.match(r"ORD\d", value):
                value = "ORD-" + value[3:]
            page.take(match.start(1), match.end(1), ("order_id", value))
