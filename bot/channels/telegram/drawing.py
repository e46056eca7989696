"""How a message of ours looks in Telegram. Pure.

Several products are an album to look at and a list with numbers below it; a number turns the list into that
product's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.base.drawing import Choice, Shown, ShownCard, groups, shorten, split

TEXT = 4096  # characters of a message
CAPTION = 1024  # characters under a photo
ALBUM = 10  # photos
BUTTON = 60  # characters that can be read on a phone

Piece = dict[str, Any]


def draw(shown: Shown) -> list[Piece]:
    """A message's pieces, each the method of the Bot API and what it takes."""
    many = len(shown.cards) > 1
    keyboard = [] if shown.cards else _rows(shown.choices)
    parts = split(shown.said, TEXT)
    pieces = [_text(part) for part in parts]
    if many:
        pieces += [_album(group) for group in _albums(shown.cards)]
        pieces.append({"method": "sendMessage", **listed(shown)})
    elif shown.cards:
        card = shown.cards[0]
        keys = [*_card_rows(card), *_rows(shown.choices)]
        pieces.append(_photo(card.picture, _about(card), keys))
    if shown.picture:
        pieces.append(_photo(shown.picture, "", []))
    if keyboard:
        if not parts:
            pieces.insert(0, _text("…"))
        pieces[max(len(parts), 1) - 1]["reply_markup"] = {"inline_keyboard": keyboard}
    return pieces


def listed(shown: Shown) -> Piece:
    """All products of a message with their numbers, which turn to their pages."""
    lines = [
        f"{number}. {card.title}" + (f" – {card.price}" if card.price else "")
        for number, card in enumerate(shown.cards, start=1)
    ]
    numbers = [
        {"text": str(place + 1), "callback_data": f"page.{shown.seq}.{place}"}
        for place in range(len(shown.cards))
    ]
    rows = [numbers[first : first + 5] for first in range(0, len(numbers), 5)]
    keyboard = [*rows, *_rows(shown.choices)]
    return {
        **_text("\n".join(lines)[:TEXT]),
        "reply_markup": {"inline_keyboard": keyboard},
    }


def page(shown: Shown, place: int) -> Piece:
    """One product, with its buttons and the ways to the others."""
    card, most = shown.cards[place], len(shown.cards)
    around = [
        {"text": "‹", "callback_data": f"page.{shown.seq}.{(place - 1) % most}"},
        {"text": f"{place + 1}/{most}", "callback_data": f"page.{shown.seq}.all"},
        {"text": "›", "callback_data": f"page.{shown.seq}.{(place + 1) % most}"},
    ]
    keyboard = [*_card_rows(card), around, *_rows(shown.choices)]
    return {**_text(_about(card)), "reply_markup": {"inline_keyboard": keyboard}}


def body(text: str) -> Piece:
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _text(text: str) -> Piece:
    return {"method": "sendMessage", **body(text)}


def _photo(picture: str | None, caption: str, keyboard: list[Any]) -> Piece:
    piece: Piece = (
        {"method": "sendPhoto", "photo": picture, "caption": caption[:CAPTION]} if picture else _text(caption)
    )
    return {**piece, "reply_markup": {"inline_keyboard": keyboard}} if keyboard else piece


def _albums(cards: Sequence[ShownCard]) -> list[list[tuple[int, ShownCard]]]:
    """Cards with pictures and their numbers, in groups that an album takes."""
    return groups([each for each in enumerate(cards, start=1) if each[1].picture], ALBUM)


def _album(group: Sequence[tuple[int, ShownCard]]) -> Piece:
    captions = [f"{number}. {_about(card)}"[:CAPTION] for number, card in group]
    if len(group) == 1:
        return _photo(group[0][1].picture, captions[0], [])
    media = [
        {"type": "photo", "media": card.picture, "caption": caption}
        for (_, card), caption in zip(group, captions, strict=True)
    ]
    return {"method": "sendMediaGroup", "media": media}


def _about(card: ShownCard) -> str:
    head = card.title + (f" – {card.price}" if card.price else "")
    return f"{head}\n{card.reason}" if card.reason else head


def _card_rows(card: ShownCard) -> list[list[Piece]]:
    rows = _rows(card.choices)
    link = card.url if card.url and card.url.startswith("https://") else None  # Telegram takes no others
    return [*rows, [{"text": "🔗", "url": link}]] if link else rows


def _rows(choices: Sequence[Choice]) -> list[list[Piece]]:
    """Buttons, two in a row where both are short."""
    buttons = [{"text": shorten(each.title, BUTTON), "callback_data": each.token} for each in choices]
    rows: list[list[Piece]] = []
    for button in buttons:
        fits = len(button["text"]) <= 16
        if rows and len(rows[-1]) == 1 and fits and len(rows[-1][0]["text"]) <= 16:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows
