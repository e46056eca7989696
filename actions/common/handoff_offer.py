"""A person instead of the assistant: asking for one, and offering one.

Asking is a reply without words, `{"handoff": {"reason", "detail"}}`: the channel opens the hand-over, which
says itself how long it may take or that nobody is there. Where the shop has switched the hand-over off
(`enabled: false` in bot/support/handoff.yml), the assistant says where people answer and when.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.common import open_question
from actions.common.turn import Turn
from actions.replies import policies
from actions.replies.cards import Button, payload
from actions.replies.owner_texts import TextFile
from shop.settings import handoff_path

# Why a person was offered; an offer that is taken hands over with its reason, any other wish is "asked". The
# last three are the owner's rules, which the channel offers with the same buttons.
OFFERED = ("misses", "complaint", "failure", "keyword", "cart", "vip")
MAX_DETAIL = 300  # characters of what the customer said; the person reads the conversation, too


def enabled() -> bool:
    """Whether the shop hands conversations over; without a readable file it does."""
    try:
        return _file(handoff_path()).read().get("enabled", True) is not False
    except (OSError, ValueError):
        return True


@lru_cache(maxsize=8)
def _file(path: Path) -> TextFile:
    return TextFile(path)


def ask(turn: Turn, reason: str, detail: str | None = None) -> None:
    """Ask for a person, at once. Nothing else is to be said in the turn."""
    if not enabled():
        turn.say("person", **policies.facts(turn.language))
        return
    wish = {"reason": reason} | ({"detail": detail[:MAX_DETAIL]} if detail else {})
    turn.dispatcher.utter_message(json_message={"handoff": wish})


def accept(turn: Turn) -> None:
    """Ask for a person for the reason that one was offered for, or because the customer wishes it."""
    question = turn.pending or {}
    offer: dict[str, Any] = (
        question.get("entities") or {} if question.get("intent") == "human_handoff" else {}
    )
    reason = turn.value("topic") or offer.get("topic")
    if reason not in OFFERED:
        ask(turn, "asked", words_of(turn))
    else:
        # A button of an earlier offer keeps its reason, but its words are gone; of a failure it is the
        # message that failed.
        detail = offer.get("detail") if offer.get("topic") == reason else None
        if reason == "failure" and not turn.previous_text().startswith("/"):
            detail = turn.previous_text()
        ask(turn, reason, detail)


def offer(turn: Turn, key: str, reason: str, detail: str | None = None) -> None:
    """Ask whether a person shall take over, with a button for yes and for no; "yes" in words does it, too."""
    buttons = [
        button(turn, reason, title="person_yes"),
        {"title": turn.words.button("person_no"), "payload": "/deny"},
    ]
    turn.say(key, buttons=buttons)
    expect_yes(turn, reason, detail)


def expect_yes(turn: Turn, reason: str, detail: str | None = None) -> None:
    """Take "yes" as the wish for a person; for a sentence that has just asked."""
    open_question.ask(turn, "yes", "human_handoff", topic=reason, **({"detail": detail} if detail else {}))


def button(turn: Turn, reason: str | None = None, *, title: str = "person") -> Button:
    """The button to a person, with the reason that it is offered for."""
    topic = {"topic": reason} if reason else {}
    return {"title": turn.words.button(title), "payload": payload("human_handoff", **topic)}


def words_of(turn: Turn) -> str | None:
    """What the customer typed, None for a button."""
    return None if turn.pressed else turn.text.strip()[:MAX_DETAIL] or None
