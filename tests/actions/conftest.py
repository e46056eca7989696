"""A turn without a server: a tracker as Rasa sends it, and a dispatcher that collects what is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.common.turn import Turn
from shop.catalogue.product import Product, Size


def user_event(text: str, intent: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": intent}},
        "metadata": metadata or {},
    }


@pytest.fixture
def tracker_of() -> Callable[..., Tracker]:
    """Makes the tracker of one message."""

    def make(
        text: str = "hello",
        intent: str = "greet",
        *,
        entities: list[dict[str, Any]] | None = None,
        slots: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        before: list[dict[str, Any]] | None = None,
        ranking: list[dict[str, Any]] | None = None,
        loop: str | None = None,
    ) -> Tracker:
        message = {
            "text": text,
            "intent": {"name": intent},
            "intent_ranking": ranking or [],
            "entities": entities or [],
        }
        events = [*(before or []), user_event(text, intent, metadata)]
        active = {"name": loop} if loop else {}
        return Tracker("customer", slots or {}, message, events, False, None, active, "action_listen")

    return make


@pytest.fixture
def turn_of(tracker_of: Callable[..., Tracker]) -> Callable[..., Turn]:
    """Makes a turn of one message."""

    def make(*args: Any, **kwargs: Any) -> Turn:
        return Turn(tracker_of(*args, **kwargs), CollectingDispatcher())

    return make


@pytest.fixture
def dress() -> Product:
    return Product(
        id="p1",
        category="dress",
        titles={"en": "Veyra Red Dress", "zh": "Veyra 红色连衣裙"},
        brand="Veyra",
        colour="Red",
        gender="women",
        price=Decimal("59.90"),
        currency="USD",
        sizes=(Size("S", 0), Size("M", 3), Size("L", 1)),
        picture="p1.webp",
    )


def said(turn: Turn) -> str:
    """All texts of a turn."""
    return "\n".join(message["text"] for message in turn.dispatcher.messages if message["text"])


def buttons(turn: Turn) -> list[dict[str, str]]:
    return [button for message in turn.dispatcher.messages for button in message["buttons"]]
