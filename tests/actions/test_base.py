"""What fails becomes a sentence, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.common import action as base
from actions.common.action import ShopAction
from actions.common.turn import Turn
from actions.service.small_talk import SmallTalk
from shop.errors import UnknownProduct
from storage.errors import Unavailable


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """An action that says something, changes a slot, and then fails with the given error."""
    monkeypatch.setattr(base, "_BY_NAME", {})  # whatever actions other tests have imported

    def make(error: Exception) -> ShopAction:
        class Failing(ShopAction):
            def name(self) -> str:
                return "action_failing"

            async def answer(self, turn: Turn) -> None:
                turn.say("yes_what")
                turn.set("focus", "p1")
                raise error

        return Failing()

    return make


async def run(action: ShopAction, tracker: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    return dispatcher.messages, {
        event["name"]: event.get("value") for event in events if event["event"] == "slot"
    }


@pytest.mark.parametrize(
    ("language", "button", "person"),
    [("en", "Try again", "Talk to a person"), ("zh", "再试一次", "找人工客服")],
)
async def test_database_down(failing, tracker_of, language, button, person):
    tracker = tracker_of("red dress", "search_product", slots={"language": language})
    messages, slots = await run(failing(Unavailable("down")), tracker)
    assert len(messages) == 1
    assert messages[0]["buttons"] == [
        {"title": button, "payload": "red dress"},
        {"title": person, "payload": '/human_handoff{"topic": "failure"}'},
    ]
    assert slots["failures"] == 1
    assert slots["focus"] == "p1"


async def test_failed_twice_in_a_row_a_person_is_named(failing, tracker_of):
    question = {"needs": "size", "intent": "add_to_cart", "entities": {}, "of": ["M"]}
    held = {"language": "en", "failures": 1, "pending": question}
    messages, slots = await run(failing(Unavailable("down")), tracker_of("M", slots=held))
    assert "person" in messages[0]["text"] and len(messages[0]["buttons"]) == 2
    assert slots == {"focus": "p1", "failures": 2}  # the open question waits for the next try


async def test_a_turn_that_goes_well_ends_the_row(tracker_of):
    held = {"language": "en", "failures": 2, "misses": 1, "complaints": 1}
    _, slots = await run(SmallTalk(), tracker_of("hi", slots=held))
    assert slots == {"failures": None, "misses": None}


async def test_anything_else_is_logged_with_its_traceback(failing, tracker_of, caplog):
    messages, _ = await run(failing(ZeroDivisionError("oops")), tracker_of("hi", slots={"language": "en"}))
    assert messages[0]["buttons"]
    assert "ZeroDivisionError" in caplog.text


async def test_the_photo_is_kept_for_the_second_try(failing, tracker_of):
    tracker = tracker_of("like this", "find_similar", slots={"language": "en"}, metadata={"photo": "abc"})
    action = failing(Unavailable())
    type(action).photo_is_search = False
    _, slots = await run(action, tracker)
    assert slots["photo"] == {"id": "abc", "waiting": True}


async def test_a_product_that_is_gone_cannot_be_tried_again(failing, tracker_of):
    messages, _ = await run(failing(UnknownProduct(product_id="p9")), tracker_of(slots={"language": "en"}))
    assert "no longer" in messages[0]["text"]
    assert not messages[0]["buttons"]


async def test_an_open_question_survives_a_failure(failing, tracker_of):
    question = {"needs": "size", "intent": "add_to_cart", "entities": {}, "of": ["M"]}
    _, slots = await run(
        failing(Unavailable()), tracker_of("hm", slots={"language": "en", "pending": question})
    )
    assert "pending" not in slots


async def test_shopping_leaves_a_form(failing, tracker_of):
    action = failing(UnknownProduct())
    events = await action.run(
        CollectingDispatcher(), tracker_of(slots={"language": "en"}, loop="order_form"), {}
    )
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


def test_every_intent_has_an_action():
    import importlib
    import pkgutil

    import yaml

    import actions
    from actions.replies.owner_texts import DATA

    for module in pkgutil.walk_packages(actions.__path__, "actions."):  # as the action server does
        importlib.import_module(module.name)
    domain = yaml.safe_load((DATA.parent / "domain.yml").read_text(encoding="utf-8"))
    intents = {next(iter(each)) for each in domain["intents"]}
    by_form = {"order_status", "cancel_order"}
    by_response = {"thank", "goodbye", "bot_challenge", "give_feedback"}
    answered = {intent for intent in intents if base.for_intent(intent) is not None}
    assert answered == intents - by_form - by_response


def test_the_slots_are_those_of_the_domain():
    from typing import get_args

    import yaml

    from actions.common.slots import SlotName
    from actions.replies.owner_texts import DATA

    domain = yaml.safe_load((DATA.parent / "domain.yml").read_text(encoding="utf-8"))
    assert set(get_args(SlotName)) == set(domain["slots"])
