"""That an agent types: told to all processes, kept nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from bot.support.accounts.roles import Agent
from storage import database, events
from storage.errors import Unavailable

logger = logging.getLogger(__name__)


async def tell(conversation: str, on: bool, agent: Agent) -> None:
    """Tell everybody that an agent began or stopped typing. May be lost."""
    with contextlib.suppress(Unavailable):
        await asyncio.to_thread(_publish, conversation, on, agent)


def _publish(conversation: str, on: bool, agent: Agent) -> None:
    event = {"conversation": conversation, "who": "agent", "on": on, "name": agent.name, "agent": agent.id}
    with database.session() as connection:
        events.publish(connection, "typing", event)
