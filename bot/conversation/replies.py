"""The reply model: what the dialogue answers, in one form that every channel's renderer draws its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.conversation.bodies import Body, ButtonBody, CardBody, without_empty

_Item = TypeVar("_Item")

OFFERS = ("take", "leave")


@dataclass(frozen=True)
class Button:
    """A quick reply. `payload` is what the dialogue gets when it is pressed: an intent ("/…") or plain words.

    Buttons of the channel's own have instead: `retry`, the number of the message to send again, or `offer`,
    what to do with the person whom the reply offers: "take" or "leave".
    """

    title: str
    payload: str = ""
    retry: int | None = None
    offer: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Button | None:
        """From a dictionary of Rasa's or of the message store; None without a title."""
        title = _text(data.get("title"))
        retry, offer = data.get("retry"), data.get("offer")
        if not title:
            return None
        return cls(
            title,
            str(data.get("payload") or title),
            retry if isinstance(retry, int) else None,
            offer if offer in OFFERS else None,
        )

    def body(self) -> ButtonBody:
        """The form of the message store."""
        body: ButtonBody = {"title": self.title, "payload": self.payload}
        if self.retry:
            body["retry"] = self.retry
        if self.offer:
            body["offer"] = self.offer
        return body


@dataclass(frozen=True)
class Card:
    """A product as shown: all texts ready, in the customer's language."""

    id: str
    title: str
    price: str
    reason: str
    picture: str | None
    url: str | None
    buttons: tuple[Button, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Card | None:
        """From a dictionary; None without id and title."""
        if not data.get("id") or not data.get("title"):
            return None
        return cls(
            id=str(data["id"]),
            title=str(data["title"]),
            price=_text(data.get("price")),
            reason=_text(data.get("reason")),
            picture=_safe_url(data.get("picture")),
            url=_safe_url(data.get("url")),
            buttons=_buttons(data.get("buttons")),
        )

    def body(self) -> CardBody:
        """The form of the message store."""
        return {
            "id": self.id,
            "title": self.title,
            "price": self.price,
            "reason": self.reason,
            "picture": self.picture,
            "url": self.url,
            "buttons": [button.body() for button in self.buttons],
        }


@dataclass(frozen=True)
class PersonWanted:
    """The dialogue asks for a person: why (see `REASONS`), and the words that led to it."""

    reason: str = "asked"
    detail: str | None = None

    @classmethod
    def of(cls, data: object) -> PersonWanted | None:
        """From `{"reason", "detail"?}`; None where that is no object. A reason that is not known is "asked":
        whoever needs a person gets one, however it was worded.
        """
        if not isinstance(data, Mapping):
            return None
        reason = _text(data.get("reason"))
        return cls(reason if reason in REASONS else "asked", _text(data.get("detail")) or None)


# Why the dialogue may ask for a person; an agent who steps in by himself is no wish of the dialogue.
REASONS = ("asked", "misses", "complaint", "failure", "keyword", "cart", "vip")


@dataclass(frozen=True)
class Reply:
    """One bubble of the bot: text, product cards, quick replies, a picture; any of them may be missing.

    With `handoff` the channel opens a hand-over, which announces itself. It is a wish of this turn only and
    is not stored: such a reply may have an empty `body`, which is then no message at all.
    """

    text: str | None = None
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    picture: str | None = None
    handoff: PersonWanted | None = None

    @classmethod
    def from_response(cls, response: Mapping[str, Any]) -> Reply:
        """From a response of Rasa: text, buttons or quick_replies, image, custom {"cards": […]} or
        {"handoff": {"reason", "detail"}}.
        """
        custom = response.get("custom")
        custom = custom if isinstance(custom, Mapping) else {}
        cards = [Card.of(card) for card in custom.get("cards") or [] if isinstance(card, Mapping)]
        return cls(
            text=_text(response.get("text") or custom.get("text")) or None,
            cards=tuple(card for card in cards if card),
            buttons=_buttons(
                response.get("buttons") or response.get("quick_replies") or custom.get("buttons")
            ),
            picture=_safe_url(response.get("image") or custom.get("picture")),
            handoff=PersonWanted.of(custom.get("handoff")),
        )

    def __bool__(self) -> bool:
        """Whether there is anything to show or to do; `body` is empty where there is nothing to show."""
        return bool(self.text or self.cards or self.buttons or self.picture or self.handoff)

    def body(self) -> Body:
        """The form of the message store; empty parts are left out."""
        return without_empty(
            {
                "text": self.text or "",
                "cards": [card.body() for card in self.cards],
                "buttons": [button.body() for button in self.buttons],
                "picture": self.picture or "",
            }
        )


def offered(body: Body, button: object, card: object = None) -> Button | None:
    """The button that a stored reply offered at an index (of a card, if named), or None: nothing else may be
    sent.
    """
    holder = body if card is None else _item(body.get("cards"), card)
    found = _item(holder.get("buttons"), button) if holder else None
    return Button.of(found) if found else None


def _item(items: Sequence[_Item] | None, index: object) -> _Item | None:
    if not items or not isinstance(index, int) or isinstance(index, bool):
        return None
    return items[index] if 0 <= index < len(items) else None


def _buttons(items: object) -> tuple[Button, ...]:
    found = (
        [Button.of(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    )
    return tuple(button for button in found if button)


def _text(value: object) -> str:
    return str(value).strip() if value is not None else ""


def _safe_url(value: object) -> str | None:
    """A URL that a client may follow: a path of ours or http(s); anything else (javascript:, data:) is
    dropped.
    """
    text = _text(value)
    if text.startswith(("https://", "http://")) or (text.startswith("/") and not text.startswith("//")):
        return text
    return None
