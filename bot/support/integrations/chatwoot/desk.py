"""Chatwoot as a `Desk`: see the package."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

from bot.conversation.messages import Message
from bot.support.handoff import staffing
from bot.support.integrations import jobs, links
from bot.support.integrations.base import Desk, Events, OutsideAgent
from bot.support.integrations.chatwoot import signature
from bot.support.integrations.chatwoot.api import Api
from bot.support.integrations.chatwoot.reader import Reader
from bot.support.integrations.chatwoot.sender import DESK, Sender, mark_of
from bot.support.integrations.jobs import Job
from bot.support.integrations.links import Link
from bot.support.integrations.settings import ChatwootSettings
from storage import backoff
from storage.backoff import Later, Refused
from storage.errors import Unavailable
from storage.lease_worker import Worker

if TYPE_CHECKING:
    from bot.support.handoff import Handoff

logger = logging.getLogger(__name__)

POLL_SECONDS = 20.0  # after which an open conversation is looked at without a call: Chatwoot calls once
TIDY_EVERY = 3600.0
MAX_BODY = 2 * 2**20
TYPING_EVERY = 3.0  # seconds; how often the same is told
EVENTS = ("message_created", "message_updated", "conversation_status_changed", "conversation_updated")
TYPING = {"conversation_typing_on": True, "conversation_typing_off": False}


class Chatwoot(Desk):
    """An API-channel inbox of a Chatwoot. Works in every server process at once."""

    name = DESK

    def __init__(self, settings: ChatwootSettings) -> None:
        self.settings = settings
        self.api = Api(settings)
        self.sender = Sender(self.api)
        self.events: Events | None = None
        self._workers: list[Worker[Any]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._round: asyncio.Task[None] | None = None
        self._typed: dict[str, tuple[bool, float]] = {}

    # --- our side -------------------------------------------------------------------------------------------

    async def start(self, events: Events) -> None:
        """Begin to work."""
        self.events = events
        self.reader = Reader(self.api, events)
        every = jobs.LEASE / 3
        self._sending: Worker[Job] = Worker(
            "chatwoot: send",
            lambda: jobs.take(DESK),
            self._send,
            hold=jobs.hold,
            drop=jobs.drop,
            hold_every=every,
        )
        self._reading: Worker[Link] = Worker(
            "chatwoot: read",
            lambda: links.take(DESK),
            self._read,
            hold=links.hold,
            drop=links.drop,
            hold_every=every,
        )
        self._workers = [self._sending, self._reading]
        for worker in self._workers:
            worker.start()
        self._round = asyncio.create_task(self._rounds(), name="chatwoot: rounds")

    async def stop(self) -> None:
        """End; what is unfinished lies in the database."""
        tasks = [*([self._round] if self._round else []), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in self._workers:
            await worker.stop()
        await self.api.close()

    async def opened(self, handoff: Handoff) -> None:
        """A person is wanted."""
        await asyncio.to_thread(jobs.opened, DESK, handoff)
        self._wake()

    async def customer_said(self, handoff: Handoff, message: Message) -> None:
        """The customer wrote."""
        await asyncio.to_thread(jobs.said, DESK, handoff)
        self._wake()

    async def ended(self, handoff: Handoff) -> None:
        """It has ended."""
        await asyncio.to_thread(jobs.ended, DESK, handoff)
        self._wake()

    async def customer_typing(self, handoff: Handoff, on: bool) -> None:
        """The customer types."""
        was, at = self._typed.get(handoff.conversation, (False, 0.0))
        if on == was and time.monotonic() - at < TYPING_EVERY:
            return
        self._typed[handoff.conversation] = (on, time.monotonic())
        if len(self._typed) > 2000:
            self._typed.clear()
        self._later(
            self._on_customers_side(handoff, lambda link: self.api.typing(link.source, link.remote, on))
        )

    async def customer_read(self, handoff: Handoff, seq: int) -> None:
        """The customer has read what there was."""
        self._later(self._on_customers_side(handoff, lambda link: self.api.read(link.source, link.remote)))

    async def catch_up(self) -> None:
        """Look everything up."""
        await asyncio.to_thread(jobs.catch_up, DESK)
        await asyncio.to_thread(links.touch_open, DESK, 0.0)
        self._wake()

    async def check(self) -> int:
        """How many agents the inbox has; raises where it cannot be asked, or is no API inbox."""
        try:
            await self.api.inbox_identifier()
            return len(await self.api.staff())
        finally:
            await self.api.close()

    def online(self) -> int | None:
        """How many agents of the inbox are online."""
        return staffing.online(DESK)

    # --- Chatwoot's side ------------------------------------------------------------------------------------

    async def webhook(self, headers: Mapping[str, str], body: bytes, key: str = "") -> int:
        """Chatwoot calls: the call only says where to look. It is answered when that is noted, at once;
        Chatwoot waits five seconds and does not call again.
        """
        if len(body) > MAX_BODY:
            return 413
        if not signature.genuine(self.settings, headers, body, key):
            logger.warning("A webhook that is not Chatwoot's was refused")
            return 401
        try:
            call = json.loads(body)
        except ValueError:
            return 400
        if not isinstance(call, dict) or not isinstance(call.get("event"), str):
            return 400
        remote = _conversation(call, self.settings)
        if remote is None:
            return 200  # of another inbox, or about something else
        try:
            if call["event"] in TYPING:
                await self._typing(remote, call)
            elif call["event"] not in EVENTS or _ours(call):
                return 200
            elif await asyncio.to_thread(links.touch, DESK, remote):
                self._wake()
        except Unavailable:
            return 503
        return 200

    async def _typing(self, remote: str, call: dict[str, Any]) -> None:
        user = call.get("user")
        if (
            not isinstance(user, dict)
            or user.get("type") != "user"
            or call.get("is_private")
            or not self.events
        ):
            return
        link = await asyncio.to_thread(links.by_remote, DESK, remote)
        if link is not None and link.handoff is not None:
            person = OutsideAgent(str(user.get("id")), str(user.get("name") or "…"))
            await self.events.agent_typing(link.conversation, person, TYPING[call["event"]])

    # --- inside ---------------------------------------------------------------------------------------------

    async def _send(self, job: Job) -> None:
        try:
            await self.sender.do(job)
        except Later as error:
            logger.warning("Chatwoot could not be told, trying again: %s", error)
            wait = backoff.delay(job.attempts, backoff.CHAT, error.after)
            await asyncio.to_thread(jobs.later, job, wait, str(error))
            self._sending.wake_in(wait)
        except Refused as error:
            logger.error("Chatwoot refuses what it is told (%s): %s", job.kind, error)
            await asyncio.to_thread(jobs.failed, job, str(error))
        else:
            await asyncio.to_thread(jobs.done, job)

    async def _read(self, link: Link) -> None:
        try:
            await self.reader.look(link)
        except (Later, Refused) as error:
            logger.warning("Chatwoot could not be looked at, trying again: %s", error)
            after = error.after if isinstance(error, Later) else None
            wait = backoff.delay(link.tried, backoff.CHAT, after)
            await asyncio.to_thread(links.later, link, wait)
            self._reading.wake_in(wait)
        else:
            await asyncio.to_thread(links.looked, link)

    async def _rounds(self) -> None:
        """What nobody told us, and housekeeping."""
        tidied = 0.0
        await self._quietly(self.catch_up())
        while True:
            await self._quietly(self._count_staff())
            if time.monotonic() - tidied > TIDY_EVERY:
                tidied = time.monotonic()
                await self._quietly(asyncio.to_thread(jobs.tidy, DESK))
            await asyncio.sleep(POLL_SECONDS / 2)
            await self._quietly(asyncio.to_thread(jobs.catch_up, DESK))
            await self._quietly(asyncio.to_thread(links.touch_open, DESK, POLL_SECONDS))
            self._wake()

    async def _count_staff(self) -> None:
        if await asyncio.to_thread(staffing.due, DESK):
            people = await self.api.staff()
            there = [each for each in people if each.get("availability_status") in ("online", "busy")]
            await asyncio.to_thread(staffing.save, DESK, len(there))

    async def _on_customers_side(self, handoff: Handoff, call: Any) -> None:
        link = await asyncio.to_thread(links.get, DESK, handoff.conversation)
        if link is not None and link.remote and link.source and link.handoff == handoff.id:
            await call(link)

    async def _quietly(self, work: Awaitable[Any], level: int = logging.WARNING) -> None:
        try:
            await work
        except (Later, Refused, Unavailable) as error:
            logger.log(level, "Chatwoot: %s", error)
        except Exception:
            logger.exception("Chatwoot: a round failed")

    def _later(self, work: Awaitable[Any]) -> None:
        task = asyncio.create_task(self._quietly(work, logging.DEBUG))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wake(self) -> None:
        for worker in self._workers:
            worker.wake()


def _ours(call: Mapping[str, Any]) -> bool:
    """Whether a call only tells us of what we said there ourselves."""
    return call["event"].startswith("message_") and (
        call.get("message_type") in (0, "incoming") or mark_of(dict(call)) is not None
    )


def _conversation(call: Mapping[str, Any], settings: ChatwootSettings) -> str | None:
    """The number of the conversation that a call is about, if it is one of our inbox."""
    found = call if call["event"].startswith("conversation_") else call.get("conversation")
    if call["event"] in TYPING:
        found = call.get("conversation")
    if not isinstance(found, dict) or not isinstance(found.get("id"), int):
        return None
    account = call.get("account")
    if isinstance(account, dict) and account.get("id") not in (None, settings.account):
        return None
    if found.get("inbox_id") not in (None, settings.inbox):
        return None
    return str(found["id"])
