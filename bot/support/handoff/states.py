"""The states of a hand-over and what leads from one to another. Pure: no database, no clock.

bot ──request──► queued ──assign, claim──► assigned ──accept──► human ──return──► returned
                 │  ▲ ▲                     │   ▲ │               │  └──close───► closed
                 │  │ └─release,silent,gone─┘   │ └──close──► closed
                 │  └──gone, transfer_group─────┼─────────────────┤
                 │                              └─transfer_agent──┘
                 ├──cancel──► bot               (bot ──step_in──► human)
                 └──offline─► offline_ticket
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.support.handoff.errors import WrongState


class State(str, Enum):
    """Who has the conversation: the bot, a person, or one of them after the other."""

    BOT = "bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    HUMAN = "human"
    RETURNED = "returned"
    CLOSED = "closed"
    OFFLINE_TICKET = "offline_ticket"


class Event(str, Enum):
    """What changes a state."""

    REQUEST = "request"
    STEP_IN = "step_in"
    ASSIGN = "assign"
    CLAIM = "claim"
    ACCEPT = "accept"
    RELEASE = "release"
    SILENT = "silent"
    GONE = "gone"
    TRANSFER_GROUP = "transfer_group"
    TRANSFER_AGENT = "transfer_agent"
    CANCEL = "cancel"
    OFFLINE = "offline"
    RETURN = "return"
    CLOSE = "close"


OPEN = (State.QUEUED, State.ASSIGNED, State.HUMAN)  # the bot is silent
ENDS = (State.BOT, State.RETURNED, State.CLOSED, State.OFFLINE_TICKET)  # the bot has the conversation again

# A hand-over that does not exist yet stands at BOT; one that has ended is never opened again (a new one is).
TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.BOT, Event.REQUEST): State.QUEUED,
    (State.BOT, Event.STEP_IN): State.HUMAN,
    (State.QUEUED, Event.ASSIGN): State.ASSIGNED,
    (State.QUEUED, Event.CLAIM): State.ASSIGNED,
    (State.ASSIGNED, Event.CLAIM): State.ASSIGNED,
    (State.ASSIGNED, Event.ACCEPT): State.HUMAN,
    (State.ASSIGNED, Event.RELEASE): State.QUEUED,
    (State.ASSIGNED, Event.SILENT): State.QUEUED,
    (State.ASSIGNED, Event.GONE): State.QUEUED,
    (State.HUMAN, Event.GONE): State.QUEUED,
    (State.QUEUED, Event.TRANSFER_GROUP): State.QUEUED,
    (State.ASSIGNED, Event.TRANSFER_GROUP): State.QUEUED,
    (State.HUMAN, Event.TRANSFER_GROUP): State.QUEUED,
    (State.ASSIGNED, Event.TRANSFER_AGENT): State.ASSIGNED,
    (State.HUMAN, Event.TRANSFER_AGENT): State.ASSIGNED,
    (State.QUEUED, Event.CANCEL): State.BOT,
    (State.ASSIGNED, Event.CANCEL): State.BOT,
    (State.QUEUED, Event.OFFLINE): State.OFFLINE_TICKET,
    (State.HUMAN, Event.RETURN): State.RETURNED,
    (State.HUMAN, Event.CLOSE): State.CLOSED,
    (State.ASSIGNED, Event.CLOSE): State.CLOSED,
}


@dataclass(frozen=True)
class Change:
    """One row of the audit."""

    id: int
    handoff: int
    conversation: str
    at: datetime
    event: Event
    from_state: State
    to_state: State
    version: int
    actor: str  # customer, bot, system, rule:NAME, agent:ID
    detail: dict[str, Any]


def next_state(state: State, event: Event) -> State:
    """Where an event leads. Raises `WrongState` where it cannot happen."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise WrongState(state.value, event.value) from None


def replay(changes: Iterable[Change]) -> State:
    """The state that the audit of one hand-over leads to; `BOT` without any row.

    Raises `ValueError` if a row is missing, doubled or out of order, `WrongState` if one could not happen.
    """
    state = State.BOT
    for version, change in enumerate(changes, start=1):
        if change.version != version or change.from_state is not state:
            raise ValueError(f"the audit of hand-over {change.handoff} has a gap before version {version}")
        if version > 1 and state is State.BOT:
            raise ValueError(f"the audit of hand-over {change.handoff} goes on after its end")
        state = next_state(state, change.event)
        if state is not change.to_state:
            raise ValueError(f"the audit of hand-over {change.handoff} is wrong at version {version}")
    return state
