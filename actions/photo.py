"""The customer's photo: finding what it shows, saying what it is, and the wish to try something on."""

from __future__ import annotations

from vision.taxonomy import load as load_taxonomy

from . import eyes, items, looks, pending
from .base import ShopAction
from .cards import card, payload
from .turn import Turn


class Photo(ShopAction):
    """A photo without words: products that look like it."""

    intents = ("send_photo",)
    photo_is_search = False

    def __init__(self) -> None:
        # The action server makes its actions once, at its start: the time to load the eyes.
        eyes.warm()

    def name(self) -> str:
        return "action_photo"

    async def answer(self, turn: Turn) -> None:
        photo = turn.new_photo or turn.photo
        if photo is None:
            turn.say("send_photo")
            return
        await looks.search(turn, photo)


class DescribePhoto(ShopAction):
    """ "What is this called?": what the photo shows, in words, and an offer to look for it."""

    intents = ("describe_photo",)
    photo_is_search = False

    def name(self) -> str:
        return "action_describe_photo"

    async def answer(self, turn: Turn) -> None:
        photo = turn.new_photo or turn.photo
        if photo is None:
            turn.say("send_photo")
            return
        look = await looks.seen(turn, photo)
        if look is None:
            return
        if not look.kinds:
            turn.say("photo_unclear")
            return
        caption = look.caption.get(turn.language) if look.caption else None
        colours = turn.words.join(
            load_taxonomy().name(each.name, turn.language)
            for each in look.colours[:2]
            if each.probability > 0.2
        )
        turn.say(
            "photo_described",
            seen=looks.phrase(turn, look),
            caption=turn.words.say("caption", caption=caption) if caption else "",
            colours=turn.words.say("colours_seen", colours=colours) if colours else "",
            buttons=[{"title": turn.words.button("find_this"), "payload": "/find_similar"}],
        )
        pending.ask(turn, "yes", "find_similar")


class TryOn(ShopAction):
    """ "Can I see it on me?": said honestly that pictures of oneself cannot be made, with what helps
    instead.
    """

    intents = ("try_on",)
    photo_is_search = False

    def name(self) -> str:
        return "action_try_on"

    async def answer(self, turn: Turn) -> None:
        product = await items.one(turn, "try_on", ask=False)
        if product is None:
            photo = turn.new_photo or turn.photo
            buttons = [{"title": turn.words.button("find_this"), "payload": "/find_similar"}] if photo else []
            turn.say("try_on", buttons=buttons)
            return
        buttons = [
            {
                "title": turn.words.button("size_advice"),
                "payload": payload("ask_size", product_id=product.id),
            },
            {
                "title": turn.words.button("similar"),
                "payload": payload("find_similar", product_id=product.id),
            },
        ]
        turn.say(
            "try_on_product",
            title=product.title(turn.language),
            cards=[card(product, turn.language)],
            buttons=buttons,
        )
