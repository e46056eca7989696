"""Suggestions: products like one, what might please, and why something was shown."""

from __future__ import annotations

from actions.common import references, result_reply
from actions.common.action import ShopAction, answer_as
from actions.common.result_reply import PAGE
from actions.common.turn import Turn
from actions.photos import photo_search
from actions.replies import cards
from actions.search.carried_wishes import with_agent
from shop.recommend import suggestions
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe


class Similar(ShopAction):
    """Products like the one named, the one in hand, or the photo; "but in blue" is kept to."""

    def name(self) -> str:
        return "action_similar"

    async def answer(self, turn: Turn) -> None:
        by_reference = bool(turn.values("product_id") or turn.values("ordinal"))
        if turn.photo and not by_reference and not (turn.shown_ids and turn.slot("focus")):
            await photo_search.search(turn, turn.photo)
            return
        product = await references.one(
            turn, "find_similar", ask=bool(turn.shown_ids) or turn.wishes.is_empty()
        )
        if product is None:
            if not turn.shown_ids and not turn.wishes.is_empty():
                await answer_as(turn, "search_product")
            return
        # Words that only point at the product ("more like the red one") are no wishes about those to be
        # found.
        wishes = with_agent(turn, turn.wishes if by_reference else Criteria(), (product.category,))
        found = await turn.call(queries.similar_to, product.id, wishes, limit=PAGE)
        turn.criteria = wishes
        if not found.hits:
            await result_reply.nothing_found(turn, found, wishes, mode="similar", product=product.id)
            return
        title = product.title(turn.language)
        result_reply.show(turn, found, "similar", mode="similar", product=product.id, title=title)


class Recommend(ShopAction):
    """A suggestion without naming what: from the customer's tastes, the occasion, and what is popular."""

    def name(self) -> str:
        return "action_recommend"

    async def answer(self, turn: Turn) -> None:
        criteria = with_agent(turn, turn.wishes)
        found = await turn.call(suggestions.suggest, turn.customer, criteria, limit=PAGE)
        turn.criteria = criteria
        if not found.hits:
            await result_reply.nothing_found(turn, found, criteria, mode="suggestions")
            return
        if criteria.is_empty():
            result_reply.show(turn, found, "suggestions", mode="suggestions")
        else:
            wanted = describe(criteria, turn.language)
            result_reply.show(turn, found, "suggestions_for", mode="suggestions", wanted=wanted)


class Why(ShopAction):
    """Why a product was shown: the search's own reasons."""

    keeps_pending = True

    def name(self) -> str:
        return "action_why"

    async def answer(self, turn: Turn) -> None:
        why: dict[str, list[str]] = turn.shown.get("why") or {}
        if not why:
            turn.say(
                "why_nothing", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}]
            )
            return
        named = [product for product in await references.named(turn) if product.id in why]
        lines = []
        for product in named or await references.products(turn, turn.shown_ids[:3]):
            codes = why.get(product.id, ())
            reason = cards.reason(product, turn.words, codes) or turn.words.say("why_fits")
            lines.append(turn.words.say("why_line", title=product.title(turn.language), reason=reason))
        wanted = turn.criteria
        intro = "why_wishes" if not wanted.is_empty() else "why"
        turn.say(intro, wanted=describe(wanted, turn.language) if not wanted.is_empty() else "")
        turn.say_text("\n".join(lines))
