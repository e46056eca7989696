"""A button that was pressed: only what a message of ours has offered may be, whatever a client says."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from bot.conversation import messages
from bot.conversation.bodies import OfferBody
from bot.conversation.incoming import Incoming
from bot.conversation.replies import Button, offered
from bot.turns import message_events
from bot.turns.channel import NotStored


class NotOffered(Exception):
    """There is no such message, or it had no such button."""


class Press(NamedTuple):
    """The customer's message that a press is, and what to hand `Channel.receive` with it."""

    incoming: Incoming
    button: Button
    retry: int | None
    offer: OfferBody | None


async def press(
    channel: message_events.Shows,
    conversation: str,
    seq: int,
    button: object,
    card: object = None,
    *,
    language: str | None = None,
    message_id: str | None = None,
) -> Press:
    """The press of a button, by its place in message `seq` (or in one of its cards). Raises `NotOffered`, and
    `NotStored` while the database is away.
    """
    try:
        reply = await asyncio.to_thread(messages.get, conversation, seq)
    except Exception as error:
        raise NotStored from error
    found = None
    if reply is not None and reply.sender != "customer":
        found = offered(reply.body, button, card)
        if found is None and card is None:
            found = message_events.extra_button(channel, reply, button)
    if found is None:
        raise NotOffered
    incoming = Incoming(
        conversation,
        found.title,
        language=language,
        message_id=message_id,
        payload=None if found.retry or found.offer else found.payload or None,
    )
    offer: OfferBody | None = {"reply": seq, "take": found.offer == "take"} if found.offer else None
    return Press(incoming, found, found.retry, offer)
