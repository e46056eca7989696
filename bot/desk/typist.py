"""That an agent types: told to all processes, kept nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from actions.shop import database
from actions.shop.errors import Unavailable
from bot import live
from bot.agents.roles import Agent

logger = logging.getLogger(__name__)


async def tell(conversation: str, on: bool, agent: Agent) -> None:
    """Tell everybody that an agent began or stopped typing. May be lost."""
    with contextlib.suppress(Unavailable):
        await asyncio.to_thread(_publish, conversation, on, agent)


def _publish(conversation: str, on: bool, agent: Agent) -> None:
    event = {"conversation": conversation, "who": "agent", "on": on, "name": agent.name, "agent": agent.id}
    with database.session() as connection:
        live.publish(connection, "typing", event)
