"""The customer's photo: finding what it shows, saying what it is, and the wish to try something on."""

from __future__ import annotations

from dataclasses import replace

from actions.common import open_question, references, worn_parts
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.photos import (
    dressed_person,
    photo_facts,
    photo_problems,
    photo_search,
    photo_wording,
    shared_eyes,
)
from actions.replies.cards import Button, card, payload
from vision.predictions import PhotoAnalysis


class Photo(ShopAction):
    """A photo without words: products that look like it."""

    photo_is_search = False

    def __init__(self) -> None:
        # The action server makes its actions once, at its start: the time to load the eyes.
        shared_eyes.warm()

    def name(self) -> str:
        return "action_photo"

    async def answer(self, turn: Turn) -> None:
        photo = turn.new_photo or turn.photo
        if turn.value("topic") == photo_problems.ANOTHER:
            turn.say("photo_tips")
        elif photo is None:
            turn.say("send_photo")
        else:
            await photo_search.search(turn, photo)


class DescribePhoto(ShopAction):
    """ "What is this called?": what the photo shows, in words, and an offer to look for it."""

    photo_is_search = False

    def name(self) -> str:
        return "action_describe_photo"

    async def answer(self, turn: Turn) -> None:
        photo = turn.new_photo or turn.photo
        if photo is None:
            turn.say("send_photo")
            return
        analysis = await photo_search.recognised(turn, photo)
        if analysis is None:
            return
        # "It" is now what is on the photo, no product of before.
        turn.set("focus", None)
        part = worn_parts.meant(turn, worn_parts.known(turn))
        found = worn_parts.detection(analysis, part)
        aspect = photo_facts.asked(turn)
        if aspect:
            text = photo_facts.tell(turn, [found] if found else list(analysis.detections), aspect)
        else:
            one = replace(analysis, detections=(found,)) if found else analysis
            text = (found and photo_facts.which(turn, found.prediction)) or photo_facts.describe(turn, one)
        turn.say_text(text, buttons=_searches(turn, analysis))
        open_question.ask(turn, "yes", "send_photo")


async def answer_about_photo(turn: Turn) -> bool:
    """Answer a question on a product that is one on the customer's photo ("what brand is it?"); False if it
    is not.
    """
    aspect = photo_facts.asked(turn)
    if turn.pressed or not photo_facts.about_photo(turn, aspect):
        return False
    if not aspect and len(set(turn.values("category"))) < 2:
        return False
    await DescribePhoto().answer(turn)
    return True


def _searches(turn: Turn, analysis: PhotoAnalysis) -> list[Button]:
    """The search for what is on the photo, for each part of a person, and the other reading of an unsure
    one.
    """
    known = worn_parts.known(turn)
    if known:
        return [dressed_person.button(turn, part, kinds) for part, kinds in known.items()]
    buttons = [{"title": turn.words.button("find_this"), "payload": "/send_photo"}]
    if other := photo_wording.other_kind(analysis.detections[0].prediction):
        title = turn.words.button("it_is", kind=photo_wording.named(turn, other))
        buttons.append({"title": title, "payload": payload("send_photo", category=other)})
    return buttons


class TryOn(ShopAction):
    """ "Can I see it on me?": said honestly that pictures of oneself cannot be made, with what helps
    instead.
    """

    photo_is_search = False

    def name(self) -> str:
        return "action_try_on"

    async def answer(self, turn: Turn) -> None:
        product = await references.one(turn, "try_on", ask=False)
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
