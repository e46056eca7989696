"""The shop's policies: the answer that fits a question, from `data/policies/{en,zh}.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from actions.replies.owner_texts import DATA, TextFile

FILES = {language: TextFile(DATA / "policies" / f"{language}.yml") for language in ("en", "zh")}

# A topic of the section asked for wins over a topic of another one with about as many of the customer's
# words.
OWN_SECTION = 1.5


@dataclass(frozen=True)
class Answer:
    """`topic` is None where the section's general answer was the best."""

    section: str
    topic: str | None
    text: str


def answer(section: str, message: str, language: str) -> Answer:
    """The answer to a question on `section` ("returns", "delivery", …), chosen by the words of the message.

    Topics of other sections are looked at too, because customers ask two things at once and classifiers err:
    they win only with clearly more of the customer's words. Raises `KeyError` for an unknown section.
    """
    content = _file(language).read()
    best: tuple[float, str, str] | None = None
    for name, each in content["sections"].items():
        for topic, entry in each.get("topics", {}).items():
            score = _score(message, tuple(str(word) for word in entry["words"]))
            score *= OWN_SECTION if name == section else 1.0
            if score and (best is None or score > best[0]):
                best = (score, name, topic)
    # A single short word is too little to leave the section that was asked for.
    if best and (best[1] == section or best[0] >= 2 * OWN_SECTION):
        return Answer(
            best[1], best[2], _filled(content, content["sections"][best[1]]["topics"][best[2]]["answer"])
        )
    return Answer(section, None, _filled(content, content["sections"][section]["general"]))


def topic(section: str, name: str, language: str) -> str:
    """The answer of one topic. Raises `KeyError` for an unknown one."""
    content = _file(language).read()
    return _filled(content, content["sections"][section]["topics"][name]["answer"])


def facts(language: str) -> dict[str, Any]:
    """Names for placeholders: shop_name, email, phone, hours, address …"""
    values: dict[str, Any] = _file(language).read().get("facts", {})
    return values


def _file(language: str) -> TextFile:
    return FILES.get(language, FILES["en"])


def _filled(content: dict[str, Any], text: str) -> str:
    return str(text).strip().format(**content.get("facts", {}))


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    # Latin words match at their beginning ("refund" finds "refunded"), three letters or fewer only whole.
    escaped = re.escape(word.casefold())
    if not word.isascii():
        return re.compile(escaped)
    return re.compile(rf"(?<![a-z0-9]){escaped}" + (r"(?![a-z0-9])" if len(word) <= 4 else ""))


def _score(message: str, words: tuple[str, ...]) -> float:
    """Each word found counts 1 and a little more for its length (a Chinese character says as much as three
    letters).
    """
    text = message.casefold()
    score = 0.0
    for word in words:
        if _pattern(word).search(text):
            score += 1 + (len(word) / 10 if word.isascii() else len(word) / 4)
    return score
