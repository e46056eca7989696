"""A stored message as a platform shows it."""

from __future__ import annotations

import asyncio

from bot.channels.base.contact import Contact
from bot.channels.base.drawing import Piece, Shown
from bot.channels.base.messenger import Messenger
from bot.channels.runtime import contacts
from bot.conversation.messages import Message
from bot.turns import message_events


async def shown(messenger: Messenger, message: Message) -> Shown:
    """What a stored message shows."""
    (event,) = await message_events.events(messenger, [message])
    return Shown.of(event, messenger.base_url)


async def pieces(messenger: Messenger, contact: Contact, message: Message) -> list[Piece]:
    """What the platform's `draw` makes of a stored message."""
    found = await shown(messenger, message)
    return messenger.draw(found, contact, await asyncio.to_thread(contacts.spoken, contact))
