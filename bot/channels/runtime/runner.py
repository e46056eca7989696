"""One messenger at work: its channel, its inbox and outbox, its connection to the platform."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.channels.base.api_client import Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.drawing import Piece, Shown
from bot.channels.base.messenger import Messenger
from bot.channels.base.update import Update
from bot.channels.runtime import contacts, inbox, outbox, showing
from bot.channels.runtime.arrivals import Arrivals
from bot.channels.runtime.messenger_channel import MessengerChannel
from bot.conversation.messages import Message
from bot.support import handoff
from storage import database, events
from storage.backoff import CHAT, delay
from storage.timeouts import within

logger = logging.getLogger(__name__)


class Runner:
    """See the module; what its messenger may ask of us is `bot.channels.base.assistant.Assistant`."""

    def __init__(self, messenger: Messenger) -> None:
        self.messenger = messenger
        self.channel = MessengerChannel(messenger)
        self.arrivals = Arrivals(self.channel)
        self._connecting: asyncio.Task[None] | None = None
        messenger.assistant = self

    def start(self) -> None:
        """Begin; connects in the background."""
        self.arrivals.start()
        self.channel.delivery.start()
        self._connecting = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """End; what is unfinished is finished by another process, or after the next start."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self.arrivals.stop()
        await self.channel.delivery.stop()
        try:
            await within(3.0, self.messenger.disconnect())
        except Exception as error:
            logger.info("%s: not closed cleanly: %s", self.messenger.platform, type(error).__name__)
        await self.messenger.client.close()

    async def _connect(self) -> None:
        """Until it has worked, or never will; the server is up meanwhile."""
        name = self.messenger.platform
        for attempt in range(1, 10**6):
            try:
                await self.messenger.connect()
                return
            except Later as error:
                wait = delay(attempt, CHAT, error.after)
                logger.warning("%s: not connected, again in %.0f s: %s", name, wait, error)
                await asyncio.sleep(wait)
            except Refused as error:
                logger.error("%s: cannot be connected: %s. `python -m bot doctor` says more", name, error)
                return
            except Exception:
                logger.exception("%s: cannot be connected", name)
                await asyncio.sleep(delay(attempt, CHAT))

    # --- what the messenger may ask -------------------------------------------------------------------------

    def wake(self) -> None:
        self.channel.delivery.wake()

    async def keep(self, updates: Sequence[Update]) -> None:
        if updates:
            await asyncio.to_thread(inbox.put, self.messenger.platform, updates)
            self.arrivals.wake(photos=any(each.photos for each in updates))

    async def arrange(self, updates: Sequence[Update]) -> bool:
        changed = await asyncio.to_thread(inbox.arrange, self.messenger.platform, updates)
        if updates:
            self.arrivals.wake(photos=any(each.photos for each in updates))
        return changed

    async def has_come(self, update: str) -> bool:
        return await asyncio.to_thread(inbox.known, self.messenger.platform, update)

    async def has_sent(self, remote: str) -> bool:
        return await asyncio.to_thread(outbox.known, self.messenger.platform, remote)

    async def message_there(self, contact: Contact, remote: str) -> int | None:
        return await asyncio.to_thread(outbox.sent_as, self.messenger.platform, contact.conversation, remote)

    async def find(self, address: str) -> Contact | None:
        return await asyncio.to_thread(contacts.find, self.messenger.platform, address)

    async def spoken(self, contact: Contact) -> str:
        return await asyncio.to_thread(contacts.spoken, contact)

    async def consents(self, contact: Contact, consent: bool) -> None:
        await asyncio.to_thread(contacts.consents, contact, consent)

    async def with_a_person(self, contact: Contact) -> bool:
        return await asyncio.to_thread(_is_open, contact)

    async def writing(self, address: str, on: bool) -> None:
        await asyncio.to_thread(_tell_desk, self.messenger.platform, address, on)

    async def shown(self, message: Message) -> Shown:
        return await showing.shown(self.messenger, message)

    async def pieces(self, contact: Contact, message: Message) -> list[Piece]:
        return await showing.pieces(self.messenger, contact, message)


def _is_open(contact: Contact) -> bool:
    return handoff.open_of(contact.conversation) is not None


def _tell_desk(platform: str, address: str, on: bool) -> None:
    contact = contacts.find(platform, address)
    if contact is None or not _is_open(contact):
        return  # nobody looks
    with database.session() as connection:
        events.publish(
            connection, "typing", {"conversation": contact.conversation, "who": "customer", "on": on}
        )
