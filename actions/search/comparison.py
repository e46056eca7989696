"""Products side by side."""

from __future__ import annotations

from actions.common import references
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies.cards import card
from shop.catalogue import comparison
from shop.catalogue.product import Product


class Compare(ShopAction):
    """Two to four products: those named, or the first of those shown; what differs, and which stands out."""

    def name(self) -> str:
        return "action_compare"

    async def answer(self, turn: Turn) -> None:
        chosen = await references.named(turn)
        shown = await references.products(turn, turn.shown_ids)
        if len(chosen) == 1 and len(shown) > 1:
            # "Is this one better?" is meant against the one next to it, or the one in hand.
            in_hand = [product for product in shown if product.id == turn.slot("focus")] or shown
            chosen += [product for product in in_hand if product.id != chosen[0].id][:1]
        if not chosen and 2 <= len(shown) <= comparison.LIMIT:
            chosen = shown
        if not chosen and len(shown) > comparison.LIMIT:
            chosen = shown[:2] if not turn.values("ordinal") else []
        if len(chosen) < 2:
            turn.say("compare_few", buttons=[])
            return
        table = await turn.call(
            comparison.table, [product.id for product in chosen[: comparison.LIMIT]], turn.language
        )
        numbers = [_number(turn, product) for product in table.products]
        lines = [
            turn.words.say(
                "compare_row",
                name=turn.words.attribute(row.attribute),
                values=" / ".join(
                    f"{number}: {value or '-'}" for number, value in zip(numbers, row.values, strict=True)
                ),
            )
            for row in table.differences()
        ]
        cards = [card(product, turn.language) for product in table.products]
        turn.say_text("\n".join([turn.words.say("compare"), *lines]), cards=cards)
        if verdict := _verdict(turn, table):
            turn.say_text(verdict)


def _number(turn: Turn, product: Product) -> str:
    """What the customer calls it: its place among those shown, else the beginning of its title."""
    ids = turn.shown_ids
    return str(ids.index(product.id) + 1) if product.id in ids else product.title(turn.language)[:12]


def _verdict(turn: Turn, table: comparison.Comparison) -> str:
    titles = {product.id: product.title(turn.language) for product in table.products}
    cheapest, popular = table.cheapest, table.most_popular
    if cheapest and cheapest == popular:
        return turn.words.say("compare_verdict_both", cheapest=titles[cheapest])
    parts = []
    if cheapest:
        parts.append(turn.words.say("compare_cheapest", title=titles[cheapest]))
    if popular:
        parts.append(turn.words.say("compare_popular", title=titles[popular]))
    return turn.words.sentences(parts)
