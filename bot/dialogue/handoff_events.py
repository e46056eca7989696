"""A person has helped: what the dialogue is told of it, as Rasa's events, when it has the conversation again.

It goes on as after its last `action_listen`: what it had asked is no longer open, what was agreed stands in
the slots, and an `AgentUttered` that no customer sees says that a person was there and what the person
noted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, AgentUttered, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from shop.customers import agent_agreement
from shop.errors import ShopError
from shop.search.criteria import Criteria

logger = logging.getLogger(__name__)


def events(
    tracker: DialogueStateTracker, domain: Domain, handoff: int, agreement: Mapping[str, Any]
) -> list[Event]:
    """The events to append to a tracker; `agreement` is what `bot.support.handoff.give_back` kept: {slots?,
    note?}.
    """
    given = dict(agreement.get("slots") or {})
    note = agreement.get("note")
    told: list[Event] = []
    if not tracker.events:  # the person was there before the bot was asked anything
        told += [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
    told.append(AgentUttered(note, {"handoff": handoff, "slots": sorted(given)}))
    if tracker.active_loop_name:
        told.append(ActiveLoop(None))
    known = {slot.name for slot in domain.slots}
    before = tracker.current_slot_values()
    values = slots(given, note, before, known)
    if strange := sorted(set(given) - set(agent_agreement.FIELDS) - known):
        logger.warning("An agent agreed on %s, which are no slots of domain.yml", strange)
    told += [
        SlotSet(name, value) for name, value in values.items() if name in known and value != before.get(name)
    ]
    return told


def slots(
    given: Mapping[str, Any], note: str | None, before: Mapping[str, Any], known: Collection[str]
) -> dict[str, Any]:
    """The slots' new values. Fields of the agent's form (`shop.customers.agent_agreement`) are read as such
    unless there is a slot of that name, wishes for the search are added to those that stand, everything
    else is a slot's value as it is.
    """
    fields = {
        name: value for name, value in given.items() if name in agent_agreement.FIELDS and name not in known
    }
    others = {name: value for name, value in given.items() if name not in fields}
    form = {name: value for name, value in fields.items() if _makes_sense(name, value)}
    if note:
        form.setdefault("note", note[: agent_agreement.MAX_NOTE])
    values = agent_agreement.slots(form, before)
    for name, value in others.items():
        wishes = Criteria.from_dict(value) if name == "criteria" and isinstance(value, Mapping) else None
        if wishes is None or wishes.is_empty():
            values[name] = value
            continue
        held = Criteria.from_dict(values.get("criteria") or before.get("criteria"))
        now, _ = agent_agreement.fitting(wishes, held.categories)
        values["criteria"] = held.merge(now).to_dict()
        values.setdefault("agreed", wishes.to_dict())
    return values


def _makes_sense(name: str, value: Any) -> bool:
    try:
        agent_agreement.check({name: value})
    except ShopError:
        logger.warning("What an agent agreed on %r makes no sense", name)
        return False
    return True
