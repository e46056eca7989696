"""The hand-over of a conversation from the bot to a person and back.

states         State, Event, TRANSITIONS, next_state, replay: who may come after whom
customer_side  request, cancel, rate, leave_email, offline
agent_side     claim, accept, say, transfer, give back, close; notes: private notes and tags
timers         what happens by itself as time passes; assignment: to whom one is given
store          reading; queue_estimates: place and waiting time; availability: is somebody there
rules          the owner's rules (triggers: the pure part); settings: bot/support/handoff.yml
context        what the agent finds (summary, photo_summary)
transitions    lock, compare-and-swap, audit, NOTIFY: how everything above changes a row
announcements  what the customer is told

All functions are synchronous and take a few milliseconds; call them in a thread. They raise
`storage.errors.Unavailable` when the database is away and `errors.HandoffError` when something may not
be. `bot.support.accounts` must not import this package at its top: this one imports that one.
"""

from __future__ import annotations

from bot.support.handoff.agent_side import (
    SentMessage,
    accept,
    assign,
    claim,
    close,
    give_back,
    gone,
    release,
    say,
    silent,
    step_in,
    transfer_to_agent,
    transfer_to_group,
)
from bot.support.handoff.availability import Availability, availability
from bot.support.handoff.customer_side import (
    asked_once,
    cancel,
    leave_email,
    offline,
    rate,
    request,
    set_ticket,
)
from bot.support.handoff.errors import BadValue, Conflict, HandoffError, NotFound, NotYours, WrongState
from bot.support.handoff.model import BeforeTurn, Handoff, Note, Place, Requested
from bot.support.handoff.notes import add_note, set_tags
from bot.support.handoff.queue_estimates import place_of, places
from bot.support.handoff.rules import check_rules
from bot.support.handoff.states import ENDS, OPEN, Change, Event, State, replay
from bot.support.handoff.store import (
    all_open,
    audit,
    before_turn,
    get,
    history,
    latest,
    notes,
    of_agent,
    open_of,
    queue,
    tickets_due,
)
from bot.support.handoff.timers import run_timers
from bot.support.handoff.triggers import Rule

__all__ = (
    "ENDS", "OPEN", "Availability", "BadValue", "BeforeTurn", "Change", "Conflict", "Event", "Handoff",
    "HandoffError", "NotFound", "NotYours", "Note", "Place", "Requested", "Rule", "SentMessage", "State",
    "WrongState", "accept", "add_note", "all_open", "asked_once", "assign", "audit", "availability",
    "before_turn", "cancel", "check_rules", "claim", "close", "get", "give_back", "gone", "history", "latest",
    "leave_email", "notes", "of_agent", "offline", "open_of", "place_of", "places", "queue",
    "rate", "release", "replay", "request", "run_timers", "say", "set_tags", "set_ticket", "silent",
    "step_in", "tickets_due", "transfer_to_agent", "transfer_to_group",
)  # fmt: skip
