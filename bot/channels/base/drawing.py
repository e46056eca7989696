"""What a message shows, and the common ways to put it: choices that can be pressed or typed, numbered lists,
texts that are not too long. Each platform draws with these the best it can. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Piece = dict[str, Any]  # what one call to the platform sends; JSON-able, the platform's own form

_TOKEN = re.compile(r"(\d{1,9})\.(?:(\d{1,3})\.)?(\d{1,3})")


@dataclass(frozen=True)
class Choice:
    """A button. `token` comes back when it is pressed: the numbers of the message, the card if it is a
    card's, and the button; it says what was offered, never what it does. At most 20 characters.
    """

    title: str
    token: str


@dataclass(frozen=True)
class ShownCard:
    """A product: all texts ready, addresses that the platform can open (or None)."""

    title: str
    price: str
    reason: str
    picture: str | None
    url: str | None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One message of ours as a platform shows it; any part may be missing."""

    seq: int
    sender: str
    text: str = ""
    cards: tuple[ShownCard, ...] = ()
    choices: tuple[Choice, ...] = ()
    picture: str | None = None
    agent: str | None = None
    reply_to: str | None = None  # the `Update.id` of the message that it answers

    @classmethod
    def of(cls, event: Mapping[str, Any], base_url: str) -> Shown:
        """From an event of the message store (`bot.turns.message_events.events`); `base_url` is
        where our own addresses begin.
        """
        seq = int(event["seq"])
        return cls(
            seq=seq,
            sender=str(event["from"]),
            text=str(event.get("text") or ""),
            cards=tuple(
                ShownCard(
                    title=str(card.get("title") or ""),
                    price=str(card.get("price") or ""),
                    reason=str(card.get("reason") or ""),
                    picture=absolute(card.get("picture"), base_url),
                    url=absolute(card.get("url"), base_url),
                    choices=_choices(card.get("buttons"), f"{seq}.{place}."),
                )
                for place, card in enumerate(event.get("cards") or [])
            ),
            choices=_choices(event.get("buttons"), f"{seq}."),
            picture=absolute(event.get("picture"), base_url),
            agent=(event.get("agent") or {}).get("name"),
            reply_to=event.get("reply_to"),
        )

    @property
    def said(self) -> str:
        """The text, with the name of the person who says it."""
        return f"{self.agent}: {self.text}" if self.agent and self.text else self.text


def read_token(token: str) -> tuple[int, int | None, int] | None:
    """Message, card (or None) and button of a token; None for anything else."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    return int(match[1]), int(match[2]) if match[2] is not None else None, int(match[3])


def numbered(shown: Shown) -> list[Choice]:
    """What the numbers from 1 on stand for where there are no buttons: the cards (their first button; a token
    "" where a card has none), or all buttons of a card that is alone; then the message's own buttons.
    """
    if len(shown.cards) == 1:
        return [*shown.cards[0].choices, *shown.choices]
    cards = [Choice(card.title, card.choices[0].token if card.choices else "") for card in shown.cards]
    return [*cards, *shown.choices]


def chosen(shown: Shown, text: str) -> Choice | None:
    """The choice that a typed number or title means, or None: then it is an ordinary message."""
    typed = " ".join(text.casefold().split()).strip(" .。)）")
    choices = numbered(shown)
    if typed.isascii() and typed.isdigit() and len(typed) <= 3:
        number = int(typed)
        found = choices[number - 1] if 0 < number <= len(choices) else None
    else:
        found = next((each for each in choices if each.title.casefold() == typed), None)
    return found if found is not None and found.token else None


def as_text(shown: Shown, *, hint: str = "", links: bool = True) -> str:
    """A whole message in plain words: the text, numbered cards with links, numbered choices, and how to
    choose (`hint`). A card that is alone needs no number: its buttons have them.
    """
    lines = [shown.said] if shown.said else []
    several = len(shown.cards) > 1
    for number, card in enumerate(shown.cards, start=1):
        head, indent = (f"{number}. ", "   ") if several else ("", "")
        block = [f"{head}{card.title}" + (f" – {card.price}" if card.price else "")]
        block += [f"{indent}{card.reason}"] if card.reason else []
        block += [f"{indent}{card.url}"] if card.url and links else []
        lines.append("\n".join(block))
    first = len(shown.cards) if several else 0
    rows = [f"{n}. {each.title}" for n, each in enumerate(numbered(shown)[first:], start=first + 1)]
    if rows:
        lines.append("\n".join(rows))
    if shown.picture and links:
        lines.append(shown.picture)
    if hint and any(each.token for each in numbered(shown)):
        lines.append(hint)
    return "\n\n".join(lines)


def split(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """A text in parts of at most `limit`, as the platform counts (`size`: characters, or what it makes of
    them), cut between paragraphs, lines, sentences or words.
    """
    parts = []
    text = text.strip()
    while size(text) > limit:
        room = _room(text, limit, size)
        cut = 0
        for marks in (("\n\n",), ("\n",), (". ", "! ", "? ", "。", "！", "？"), (" ", "，", "、")):
            if cut >= room // 2:
                break
            cut = max(cut, *(_last(text, mark, room) for mark in marks))
        cut = cut if cut > 0 else room
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, with "…" where something is missing."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def absolute(address: object, base: str) -> str | None:
    """An address of the web with its host; None for none, and for what is no such address."""
    if not isinstance(address, str):
        return None
    if address.startswith("//"):
        return f"https:{address}"
    found = f"{base}{address}" if address.startswith("/") else address
    return found if found.startswith(("https://", "http://")) else None


def groups(items: Sequence[Any], most: int) -> list[list[Any]]:
    """Items in as few groups of at most `most` as will do, all of about the same size."""
    many = -(-len(items) // most)
    ends = [place * len(items) // many for place in range(many + 1)] if many else []
    return [list(items[first:end]) for first, end in pairwise(ends)]


def _choices(buttons: object, prefix: str) -> tuple[Choice, ...]:
    titles = [str(button.get("title") or "") for button in buttons] if isinstance(buttons, list) else []
    return tuple(Choice(title, f"{prefix}{place}") for place, title in enumerate(titles))


def _room(text: str, limit: int, size: Callable[[str], int]) -> int:
    """How many characters from the beginning fit; one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= limit else (low, middle - 1)
    return low


def _last(text: str, mark: str, limit: int) -> int:
    found = text.rfind(mark, 0, limit)
    return found + len(mark) if found > 0 else 0
