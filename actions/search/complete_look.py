"""What goes with a product, or with what the customer's photo shows."""

from __future__ import annotations

from actions.common import references, result_reply, worn_parts
from actions.common.action import ShopAction, answer_as
from actions.common.turn import Turn
from actions.photos import photo_search, photo_wording
from shop.recommend import outfits
from shop.search import queries
from shop.search.criteria import Criteria

PIECES = 4
LASTING = ("genders", "price_min", "price_max")


class CompleteLook(ShopAction):
    """ "What goes with these jeans": pieces of other kinds that match; a kind that is named is kept to."""

    photo_is_search = False

    def name(self) -> str:
        return "action_complete_look"

    async def answer(self, turn: Turn) -> None:
        if turn.new_photo:
            await _for_photo(turn, turn.new_photo)
            return
        product = await references.one(turn, "complete_look", ask=False)
        wishes = (
            turn.wishes
            if product is None or turn.values("ordinal") or turn.values("product_id")
            else Criteria()
        )
        if product is None and not turn.shown_ids and turn.photo:
            await _for_photo(turn, turn.photo)
            return
        if product is None and not turn.shown_ids and turn.values("category"):
            # "What goes with blue jeans": the shop's own that fits the words best stands for them.
            found = await turn.call(queries.by_criteria, turn.wishes, limit=1)
            if not found.hits:
                await answer_as(turn, "search_product")
                return
            product, wishes = found.hits[0].product, Criteria()
        if product is None:
            await references.ask_which(turn, "complete_look", await references.named(turn))
            return
        await _show(turn, product.id, product.title(turn.language), wishes)


async def _for_photo(turn: Turn, photo: str) -> None:
    analysis = await photo_search.recognised(turn, photo)
    if analysis is None:
        return
    prediction = (
        worn_parts.detection(analysis, worn_parts.meant(turn, worn_parts.known(turn)))
        or analysis.detections[0]
    ).prediction
    found = await turn.call(queries.by_photo, prediction, Criteria(), limit=1)
    if not found.hits:
        turn.say("photo_unclear")
        return
    title = photo_wording.phrase(turn, prediction) or turn.words.part("whole")
    await _show(turn, found.hits[0].product.id, title, turn.wishes)


async def _show(turn: Turn, product: str, title: str, wishes: Criteria) -> None:
    # Of the search before only for whom and how dear holds for the other pieces.
    before = turn.criteria
    wishes = before.without(*(wish for wish in before.to_dict() if wish not in LASTING)).merge(wishes)
    found = await turn.call(outfits.complete, product, wishes, limit=PIECES)
    if not found.hits:
        turn.say("look_nothing", title=title)
        return
    turn.criteria = wishes
    result_reply.show(turn, found, "look", mode="look", product=product, title=title)
