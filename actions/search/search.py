"""Finding products by what was agreed: searching, refining, dropping a wish, going on."""

from __future__ import annotations

import re
from decimal import Decimal
from statistics import median
from typing import Any

from actions.common import open_question, references, result_reply
from actions.common.action import ShopAction, answer_as
from actions.common.result_reply import PAGE
from actions.common.turn import Turn
from actions.photos import photo_search
from actions.replies.cards import payload
from actions.search.carried_wishes import carried_over, combined, with_agent
from shop.catalogue import products
from shop.customers import profile
from shop.recommend import outfits, suggestions
from shop.search import queries
from shop.search.criteria import Criteria
from shop.search.criteria_phrases import describe
from shop.search.queries import Results

_CHEAPER = re.compile(
    r"cheaper|less expensive|lower price|too expensive|too dear|too much|price?y"
    r"|便宜|太贵|低一?点|更低|平价|实惠",
    re.I,
)
_DEARER = re.compile(
    r"more expensive|dearer|pricier|high(er)?[ -]end|upmarket|better quality|fancier"
    r"|贵一?点|更贵|高档|好一点|高端",
    re.I,
)


_NO_MATTER = re.compile(
    r"forget|ignore|never mind|any\b|regardless|no matter|doesn'?t matter|don'?t care|whatever"
    r"|不限|无所谓|随便|都可以|都行|不管|不要求",
    re.I,
)
# What an attribute names among the wishes.
WISHES = {
    "price": ("price_min", "price_max"),
    "size": ("sizes",),
    "colour": ("colours", "not_colours"),
    "material": ("materials", "not_materials"),
}


class Search(ShopAction):
    """ "red running shoes under $60": a new search; the wishes agreed before hold, see `agreement`."""

    def name(self) -> str:
        return "action_search"

    async def answer(self, turn: Turn) -> None:
        wishes = turn.wishes
        if wishes.is_empty() and not wishes.sort:
            await nothing_wished(turn)
            return
        wishes = with_agent(turn, wishes, turn.criteria.categories)
        before = turn.criteria
        if wishes.categories and turn.shown.get("stepped"):
            # "Cheaper" was said of what was shown then; it is no budget for another kind.
            before = before.without("price", "sort")
        criteria = combined(before, wishes)
        # "show me red ones" without a kind goes on with what is in hand, a photo or a product included.
        if not wishes.categories and turn.shown:
            await search_again(turn, criteria)
            return
        await search_words(turn, criteria, carried=carried_over(before, wishes))


class Refine(ShopAction):
    """ "cheaper", "in blue", "not that brand": the search in hand with one wish changed."""

    def name(self) -> str:
        return "action_refine"

    async def answer(self, turn: Turn) -> None:
        wishes = turn.wishes
        criteria = combined(turn.criteria, wishes)
        if not turn.shown:
            if wishes == Criteria():
                await nothing_wished(turn)
            else:
                await search_words(turn, criteria)
            return
        shown = await references.products(turn, turn.shown_ids)
        prices = [product.price for product in shown]
        if _CHEAPER.search(turn.text) and turn.shown.get("rows"):
            # A jacket and shoes have no price in the middle: each row is shown from its cheapest on.
            criteria = criteria.merge(Criteria(sort="cheapest"))
        elif not wishes.price_max and prices and _CHEAPER.search(turn.text):
            criteria = criteria.without("price_max").merge(
                Criteria(price_max=_below(prices), sort="cheapest")
            )
            turn.set("shown", {**turn.shown, "stepped": True})
        elif not wishes.price_min and prices and _DEARER.search(turn.text):
            criteria = criteria.without("price", "sort").merge(Criteria(price_min=_above(prices)))
            turn.set("shown", {**turn.shown, "stepped": True})
        elif _NO_MATTER.search(turn.text) and (dropped := _named_wishes(turn)):
            criteria = turn.criteria.without(*dropped)
        elif wishes == Criteria():
            await ask_what_to_change(turn)
            return
        if criteria.price_max is not None and criteria.price_max < Decimal("0.01"):
            turn.say("already_cheapest")
            return
        await search_again(turn, criteria)


class DropWish(ShopAction):
    """The button that drops a wish after nothing was found."""

    def name(self) -> str:
        return "action_drop_wish"

    async def answer(self, turn: Turn) -> None:
        criteria = turn.criteria
        for field in str(turn.value("wish") or "").split(","):
            try:
                criteria = criteria.without(field)
            except ValueError:
                continue
        await search_again(turn, criteria)


class ShowMore(ShopAction):
    """The next results of whatever is shown."""

    def name(self) -> str:
        return "action_show_more"

    async def answer(self, turn: Turn) -> None:
        if not turn.wishes.is_empty():
            await answer_as(turn, "refine_search")
            return
        if not turn.shown:
            await answer_as(turn, "recommend")
            return
        await search_again(turn, turn.criteria, offset=int(turn.shown.get("next", 0)))


async def search_words(turn: Turn, criteria: Criteria, *, carried: tuple[str, ...] = ()) -> None:
    """Search by what was agreed, and show it. `carried` names wishes that are dropped rather than to find
    nothing.
    """
    found = await by_words(turn, criteria)
    dropped: list[str] = []
    for field in carried:
        if found.hits:
            break
        dropped.append(field)
        criteria = criteria.without(field)
        found = await by_words(turn, criteria)
    turn.criteria = criteria
    if not found.hits:
        await result_reply.nothing_found(turn, found, criteria)
        return
    facts: dict[str, Any] = {"wanted": describe(criteria, turn.language)}
    if dropped:
        facts["dropped"] = result_reply.drop_title(turn, tuple(dropped), criteria)
    sentence = "found_dropped" if dropped else _found(found)
    result_reply.show(
        turn, found, sentence, mode="search", buttons=_narrowing(turn, found, criteria), **facts
    )


