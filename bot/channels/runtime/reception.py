"""From a customer at a messenger to the channel, and the sentences in which the dialogue has no part."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.channels.base.api_client import Later
from bot.channels.base.contact import Contact
from bot.channels.base.update import Update
from bot.channels.runtime.messenger_channel import MessengerChannel
from bot.conversation import messages
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Draft, Message
from bot.conversation.texts import language_hint, say
from storage import database


class Reception:
    """One messenger's way to the channel."""

    def __init__(self, channel: MessengerChannel) -> None:
        self.channel = channel

    async def say(self, incoming: Incoming, **options: Any) -> None:
        """Store what a customer said and wait for the turn to end; raises `Later` if it is not answered."""
        stored, _ = await self.channel.receive(incoming, **options)
        if stored.answered:
            return
        await self.channel.turn(stored)
        again = await asyncio.to_thread(messages.get, stored.conversation, stored.seq)
        if again is not None and not again.answered:
            raise Later("a message was stored but not answered yet")

    async def tell(self, contact: Contact, update: Update, code: str) -> None:
        """Say something that the dialogue has no part in; once, also while a person has the conversation."""
        text = say(code, language(contact, update))
        draft = Draft("system", {"text": text}, f"{update.id}:{code}")
        await asyncio.to_thread(self.keep, contact, draft)
        await self.channel.delivery.nudge(contact.conversation)

    def keep(self, contact: Contact, draft: Draft) -> Message | None:
        """Store a message that needs no answer, once. Synchronous."""
        with database.session() as connection:
            messages.lock(connection, contact.conversation, self.channel.name())
            ident = draft.client_id
            if ident is not None and messages.by_client_id(connection, contact.conversation, ident):
                return None
            return messages.append(connection, contact.conversation, [draft], self.channel.name())[0]


def language(contact: Contact, update: Update) -> str | None:
    """In which language to speak to a message."""
    return language_hint(update.text) or contact.language
