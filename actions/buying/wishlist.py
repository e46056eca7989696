"""Saved for later."""

from __future__ import annotations

from actions.common import references
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies.cards import card, payload
from shop.cart import wishlist

MAX_CARDS = 10


class WishlistAdd(ShopAction):
    """Save a product."""

    def name(self) -> str:
        return "action_wishlist_add"

    async def answer(self, turn: Turn) -> None:
        product = await references.one(turn, "add_to_wishlist")
        if product is None:
            return
        await turn.call(wishlist.add, turn.customer, product.id)
        buttons = [{"title": turn.words.button("view_wishlist"), "payload": "/view_wishlist"}]
        turn.say("saved", title=product.title(turn.language), buttons=buttons)


class WishlistRemove(ShopAction):
    """The button that takes a product off the list."""

    def name(self) -> str:
        return "action_wishlist_remove"

    async def answer(self, turn: Turn) -> None:
        product = await references.one(turn, "remove_from_wishlist")
        if product is None:
            return
        await turn.call(wishlist.remove, turn.customer, product.id)
        turn.say("unsaved", title=product.title(turn.language))


class WishlistView(ShopAction):
    """What was saved; ordinals point into it afterwards."""

    def name(self) -> str:
        return "action_wishlist_view"

    async def answer(self, turn: Turn) -> None:
        saved = (await turn.call(wishlist.view, turn.customer))[:MAX_CARDS]
        if not saved:
            turn.say(
                "wishlist_empty", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}]
            )
            return
        cards = []
        for product in saved:
            buttons = [
                {"title": turn.words.button(key), "payload": payload(intent, product_id=product.id)}
                for key, intent in (
                    ("details", "show_details"),
                    ("add_to_cart", "add_to_cart"),
                    ("take_out", "remove_from_wishlist"),
                )
            ]
            cards.append(card(product, turn.language, buttons=buttons))
        turn.say("wishlist", count=len(saved), cards=cards)
        ids = [product.id for product in saved]
        turn.set("shown", {"ids": ids, "why": {}, "mode": "search", "product": None, "next": len(ids)})
