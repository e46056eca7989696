"""The dialogue's wish for a person, as the channel sees it."""

from __future__ import annotations

import pytest

from bot.conversation.replies import REASONS, PersonWanted, Reply
from bot.support.owner_settings import REASONS as KNOWN


def response(handoff: object, **parts: object) -> dict[str, object]:
    return {"text": None, "buttons": [], "custom": {"handoff": handoff}, **parts}


def test_a_wish_without_words_is_a_reply_and_no_message() -> None:
    reply = Reply.from_response(response({"reason": "misses", "detail": " hm / ?! "}))
    assert reply.handoff == PersonWanted("misses", "hm / ?!")
    assert reply and reply.body() == {}


def test_it_is_not_stored_with_the_words_beside_it() -> None:
    reply = Reply.from_response(response({"reason": "asked"}, text="Sure."))
    assert reply.handoff == PersonWanted("asked", None)
    assert reply.body() == {"text": "Sure."}


@pytest.mark.parametrize("reason", [None, "", 5, "stepped_in", "nonsense"])
def test_whoever_needs_a_person_gets_one(reason: object) -> None:
    reply = Reply.from_response(response({"reason": reason}))
    assert reply.handoff == PersonWanted("asked")


@pytest.mark.parametrize("handoff", [None, "asked", [], 1])
def test_what_is_no_wish(handoff: object) -> None:
    assert not Reply.from_response(response(handoff))


def test_the_reasons_are_those_of_the_hand_over() -> None:
    assert set(REASONS) == set(KNOWN) - {"stepped_in"}
