"""Reading an agent's frames: every field is checked before anything is done with it."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.conversation.incoming import clean
from bot.support.desk.refusals import Refused

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MOST = 2**31 - 1
Frame = dict[str, Any]


def parse(text: object) -> Frame | None:
    """The JSON object of a frame; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def ident(frame: Frame, name: str = "id") -> str:
    """An id that the page made up."""
    value = frame.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Refused("bad_request")
    return value


def whole(frame: Frame, name: str) -> int:
    """A number from 1."""
    value = frame.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST:
        raise Refused("bad_request")
    return value


def word(frame: Frame, name: str, longest: int = 200) -> str:
    """A short text that is a name of something: an id, a group, a code."""
    value = frame.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        raise Refused("bad_request")
    return value


def text(frame: Frame, name: str) -> str:
    """What a person wrote, made harmless and cut like a customer's message; "" for nothing."""
    value = frame.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused("bad_request")
    return clean(value)


def flag(frame: Frame, name: str) -> bool:
    """Yes or no."""
    value = frame.get(name)
    if not isinstance(value, bool):
        raise Refused("bad_request")
    return value


def texts(frame: Frame, name: str, most: int = 50) -> list[str]:
    """A list of short texts, without those that are empty."""
    value = frame.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(item, str) for item in value):
        raise Refused("bad_request")
    return [found for item in value if (found := clean(item))]


def mapping(frame: Frame, name: str) -> dict[str, Any]:
    """An object with texts and numbers, or anything that `give_back` takes."""
    value = frame.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Refused("bad_request")
    return {key: clean(item) if isinstance(item, str) else item for key, item in value.items()}
