"""One product: its record, and questions about it. What the record does not say is not answered."""

from __future__ import annotations

import re

from actions.common import references
from actions.common.action import ShopAction, answer_as
from actions.common.turn import Turn
from actions.photos.photo import answer_about_photo
from actions.replies import policies
from actions.replies.cards import Button, card, payload
from shop.catalogue import product_facts, products
from shop.catalogue.product import ONE_SIZE, Product
from vision.taxonomy import load as load_taxonomy

# "Which other colours are there" names no colour, and not always the attribute.
_COLOURS = re.compile(r"colou?rs?\b|颜色|顏色", re.I)


class AskProduct(ShopAction):
    """ "How much is the second?", "is it there in M?": the attribute asked for, or the whole record."""

    keeps_form = True
    photo_is_search = False

    def name(self) -> str:
        return "action_product"

    async def answer(self, turn: Turn) -> None:
        if await answer_about_photo(turn):
            return
        if turn.new_photo:
            await answer_as(turn, "send_photo")
            return
        if turn.wishes.colours and not turn.values("ordinal") and not await references.named(turn):
            # "Do you have it in black?": the same in black if there is, else a search with the new colour.
            await _in_colour(turn)
            return
        product = await references.one(turn, "ask_product")
        if product is None:
            return
        asked = dict.fromkeys(each for each in turn.values("attribute") if each in product_facts.ATTRIBUTES)
        if not asked and _COLOURS.search(turn.text) and not turn.pressed:
            asked = {"colour": None}
        size = turn.value("size")
        if size:
            # "Is it available in M" is about the stock, whatever else the words hint at.
            asked = {"stock": None}
        if not asked:
            show_record(turn, product)
            return
        sentences = []
        for attribute in asked:
            fact = await turn.call(product_facts.answer, product, attribute, size=size, lang=turn.language)
            sentences.append(_sentence(turn, product, fact))
        turn.say_text(turn.words.sentences(sentences), buttons=_next(turn, product))


class Details(ShopAction):
    """The product's whole record, on the button of its card or a number alone."""

    def name(self) -> str:
        return "action_details"

    async def answer(self, turn: Turn) -> None:
        product = await references.one(turn, "show_details")
        if product is not None:
            show_record(turn, product)


async def _in_colour(turn: Turn) -> None:
    wanted = turn.wishes.colours
    in_hand = turn.slot("focus")
    product = await turn.call(products.get, in_hand) if in_hand else None
    if product is None:
        await answer_as(turn, "refine_search" if turn.shown else "search_product")
        return
    family = load_taxonomy().family
    families = {family(colour) for colour in wanted}
    line = await turn.call(products.colours_of_line, product)
    same = [each for each in line if each.id != product.id and family(each.colour) in families]
    if same:
        turn.say("in_colour", cards=[card(each, turn.language) for each in same])
        turn.set("focus", same[0].id)
        return
    turn.set("shown", {**turn.shown, "mode": "similar", "product": product.id})
    await answer_as(turn, "refine_search")


def show_record(turn: Turn, product: Product) -> None:
    """Title, price, description and what it is made of, with the picture's card."""
    language, words = turn.language, turn.words
    lines = [words.say("product", title=product.title(language), price=product.price_text(language))]
    lines.append(product.description(language))
    record = {
        "colour": words.join(
            words.value("colours", each) for each in (product.colour, product.colour2) if each
        ),
        "material": words.value("materials", product.material) if product.material else "",
        "size": "" if _one_size(product) else words.list(product.sizes_in_stock()),
        "care": product.care(language) or "",
    }
    lines += [
        words.say("record_line", name=words.attribute(name), value=value)
        for name, value in record.items()
        if value
    ]
    if not product.in_stock():
        lines.append(words.say("fact_sold_out", title=product.title(language)))
    turn.say_text(
        "\n".join(line for line in lines if line),
        cards=[card(product, language)],
        buttons=_next(turn, product),
    )


def _sentence(turn: Turn, product: Product, fact: product_facts.Fact) -> str:
    words, values = turn.words, fact.values
    title = product.title(turn.language)
    if not fact.known:
        return words.say("fact_unknown", title=title)
    match fact.attribute:
        case "price":
            return words.say("fact_price", title=title, value=values["price"])
        case "material":
            return words.say("fact_material", title=title, value=values["material"])
        case "care":
            return words.say("fact_care", title=title, value=values["care"])
        case "colour":
            text = words.say("fact_colour", title=title, value=values["colour"])
            others = values["others"] and words.say("fact_other_colours", value=values["others"])
            return words.sentences([text, others])
        case "size":
            if not values["sizes"]:
                return words.say("fact_sold_out", title=title)
            return words.say(
                "fact_one_size" if _one_size(product) else "fact_size", title=title, value=values["sizes"]
            )
        case "delivery":
            # When and for how much is the shop's policy, not the product's record.
            key = "fact_deliverable" if values["in_stock"] else "fact_sold_out"
            policy = policies.answer("delivery", turn.text, turn.language).text
            return words.sentences([words.say(key, title=title), policy])
    if not values["offered"]:
        return words.say("fact_no_such_size", title=title, size=values["size"], value=values["sizes"])
    size = words.say("in_size", size=values["size"]) if values["size"] else ""
    if values["in_stock"]:
        return words.say("fact_in_stock", title=title, size=size, count=values["pieces"])
    if values["sizes"]:
        return words.say("fact_not_in_stock", title=title, size=size, value=values["sizes"])
    return words.say("fact_sold_out", title=title)


def _one_size(product: Product) -> bool:
    return [size.name for size in product.sizes] == [ONE_SIZE]


def _next(turn: Turn, product: Product) -> list[Button]:
    keys = [("add_to_cart", "add_to_cart")] if product.in_stock() else []
    keys += [("similar", "find_similar"), ("complete_look", "complete_look")]
    return [
        {"title": turn.words.button(key), "payload": payload(intent, product_id=product.id)}
        for key, intent in keys
    ]
