"""Which size fits, from height and weight or the size usually worn."""

from __future__ import annotations

import re
from typing import Any

from actions.common import open_question, references
from actions.common.action import ShopAction
from actions.common.forms import UNCLEAR, FormFiller
from actions.common.turn import Turn
from actions.replies.cards import Button, payload, size_buttons
from shop.catalogue import products
from shop.catalogue.product import Product
from shop.customers import profile, sizing
from shop.customers.sizing import SizeAdvice
from shop.errors import BadRequest

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class FillSizeForm(FormFiller):
    """Height and weight, in any order; the form ends as soon as a size can be told, also by the size usually
    worn.
    """

    slots = ("height", "weight")
    unclear = (*UNCLEAR, "set_preference")

    def name(self) -> str:
        return "validate_size_form"

    async def read(self, turn: Turn, asked: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if asked is None:
            if open_question.resolve(turn):
                # "M" was the answer to "which size shall I put in the cart?", not a question about sizes.
                return {"requested_slot": None}
            known = await turn.call(profile.load, turn.customer)
            found = {name: value for name in self.slots if (value := turn.slot(name) or getattr(known, name))}
            found["size_for"] = await _target(turn)
            turn.set("size_for", found["size_for"])
        for name in self.slots:
            if value := turn.value(name) or (asked == name and _number(turn.text, name)):
                found[name] = value
        if usual := _usual(turn):
            found["usual_size"] = usual
        if not found and asked is not None:
            return {}
        try:
            advice = await advise(turn, **found)
        except BadRequest as error:
            found[str(error.facts.get("field"))] = None
            return found
        if not advice.needs or "usual" in advice.needs:
            found["requested_slot"] = None
        return found


class Size(ShopAction):
    """The advice, once enough is known."""

    form_intents = ("ask_size",)
    photo_is_search = False

    def name(self) -> str:
        return "action_size"

    async def answer(self, turn: Turn) -> None:
        target: dict[str, str] = turn.slot("size_for") or await _target(turn)
        usual = _usual(turn)
        advice = await advise(turn, **({"usual_size": usual} if usual else {}))
        product = await turn.call(products.get, target["product"]) if target.get("product") else None
        if advice.size is None:
            # Sizes of this kind do not follow from the body: the usual one is asked for.
            sizes = product.sizes_in_stock() if product else tuple(advice.chart.rows) if advice.chart else ()
            buttons = [{"title": size, "payload": payload("ask_size", size=size)} for size in sizes]
            turn.say("size_unsure", kind=_kind_name(turn, target, product), buttons=buttons)
            open_question.ask(turn, "size", "ask_size", of=sizes)
            return
        turn.set("size_for", None)
        turn.set("usual_size", None)
        if advice.why == "one_size":
            turn.say("size_one", title=_kind_name(turn, target, product))
            return
        _tell(turn, advice, product)


async def advise(turn: Turn, **found: Any) -> SizeAdvice:
    """The shop's advice for what the size is asked for, from the slots and what was just `found`."""
    known = {name: turn.slot(name) for name in ("height", "weight", "usual_size", "size_for")} | found
    target = known.get("size_for") or {}
    product = await turn.call(products.get, target["product"]) if target.get("product") else None
    genders = turn.wishes.genders or turn.criteria.genders
    return sizing.recommend(
        target.get("category"),
        genders[0] if genders else None,
        height=known.get("height"),
        weight=known.get("weight"),
        usual=known.get("usual_size"),
        product=product,
    )


async def _target(turn: Turn) -> dict[str, str]:
    """What the size is asked for: a product, else the kind named or searched for, else clothes in general."""
    product = await references.one(turn, "ask_size", ask=False)
    if product is not None:
        return {"product": product.id}
    categories = turn.wishes.categories or turn.criteria.categories
    return {"category": categories[0]} if categories else {}


def _tell(turn: Turn, advice: SizeAdvice, product: Product | None) -> None:
    words = turn.words
    of = words.say("of_product", title=product.title(turn.language)) if product else ""
    buttons: list[Button] = []
    if product and not advice.in_stock:
        in_stock = product.sizes_in_stock()
        key = "size_sold" if in_stock else "fact_sold_out"
        turn.say(
            key,
            size=advice.size,
            of=of,
            sizes=words.list(in_stock),
            title=product.title(turn.language),
            buttons=size_buttons(product),
        )
        return
    if product and advice.size:
        title = words.button("add_size", size=advice.size)
        buttons = [
            {"title": title, "payload": payload("add_to_cart", product_id=product.id, size=advice.size)}
        ]
    key = "size_between" if advice.between else "size"
    note = words.say("size_estimate") if advice.why in ("measured", "height") else ""
    text = words.say(key, size=advice.size, other=advice.between or "", of=of)
    turn.say_text(words.sentences([text, note]), buttons=buttons)


def _kind_name(turn: Turn, target: dict[str, str], product: Product | None) -> str:
    if product:
        return product.title(turn.language)
    return turn.words.value("categories", target.get("category", "clothing"))


def _usual(turn: Turn) -> str | None:
    """The size that the customer names. 多大码 ("how big a size") asks for one, although 大码 alone is L."""
    size = turn.value("size")
    return str(size) if size and not ("多大" in turn.text and str(size).upper() == "L") else None


def _number(text: str, name: str) -> int | None:
    """A bare number as an answer to "how tall" (170, 1.7) or "how heavy" (60)."""
    match = _NUMBER.search(text)
    if not match:
        return None
    number = float(match[0].replace(",", "."))
    if name == "height" and number < 3:
        number *= 100
    low, high = sizing.HEIGHTS if name == "height" else sizing.WEIGHTS
    return round(number) if low <= number <= high else None
