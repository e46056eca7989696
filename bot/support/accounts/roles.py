"""An agent, and what his role lets him do: agent < lead < owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Literal, get_args


class Role(str, Enum):
    """Each may do what the ones before it may."""

    AGENT = "agent"
    LEAD = "lead"
    OWNER = "owner"

    def __str__(self) -> str:
        return self.value

    @property
    def rank(self) -> int:
        """0 for agents, 1 for leads, 2 for owners."""
        return list(Role).index(self)


@dataclass(frozen=True)
class Agent:
    """Somebody who answers customers; the password is no part of it."""

    id: int
    login: str
    name: str
    role: Role
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    max_load: int
    active: bool
    created: datetime

    @classmethod
    def of(cls, row: Any) -> Agent:
        """From a row that has (at least) the columns of `agents`."""
        return cls(
            row.id, row.login, row.name, Role(row.role), tuple(row.groups), tuple(row.languages),
            row.max_load, row.active, row.created,
        )  # fmt: skip


Action = Literal[
    "answer",  # claim, accept, say, products, photos, notes, tags, transfer, return, close in his own groups
    "step_in",  # take a conversation from the bot without being asked
    "suggest",  # see what the bot would answer
    "search",  # earlier conversations of his groups
    "canned",  # use the canned replies
    "see_all",  # every group's conversations
    "take_over",  # claim what is assigned to somebody else
    "edit_canned",
    "figures",  # the lead's view
    "manage_agents",  # accounts of the role agent
    "manage_all",  # accounts of every role
    "settings",  # what concerns the whole shop
]
ACTIONS: tuple[Action, ...] = get_args(Action)

_LEAST: dict[Action, Role] = {
    "answer": Role.AGENT,
    "step_in": Role.AGENT,
    "suggest": Role.AGENT,
    "search": Role.AGENT,
    "canned": Role.AGENT,
    "see_all": Role.LEAD,
    "take_over": Role.LEAD,
    "edit_canned": Role.LEAD,
    "figures": Role.LEAD,
    "manage_agents": Role.LEAD,
    "manage_all": Role.OWNER,
    "settings": Role.OWNER,
}


def may(agent: Agent, action: Action) -> bool:
    """Whether a role allows something; never for a deactivated account. `KeyError` for an unknown action."""
    least = _LEAST[action]
    return agent.active and agent.role.rank >= least.rank


def sees(agent: Agent, group: str) -> bool:
    """Whether an agent may read the conversations of a group."""
    return agent.active and (group in agent.groups or may(agent, "see_all"))


def may_manage(agent: Agent, role: Role) -> bool:
    """Whether an agent looks after the accounts of a role: leads after those of agents, owners after all."""
    return may(agent, "manage_agents" if role is Role.AGENT else "manage_all")
