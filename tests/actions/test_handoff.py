"""A person: asked for at once, offered where the assistant is at its end, and once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.common import handoff_offer
from actions.common.forms import FormFiller
from actions.common.turn import Turn
from actions.replies import policies
from actions.service.handoff import Complain, Handoff
from actions.service.small_talk import Affirm
from tests.actions.conftest import buttons, said, user_event


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch, tmp_path):
    """A file of our own: what the shop has decided is not the tests' matter."""
    monkeypatch.setenv("SHOP_HANDOFF", str(_file(tmp_path, "desk: own")))


def _file(folder: Path, content: str) -> Path:
    path = folder / f"handoff-{len(list(folder.iterdir()))}.yml"
    path.write_text(content, encoding="utf-8")
    return path


def wishes(turn: Turn) -> list[dict[str, Any]]:
    return [message["custom"]["handoff"] for message in turn.dispatcher.messages if message["custom"]]


def offer(topic: str, **facts: str) -> dict[str, Any]:
    return {"needs": "yes", "intent": "human_handoff", "entities": {"topic": topic, **facts}, "of": []}


@pytest.mark.parametrize(
    ("text", "language"), [("can I talk to someone about my refund", "en"), ("转人工", "zh")]
)
async def test_asked_for_at_once_and_without_a_word(turn_of, text, language):
    turn = turn_of(text, "human_handoff", slots={"language": language})
    await Handoff().answer(turn)
    assert wishes(turn) == [{"reason": "asked", "detail": text}]
    assert said(turn) == "" and buttons(turn) == []


async def test_a_button_says_nothing_of_its_own(turn_of):
    turn = turn_of("/human_handoff", "human_handoff", slots={"language": "en"})
    await Handoff().answer(turn)
    assert wishes(turn) == [{"reason": "asked"}]


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("yes please", "affirm", []),
        ("get me a person then", "human_handoff", []),
        (
            '/human_handoff{"topic": "complaint"}',
            "human_handoff",
            [{"entity": "topic", "value": "complaint"}],
        ),
    ],
)
async def test_an_offer_that_is_taken_keeps_its_reason(tracker_of, text, intent, entities):
    slots = {"language": "en", "pending": offer("complaint", detail="it is torn")}
    dispatcher = CollectingDispatcher()
    action = Affirm() if intent == "affirm" else Handoff()
    events = await action.run(dispatcher, tracker_of(text, intent, entities=entities, slots=slots), {})
    assert [message["custom"] for message in dispatcher.messages] == [
        {"handoff": {"reason": "complaint", "detail": "it is torn"}}
    ]
    assert {"event": "slot", "name": "pending", "value": None, "timestamp": None} in events


async def test_the_button_of_an_earlier_offer(turn_of):
    topic = [{"entity": "topic", "value": "misses"}]
    turn = turn_of(
        '/human_handoff{"topic": "misses"}', "human_handoff", entities=topic, slots={"language": "en"}
    )
    await Handoff().answer(turn)
    assert wishes(turn) == [{"reason": "misses"}]


async def test_after_a_failure_the_person_learns_what_failed(turn_of):
    topic = [{"entity": "topic", "value": "failure"}]
    turn = turn_of(
        '/human_handoff{"topic": "failure"}',
        "human_handoff",
        entities=topic,
        before=[user_event("show me red shoes", "search_product")],
        slots={"language": "en"},
    )
    await Handoff().answer(turn)
    assert wishes(turn) == [{"reason": "failure", "detail": "show me red shoes"}]


async def test_a_reason_that_nobody_offered_is_asked(turn_of):
    topic = [{"entity": "topic", "value": "delete"}]
    turn = turn_of("/human_handoff", "human_handoff", entities=topic, slots={"language": "en"})
    await Handoff().answer(turn)
    assert wishes(turn) == [{"reason": "asked"}]


async def test_long_stories_are_cut(turn_of):
    turn = turn_of("a person! " * 100, "human_handoff", slots={"language": "en"})
    await Handoff().answer(turn)
    assert len(wishes(turn)[0]["detail"]) == handoff_offer.MAX_DETAIL


