"""One normal form of what a customer sends, from whichever platform, made harmless."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.settings import MAX_TEXT

# Overrides of the writing direction and the byte order mark; joiners stay, emoji and Persian need them.
_FORMAT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
_BLANK_LINES = re.compile(r"\n{3,}")
_COMMAND = re.compile(r"^[\s/]+")


@dataclass(frozen=True)
class Incoming:
    """A customer's message.

    `message_id` is the client's or platform's, unique in the conversation: the same id is never answered
    twice. `payload` comes from a button that the bot offered and goes to the dialogue as it is; typed text
    never does.
    """

    sender: str
    text: str = ""
    photos: tuple[str, ...] = ()
    language: str | None = None
    message_id: str | None = None
    payload: str | None = None


def clean(text: str) -> str:
    """Text without control characters, broken surrogates and direction overrides; at most `MAX_TEXT`
    characters.
    """
    text = text[: 4 * MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _FORMAT)
    )
    return _BLANK_LINES.sub("\n\n", kept).strip()[:MAX_TEXT]


def for_dialogue(text: str) -> str:
    """Typed text as Rasa may see it. Rasa takes a leading "/" for a command ("/restart", "/intent{…}"): drop
    it.
    """
    return _COMMAND.sub("", text)
