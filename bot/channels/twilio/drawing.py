"""How a message looks as SMS, MMS and WhatsApp of Twilio: words with numbered choices, and pictures, which
Twilio fetches from our public address. Pure.

A piece is what is told to Twilio: `Body`, `MediaUrl` (addresses); `words` is the body without them, should
they be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.channels.base.drawing import Shown, ShownCard, as_text, numbered, split
from bot.conversation.texts import say
from bot.door import jpeg_pictures

TEXT = 1600  # characters
MEDIA = 10  # pictures of one MMS
CAPTION = 1024  # characters under a picture on WhatsApp

Piece = dict[str, Any]

# One such letter, and an SMS holds 70 letters instead of 160 and costs twice as much.
_PLAIN = str.maketrans(
    {"–": "-", "—": "-", "…": "...", "‘": "'", "’": "'", "“": '"', "”": '"', "•": "-", "\u00a0": " "}
)


def sms(shown: Shown, language: str, base: str, *, media: bool) -> list[Piece]:
    """As SMS; with `media` the pictures come along as MMS, in the order of the numbers. `base` is the base of
    our own addresses.
    """
    addresses = _addresses(shown, base) if media else []
    words = replace(shown, picture=None) if addresses and shown.picture else shown
    text = as_text(words, hint=say("reply_with_number", language)).translate(_PLAIN)
    pieces: list[Piece] = [{"Body": part} for part in split(text, TEXT)]
    for place, first in enumerate(range(0, len(addresses), MEDIA)):
        if place >= len(pieces):
            pieces.append({"Body": ""})
        body, some = pieces[place]["Body"], addresses[first : first + MEDIA]
        last = shown.picture if first + MEDIA >= len(addresses) else None
        pieces[place] |= {"MediaUrl": some, "words": _joined(body, last) if last else body}
    return pieces


def whatsapp(shown: Shown, language: str, base: str, *, media: bool) -> list[Piece]:
    """As WhatsApp messages, which hold one picture each."""
    pictured = any(card.picture for card in shown.cards) or shown.picture
    if not media or not pictured:
        return _texts(as_text(shown, hint=say("reply_with_number", language)))
    several = len(shown.cards) > 1
    pieces = _texts(shown.said)
    for number, card in enumerate(shown.cards, start=1):
        pieces += _card(card, f"{number}. " if several else "", base)
    if shown.picture:
        pieces += _pictured("", shown.picture, base)
    first = len(shown.cards) if several else 0
    rows = [f"{n}. {each.title}" for n, each in enumerate(numbered(shown)[first:], start=first + 1)]
    if any(each.token for each in numbered(shown)):
        rows += [say("reply_with_number", language)]
    return [*pieces, *_texts("\n".join(rows))]


def _card(card: ShownCard, head: str, base: str) -> list[Piece]:
    title = f"{head}{card.title}" + (f" – {card.price}" if card.price else "")
    about = "\n".join(filter(None, (title, card.reason, card.url)))
    return _pictured(about, card.picture, base) if card.picture else _texts(about)


def _pictured(caption: str, picture: str, base: str) -> list[Piece]:
    address = jpeg_pictures.jpeg_url(picture, base)
    if len(caption) > CAPTION:
        return [*_texts(caption), {"Body": "", "MediaUrl": [address], "words": ""}]
    return [{"Body": caption, "MediaUrl": [address], "words": caption or picture}]


def _texts(text: str) -> list[Piece]:
    return [{"Body": part} for part in split(text, TEXT)]


def _addresses(shown: Shown, base: str) -> list[str]:
    found: Sequence[str | None] = [*(card.picture for card in shown.cards), shown.picture]
    return [str(jpeg_pictures.jpeg_url(each, base)) for each in found if each]


def _joined(text: str, line: str) -> str:
    return f"{text}\n\n{line}" if text and len(text) + len(line) + 2 <= TEXT else text or line
