"""Rasa's events, one or more of each kind."""

from __future__ import annotations

from datetime import datetime, timezone

from rasa.shared.core import events
from rasa.shared.core.events import Event

PARSED = {
    "intent": {"name": "search_product", "confidence": 0.9},
    "entities": [{"entity": "colour", "value": "red", "start": 8, "end": 11, "extractor": "catalogue"}],
    "intent_ranking": [{"name": "search_product", "confidence": 0.9}, {"name": "greet", "confidence": 0.1}],
    "text": "show me red dresses",
}
EVENTS: tuple[Event, ...] = (
    events.ActionExecuted("action_session_start", "RulePolicy", 1.0),
    events.SessionStarted(),
    events.ActionExecuted("action_listen", hide_rule_turn=True),
    events.UserUttered(
        "show me red dresses", PARSED["intent"], PARSED["entities"], PARSED, input_channel="web", message_id="m1",
        metadata={"language": "en"},
    ),
    events.DefinePrevUserUtteredFeaturization(False),
    events.EntitiesAdded(PARSED["entities"]),
    events.ActionExecuted("action_search", "RulePolicy", 1.0, metadata={"carried": True}),
    events.SlotSet("shown", ["p1", "p2"]),
    events.SlotSet("pending", {"needs": "yes"}),
    events.SlotSet("order_id", None),
    events.BotUttered("看看", {"custom": {"cards": [{"id": "p1"}]}}, {"utter_action": "utter_x"}),
    events.ActionExecuted("action_listen"),
    events.UserUttered("where is my order", {"name": "order_status", "confidence": 1.0}),
    events.ActionExecuted("order_form"),
    events.ActiveLoop("order_form"),
    events.SlotSet("requested_slot", "order_id"),
    events.ActionExecutionRejected("order_form", "RulePolicy", 0.5),
    events.LoopInterrupted(True),
    events.ActiveLoop(None),
    events.FollowupAction("action_order"),
    events.ReminderScheduled("greet", datetime(2030, 1, 2, tzinfo=timezone.utc), name="r"),
    events.ReminderCancelled(name="r"),
    events.ActionReverted(),
    events.UserUtteranceReverted(),
    events.ConversationPaused(),
    events.AgentUttered("a person"),
    events.ConversationResumed(),
    events.AllSlotsReset(),
    events.StoryExported(),
    events.Restarted(),
)  # fmt: skip
