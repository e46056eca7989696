"""Not understood once: a question. Twice: a person."""

from __future__ import annotations

from actions.clarify import Clarify, OutOfScope, readings

from .conftest import buttons, said, user_event

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


async def test_a_person_after_two_misses(turn_of):
    for intent in ("nlu_fallback", "out_of_scope"):
        turn = turn_of("?!", "nlu_fallback", before=[user_event("hm", intent)], slots={"language": "en"})
        await Clarify().answer(turn)
        assert "person" in said(turn)
        assert turn.pending["intent"] == "human_handoff"


async def test_a_miss_long_ago_does_not_count(turn_of):
    before = [user_event("hm", "nlu_fallback"), user_event("hi", "greet")]
    turn = turn_of("who won?", "out_of_scope", before=before, slots={"language": "en"})
    await OutOfScope().answer(turn)
    assert turn.pending is None
    assert len(buttons(turn)) == 2
