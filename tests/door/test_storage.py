"""Messages and Rasa's conversation state in the database."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.conversation.redaction import redact
from bot.dialogue.tracker_store import KEEP, LIMIT, ShopTrackerStore
from storage import database, personal_data

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [greet]
    slots:
      colour: {type: text, mappings: [{type: custom}]}
      count: {type: float, initial_value: 1.0, mappings: [{type: custom}]}
      requested_slot: {type: text, mappings: [{type: custom}], influence_conversation: false}
    forms: {size_form: {required_slots: [colour]}}
    actions: [action_x]
    """
)


@pytest.fixture(autouse=True)
def _database(shop_database: None) -> None:
    database.migrate()


# --- messages --------------------------------------------------------------------------------------------------------


def test_numbers_and_doubles() -> None:
    conversation = uuid4().hex
    first, new = messages.receive(conversation, Draft("customer", {"text": "a"}, "id-1", answered=False))
    again, newer = messages.receive(
        conversation, Draft("customer", {"text": "changed"}, "id-1", answered=False)
    )
    assert new and not newer and again == first
    assert [message.seq for message in messages.unanswered(conversation)] == [1]
    replies = [
        Draft("bot", {"text": "b", "buttons": [{"title": "T", "payload": "/p"}]}),
        Draft("bot", {"text": "c"}),
    ]
    assert [message.seq for message in messages.answer(first, replies).stored] == [2, 3]
    assert messages.answer(first, replies).stored == [], "answered already: nothing is stored twice"
    assert messages.unanswered(conversation) == [] and messages.last_seq(conversation) == 3
    assert [message.seq for message in messages.history(conversation, since=1)] == [2, 3]
    assert [message.seq for message in messages.history(conversation, limit=2)] == [2, 3]
    assert messages.history(conversation)[1].event()["buttons"] == [{"title": "T"}]


def test_many_writers() -> None:
    conversation = uuid4().hex

    def write(number: int) -> None:
        for i in range(10):
            messages.receive(conversation, Draft("customer", {"text": "x"}, f"{number}-{i}", answered=False))
            messages.receive(conversation, Draft("customer", {"text": "x"}, f"same-{i}", answered=False))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [message.seq for message in messages.history(conversation)] == list(range(1, 71))


def test_delete() -> None:
    one, other = uuid4().hex, uuid4().hex
    for conversation in (one, other):
        for text in "abc":
            last, _ = messages.receive(conversation, Draft("customer", {"text": text}, answered=False))
    assert personal_data.forget(one)["messages"] == 3 and messages.last_seq(one) == 0
    assert len(messages.history(other)) == 3
    personal_data.forget(other)
    answer = messages.answer(last, [Draft("bot", {"text": "deleted"})])
    assert answer.erased and [message.body["text"] for message in answer.stored] == ["deleted"]
    assert answer.stored[0].seq == last.seq + 1, "open pages know the numbers up to the question's"


# --- Rasa's tracker --------------------------------------------------------------------------------------------------


async def turn(store: ShopTrackerStore, sender: str, number: int, *events: object) -> DialogueStateTracker:
    """One turn as Rasa's processor does it: read, add events, save."""
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    if not tracker.events:
        tracker.update(ActionExecuted("action_listen"))
    ranking = [{"name": f"i{i}", "confidence": 0.1} for i in range(40)]
    parse_data = {"intent": {"name": "greet", "confidence": 1.0}, "intent_ranking": ranking}
    tracker.update(UserUttered(f"text {number}", parse_data["intent"], parse_data=parse_data), DOMAIN)
    tracker.update(ActionExecuted("action_x"))
    for event in (SlotSet("count", float(number)), BotUttered("hi"), *events):
        tracker.update(event, DOMAIN)  # type: ignore[arg-type]
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    return tracker


