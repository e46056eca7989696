"""Our own desk, the web page under `/desk`: it hears of everything by `bot.live`, so there is nothing to
tell it.
"""

from __future__ import annotations

from bot.desks.base import Desk


class OwnDesk(Desk):
    """See the module."""

    name = "own"
