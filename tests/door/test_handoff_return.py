"""Back with the bot: it knows what was agreed, once, whatever happens, and goes on as after its last turn."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import messages
from bot.dialogue import handoff_events
from bot.dialogue.tracker_store import ShopTrackerStore
from bot.support.handoff import State
from bot.turns.locks import TurnLocks
from storage import database
from tests.door.conftest import Echo
from tests.door.echo_server import DOMAIN
from tests.door.handing import Customer, Desk, consistent, frame, sql, stored, texts


async def memory(customer: Customer) -> dict:
    return dict(json.loads((await customer.say("memory")).replies[0]["text"]))


async def test_return_with_slots(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url, language="en") as customer:
        await customer.say("remember Red")
        assert (await memory(customer))["slots"] == {"colour": "Red", "pending": {"needs": "yes"}}
        await customer.say("person")
        desk.accept(customer.conversation)
        await customer.say("blue, in 42")
        desk.give_back(customer.conversation, colour="Blue", usual_size="42", note="before Friday")
        closing = await frame(customer, "event", **{"from": "bot"})
        assert "Anna" in closing["text"] and closing["rating"]
        await customer.stands("bot")
        for _ in range(3):
            held = await memory(customer)
            assert held["slots"] == {"colour": "Blue", "usual_size": "42", "agent_note": "before Friday"}
            assert held["agents"] == ["before Friday"], "told once, by an event that nobody sees"
            assert held["set"].count("usual_size") == 1 and held["after"] == "action_listen"
        assert texts(customer).count(closing["text"]) == 1
        assert desk.latest(customer.conversation).told
        assert (await customer.say("remember Green")).replies[0]["text"] == "echo remember Green"
        assert (await memory(customer))["slots"]["colour"] == "Green"
        consistent(customer)


@pytest.mark.parametrize("how", ["return", "close"])
async def test_return_without_slots(echo: Echo, desk: Desk, how: str) -> None:
    """Nothing agreed, but the bot's question of before is no longer open."""
    async with Customer(echo.url) as customer:
        await customer.say("remember Red")
        await customer.say("person")
        desk.accept(customer.conversation)
        if how == "return":
            desk.give_back(customer.conversation)
        else:
            desk.close(customer.conversation)
        held = await memory(customer)
        assert held["slots"] == {"colour": "Red"} and held["agents"] == [None]


async def test_the_bot_was_never_asked(echo: Echo, desk: Desk) -> None:
    """A person steps in before the dialogue has heard anything: the slots open a session of their own."""
    async with Customer(echo.url) as customer:
        messages.receive(customer.conversation, messages.Draft("customer", {"text": "hi"}))
        desk.step_in(customer.conversation)
        desk.give_back(customer.conversation, colour="Blue")
        held = await memory(customer)
        assert held["slots"] == {"colour": "Blue"} and held["after"] == "action_listen"


