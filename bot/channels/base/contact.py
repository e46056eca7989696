"""Who talks to us at a messenger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Contact:
    """A customer at a messenger. `heard`: when he wrote last; `gone`: he blocked us or left; `consent`: to
    messages that we begin.
    """

    channel: str
    address: str
    conversation: str
    language: str | None
    name: str | None
    heard: datetime
    gone: bool
    consent: bool