async def search_again(turn: Turn, criteria: Criteria, *, offset: int = 0) -> None:
    """The search in hand, whatever it is by (words, photo, a product, tastes), with these criteria or
    further on.
    """
    shown = turn.shown
    mode = shown.get("mode", "search")
    if mode == "photo" and turn.photo:
        await photo_search.search_again(turn, turn.photo, criteria, offset=offset)
        return
    product = shown.get("product")
    if mode == "similar" and product:
        found = await turn.call(queries.similar_to, product, criteria, limit=PAGE, offset=offset)
    elif mode == "look" and product:
        seen = turn.shown_ids if offset else []
        found = await turn.call(outfits.complete, product, criteria, limit=PAGE, exclude=seen)
    elif mode == "suggestions":
        found = await turn.call(suggestions.suggest, turn.customer, criteria, limit=PAGE, offset=offset)
    else:
        mode = "search"
        found = await by_words(turn, criteria, offset=offset)
    if not found.hits and offset:
        no_more(turn)
        return
    before = turn.criteria
    turn.criteria = criteria
    if not found.hits:
        if _CHEAPER.search(turn.text) and criteria.price_max != before.price_max:
            # The step down that found nothing is not kept: the next question starts from what was there.
            turn.criteria = before
            popular = {"title": turn.words.button("popular"), "payload": "/recommend"}
            turn.say("already_cheapest", buttons=[popular])
            return
        await result_reply.nothing_found(turn, found, criteria, mode=mode, product=shown.get("product"))
        return
    facts: dict[str, Any] = {"wanted": describe(criteria, turn.language)}
    sentence = "more" if offset else _found(found)
    result_reply.show(turn, found, sentence, mode=mode, product=shown.get("product"), offset=offset, **facts)


def no_more(turn: Turn) -> None:
    """The end of the results, with the wishes that could be widened."""
    buttons = [
        {
            "title": result_reply.drop_title(turn, (wish,), turn.criteria),
            "payload": payload("drop_wish", wish=wish),
        }
        for wish in turn.criteria.wishes()
        if wish != "categories"
    ][:3]
    turn.say(
        "no_more",
        total=turn.shown.get("total", 0),
        buttons=buttons or [{"title": turn.words.button("popular"), "payload": "/recommend"}],
    )


async def by_words(turn: Turn, criteria: Criteria, *, offset: int = 0) -> Results:
    """What meets the criteria, within the customer's lasting tastes (for whom, budget, dislikes) if that
    leaves anything.
    """
    tastes = await turn.call(profile.load, turn.customer)
    within = tastes.limit(criteria)
    found = await turn.call(queries.by_criteria, within, limit=PAGE, offset=offset)
    if not found.hits and within != criteria:
        found = await turn.call(queries.by_criteria, criteria, limit=PAGE, offset=offset)
    return found


async def nothing_wished(turn: Turn) -> None:
    """ "I'm looking for something": ask what, with the kinds that are most looked for."""
    kinds = ("dress", "t_shirt", "jeans", "sports_shoes", "handbag", "jacket")
    sold = await turn.call(products.sold_kinds)
    buttons = [
        {"title": turn.words.value("categories", kind), "payload": payload("search_product", category=kind)}
        for kind in kinds
        if kind in sold
    ]
    turn.say("what_kind", buttons=buttons)


async def ask_what_to_change(turn: Turn) -> None:
    """A refinement whose wish was not understood."""
    buttons = [
        {"title": turn.words.button("cheaper"), "payload": payload("refine_search", sort="cheapest")},
        {"title": turn.words.button("more"), "payload": "/show_more"},
        {"title": turn.words.button("start_over"), "payload": "/start_over"},
    ]
    turn.say("change_what", buttons=buttons)
    open_question.ask(turn, "yes", "show_more")


def _found(found: Results) -> str:
    if found.total == 1:
        return "found_one"
    return "found" if found.total > len(found.hits) else "found_all"


def _below(prices: list[Decimal]) -> Decimal:
    """A cap for "cheaper": the dearest price under the middle of those shown, else just under the lowest."""
    return max((price for price in prices if price < median(prices)), default=min(prices) - Decimal("0.01"))


def _above(prices: list[Decimal]) -> Decimal:
    return min((price for price in prices if price > median(prices)), default=max(prices) + Decimal("0.01"))


def _named_wishes(turn: Turn) -> list[str]:
    """The wishes that a message like "the price doesn't matter" names and that are held."""
    held = turn.criteria.to_dict()
    named = turn.values("attribute")
    return [wish for attribute in named for wish in WISHES.get(attribute, ()) if wish in held]


def _narrowing(turn: Turn, found: Results, criteria: Criteria) -> list[dict[str, str]]:
    """A next step where much was found: cheaper first."""
    if found.total <= PAGE or criteria.sort == "cheapest":
        return []
    return [
        {"title": turn.words.button("cheapest_first"), "payload": payload("refine_search", sort="cheapest")}
    ]
