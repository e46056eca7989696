"""A hand-over in words, for people at desks outside and in tickets: what it is about, and what was said.

Plain text, one fact or message a line, in the language of the conversation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.conversation import messages
from bot.conversation.bodies import original
from bot.conversation.messages import Message
from bot.settings import DEFAULT_LANGUAGE, LANGUAGES
from bot.support.handoff.context import said_text

if TYPE_CHECKING:
    from bot.support.handoff import Handoff

TURNS = 30  # messages of a transcript
LINE = 1000  # characters of one message in it
MAX_PHOTOS = 6

_WORDS: dict[str, dict[str, str]] = {
    "asked": {"en": "asked for a person", "zh": "要求人工服务"},
    "misses": {"en": "was not understood twice", "zh": "连续两次未能理解"},
    "complaint": {"en": "complains", "zh": "投诉"},
    "failure": {"en": "something failed on our side", "zh": "系统处理失败"},
    "keyword": {"en": "used a word of the owner's rules", "zh": "触发关键词规则"},
    "cart": {"en": "has a full cart", "zh": "购物车金额较高"},
    "vip": {"en": "is a regular customer", "zh": "重要顾客"},
    "stepped_in": {"en": "an agent stepped in", "zh": "客服主动介入"},
    "customer": {"en": "Customer", "zh": "顾客"},
    "bot": {"en": "Assistant", "zh": "智能助手"},
    "agent": {"en": "Agent", "zh": "客服"},
    "system": {"en": "Notice", "zh": "提示"},
    "photo": {"en": "[photo]", "zh": "[图片]"},
    "button": {"en": "[button]", "zh": "[按钮]"},
    "products": {"en": "[products: {titles}]", "zh": "[商品：{titles}]"},
    "head": {"en": "From the shop's chat ({channel})", "zh": "来自商城聊天（{channel}）"},
    "email": {"en": "E-mail: {email}", "zh": "邮箱：{email}"},
    "no_email": {"en": "E-mail: the customer left none", "zh": "邮箱：顾客未留下"},
    "said": {"en": "What was said (times are UTC):", "zh": "对话记录（时间为 UTC）："},
    "reference": {"en": "Reference: {reference}", "zh": "编号：{reference}"},
    "photos_gone": {"en": "A photo of the conversation has expired.", "zh": "对话中的一张图片已过期。"},
    "more_photos": {"en": "Further photos of the customer", "zh": "顾客的其他图片"},
    "late_email": {
        "en": "The customer has left an e-mail address: {email}",
        "zh": "顾客补充了邮箱：{email}",
    },
    "subject": {"en": "Chat: {reason}", "zh": "聊天：{reason}"},
    "ended_bot": {
        "en": "The customer went back to the assistant before somebody came.",
        "zh": "顾客在客服接入前返回了智能助手。",
    },
    "ended_returned": {"en": "The assistant has the conversation again.", "zh": "对话已交回智能助手。"},
    "ended_closed": {"en": "The conversation was closed.", "zh": "对话已关闭。"},
    "ended_offline_ticket": {
        "en": "Nobody came in time: the customer was asked for an e-mail address.",
        "zh": "无人及时接入：已请顾客留下邮箱。",
    },
}  # fmt: skip


def language_of(language: str | None) -> str:
    """One of ours."""
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def say(key: str, language: str | None, **facts: Any) -> str:
    """A sentence of this module."""
    text = _WORDS[key][language_of(language)]
    return text.format(**facts) if facts else text


def one_line(text: str, limit: int = LINE) -> str:
    """Text on one line, without control characters and without those that turn the direction of writing."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    kept = "".join(c for c in kept if unicodedata.bidirectional(c) not in _TURNING)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def reason(handoff: Handoff) -> str:
    """Why a person is wanted, with the words or the rule that led to it."""
    words = say(handoff.reason, handoff.language) if handoff.reason in _WORDS else handoff.reason
    return f"{words}: {one_line(handoff.detail, 200)}" if handoff.detail else words


def summary(handoff: Handoff) -> list[str]:
    """The facts of the context packet, one a line."""
    language = language_of(handoff.language)
    lines = [say("head", language, channel=handoff.channel)]
    given = handoff.packet.get("summary")
    if isinstance(given, dict):
        given = given.get(language) or given.get(DEFAULT_LANGUAGE)
    if isinstance(given, (list, tuple)):
        given = "\n".join(str(line) for line in given)
    lines += [one_line(line) for line in str(given or "").splitlines() if line.strip()]
    return lines


def transcript(said: Sequence[Message], language: str | None) -> list[str]:
    """Messages, one a line, with the time and who said it."""
    return [line for message in said[-TURNS:] if (line := _line(message, language))]


def said_before(handoff: Handoff) -> list[Message]:
    """The last messages of a conversation up to the end of the hand-over (or now)."""
    return [
        message
        for message in messages.history(handoff.conversation, limit=TURNS * 3)
        if handoff.ended is None or message.at <= handoff.ended
    ][-TURNS:]


def photos_in(said: Sequence[Message]) -> tuple[str, ...]:
    """The ids of the customer's photos, the newest `MAX_PHOTOS`, in their order."""
    found: list[str] = []
    for message in said:
        if message.sender == "customer":
            found += [photo for photo in photos_of(message) if photo not in found]
    return tuple(found[-MAX_PHOTOS:])


def photos_of(message: Message) -> list[str]:
    """The ids of the photos of one message."""
    body = original(message.body)
    several, single = body.get("photos"), body.get("photo")
    return [str(each) for each in several] if several else [str(single)] if single else []


def _line(message: Message, language: str | None) -> str:
    body = message.body
    parts = []
    if text := one_line(said_text(body) or ""):
        parts.append(f"{say('button', language)} {text}" if body.get("payload") else text)
    parts += [say("photo", language)] * len(photos_of(message))
    titles = [one_line(str(card.get("title") or ""), 80) for card in body.get("cards") or []]
    if titles:
        parts.append(say("products", language, titles=" · ".join(titles)))
    if not parts:
        return ""
    who = say(message.sender, language) if message.sender in _WORDS else message.sender
    agent = body.get("agent")
    name = one_line(agent["name"], 80) if agent else ""
    return f"{message.at:%H:%M} {name or who}: {' '.join(parts)}"
