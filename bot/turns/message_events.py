"""Messages as events for a channel: with buttons where it cannot show something by itself.

A channel without stars gets five buttons under the question for the customer's opinion, one without a banner
a button back to the assistant while a person is waited for. They say what a customer could type as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from bot.conversation.messages import Message
from bot.conversation.replies import Button
from bot.conversation.texts import say
from bot.support import handoff
from bot.support.handoff import Handoff, State

STARS = (1, 2, 3, 4, 5)


class Shows(Protocol):
    """What a channel can show by itself."""

    banner: bool
    stars: bool


async def events(channel: Shows, stored: Sequence[Message]) -> list[dict[str, Any]]:
    """The events of messages of one conversation, buttons of the channel's own included."""
    plain = [message.event() for message in stored]
    if channel.stars and channel.banner:
        return plain
    waiting = None
    if not channel.banner and any(message.sender == "system" for message in stored):
        waiting = await asyncio.to_thread(_waiting, stored[0].conversation)
    for message, event in zip(stored, plain, strict=True):
        if message.sender != "system" or waiting is not None:
            titles = [{"title": button.title} for button in extra_buttons(channel, message, waiting)]
            event["buttons"] = [*event["buttons"], *titles]
    return plain


def extra_buttons(channel: Shows, message: Message, waiting: Handoff | None = None) -> tuple[Button, ...]:
    """The buttons that come after a message's own; what they do depends on how things stand when pressed."""
    if message.body.get("rating") and not channel.stars:
        return tuple(Button(str(number)) for number in STARS)
    if message.sender == "system" and not channel.banner:
        return (Button(say("back_to_assistant", waiting.language if waiting else None)),)
    return ()


def extra_button(channel: Shows, message: Message, index: object) -> Button | None:
    """The button at an index after a message's own, or None."""
    if not isinstance(index, int) or isinstance(index, bool):
        return None
    place = index - len(message.body.get("buttons") or [])
    found = extra_buttons(channel, message)
    return found[place] if 0 <= place < len(found) else None


def _waiting(conversation: str) -> Handoff | None:
    found = handoff.open_of(conversation)
    return found if found is not None and found.state in (State.QUEUED, State.ASSIGNED) else None
