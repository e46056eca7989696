"""The owner's rules: does what a customer writes, has in the cart or has ordered call for a person? Pure.

    rule = triggers.first(Facts(text="I'll call my lawyer"), settings().rules)
    if rule and asked_once(conversation, rule.name): …  # rule.ask: offer a person; else hand over, say so

`bot.support.handoff.rules.check_rules` does all of it with what the shop knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from bot.support.owner_settings import RuleSpec

_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Rule:
    """A rule that fits."""

    name: str
    reason: Literal["keyword", "cart", "vip"]
    ask: bool  # offer a person; False: hand over at once, and say so
    group: str | None
    priority: int
    word: str | None = None  # the keyword that was found


@dataclass(frozen=True)
class Facts:
    """What rules look at; what is not known fits no rule."""

    text: str = ""
    cart: Decimal = Decimal(0)
    orders: int = 0
    spent: Decimal = Decimal(0)
    emails: frozenset[str] = frozenset()


def first(facts: Facts, rules: Iterable[RuleSpec]) -> Rule | None:
    """The first rule that fits, in the owner's order."""
    return next((found for rule in rules if (found := fits(facts, rule))), None)


def fits(facts: Facts, rule: RuleSpec) -> Rule | None:
    """The rule, if everything that it asks for is there."""
    word = keyword(facts.text, rule.keywords) if rule.keywords else None
    if rule.keywords and word is None:
        return None
    if rule.cart_from is not None and not cart(facts.cart, rule.cart_from):
        return None
    if _about_customer(rule) and not vip(facts, rule):
        return None
    reason: Literal["keyword", "cart", "vip"] = (
        "keyword" if rule.keywords else "cart" if rule.cart_from is not None else "vip"
    )
    return Rule(rule.name, reason, rule.ask, rule.group, rule.priority, word)


def keyword(text: str, words: Sequence[str]) -> str | None:
    """The first of the words that stands in a text: Latin ones as whole words, Chinese ones anywhere."""
    return next((word for word in words if _pattern(word).search(text)), None)


def cart(total: Decimal, least: Decimal) -> bool:
    """Whether the cart is worth enough."""
    return total >= least > 0


def vip(facts: Facts, rule: RuleSpec) -> bool:
    """Whether the customer is one of those whom a rule names: by address, or by orders and money spent."""
    if rule.emails and rule.emails & {each.strip().casefold() for each in facts.emails}:
        return True
    if rule.orders_from is None and rule.spent_from is None:
        return False
    enough = rule.orders_from is None or facts.orders >= rule.orders_from
    return enough and (rule.spent_from is None or facts.spent >= rule.spent_from)


def needs_cart(rules: Iterable[RuleSpec]) -> bool:
    """Whether any rule asks for the cart's value."""
    return any(rule.cart_from is not None for rule in rules)


def needs_orders(rules: Iterable[RuleSpec]) -> bool:
    """Whether any rule asks for the customer's orders."""
    return any(_about_customer(rule) for rule in rules)


def _about_customer(rule: RuleSpec) -> bool:
    return bool(rule.emails) or rule.orders_from is not None or rule.spent_from is not None


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    escaped = r"\s+".join(re.escape(part) for part in word.split())
    if _CJK.search(word):
        return re.compile(escaped, re.I)
    return re.compile(rf"(?<!\w){escaped}(?!\w)" if not word.isdigit() else rf"(?<!\d){escaped}(?!\d)", re.I)
