"""To the till: the link to the shop's own checkout page. Nothing is ever ordered or paid in the chat."""

from __future__ import annotations

from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.replies.cards import Card
from shop.cart import cart
from shop.errors import EmptyCart, OutOfStock
from shop.orders import checkout


class Checkout(ShopAction):
    """The checkout link for the cart as it is now."""

    def name(self) -> str:
        return "action_checkout"

    async def answer(self, turn: Turn) -> None:
        try:
            contents = await turn.call(cart.view, turn.customer)
            link = await turn.call(checkout.link, turn.customer)
        except EmptyCart:
            turn.say(
                "checkout_empty", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}]
            )
            return
        except OutOfStock as error:
            product = error.facts.get("product")
            title = product.title(turn.language) if product else ""
            turn.say(
                "checkout_sold_out",
                title=title,
                buttons=[{"title": turn.words.button("view_cart"), "payload": "/view_cart"}],
            )
            return
        total = contents.total_text(turn.language)
        page: Card = {
            "id": "checkout",
            "title": turn.words.say("checkout_title"),
            "price": total,
            "reason": "",
            "picture": contents.lines[0].product.picture_url,
            "url": link,
            "buttons": [],
        }
        turn.say("checkout", count=contents.count, total=total, cards=[page])
