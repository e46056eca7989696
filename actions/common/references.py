"""Which product the customer means: a button's, "the second", "the red one", the one in hand."""

from __future__ import annotations

from collections.abc import Sequence

from actions.common import open_question
from actions.common.action import answer_as
from actions.common.turn import Turn
from actions.replies.cards import choose_button
from shop.catalogue import products as catalogue
from shop.catalogue.product import Product
from shop.search.criteria import expand
from vision.taxonomy import TaxonomyError
from vision.taxonomy import load as load_taxonomy

MAX_CHOICES = 6
APPEARANCE = ("category", "colour", "brand", "pattern")


async def named(turn: Turn) -> list[Product]:
    """The products that the message itself names, in its order: by button, by ordinal, or by kind, colour,
    brand and pattern among those shown. Empty if it names none. An ordinal beyond those shown names nothing.
    """
    if ids := turn.values("product_id"):
        return await products(turn, ids)
    if not any(turn.values(name) for name in ("ordinal", *APPEARANCE)):
        return []
    return described(turn, await products(turn, turn.shown_ids))


def described(turn: Turn, candidates: list[Product]) -> list[Product]:
    """Those of the candidates that the message points at, by ordinals or else by appearance; none where
    all of several fit.
    """
    if ordinals := turn.values("ordinal"):
        picked = [
            candidates[-1 if each == "last" else int(each) - 1]
            for each in ordinals
            if _is_shown(each, candidates)
        ]
        return list({product.id: product for product in picked}.values())
    if not any(turn.values(name) for name in APPEARANCE):
        return []
    matches = [product for product in candidates if _fits(turn, product)]
    return [] if len(matches) == len(candidates) > 1 else matches


async def one(turn: Turn, intent: str, *, ask: bool = True) -> Product | None:
    """The product that the message is about: the one it names, else the one in hand, else the only one
    shown.

    Where it stays open, and `ask`, the customer is asked with a button for each; the turn goes on as
    `intent` with the answer. None then.
    """
    found = await named(turn)
    if len(found) == 1:
        turn.set("focus", found[0].id)
        return found[0]
    beyond = [each for each in turn.values("ordinal") if not _is_shown(each, turn.shown_ids)]
    if not found and not beyond:
        in_hand = turn.slot("focus") or (turn.shown_ids[0] if len(turn.shown_ids) == 1 else None)
        if in_hand and (product := await turn.call(catalogue.get, in_hand)):
            turn.set("focus", product.id)
            return product
    if ask:
        await ask_which(turn, intent, found, beyond=bool(beyond))
    return None


async def ask_which(turn: Turn, intent: str, offered: list[Product], *, beyond: bool = False) -> None:
    """Ask which product is meant, with a button for each of those offered or shown; without any, ask for a
    search.
    """
    offered = offered or await products(turn, turn.shown_ids)
    if not offered and not turn.wishes.is_empty():
        await answer_as(turn, "search_product")
        return
    if not offered:
        turn.say("which_unknown", buttons=[{"title": turn.words.button("popular"), "payload": "/recommend"}])
        return
    key = "which_beyond" if beyond else "which"
    buttons = [
        choose_button(product, number, turn.language)
        for number, product in enumerate(offered[:MAX_CHOICES], 1)
    ]
    keep = {
        each["entity"]: each["value"]
        for each in turn.entities
        if each["entity"] in ("size", "quantity", "attribute")
    }
    turn.say(key, count=len(turn.shown_ids), buttons=buttons)
    open_question.ask(turn, "product", intent, of=[product.id for product in offered], **keep)


async def products(turn: Turn, ids: list[str]) -> list[Product]:
    """The products of these ids, in this order; those no longer sold are left out."""
    return await turn.call(catalogue.get_many, ids) if ids else []


def _is_shown(ordinal: object, shown: Sequence[object]) -> bool:
    if ordinal == "last":
        return bool(shown)
    return str(ordinal).isdigit() and 1 <= int(str(ordinal)) <= len(shown)


def _fits(turn: Turn, product: Product) -> bool:
    """Whether all that the message says of its appearance fits the product."""
    kinds = turn.values("category")
    colours = turn.values("colour")
    return (
        (not kinds or product.category in expand(kinds))
        and (not colours or any(_same_colour(product, colour) for colour in colours))
        and (not turn.values("brand") or product.brand in turn.values("brand"))
        and (not turn.values("pattern") or product.pattern in turn.values("pattern"))
    )


def _same_colour(product: Product, colour: str) -> bool:
    taxonomy = load_taxonomy()
    try:
        families = {taxonomy.family(each) for each in (product.colour, product.colour2) if each}
        return product.colour == colour or taxonomy.family(colour) in families
    except TaxonomyError:
        return product.colour == colour
