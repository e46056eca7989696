"""What an agent finds when a conversation arrives: everything that was said and shown, and a summary of it.

    {"reason", "detail", "language", "channel", "summary": {en, zh},
     "turns": [{"seq", "at", "from", "text", "photo", "pressed", "cards": [product ids]}, …],   the last ones
     "earlier": how many messages there are before them,
     "photos": [{"id", "at", "seen": {en, zh} or null, "facts": [{"name": {en, zh}, "value": {en, zh}}]}],
     "shown": [{"id", "title", "price", "picture", "url"}],   newest first
     "cart": {"count", "total", "lines"}, "orders": [{"id", "status", "placed", "total", "items"}],
     "mood": calm, unhappy or angry, "profile": {…} or null,
     "profile_words": {en, zh}, "profile_withheld": bool,
     "before": how many hand-overs the conversation had}

Texts of the customer stand in it whole. What only the caller knows (slots, wishes) is laid over it by
`request`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.conversation import messages
from bot.conversation.bodies import Body, sent_again
from bot.conversation.messages import Message
from bot.settings import DEFAULT_LANGUAGE
from bot.support.handoff.photo_summary import facts
from bot.support.handoff.summary import summary
from bot.support.owner_settings import settings
from shop.cart import cart
from shop.catalogue import products
from shop.catalogue.product import Product
from shop.customers import photos, profile
from shop.customers.mood import worst
from shop.orders import orders
from storage import database

logger = logging.getLogger(__name__)

TURNS = 30  # messages
SHOWN = 12  # products
ORDERS = 5
LANGUAGES = ("en", "zh")


def safely(conversation: str, **facts: Any) -> dict[str, Any]:
    """`build`, but a person must be reachable though the packet cannot be made: then with what is known."""
    try:
        return build(conversation, **facts)
    except Exception:
        logger.exception("The packet of a hand-over could not be made")
        known = {name: facts.get(name) for name in ("reason", "detail", "language", "channel")}
        return {**known, "summary": summary(known), "incomplete": True}


def build(
    conversation: str,
    *,
    reason: str,
    detail: str | None = None,
    language: str | None = None,
    channel: str = "web",
    consented: bool | None = None,
) -> dict[str, Any]:
    """The packet of a conversation as it stands now."""
    said = messages.history(conversation, limit=TURNS)
    packet: dict[str, Any] = {
        "reason": reason,
        "detail": detail,
        "language": language,
        "channel": channel,
        "turns": [_turn(message) for message in said],
        "earlier": max(0, said[0].seq - 1) if said else 0,
        "photos": _photos(conversation),
        "shown": _shown(said),
        "cart": _cart(conversation),
        "orders": _orders(conversation),
        "mood": worst(
            _last_texts(said),
            language or DEFAULT_LANGUAGE,
            at_least="unhappy" if reason == "complaint" else "calm",
        ),
        **_profile(conversation, reason, consented),
        "before": _before(conversation),
    }
    packet["summary"] = summary(packet)
    return packet


def said_text(body: Body) -> str | None:
    """What a message says; of one that was sent again, what it said."""
    while not body.get("text") and (earlier := sent_again(body)) is not None:
        body = earlier
    return body.get("text")


def _turn(message: Message) -> dict[str, Any]:
    body = message.body
    earlier = sent_again(body)
    turn = {
        "seq": message.seq,
        "at": message.at.isoformat(timespec="seconds"),
        "from": message.sender,
        "text": said_text(body),
        "photo": body.get("photo") or (earlier.get("photo") if earlier else None),
        "photos": body.get("photos"),
        "pressed": True if body.get("payload") else None,
        "cards": [card["id"] for card in body.get("cards") or ()],
    }
    return {name: value for name, value in turn.items() if value not in (None, [])}


def _last_texts(said: Sequence[Message], count: int = 5) -> list[str]:
    texts = [said_text(message.body) for message in said if message.sender == "customer"]
    return [text for text in texts if text][-count:]


def _photos(conversation: str) -> list[dict[str, Any]]:
    return [
        {
            "id": photo.id,
            "at": photo.created.isoformat(timespec="seconds"),
            "seen": {
                language: ("、" if language == "zh" else ", ").join(
                    text for caption in photo.captions if (text := caption.get(language))
                )
                for language in LANGUAGES
            }
            if photo.captions
            else None,
            "facts": facts(photo.analysis) if photo.analysis else [],
        }
        for photo in photos.of_owner(conversation)
    ]


def _shown(said: Sequence[Message]) -> list[dict[str, Any]]:
    """The products of the last cards, the newest first, each once."""
    ids = [
        str(card["id"])
        for message in reversed(said)
        if message.sender != "customer"
        for card in message.body.get("cards") or ()
    ]
    return [_product(product) for product in products.get_many(list(dict.fromkeys(ids))[:SHOWN])]


def _product(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "title": {language: product.title(language) for language in LANGUAGES},
        "price": {language: product.price_text(language) for language in LANGUAGES},
        "picture": product.picture_url,
        "url": product.url,
    }


def _cart(conversation: str) -> dict[str, Any]:
    held = cart.view(conversation)
    if not held.lines:
        return {}
    return {
        "count": held.count,
        "total": {language: held.total_text(language) for language in LANGUAGES},
        "lines": [
            {
                **_product(line.product),
                "size": line.size,
                "quantity": line.quantity,
                "available": line.available,
            }
            for line in held.lines
        ],
    }


def _orders(conversation: str) -> list[dict[str, Any]]:
    return [
        {
            "id": order.id,
            "status": order.status,
            "placed": order.placed.isoformat(timespec="seconds"),
            "total": {language: order.total_text(language) for language in LANGUAGES},
            "items": [
                {"id": item.product_id, "title": item.titles, "size": item.size, "quantity": item.quantity}
                for item in order.items
            ],
        }
        for order in orders.of_customer(conversation)[:ORDERS]
    ]


def _profile(conversation: str, reason: str, consented: bool | None) -> dict[str, Any]:
    """The profile that the customer told the assistant; withheld where he did not ask for a person."""
    told = profile.load(conversation)
    if told.is_empty():
        return {"profile": None}
    rule = settings().profile
    consent = reason == "asked" if consented is None else consented
    if rule == "never" or (rule == "asked" and not consent):
        return {"profile": None, "profile_withheld": True}
    return {
        "profile": told.to_dict(),
        "profile_words": {language: told.describe(language) for language in LANGUAGES},
    }


def _before(conversation: str) -> int:
    with database.session() as connection:
        query = sa.text("SELECT count(*) FROM handoffs WHERE conversation = :c AND accepted IS NOT NULL")
        return int(connection.execute(query, {"c": conversation}).scalar_one())
