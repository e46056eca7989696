"""Not understood once: a question. Twice: a person."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.common.clarification import Clarify, OutOfScope, readings
from actions.service.small_talk import Deny, SmallTalk
from tests.actions.conftest import buttons, said, user_event

RANKING = [
    {"name": "nlu_fallback", "confidence": 0.3},
    {"name": "ask_returns", "confidence": 0.3},
    {"name": "out_of_scope", "confidence": 0.2},
    {"name": "order_status", "confidence": 0.2},
    {"name": "cancel_order", "confidence": 0.1},
    {"name": "view_cart", "confidence": 0.05},
    {"name": "greet", "confidence": 0.01},
]


async def test_one_question_with_the_likely_readings(turn_of):
    turn = turn_of("the thing from last time", "nlu_fallback", ranking=RANKING, slots={"language": "en"})
    await Clarify().answer(turn)
    payloads = [button["payload"] for button in buttons(turn)]
    assert payloads == ["/ask_returns", "/order_status", "/cancel_order", "/help"]
    assert turn.pending is None


async def test_readings_keep_the_wishes(turn_of):
    entities = [{"entity": "colour", "value": "Red"}, {"entity": "size", "value": "M", "role": "excluded"}]
    turn = turn_of("red", "nlu_fallback", ranking=RANKING, entities=entities, slots={"language": "zh"})
    assert readings(turn)[0] == {"title": "退换货", "payload": '/ask_returns{"colour": "Red"}'}


async def test_without_readings_there_are_buttons_all_the_same(turn_of):
    turn = turn_of("x", "nlu_fallback", slots={"language": "zh"})
    await Clarify().answer(turn)
    assert len(buttons(turn)) >= 3


@pytest.mark.parametrize(("language", "yes", "no"), [
    ("en", "Yes, a person please", "No, let's go on"),
    ("zh", "好的，找人工客服", "不用，继续聊"),
])  # fmt: skip
@pytest.mark.parametrize("action", [Clarify, OutOfScope])
async def test_a_person_after_two_misses(turn_of, action, language, yes, no):
    turn = turn_of("?!", before=[user_event("hm", "nlu_fallback")], slots={"language": language, "misses": 1})
    await action().answer(turn)
    assert "person" in said(turn) or "人工" in said(turn)
    assert buttons(turn) == [
        {"title": yes, "payload": '/human_handoff{"topic": "misses"}'},
        {"title": no, "payload": "/deny"},
    ]
    assert turn.pending["intent"] == "human_handoff"
    assert turn.pending["entities"] == {"topic": "misses", "detail": "hm / ?!"}


def slots_after(events, slots):
    return slots | {event["name"]: event["value"] for event in events if event["event"] == "slot"}


async def say(tracker_of, talk, slots, before):
    """The slots after some messages; what was offered is in each turn's `pending`."""
    offered = []
    for text, intent, action in talk:
        dispatcher = CollectingDispatcher()
        tracker = tracker_of(text, intent, slots=slots, before=list(before))
        slots = slots_after(await action.run(dispatcher, tracker, {}), slots)
        before.append(user_event(text, intent))
        offered.append(any(each["payload"] == "/deny" for m in dispatcher.messages for each in m["buttons"]))
    return slots, offered


async def test_a_person_is_offered_once_in_a_row(tracker_of):
    """Nor does "no" to the offer begin a new row; what is understood does."""
    miss, no = ("?!", "nlu_fallback", Clarify()), ("no", "deny", Deny())
    before: list[dict] = []
    slots, offered = await say(tracker_of, [miss, miss, no, miss, miss], {"language": "en"}, before)
    assert offered == [False, True, False, False, False]
    hello = ("hi", "greet", SmallTalk())
    slots, offered = await say(tracker_of, [hello, miss, miss, miss], slots, before)
    assert offered == [False, False, True, False]


async def test_a_fixed_response_ends_the_row_too(turn_of):
    before = [user_event("hm", "nlu_fallback"), user_event("thanks", "thank")]
    turn = turn_of("who won?", "out_of_scope", before=before, slots={"language": "en", "misses": 1})
    await OutOfScope().answer(turn)
    assert turn.pending is None
    assert turn.slot("misses") == 1
    assert len(buttons(turn)) == 2


async def test_a_miss_of_yesterday_does_not_count(turn_of):
    turn = turn_of("who won?", "out_of_scope", slots={"language": "en", "misses": 1})
    await OutOfScope().answer(turn)
    assert turn.pending is None
