"""A message as Matrix shows it best: pictures, then numbers to press as reactions or to type. Pure."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

from bot.channels.base.drawing import Shown, ShownCard, as_text, numbered, shorten, split
from bot.conversation.texts import say

CAPTION = 200  # characters under a picture
MOST_KEYS = 10  # reactions: there are keycaps up to 10


def draw(shown: Shown, language: str, limit: int) -> list[dict[str, Any]]:
    """The pieces of a message: {"text", "html"?, "keys"?} or {"picture", "text"}. `keys` are the numbers that
    can be pressed; no text is longer than `limit`.
    """
    hint = say("reply_with_number", language)
    if shown.cards:
        pieces = [text(part) for part in split(shown.said, limit)]
        pieces += [
            picture(card.picture, f"{number}. {card.title}")
            for number, card in enumerate(shown.cards, start=1)
            if _opens(card.picture)
        ]
        pieces += _list(replace(shown, text="", agent=None, picture=None), hint, limit)
    else:
        plain = as_text(replace(shown, picture=None), hint=hint)
        pieces = [text(part) for part in split(plain, limit)]
    keys = [number for number, choice in enumerate(numbered(shown), start=1) if choice.token]
    if keys and pieces:
        pieces[-1]["keys"] = [number for number in keys if number <= MOST_KEYS]
    if _opens(shown.picture):
        pieces.insert(0, picture(shown.picture, ""))
    return pieces


def text(plain: str, formatted: str = "") -> dict[str, Any]:
    """A piece with words."""
    return {"text": plain, "html": formatted} if formatted else {"text": plain}


def picture(address: str | None, caption: str) -> dict[str, Any]:
    """A piece with a picture."""
    return {"picture": address, "text": shorten(caption, CAPTION)}


def content(piece: dict[str, Any]) -> dict[str, Any]:
    """The content of the event for a piece with words."""
    found = {"msgtype": "m.text", "body": piece["text"], "m.mentions": {}}
    if piece.get("html"):
        found |= {"format": "org.matrix.custom.html", "formatted_body": piece["html"]}
    return found


def image(address: str, caption: str, info: dict[str, Any]) -> dict[str, Any]:
    """The content of the event for a picture at an mxc address."""
    name = "photo.jpg"
    return {
        "msgtype": "m.image",
        "body": caption or name,
        "filename": name,
        "url": address,
        "info": info,
        "m.mentions": {},
    }


def reaction(event: str, number: int) -> dict[str, Any]:
    """The relation of a number that can be pressed to the message below which it stands."""
    key = "🔟" if number == 10 else f"{number}\ufe0f\u20e3"
    return {"rel_type": "m.annotation", "event_id": event, "key": key}


def _list(shown: Shown, hint: str, limit: int) -> list[dict[str, Any]]:
    """The cards and choices with their numbers; with links behind the names if it is one text."""
    parts = split(as_text(shown, hint=hint), limit)
    if len(parts) > 1:
        return [text(part) for part in parts]
    rows = [f"<ol>{''.join(_row(card) for card in shown.cards)}</ol>"]
    if shown.choices:
        titles = "".join(f"<li>{html.escape(each.title)}</li>" for each in shown.choices)
        rows.append(f'<ol start="{len(shown.cards) + 1}">{titles}</ol>')
    if any(choice.token for choice in numbered(shown)):
        rows.append(f"<p>{html.escape(hint)}</p>")
    return [text(part, "".join(rows)) for part in parts]


def _row(card: ShownCard) -> str:
    title = html.escape(card.title)
    if _opens(card.url):
        title = f'<a href="{html.escape(card.url or "")}">{title}</a>'
    price = f" – <strong>{html.escape(card.price)}</strong>" if card.price else ""
    reason = f"<br>{html.escape(card.reason)}" if card.reason else ""
    return f"<li>{title}{price}{reason}</li>"


def _opens(address: str | None) -> bool:
    """Whether it is an address that a browser may open."""
    return bool(address) and str(address).startswith(("http://", "https://"))
