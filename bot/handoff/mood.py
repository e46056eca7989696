"""How a customer sounds, by the worst of the last messages; see `actions.shop.mood`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from actions.shop.mood import MOODS, Mood
from actions.shop.mood import mood as mood_of_text


def mood(texts: Sequence[str], language: str | None, reason: str) -> Mood:
    """ "calm", "unhappy" or "angry"; who complains is at least unhappy."""
    heard: list[Mood] = [mood_of_text(text, language or "en") for text in texts]
    if reason == "complaint":
        heard.append("unhappy")
    return max(heard, key=MOODS.index, default="calm")
