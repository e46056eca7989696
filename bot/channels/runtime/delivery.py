"""What customers are sent: from the outbox to the platform, in order, tried again until it has arrived or is
a dead letter.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta, timezone

from bot.channels.base.api_client import Closed, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.messenger import Messenger
from bot.channels.runtime import contacts, outbox, showing
from bot.channels.runtime.outbox import Job
from bot.conversation import messages
from bot.turns import answering
from storage.backoff import CHAT, delay
from storage.errors import Unavailable
from storage.lease_worker import Worker

logger = logging.getLogger(__name__)

GIVE_UP = timedelta(hours=24)  # then a message that could not be sent is a dead letter


class Delivery:
    """Works off one messenger's outbox."""

    def __init__(self, messenger: Messenger) -> None:
        self.messenger = messenger
        name = messenger.platform
        self._next = 0.0  # when the next piece may go out, by the monotonic clock
        self._worker: Worker[Job] = Worker(
            f"{name} outbox",
            lambda: outbox.take(name) if messenger.ready() else None,
            self.do,
            hold=outbox.hold,
            drop=outbox.drop,
            hold_every=outbox.LEASE / 3,
            parallel=8,
            every=5.0,
        )

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def wake(self) -> None:
        """There is something to send, perhaps."""
        self._worker.wake()

    async def stop(self) -> None:
        """End; what is unfinished is finished by another process, or after the next start."""
        await self._worker.stop()

    async def nudge(self, conversation: str) -> None:
        """Messages were stored: see that they are sent. Another process may have put them into the outbox."""
        await asyncio.to_thread(outbox.fill, conversation)
        self._worker.wake()

    async def do(self, job: Job) -> None:
        """Send one message; never raises but for the database."""
        name = self.messenger.platform
        contact = await asyncio.to_thread(contacts.of, job.conversation)
        if contact is None:
            await asyncio.to_thread(outbox.done, job)
            return
        try:
            await self._send(job, contact)
        except Gone as error:
            logger.info("%s: a customer cannot be reached any more: %s", name, error)
            await asyncio.to_thread(contacts.left, contact)
            await asyncio.to_thread(outbox.failed, job, f"the customer cannot be reached: {error}")
        except Refused as error:
            logger.error("%s: message %s of %s was refused: %s", name, job.seq, job.conversation, error)
            await asyncio.to_thread(outbox.failed, job, str(error))
        except Closed as error:
            logger.warning(
                "%s: message %s of %s waits until the customer writes again: %s",
                name,
                job.seq,
                job.conversation,
                error,
            )
            await asyncio.to_thread(outbox.wait, job, contact, str(error))
        except Unavailable:
            raise
        except Exception as error:
            await self._failed(job, error)
        self._worker.wake()

    async def _failed(self, job: Job, error: Exception) -> None:
        """It may work later; unless it was tried for long enough."""
        name = self.messenger.platform
        known = isinstance(error, Later)
        if datetime.now(timezone.utc) - job.created > GIVE_UP:
            logger.error("%s: message %s of %s was given up: %s", name, job.seq, job.conversation, error)
            await asyncio.to_thread(outbox.failed, job, f"given up: {answering.short(error)}")
            return
        wait = delay(job.attempts, CHAT, getattr(error, "after", None))
        logger.log(
            logging.WARNING if known else logging.ERROR,
            "%s: message %s of %s is sent again in %.0f s: %s",
            name,
            job.seq,
            job.conversation,
            wait,
            answering.short(error),
        )
        await asyncio.to_thread(outbox.later, job, wait, answering.short(error))
        self._worker.wake_in(wait)

    async def _send(self, job: Job, contact: Contact) -> None:
        message = await asyncio.to_thread(messages.get, job.conversation, job.seq)
        if message is None:  # erased meanwhile
            await asyncio.to_thread(outbox.done, job)
            return
        if contact.gone:
            raise Gone("blocked us, or left")
        hours = self.messenger.window_hours(message)
        if hours is not None and datetime.now(timezone.utc) - contact.heard > timedelta(hours=hours):
            raise Closed(f"the platform allows no message {hours:g} hours after the customer's last one")
        pieces = await showing.pieces(self.messenger, contact, message)
        for place, piece in enumerate(pieces):
            if place < job.sent:
                continue
            await self._pace()
            key = f"{job.conversation}.{job.id}.{place}"  # numbers of messages may begin anew
            remote = await self.messenger.send(contact, piece, key)
            remotes = [remote] if isinstance(remote, str) else remote or []
            await asyncio.to_thread(outbox.arrived, job, place + 1, remotes)
        await asyncio.to_thread(outbox.done, job)

    async def _pace(self) -> None:
        """Not faster than the platform takes it."""
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + 1.0 / self.messenger.limits.per_second
        if at > now:
            await asyncio.sleep(at - now)
