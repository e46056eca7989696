"""A conversation as an agent sees it: what was said, what is known, what happened before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.conversation import receipts
from bot.conversation.messages import Message
from bot.settings import DEFAULT_LANGUAGE
from bot.support.accounts import agents
from bot.support.accounts.roles import Agent, sees
from bot.support.desk import access, context_view, handoff_lines, private_notes
from bot.support.desk.refusals import Refused
from bot.support.handoff import store
from bot.support.handoff.model import Handoff
from bot.support.handoff.states import Change
from shop.catalogue import products
from shop.catalogue.product import Product
from shop.customers import photos
from storage import database

PAGE = 50  # messages
_MOST = 2**31 - 1
_COLUMNS = "conversation, seq, at, sender, body, client_id, reply_to, answered"


def visible(agent: Agent, conversation: str) -> bool:
    """Whether an agent may see a conversation."""
    try:
        access.conversation(agent, conversation)
    except Refused:
        return False
    return True


def conversation(agent: Agent, ident: str, language: str) -> dict[str, Any]:
    """Everything about a conversation; raises `Refused`."""
    seen = access.conversation(agent, ident)
    handoff = seen.handoff
    before = [each for each in store.history(ident) if sees(agent, each.group)]
    names = {each.id: each.name for each in agents.listing()}
    read_up_to = receipts.of(ident)
    with database.session() as connection:
        written = private_notes.of_handoffs(connection, [each.id for each in before])
    return {
        "handoff": handoff_lines.of(handoff),
        "packet": context_view.shown(handoff.packet if handoff else {}, language),
        **page(ident, language),
        "reads": {"customer": read_up_to.customer, "agent": read_up_to.agent},
        "notes": written,
        "history": [earlier(each, names) for each in before if handoff is None or each.id != handoff.id],
        "audit": [change(each, names) for each in store.audit(handoff.id)] if handoff else [],
    }


def page(ident: str, language: str, before: int | None = None) -> dict[str, Any]:
    """The newest messages before number `before` (None: the newest of all), oldest first, and whether there
    are earlier ones. The caller has made sure that the agent may see them.
    """
    with database.session() as connection:
        query = sa.text(
            f"SELECT {_COLUMNS} FROM messages WHERE conversation = :c AND seq < :before "
            "ORDER BY seq DESC LIMIT :n"
        )
        values = {"c": ident, "before": _MOST if before is None else before, "n": PAGE + 1}
        found = [Message(**row._mapping) for row in connection.execute(query, values)]
    said = found[:PAGE][::-1]
    saw = _saw(ident, language) if any(message.body.get("photo") for message in said) else {}
    about = _about(said)
    return {"messages": [message_data(each, saw, about) for each in said], "more": len(found) > PAGE}


def between(wanted: Mapping[str, tuple[int, int]]) -> dict[str, list[dict[str, Any]]]:
    """The messages of several conversations, each from one number to another, in one query."""
    with database.session() as connection:
        query = sa.text(
            f"""
            SELECT {_COLUMNS} FROM messages m
            JOIN unnest(CAST(:c AS text[]), CAST(:f AS int[]), CAST(:l AS int[])) AS w (wanted, first, last)
                ON m.conversation = w.wanted AND m.seq BETWEEN w.first AND w.last
            ORDER BY conversation, seq
            """
        )
        values = {
            "c": list(wanted),
            "f": [first for first, _ in wanted.values()],
            "l": [last for _, last in wanted.values()],
        }
        said = [Message(**row._mapping) for row in connection.execute(query, values)]
    about = _about(said)
    found: dict[str, list[dict[str, Any]]] = {}
    for message in said:
        found.setdefault(message.conversation, []).append(message_data(message, about=about))
    return found


def message_data(
    message: Message, saw: Mapping[str, str] | None = None, about: Mapping[str, Product] | None = None
) -> dict[str, Any]:
    """A message as the customer sees it, with what the eyes saw on its photo and the product (of `about`, by
    id) whose button it was: "Add to cart" alone would say nothing to a person.
    """
    photo = message.body.get("photo")
    product = (about or {}).get(_pressed(message) or "")
    return {
        **message.event(),
        "photo": {"id": photo, "saw": (saw or {}).get(photo)} if photo else None,
        "about": product.title(message.body.get("language") or DEFAULT_LANGUAGE) if product else None,
    }


def earlier(handoff: Handoff, names: Mapping[int, str]) -> dict[str, Any]:
    """A hand-over among those before."""
    return {
        "id": handoff.id,
        "conversation": handoff.conversation,
        "state": handoff.state.value,
        "reason": handoff.reason,
        "asked": handoff.asked.isoformat(timespec="milliseconds"),
        "ended": handoff.ended.isoformat(timespec="milliseconds") if handoff.ended else None,
        "agent": names.get(handoff.agent) if handoff.agent is not None else None,
        "close_reason": handoff.close_reason,
        "tags": list(handoff.tags),
        "rating": handoff.rating,
        "rating_comment": handoff.rating_comment,
    }


def change(row: Change, names: Mapping[int, str]) -> dict[str, Any]:
    """A row of the audit; agents by their names."""
    kind, _, number = row.actor.partition(":")
    actor = names.get(int(number), row.actor) if kind == "agent" and number.isdecimal() else row.actor
    return {
        "at": row.at.isoformat(timespec="milliseconds"),
        "event": row.event.value,
        "from_state": row.from_state.value,
        "to_state": row.to_state.value,
        "actor": actor,
    }


def _about(said: Iterable[Message]) -> dict[str, Product]:
    wanted = {ident for message in said if (ident := _pressed(message))}
    return {product.id: product for product in products.get_many(sorted(wanted))}


def _pressed(message: Message) -> str | None:
    """The id of the product that a pressed button names."""
    payload = message.body.get("payload") if message.sender == "customer" else None
    _, brace, entities = str(payload or "").partition("{")
    try:
        ident = json.loads(brace + entities).get("product_id") if brace else None
    except ValueError:
        return None
    return ident if isinstance(ident, str) else None


def _saw(conversation: str, language: str) -> dict[str, str]:
    separator = "、" if language == "zh" else ", "
    return {
        photo.id: separator.join(text for each in photo.captions if (text := each.get(language)))
        for photo in photos.of_owner(conversation, limit=50)
        if photo.captions
    }