async def test_twice_with_a_person(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("remember Red")
        for colour in ("Blue", "Green"):  # the bot is not asked in between
            desk.step_in(customer.conversation)
            desk.give_back(customer.conversation, colour=colour)
        held = await memory(customer)
        assert held["slots"]["colour"] == "Green" and len(held["agents"]) == 2
        assert desk.latest(customer.conversation).state is State.RETURNED


async def test_nothing_is_told_of_what_was_erased(echo: Echo, desk: Desk) -> None:
    async with Customer(echo.url) as customer:
        await customer.say("remember Red")
        desk.step_in(customer.conversation)
        desk.give_back(customer.conversation, colour="Blue")
        sql("SELECT forget_handoffs(:c)", c=customer.conversation)
        assert (await memory(customer))["slots"]["colour"] == "Red"


# --- the store, by itself ---------------------------------------------------------------------------------------------


async def returned(desk: Desk, **slots: object) -> str:
    """A conversation that a person had, and of which the dialogue does not know yet."""
    conversation = uuid4().hex
    messages.receive(conversation, messages.Draft("customer", {"text": "hi"}))
    desk.step_in(conversation)
    desk.give_back(conversation, **slots)  # type: ignore[arg-type]
    return conversation


async def test_told_once_by_many(desk: Desk) -> None:
    conversation = await returned(desk, colour="Blue")
    stores = [ShopTrackerStore(DOMAIN) for _ in range(6)]
    told = await asyncio.gather(*(store.tell(conversation) for store in stores))
    assert sorted(told) == [0, 0, 0, 0, 0, 1]
    tracker = await stores[0].retrieve(conversation)
    assert tracker is not None
    assert [event.value for event in tracker.events if isinstance(event, SlotSet)] == ["Blue"]


async def test_told_entirely_or_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the events and the mark leaves neither."""
    conversation = await returned(desk, colour="Blue")
    store = ShopTrackerStore(DOMAIN)
    with monkeypatch.context() as patch:
        patch.setattr("bot.dialogue.tracker_store._TOLD", None)  # the statement cannot be executed
        with pytest.raises(Exception):  # noqa: B017
            await store.tell(conversation)
    assert await store.retrieve(conversation) is None
    assert await store.tell(conversation) == 1
    assert await store.tell(conversation) == 0


async def test_the_policies_see_the_same_state(desk: Desk) -> None:
    """The events are nothing to the rules: the dialogue goes on as after action_listen."""
    store, conversation = ShopTrackerStore(DOMAIN), await returned(desk, colour="Blue", note="as wished")
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered("hi", {"name": "greet", "confidence": 1.0}), DOMAIN)
    tracker.update(ActionExecuted("action_x"))
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    before = tracker.past_states(DOMAIN)
    await store.tell(conversation)
    after = await store.retrieve(conversation)
    assert after is not None and len(after.events) > 4
    assert after.past_states(DOMAIN) == before
    assert after.latest_action_name == "action_listen" and not after.is_paused()
    for number in range(12):  # and what was agreed outlives the shortening of the session
        after = await store.retrieve(conversation)
        assert after is not None
        after.update(UserUttered(f"hi {number}", {"name": "greet", "confidence": 1.0}), DOMAIN)
        after.update(ActionExecuted("action_listen"))
        await store.save(after)
    after = await store.retrieve(conversation)
    assert after is not None and after.get_slot("colour") == "Blue"


FORM = Domain.from_yaml(
    """
    version: "3.1"
    intents: [greet]
    slots:
      criteria: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      agreed: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      usual_size: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      order_id: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      pending: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      requested_slot: {type: any, influence_conversation: false, mappings: [{type: custom}]}
    forms: {size_form: {required_slots: [usual_size]}}
    actions: [action_x]
    """
)


def told(given: dict, *before: object) -> DialogueStateTracker:
    tracker = DialogueStateTracker.from_events("x", [ActionExecuted("action_listen")], FORM.slots)
    for event in before:
        tracker.update(event, FORM)  # type: ignore[arg-type]
    for event in handoff_events.events(tracker, FORM, 1, given):
        tracker.update(event, FORM)
    return tracker


def test_wishes_are_added_to_those_that_stand() -> None:
    held = SlotSet("criteria", {"categories": ["dress"], "colours": ["Red"]})
    tracker = told({"slots": {"criteria": {"price_max": 50}}}, held)
    assert tracker.get_slot("criteria")["categories"] == ["dress"]
    assert float(tracker.get_slot("criteria")["price_max"]) == 50
    tracker = told({"slots": {"size": "M", "budget": 50, "order": "1029"}}, held)
    assert tracker.get_slot("usual_size") == "M" and tracker.get_slot("order_id") == "A1029"
    assert set(tracker.get_slot("agreed")) == {"sizes", "price_max"}


def test_an_open_form_ends() -> None:
    tracker = told(
        {}, ActiveLoop("size_form"), SlotSet("requested_slot", "usual_size"), SlotSet("pending", {"a": 1})
    )
    assert tracker.active_loop_name is None
    assert tracker.get_slot("requested_slot") is None and tracker.get_slot("pending") is None


def test_nonsense_is_left_out() -> None:
    tracker = told({"slots": {"budget": "much", "no_such_slot": 1, "usual_size": "42"}})
    assert tracker.get_slot("usual_size") == "42" and tracker.get_slot("criteria") is None


async def test_the_turn_waits_for_rasas_lock(echo: Echo, desk: Desk) -> None:
    """Something else holds Rasa's lock (a reminder): what was agreed is not appended in the middle of it."""
    store, locks = ShopTrackerStore(DOMAIN), TurnLocks()
    conversation = await returned(desk, colour="Blue")
    order = []

    async def reminder() -> None:
        async with locks.lock(conversation):
            order.append("in")
            await asyncio.sleep(0.2)
            order.append("out")

    async def turn() -> None:
        await asyncio.sleep(0.05)
        async with locks.lock(conversation):
            order.append("told")
            await store.tell(conversation)

    await asyncio.gather(reminder(), turn())
    assert order == ["in", "out", "told"]
    assert database.healthy() and len(stored(conversation)) == 3
