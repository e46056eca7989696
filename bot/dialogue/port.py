"""The port to the dialogue: what the house asks of whatever leads it, in no engine's words.

Rasa is the adapter (`bot.dialogue.remote` asks its worker processes); the tests have a scripted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypedDict

from bot.conversation.bodies import CardBody
from bot.conversation.replies import Reply


class State(TypedDict, total=False):
    """What belongs to a message besides its words. Photos are ids, never bytes."""

    language: str | None  # of the page, or as the platform tells it
    photo: str | None
    photos: list[str]  # all of an album, the first one included
    message_id: str | None


@dataclass(frozen=True)
class Utterance:
    """What a customer said in one turn: words, or a button's payload ("/affirm")."""

    conversation: str
    text: str
    channel: str
    id: str | None = None


class Suggestion(TypedDict):
    """What the bot would answer, for a person to send or not."""

    text: str | None
    cards: list[CardBody]


class TurnFailed(Exception):
    """The dialogue could not answer, and has kept nothing of the turn."""


class Dialogue(Protocol):
    """Who leads the dialogue. The caller holds the conversation's lock (`bot.turns.locks`), but for
    `suggest`.
    """

    async def answer(self, utterance: Utterance, state: State) -> Sequence[Reply]:
        """One turn: the replies in their order. Raises `TurnFailed`."""

    async def tell(self, conversation: str) -> int:
        """Let the dialogue know what people have settled with the customer since; returns how many hand-overs
        it was told of.
        """

    async def erase(self, conversation: str) -> int:
        """Forget everything of a conversation; returns how many events there were."""

    async def suggest(self, conversation: str, channel: str) -> Suggestion:
        """What it would answer to the customer's last message, without a trace. Empty where it cannot say."""

    async def healthy(self) -> bool:
        """Whether a turn would be answered now."""

    async def close(self) -> None:
        """Let go of connections."""


NO_SUGGESTION: Suggestion = {"text": None, "cards": []}
