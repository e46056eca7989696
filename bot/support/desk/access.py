"""What an agent may see: the one place that decides it, for REST, socket, photos and search alike.

A conversation belongs to the group of its open hand-over, else of its newest one; one that never had any
belongs to the default group, whose agents may step in. An agent sees those of his groups, leads and owners
all. What an agent may not see does not exist for him: nobody learns from a refusal that there is something.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.support.accounts.roles import Agent, may, sees
from bot.support.desk.refusals import Refused
from bot.support.handoff import store
from bot.support.handoff.model import Handoff
from bot.support.owner_settings import settings
from storage import database

LONGEST_ID = 100


@dataclass(frozen=True)
class Seen:
    """A conversation that an agent may see, with its open, else newest hand-over (None: it never had any)."""

    conversation: str
    channel: str
    language: str | None
    handoff: Handoff | None


def conversation(agent: Agent, ident: object) -> Seen:
    """A conversation for an agent's eyes; raises `Refused("unknown")`. Call it in a thread, as all of this
    file.
    """
    if not isinstance(ident, str) or not 0 < len(ident) <= LONGEST_ID or "\0" in ident:
        raise Refused("unknown")
    found = store.latest(ident)
    with database.session() as connection:
        query = sa.text("SELECT channel, language FROM conversations WHERE id = :c")
        row = connection.execute(query, {"c": ident}).first()
    if found is None and row is None:
        raise Refused("unknown")
    if not (sees(agent, found.group) if found else sees_free(agent)):
        raise Refused("unknown")
    if row is None:  # erased at the customer's wish; that there was a hand-over stays
        assert found is not None
        return Seen(ident, found.channel, found.language, found)
    return Seen(ident, row.channel, row.language, found)


def handoff(agent: Agent, number: object) -> Handoff:
    """A hand-over for an agent's eyes; raises `Refused("unknown")`."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise Refused("unknown")
    found = store.get(number)
    if found is None or not sees(agent, found.group):
        raise Refused("unknown")
    return found


def own(agent: Agent, ident: object) -> Handoff:
    """The open hand-over of a conversation that the agent himself has; raises `Refused`."""
    found = conversation(agent, ident).handoff
    if found is None or not found.is_open or found.agent != agent.id:
        raise Refused("not_yours")
    return found


def sees_free(agent: Agent) -> bool:
    """Whether an agent sees conversations that no person ever had: who may step in and is of the default
    group.
    """
    return may(agent, "step_in") and sees(agent, settings().default_group)


def groups_of(agent: Agent) -> list[str] | None:
    """The groups whose conversations an agent sees; None for all."""
    return None if may(agent, "see_all") else list(agent.groups)
