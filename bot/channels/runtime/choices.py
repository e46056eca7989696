"""What a customer chooses at a messenger: a button, a number or title that is typed, a reaction, a page."""

from __future__ import annotations

import asyncio
import logging

from bot.channels.base import drawing
from bot.channels.base.api_client import Refused
from bot.channels.base.contact import Contact
from bot.channels.base.update import Update
from bot.channels.runtime import outbox, showing
from bot.channels.runtime.messenger_channel import MessengerChannel
from bot.channels.runtime.reception import Reception
from bot.conversation import messages
from bot.turns import answering, button_presses
from bot.turns.button_presses import NotOffered

logger = logging.getLogger(__name__)


class Choices:
    """One messenger's choices."""

    def __init__(self, channel: MessengerChannel, reception: Reception) -> None:
        self.channel = channel
        self.messenger = channel.messenger
        self.reception = reception

    async def typed(self, contact: Contact, update: Update) -> bool:
        """Where there are no buttons: a number or title of the message shown last is a press."""
        text = update.text.strip()
        short = 0 < len(text) <= 60 and "\n" not in text
        if self.messenger.limits.choices != "numbers" or not short or update.attachments:
            return False
        last = await asyncio.to_thread(answering.last_said, contact.conversation)
        if last is None:
            return False
        choice = drawing.chosen(await showing.shown(self.messenger, last), text)
        if choice is None:
            return False
        await self.press(contact, update, choice.token)
        return True

    async def press(self, contact: Contact, update: Update, token: str) -> None:
        """The button of a token, or ("#2", of the message that is meant) the choice of a number."""
        if token.startswith("#") and token[1:].isdigit() and update.about:
            token = await self._numbered(contact, update.about, int(token[1:])) or ""
        place = drawing.read_token(token)
        seq = place[0] if place is not None else None
        try:
            if place is None:
                raise NotOffered
            pressed = await button_presses.press(
                self.messenger,
                contact.conversation,
                place[0],
                place[2],
                place[1],
                language=contact.language,
                message_id=update.id,
            )
        except NotOffered:
            seq = None
            await self.reception.tell(contact, update, "not_offered")
        if update.kind == "press":
            self.channel.courtesy(self.messenger.pressed(contact, update, seq))
        if seq is not None:
            await self.reception.say(pressed.incoming, retry=pressed.retry, offer=pressed.offer)

    async def turned(self, contact: Contact, update: Update) -> bool:
        """Whether a press only turned a page there."""
        try:
            return await self.messenger.turn_page(contact, update)
        except Refused as error:  # the message is gone, or too old to be changed
            logger.info("%s: a page could not be turned: %s", self.messenger.platform, error)
            return True

    async def _numbered(self, contact: Contact, about: str, number: int) -> str | None:
        """The token of a message's choice by its number (a reaction 2️⃣)."""
        seq = await asyncio.to_thread(outbox.sent_as, contact.channel, contact.conversation, about)
        message = await asyncio.to_thread(messages.get, contact.conversation, seq) if seq else None
        if message is None:
            return None
        choices = drawing.numbered(await showing.shown(self.messenger, message))
        return choices[number - 1].token if 0 < number <= len(choices) else None