async def test_a_form_is_left(tracker_of):
    tracker = tracker_of("a person please", "human_handoff", slots={"language": "en"}, loop="order_form")
    events = await Handoff().run(CollectingDispatcher(), tracker, {})
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_switched_off_it_is_said_where_people_answer(turn_of, monkeypatch, tmp_path, language):
    monkeypatch.setenv("SHOP_HANDOFF", str(_file(tmp_path, "enabled: false")))
    turn = turn_of("a person please", "human_handoff", slots={"language": language})
    await Handoff().answer(turn)
    assert policies.facts(language)["email"] in said(turn)
    assert wishes(turn) == []


@pytest.mark.parametrize("content", ["desk: own", "enabled: true", "enabled: [", ""])
def test_it_is_on_unless_it_is_switched_off(monkeypatch, tmp_path, content):
    monkeypatch.setenv("SHOP_HANDOFF", str(_file(tmp_path, content)))
    assert handoff_offer.enabled()
    monkeypatch.setenv("SHOP_HANDOFF", str(tmp_path / "none.yml"))
    assert handoff_offer.enabled()


@pytest.mark.parametrize(
    ("text", "language", "sympathy", "policy"),
    [
        ("the zip of my jacket is broken", "en", "sorry", "replaced or refunded"),
        ("I'm not happy with you", "en", "sorry", None),
        ("收到的裙子破了", "zh", "抱歉", "退"),
        ("我不太满意", "zh", "抱歉", None),
    ],
)
async def test_a_complaint(turn_of, text, language, sympathy, policy):
    turn = turn_of(text, "complain", slots={"language": language})
    await Complain().answer(turn)
    assert len(turn.dispatcher.messages) == 1
    assert sympathy in said(turn).casefold() or "annoying" in said(turn)
    assert policy is None or policy in said(turn)
    assert len(buttons(turn)) == 3
    assert buttons(turn)[0]["payload"] == '/human_handoff{"topic": "complaint"}'
    assert turn.pending["entities"] == {"topic": "complaint", "detail": text}
    assert turn.slot("complaints") == 1


@pytest.mark.parametrize(
    ("text", "language", "policy"),
    [
        ("this is a scam, the dress arrived torn and nobody cares", "en", "replaced or refunded"),
        ("what a joke of a shop!!", "en", None),
        ("垃圾店，刚收到就破了", "zh", "退"),
        ("气死我了，什么破客服", "zh", None),
    ],
)
async def test_who_is_angry_is_asked_in_a_bubble_of_its_own(turn_of, text, language, policy):
    turn = turn_of(text, "complain", slots={"language": language})
    await Complain().answer(turn)
    first, second = turn.dispatcher.messages
    assert not first["buttons"]
    assert policy is None or policy in first["text"]
    assert [button["payload"] for button in second["buttons"]] == [
        '/human_handoff{"topic": "complaint"}',
        "/deny",
    ]
    assert "person" in second["text"] or "人工" in second["text"]
    assert turn.pending["entities"]["detail"] == text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_so_is_who_complains_again(turn_of, language):
    text = "the zip is broken" if language == "en" else "拉链坏了"
    turn = turn_of(text, "complain", slots={"language": language, "complaints": 1})
    await Complain().answer(turn)
    assert len(turn.dispatcher.messages) == 2
    assert "refunded" not in said(turn)  # the policy was no help
    assert turn.slot("complaints") == 2


class Filler(FormFiller):
    slots = ("order_id",)

    def name(self) -> str:
        return "validate_test_form"

    async def read(self, turn: Turn, asked: str | None) -> dict[str, Any]:
        return {"order_id": "A1"} if "A1" in turn.text else {}


async def fill(tracker_of, text: str, **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    tracker = tracker_of(
        text, "nlu_fallback", slots={"language": "en", "requested_slot": "order_id"} | slots, loop="test_form"
    )
    events = await Filler().run(dispatcher, tracker, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


async def test_a_form_that_does_not_understand_names_a_person(tracker_of):
    messages, slots = await fill(tracker_of, "hm?")
    assert "person" not in messages[0]["text"]
    assert slots == {"order_id": None, "misses": 1}
    messages, slots = await fill(tracker_of, "hm?", misses=1)
    assert "person" in messages[0]["text"]
    assert messages[0]["buttons"][1]["payload"] == '/human_handoff{"topic": "misses"}'
    messages, slots = await fill(tracker_of, "hm?", misses=2)
    assert "person" not in messages[0]["text"]
    messages, slots = await fill(tracker_of, "it is A1", misses=3)
    assert messages == [] and slots == {"order_id": "A1", "misses": None}
