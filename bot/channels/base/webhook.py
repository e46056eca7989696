"""A platform's call to us, and what it says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.base.update import Update

MAX_BODY = 2**20  # bytes; platforms send photos as references
OLDEST = 300.0  # seconds: a signed call that is older is somebody's replay


class Forged(Exception):
    """The call is not the platform's: a wrong or missing proof, or an old one."""


class Malformed(ValueError):
    """The call is the platform's, as it seems, but makes no sense."""


@dataclass(frozen=True)
class Call:
    """One call. Header names are in lower case; `url` is the address as the platform knows it, with the
    query.
    """

    method: str
    path: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; '' if it is missing."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True)
class Heard:
    """What a call reports, and how to answer it: an empty 200 unless told otherwise."""

    updates: Sequence[Update] = ()
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