async def test_state_survives_and_stays_small(echo_folder: Path) -> None:
    store, sender = ShopTrackerStore(DOMAIN), uuid4().hex
    await turn(store, sender, 0, SlotSet("colour", "Red"))
    sizes = []
    for number in range(1, 100):
        await turn(store, sender, number)
        tracker = await store.retrieve(sender)
        assert tracker is not None
        assert tracker.get_slot("colour") == "Red" and tracker.get_slot("count") == float(number)
        assert tracker.latest_action_name == "action_listen"
        texts = [event.text for event in tracker.applied_events() if isinstance(event, UserUttered)]
        expected = [f"text {i}" for i in range(number + 1)]
        assert texts == expected[-len(texts) :] and len(texts) >= min(number + 1, KEEP)
        sizes.append(len(texts))
    assert max(sizes) < LIMIT
    full = await store.retrieve_full_tracker(sender)
    assert full is not None
    said = [event.text for event in full.events if isinstance(event, UserUttered)]
    assert said == [f"text {i}" for i in range(100)], "the whole conversation is there, each message once"
    assert len(said) == 100 and len(full.latest_message.parse_data["intent_ranking"]) == 5


async def test_the_dialogue_forgets_what_was_taken_back(echo_folder: Path) -> None:
    store, sender = ShopTrackerStore(DOMAIN), uuid4().hex
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    entities = [{"entity": "order", "value": "12345", "start": 9, "end": 14}]
    for number, text in enumerate(("my order 12345", "hello")):
        parsed = {"intent": {"name": "greet", "confidence": 1.0}, "entities": entities, "text": text}
        said = UserUttered(
            text,
            parsed["intent"],
            entities,
            parsed,
            message_id=f"id-{number}",
            metadata={"photo": "12345", "carried": True},
        )
        tracker.update(said, DOMAIN)
    await store.save(tracker)
    messages.receive(sender, Draft("customer", {"text": "my order 12345"}, "id-0", answered=False))
    assert redact(sender, "id-0", "(taken back)")
    stored = await store.retrieve(sender)
    assert stored is not None
    first, other = (event for event in stored.events if isinstance(event, UserUttered))
    assert first.text == "(taken back)" and "12345" not in str(first.as_dict())
    assert first.intent_name == "greet" and first.metadata == {"carried": True}
    assert "12345" in str(other.as_dict())
    assert not redact(sender, "id-9", "(taken back)")


async def test_a_form_goes_on(echo_folder: Path) -> None:
    store, sender = ShopTrackerStore(DOMAIN), uuid4().hex
    await turn(store, sender, 0, ActiveLoop("size_form"), SlotSet("requested_slot", "colour"))
    for number in range(1, 40):
        await turn(store, sender, number)
        tracker = await store.retrieve(sender)
        assert tracker is not None
        assert tracker.active_loop_name == "size_form" and tracker.get_slot("requested_slot") == "colour"
    await turn(store, sender, 41, ActiveLoop(None), SlotSet("requested_slot", None))
    for number in range(42, 70):
        await turn(store, sender, number)
        tracker = await store.retrieve(sender)
        assert tracker is not None
        assert tracker.active_loop_name is None and tracker.get_slot("requested_slot") is None


async def test_a_slot_that_was_emptied_stays_empty(echo_folder: Path) -> None:
    store, sender = ShopTrackerStore(DOMAIN), uuid4().hex
    await turn(store, sender, 0, SlotSet("colour", "Red"))
    await turn(store, sender, 1, SlotSet("colour", None), SlotSet("count", None))
    for number in range(2, 30):
        tracker = await turn(store, sender, number, SlotSet("count", None))
    stored = await store.retrieve(sender)
    assert stored is not None and tracker
    assert stored.get_slot("colour") is None and stored.get_slot("count") is None


async def test_saved_twice_in_a_turn(echo_folder: Path) -> None:
    store, sender = ShopTrackerStore(DOMAIN), uuid4().hex
    for number in range(20):
        tracker = await turn(store, sender, number)
        await store.save(tracker)
    full = await store.retrieve_full_tracker(sender)
    assert full is not None
    assert sum(isinstance(event, UserUttered) for event in full.events) == 20


async def test_erase(echo_folder: Path) -> None:
    store, one, other = ShopTrackerStore(DOMAIN), uuid4().hex, uuid4().hex
    await asyncio.gather(turn(store, one, 0), turn(store, other, 0))
    assert await store.erase(one) > 0
    assert await store.retrieve(one) is None and await store.retrieve(other) is not None
