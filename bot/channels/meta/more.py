"""What does not fit beside a card: its last button is "More …", and pressing it shows the other choices."""

from __future__ import annotations

import asyncio
import re

from bot.channels.base.contact import Contact
from bot.channels.base.drawing import Choice, ShownCard, read_token
from bot.channels.base.messenger import Messenger
from bot.conversation import messages
from bot.conversation.texts import say

_TOKEN = re.compile(r"more\.(\d{1,9})\.(\d{1,3})")


def button(seq: int, place: int, language: str) -> Choice:
    """The button, for the card at a place of a message."""
    return Choice(say("more", language), f"more.{seq}.{place}")


def is_ours(data: str) -> bool:
    """Whether what came back with a press is of a button of ours."""
    return read_token(data) is not None or _TOKEN.fullmatch(data) is not None


async def asked(messenger: Messenger, contact: Contact, data: str) -> ShownCard | None:
    """The card whose other choices are asked for; None if none are."""
    match = _TOKEN.fullmatch(data)
    if match is None:
        return None
    message = await asyncio.to_thread(messages.get, contact.conversation, int(match[1]))
    if message is None or message.sender == "customer":
        return None
    cards, place = (await messenger.assistant.shown(message)).cards, int(match[2])
    return cards[place] if place < len(cards) else None
