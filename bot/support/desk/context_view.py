"""A hand-over's context packet (`bot.support.handoff.context`) as the page draws it, in the agent's
language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.settings import DEFAULT_LANGUAGE

_PROFILE = {"en": "Told the assistant", "zh": "告诉过助手"}
_WITHHELD = {
    "en": "not shown, the customer did not ask for a person",
    "zh": "未显示（顾客没有主动要求人工服务）",
}


def shown(packet: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The packet for the page; parts that are not known are empty."""
    return {
        "summary": named(packet.get("summary"), language) or None,
        "mood": mood_of(packet),
        "photos": [
            {
                "id": str(photo["id"]),
                "at": photo.get("at"),
                "saw": named(photo.get("seen"), language) or None,
                "facts": [
                    {name: named(fact.get(name), language) for name in ("name", "value")}
                    for fact in _items(photo.get("facts"))
                ],
            }
            for photo in _items(packet.get("photos"))
            if photo.get("id")
        ],
        "products": [_card(product, language) for product in _items(packet.get("shown"))],
        "cart": _cart(packet.get("cart"), language),
        "order": next((_order(order, language) for order in _items(packet.get("orders"))), None),
        "profile": _profile(packet, language),
    }


def customer_of(packet: Mapping[str, Any]) -> str | None:
    """The customer's name, where the packet holds one: it does only what the customer agreed to."""
    name = packet.get("customer")
    return " ".join(name.split())[:60] or None if isinstance(name, str) else None


def mood_of(packet: Mapping[str, Any]) -> str | None:
    """How the customer sounds (`shop.customers.mood`); None in a packet that could not be made."""
    mood = packet.get("mood")
    return mood if isinstance(mood, str) else None


def named(value: Any, language: str) -> str:
    """A text in a language; a plain text is itself."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get(DEFAULT_LANGUAGE) or "")
    return str(value or "")


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _card(product: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "id": str(product.get("id") or ""),
        "title": named(product.get("title"), language),
        "price": named(product.get("price"), language),
        "reason": "",
        "picture": product.get("picture") or "",
        "url": product.get("url") or "",
    }


def _line(item: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "id": str(item.get("id") or ""),
        "title": named(item.get("title"), language),
        "size": item.get("size"),
        "quantity": item.get("quantity") or 1,
        "price": named(item.get("price"), language) or None,
        "picture": item.get("picture"),
    }


def _cart(cart: Any, language: str) -> dict[str, Any] | None:
    if not isinstance(cart, Mapping) or not cart.get("lines"):
        return None
    lines = [_line(item, language) for item in _items(cart["lines"])]
    return {"lines": lines, "total": named(cart.get("total"), language) or None}


def _order(order: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "id": str(order.get("id") or ""),
        "status": str(order.get("status") or ""),
        "placed": order.get("placed"),
        "total": named(order.get("total"), language) or None,
        "lines": [_line(item, language) for item in _items(order.get("items"))],
    }


def _profile(packet: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    words = named(packet.get("profile_words"), language)
    if packet.get("profile_withheld"):
        words = _WITHHELD.get(language, _WITHHELD[DEFAULT_LANGUAGE])
    return [{"name": _PROFILE.get(language, _PROFILE[DEFAULT_LANGUAGE]), "value": words}] if words else []
