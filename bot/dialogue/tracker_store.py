"""Rasa's conversation state in the shop's PostgreSQL, at a cost that does not grow with the conversation.

Rasa reads, replays and sends to the action server all events since the last `session_started`. After `LIMIT`
turns this store writes a new session start itself, followed by the slots as they stood before the last `KEEP`
turns and by copies of those turns: the dialogue goes on as if nothing had happened, only shorter.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.dialogue import handoff_events
from storage import database
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

LIMIT = 8  # turns in a session
KEEP = 3  # turns carried into the next one: more than any policy's memory of a question and its answer
RANKING = 5  # intents of a message's ranking that are kept: it is sent to the action server with every event

T = TypeVar("T")


class ShopTrackerStore(SQLTrackerStore):
    """`tracker_store: {type: bot.dialogue.tracker_store.ShopTrackerStore}` in endpoints.yml."""

    def __init__(
        self, domain: Domain | None = None, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        # Not SQLTrackerStore's: it builds its own engine from an address and waits for ever for a dead
        # database.
        TrackerStore.__init__(self, domain, event_broker)
        for key in ("url", "dialect", "host", "db"):
            if kwargs.get(key):
                logger.warning(
                    "endpoints.yml: '%s' is not used, the database is the shop's (SHOP_DATABASE_URL)", key
                )
        self.engine = database.engine()
        database.migrate()
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Any]:
        """A session of the shop's connection pool."""
        session = self.sessionmaker()
        try:
            yield session
        finally:
            with contextlib.suppress(DBAPIError):
                session.close()

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        rows = await asyncio.to_thread(_twice, lambda: self._load(sender_id, fetch_events_from_all_sessions))
        if not rows or not self.domain:
            return None
        tracker = self._tracker(sender_id, rows, everything=fetch_events_from_all_sessions)
        tracker.stored_events = len(tracker.events)  # see `save`
        return tracker

    def _tracker(self, sender_id: str, rows: list[str], *, everything: bool = False) -> DialogueStateTracker:
        events = [json.loads(row) for row in rows]
        if everything:
            events = [event for event in events if not (event.get("metadata") or {}).get("carried")]
        return DialogueStateTracker.from_events(sender_id, deserialised(events), self.domain.slots)

    def _load(self, sender_id: str, everything: bool) -> list[str]:
        with database.session() as connection:
            return _rows(connection, sender_id, everything)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events of this turn, and a shorter session when there are too many."""
        await self.stream_events(tracker)
        stored = getattr(tracker, "stored_events", None)
        if stored is None:
            # A new conversation, or a tracker from elsewhere: count what is stored, as Rasa does.
            stored = len(await asyncio.to_thread(_twice, lambda: self._load(tracker.sender_id, False)))
        events = list(tracker.events)[stored:]
        shorter = [] if getattr(tracker, "shortened", False) else self._shorter(tracker)
        rows = [self._row(tracker.sender_id, event) for event in events]
        rows += [self._row(tracker.sender_id, event, carried=True) for event in shorter]
        if rows:
            await asyncio.to_thread(self._append, rows)  # not twice: the first may have arrived
        # If this very tracker is saved again, only what comes on top is new.
        tracker.stored_events, tracker.shortened = len(tracker.events), bool(shorter)

    def _append(self, rows: list[dict[str, Any]]) -> None:
        with database.session() as connection:
            connection.execute(self.SQLEvent.__table__.insert(), rows)

    @staticmethod
    def _row(sender_id: str, event: Event, *, carried: bool = False) -> dict[str, Any]:
        data = event.as_dict()
        parse_data = data.get("parse_data") or {}
        if len(parse_data.get("intent_ranking") or ()) > RANKING:
            data["parse_data"] = {**parse_data, "intent_ranking": parse_data["intent_ranking"][:RANKING]}
        if carried:
            data["metadata"] = {**(data.get("metadata") or {}), "carried": True}
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": (parse_data.get("intent") or {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

    def _shorter(self, tracker: DialogueStateTracker) -> list[Event]:
        """The events of a new, shorter session; empty while the present one is short enough."""
        events = list(tracker.events)
        turns = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(turns) < LIMIT or tracker.latest_action_name != ACTION_LISTEN_NAME:
            return []
        cut = turns[-KEEP]
        before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], self.domain.slots)
        start: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        start += [
            SlotSet(name, slot.value)
            for name, slot in before.slots.items()
            if slot.value != slot.initial_value
        ]
        if before.active_loop_name:
            start.append(ActiveLoop(before.active_loop_name))
        if before.is_paused():
            start.append(ConversationPaused())
        start.append(ActionExecuted(ACTION_LISTEN_NAME))
        at = events[cut].timestamp - 0.001
        for event in start:
            event.timestamp = at
        return start + events[cut:]

    async def tell(self, sender_id: str) -> int:
        """Let the dialogue know of the people who had the conversation since it last did (see
        `bot.dialogue.handoff_events`); returns how many. Call it with Rasa's lock of the conversation held.

        What is appended and the mark that it is (`told`) are one transaction: it happens once, crash or not.
        """
        return await asyncio.to_thread(_twice, lambda: self._tell(sender_id))

    def _tell(self, sender_id: str) -> int:
        with database.session() as connection:
            untold = connection.execute(_UNTOLD, {"sender": sender_id}).all()
            if not untold or not self.domain:
                return 0
            tracker = self._tracker(sender_id, _rows(connection, sender_id))
            for handoff in untold:
                for event in handoff_events.events(tracker, self.domain, handoff.id, handoff.agreed or {}):
                    tracker.update(event, self.domain)
                    row = self._row(sender_id, event)
                    connection.execute(self.SQLEvent.__table__.insert(), row)
                connection.execute(_TOLD, {"id": handoff.id})
            return len(untold)

    async def erase(self, sender_id: str) -> int:
        """Delete all events of a conversation; returns how many."""

        def delete() -> int:
            with database.session() as connection:
                statement = sa.text("DELETE FROM events WHERE sender_id = :sender")
                return int(connection.execute(statement, {"sender": sender_id}).rowcount)

        return await asyncio.to_thread(_twice, delete)


# Those that a person had: of a request that was given up or became a ticket the dialogue need not know.
_UNTOLD = sa.text(
    """
    SELECT id, agreed FROM handoffs WHERE conversation = :sender AND state IN ('returned', 'closed')
        AND accepted IS NOT NULL AND NOT told AND NOT erased
    ORDER BY id FOR UPDATE
    """
)
_TOLD = sa.text("UPDATE handoffs SET told = true WHERE id = :id")


def _rows(connection: Connection, sender_id: str, everything: bool = False) -> list[str]:
    """The events of the present session (or of all), as stored."""
    # By number, not by time as Rasa does: copies of turns carry their old times.
    session = "SELECT max(id) FROM events WHERE sender_id = :sender AND type_name = 'session_started'"
    start = "0" if everything else f"coalesce(({session}), 0)"
    query = sa.text(f"SELECT data FROM events WHERE sender_id = :sender AND id >= {start} ORDER BY id")
    return [row[0] for row in connection.execute(query, {"sender": sender_id})]


def deserialised(events: list[dict[str, Any]]) -> list[Event]:
    """What Rasa's `deserialise_events` makes of events as stored."""
    made = ((_event_class(event["event"]), event) for event in events)
    return [kind._from_parameters(event) for kind, event in made if kind]


@functools.cache
def _event_class(type_name: str) -> type[Event] | None:
    # Rasa goes through all subclasses of Event, with `inspect`, for every single one: a fifth of a turn.
    return Event.resolve_by_type(type_name)


def _twice(work: Callable[[], T]) -> T:
    """A connection that died in the middle is replaced; one more try then works, if the database is back."""
    try:
        return work()
    except Unavailable:
        return work()
