"""What a platform reports on messages of ours, and on the customer: read, not arrived, moved."""

from __future__ import annotations

import asyncio
import logging

from bot.channels.base.api_client import Later
from bot.channels.base.contact import Contact
from bot.channels.base.update import Update
from bot.channels.runtime import contacts, outbox
from bot.channels.runtime.delivery import GIVE_UP, Delivery
from bot.channels.runtime.inbox import Job
from bot.conversation import receipts

logger = logging.getLogger(__name__)

TRIES = 3  # of a report on a message that we do not know (yet)
KINDS = ("read", "failed", "move")


async def read(contact: Contact, update: Update) -> None:
    """The customer has read up to a message, or up to a time."""
    seq = await asyncio.to_thread(outbox.sent_as, contact.channel, contact.conversation, update.about or "")
    if seq:
        await asyncio.to_thread(receipts.mark, contact.conversation, "customer", seq)
    elif update.data and update.data.isdigit():  # up to a time, in seconds since 1970
        found = await asyncio.to_thread(
            outbox.sent_until, contact.channel, contact.conversation, int(update.data)
        )
        if found:
            await asyncio.to_thread(receipts.mark, contact.conversation, "customer", found)


async def failed(delivery: Delivery, contact: Contact, job: Job) -> None:
    """What the platform had taken from us did not arrive after all; raises `Later` if it is not known yet."""
    update, name = job.update, contact.channel
    known = await asyncio.to_thread(
        outbox.undelivered,
        name,
        contact.conversation,
        update.about or "",
        update.text,
        wait=update.data == "closed",
        again=GIVE_UP.total_seconds() / 3600 if update.data == "later" else 0,
    )
    if not known:
        if job.attempts < TRIES:
            raise Later("the platform reports of a message that is still being sent", after=2.0)
        logger.info("%s: a message that is not ours, or long gone, did not arrive", name)
        return
    logger.error("%s: a message of %s did not arrive: %s", name, contact.conversation, update.text)
    delivery.wake()


async def move(contact: Contact, update: Update) -> None:
    """The customer has another address there now."""
    if not await asyncio.to_thread(contacts.moved, contact, update.data or ""):
        logger.info("%s: a customer's new address is known already", contact.channel)
