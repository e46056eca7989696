"""Whether an owner's rule calls for a person now, with what the shop knows of the customer."""

from __future__ import annotations

from decimal import Decimal

from bot.support.handoff import triggers
from bot.support.handoff.customer_side import asked_once
from bot.support.handoff.triggers import Facts, Rule
from bot.support.owner_settings import settings
from shop.cart import cart
from shop.orders import orders


def check_rules(conversation: str, text: str) -> Rule | None:
    """The rule that fits for the first time in this conversation, or None.

    Costs nothing but a look at the words unless a rule asks for cart or orders. A rule that was returned is
    not returned again: the caller offers a person (`ask`) or hands over, once.
    """
    current = settings()
    rules = current.rules
    if not rules or not current.enabled:
        return None
    total, count, spent, emails = Decimal(0), 0, Decimal(0), frozenset[str]()
    if triggers.needs_cart(rules):
        total = cart.view(conversation).total
    if triggers.needs_orders(rules):
        placed = [order for order in orders.of_customer(conversation) if order.status != "cancelled"]
        count, spent = len(placed), sum((order.total for order in placed), Decimal(0))
        emails = orders.emails_of(conversation)
    facts = Facts(text, total, count, spent, emails)
    for spec in rules:
        rule = triggers.fits(facts, spec)
        if rule is not None and asked_once(conversation, rule.name):
            return rule
    return None
