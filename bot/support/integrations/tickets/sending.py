"""Opens the tickets that are due, and sends them; runs in every server process."""

from __future__ import annotations

import asyncio
import logging
import time

from bot.support.handoff import customer_side, store
from bot.support.integrations import transcripts
from bot.support.integrations.tickets import outbox, registry
from bot.support.integrations.tickets.base import Photo, Target, Ticket
from shop.customers import photos
from storage import backoff
from storage.backoff import Later, Refused
from storage.errors import Unavailable
from storage.lease_worker import Worker
from storage.timeouts import until_set

logger = logging.getLogger(__name__)

TIDY_EVERY = 3600.0
POLL_SECONDS = 15.0  # seconds between looks for hand-overs that need a ticket
MAX_BYTES = 15 * 2**20  # of all photos of one ticket: more no mail server takes

Taken = tuple[Ticket, "Ticket | None"]


class Tickets:
    """The tickets of this process; without a target (SHOP_TICKETS=none) nothing is opened or sent."""

    def __init__(self, target: Target | None) -> None:
        self.target = target
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._worker: Worker[Taken] | None = None

    @classmethod
    def configured(cls) -> Tickets:
        """As `SHOP_TICKETS` says. Raises `SettingError`."""
        return cls(registry.make())

    def start(self) -> None:
        """Begin."""
        if self.target is None:
            return
        self._worker = Worker(
            "tickets",
            outbox.take,
            self._send,
            hold=lambda taken: outbox.hold(taken[0]),
            drop=lambda taken: outbox.drop(taken[0]),
            hold_every=outbox.LEASE / 3,
            parallel=2,
            every=5.0,
        )
        self._worker.start()
        self._task = asyncio.create_task(self._rounds(), name="tickets: rounds")

    async def stop(self) -> None:
        """End; what waits is sent after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._worker is not None:
            await self._worker.stop()
        if self.target is not None:
            await self.target.close()

    def wake(self) -> None:
        """A hand-over has changed: perhaps a ticket is due."""
        self._wake.set()
        if self._worker is not None:
            self._worker.wake()

    async def _rounds(self) -> None:
        tidied = time.monotonic()
        while True:
            self._wake.clear()
            try:
                if await asyncio.to_thread(self.open_due) and self._worker is not None:
                    self._worker.wake()
                if time.monotonic() - tidied > TIDY_EVERY:
                    tidied = time.monotonic()
                    await asyncio.to_thread(outbox.tidy)
            except Unavailable:
                pass
            except Exception:
                logger.exception("Tickets could not be opened")
            await until_set(self._wake, POLL_SECONDS)

    def open_due(self) -> int:
        """Store a ticket for every hand-over that needs one; returns how many. Synchronous."""
        if self.target is None:
            return 0
        due = store.tickets_due()
        for handoff in due:
            ticket = outbox.open_for(handoff, self.target.name)
            customer_side.set_ticket(handoff.id, ticket.reference)
        return len(due) + outbox.late_emails()

    async def _send(self, taken: Taken) -> None:
        ticket, parent = taken
        try:
            target = self.target
            if target is None or target.name != ticket.target:
                raise Refused(f"tickets no longer go to {ticket.target!r}: see SHOP_TICKETS")
            photos, missing = await asyncio.to_thread(_photos, ticket)
            if missing:
                note = transcripts.say("photos_gone", ticket.language)
                ticket = Ticket(**{**ticket.__dict__, "body": f"{ticket.body}\n{note}"})

            async def progress(remote: str) -> None:
                await asyncio.to_thread(outbox.progress, ticket, remote)

            remote = await target.send(ticket, parent, photos, progress)
        except Refused as error:
            logger.error("Ticket %s is refused, it is given up: %s", ticket.reference, error)
            await asyncio.to_thread(outbox.dead, ticket, str(error))
        except Later as error:
            if ticket.attempts >= len(backoff.TICKET):
                logger.error("Ticket %s could not be sent, it is given up: %s", ticket.reference, error)
                await asyncio.to_thread(outbox.dead, ticket, str(error))
                return
            logger.warning("Ticket %s could not be sent, trying again: %s", ticket.reference, error)
            wait = backoff.delay(ticket.attempts, backoff.TICKET, error.after)
            await asyncio.to_thread(outbox.later, ticket, wait, str(error))
            if self._worker is not None:
                self._worker.wake_in(wait)
        else:
            await asyncio.to_thread(outbox.sent, ticket, remote)


def _photos(ticket: Ticket) -> tuple[list[Photo], bool]:
    """The photos that are still there and small enough together, and whether one is missing."""
    found: list[Photo] = []
    size = 0
    for number, photo in enumerate(ticket.photos, start=1):
        stored = photos.get(photo, ticket.conversation)
        if stored is not None and size + len(stored.data) <= MAX_BYTES:
            size += len(stored.data)
            found.append(Photo(f"photo-{number}.jpg", stored.data))
    return found, len(found) < len(ticket.photos)
