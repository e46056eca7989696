"""Our own desk, the web page under `/desk`: it hears of everything by `storage.events`, so there is nothing
to tell it.
"""

from __future__ import annotations

from bot.support.integrations.base import Desk


class OwnDesk(Desk):
    """See the module."""

    name = "own"
