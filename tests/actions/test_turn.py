"""What a turn reads out of a tracker and writes back."""

from __future__ import annotations

import pytest

from shop.search.criteria import Criteria
from tests.actions.conftest import user_event


def test_language_of_the_message_wins(turn_of):
    language = {"entity": "language", "value": "zh"}
    assert turn_of("你好", entities=[language], slots={"language": "en"}).language == "zh"


def test_language_holds_where_it_cannot_be_told(turn_of):
    assert turn_of("M", slots={"language": "zh"}, metadata={"language": "en"}).language == "zh"


def test_language_of_the_page_before_the_first_word(turn_of):
    turn = turn_of("/send_photo", "send_photo", metadata={"language": "zh"})
    assert turn.language == "zh"
    assert {"event": "slot", "name": "language", "value": "zh", "timestamp": None} in turn.events()


def test_unknown_languages_are_answered_in_english(turn_of):
    assert turn_of("bonjour", metadata={"language": "fr"}).language == "en"


def test_wishes_keep_exclusions(turn_of):
    entities = [
        {"entity": "category", "value": "dress"},
        {"entity": "colour", "value": "Black", "role": "excluded"},
        {"entity": "price_max", "value": 60},
    ]
    turn = turn_of("a dress, not black, under 60", "search_product", entities=entities)
    assert turn.wishes == Criteria(categories=("dress",), not_colours=("Black",), price_max=60)
    assert turn.value("colour") is None
    assert turn.values("colour", excluded=True) == ["Black"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        (" No. 3 ", 3),
        ("#1", 1),
        ("第二个", 2),
        ("三", 3),
        ("10", 10),
        ("2 shirts", None),
        ("size 2", None),
        ("", None),
    ],
)
def test_bare_number(turn_of, text, number):
    assert turn_of(text).bare_number() == number


def test_only_changed_slots_are_written(turn_of):
    turn = turn_of(slots={"language": "en", "focus": "p1", "criteria": {"colours": ["Red"]}})
    turn.set("focus", "p1")
    turn.criteria = turn.criteria.merge(Criteria(colours=("Blue",)))
    assert [(event["name"], event["value"]) for event in turn.events()] == [
        ("criteria", {"colours": ["Blue"]})
    ]


def test_a_slot_can_be_emptied(turn_of):
    turn = turn_of(slots={"language": "en", "pending": {"needs": "yes"}})
    turn.set("pending", None)
    assert turn.pending is None
    assert turn.events()[0]["value"] is None


def test_photo_of_the_message(turn_of):
    turn = turn_of("this in red", "search_product", metadata={"photo": "abc"}, slots={"photo": {"id": "old"}})
    assert turn.new_photo == "abc"
    assert turn.photo == "abc"


def test_photo_waits_for_the_second_try(turn_of):
    turn = turn_of("this in red", "search_product", slots={"photo": {"id": "abc", "waiting": True}})
    assert turn.new_photo == "abc"
    assert turn.slot("photo") == {"id": "abc"}


def test_earlier_intents_latest_first(turn_of):
    before = [user_event("a", "greet"), user_event("b", "nlu_fallback")]
    assert turn_of("c", "help", before=before).previous_intents() == ["nlu_fallback", "greet"]


def test_speaking_another_language(turn_of):
    turn = turn_of("can you speak Chinese?", slots={"language": "en"})
    turn.speak("zh")
    assert turn.words.language == "zh"
    assert ("language", "zh") in [(event["name"], event["value"]) for event in turn.events()]
