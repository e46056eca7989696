"""Messages as XMPP's clients show them: pictures inline, choices as numbers and, where the client knows how,
as buttons (XEP-0439). Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.channels.base.drawing import Shown, as_text, chosen, numbered, split
from bot.conversation.texts import say
from bot.door import jpeg_pictures

TEXT = 5000  # characters of one message; there is no limit but what can be read
VALUE = 60  # characters of what a button says for the customer

Piece = dict[str, Any]


def pieces(shown: Shown, language: str, base: str, *, to: str = "") -> list[Piece]:
    """What is sent, a message each: `body`; whether it is a `picture`; `responses`, values and titles of
    buttons. `base` is that of our own addresses, `to` who is meant in a room.

    A picture is a message of its address alone: only so clients show it. Words come last: only what was said
    last can be answered by a button.
    """
    found = [jpeg_pictures.jpeg_url(each.picture, base) for each in shown.cards]
    pictured = [_picture(url) for url in found if _can_be_opened(url)]
    alone = jpeg_pictures.jpeg_url(shown.picture, base)
    first = split(shown.said, TEXT) if pictured else []
    rest = replace(shown, picture=None, text="" if first else shown.text)
    text = as_text(rest, hint=say("reply_with_number", language))
    words: list[Piece] = [{"body": each} for each in split(text, TEXT)]
    if words and (buttons := responses(shown)):
        words[-1]["responses"] = buttons
    drawn: list[Piece] = [
        *({"body": each} for each in first),
        *pictured,
        *([_picture(alone)] if _can_be_opened(alone) else []),
        *words,
    ]
    if to and (spoken := next((each for each in drawn if "picture" not in each), None)):
        spoken["body"] = f"{to}: {spoken['body']}"
    return drawn


def responses(shown: Shown) -> list[list[str]]:
    """Values and titles of what can be pressed, all different: the value is the title where that is enough to
    know which choice is meant, else its number.
    """
    found: list[list[str]] = []
    for number, choice in enumerate(numbered(shown), start=1):
        if choice.token:
            title = " ".join(choice.title.split())
            enough = chosen(shown, title) == choice and len(title) <= VALUE
            taken = any(title == label for _, label in found)
            found.append([title if enough else str(number), f"{number}. {title}" if taken else title])
    return found


def _picture(url: str | None) -> Piece:
    return {"body": url, "picture": True}


def _can_be_opened(url: str | None) -> bool:
    return url is not None and url.startswith(("http://", "https://"))
