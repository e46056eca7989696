"""What Chatwoot is told: a hand-over is opened, the customer writes, it ends.

Each message carries a mark. From the second attempt on the marks that are there already are looked up first,
so that a message whose answer was lost on the way is not said twice. The conversation's state is fetched
before it is changed: what an agent did there counts.
"""

from __future__ import annotations

import asyncio
import contextlib

from bot.conversation import messages
from bot.conversation.messages import Message
from bot.support.handoff import store
from bot.support.handoff.context import said_text
from bot.support.handoff.model import Handoff
from bot.support.handoff.states import State
from bot.support.integrations import links, settings, transcripts
from bot.support.integrations.chatwoot.api import PAGE, Api, File, Gone
from bot.support.integrations.jobs import Job
from bot.support.integrations.links import Link
from shop.customers import photos
from storage.backoff import Later, Refused

DESK = "chatwoot"


class Sender:
    """Does the jobs; raises `Later` and `Refused`."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def do(self, job: Job) -> None:
        """Tell Chatwoot one thing."""
        if job.kind == "erase":
            await self._erase(job)
            return
        handoff = await asyncio.to_thread(store.get, job.handoff)
        if handoff is None or handoff.erased:
            return
        if job.kind == "open":
            await self._open(job, handoff)
            return
        link = await asyncio.to_thread(links.get, DESK, job.conversation)
        if link is None or link.remote is None or link.handoff != job.handoff:
            return  # it was never opened there: it had ended before Chatwoot could be reached
        try:
            await (self._say(job, link) if job.kind == "say" else self._end(job, handoff, link))
        except Gone:  # somebody deleted the conversation there: the reader deals with it
            await asyncio.to_thread(links.touch, DESK, link.remote)

    # --- open -----------------------------------------------------------------------------------------------

    async def _open(self, job: Job, handoff: Handoff) -> None:
        if not handoff.is_open:
            return
        link = await asyncio.to_thread(links.save, DESK, job.conversation)
        link = await self._contact(job, handoff, link)
        link = await self._conversation(job, handoff, link)
        assert link.remote is not None
        there = await self._marks(link) if job.attempts > 1 else set()
        before = await asyncio.to_thread(transcripts.said_before, handoff)
        asked = next((m for m in before if m.seq == job.seq and handoff.reason != "stepped_in"), None)
        if (mark := f"open:{handoff.id}") not in there:
            photos_before = transcripts.photos_in([m for m in before if m is not asked])
            files = await _files(job.conversation, photos_before)
            await self.api.say(link.remote, _note(handoff, before), mark=mark, private=True, files=files)
        if asked is not None and (mark := _mark(handoff.id, asked.seq)) not in there:
            await self._post(link.remote, asked, mark)
        # From here on what happens there concerns this hand-over; an assignee of the last one is news.
        await asyncio.to_thread(
            links.save, DESK, job.conversation, handoff=handoff.id, status="open", assignee=None
        )
        await asyncio.to_thread(links.touch, DESK, link.remote)

    async def _contact(self, job: Job, handoff: Handoff, link: Link) -> Link:
        if link.contact and link.source:
            return link
        identifier = f"shop:{job.conversation}"
        name = f"{transcripts.say('customer', handoff.language)} {job.conversation[-6:]}"
        found = await self.api.find_contact(identifier) if job.attempts > 1 else None
        if found is None:
            try:
                found = await self.api.create_contact(identifier, name, handoff.email)
            except Refused:  # known already, or the address belongs to another customer there
                found = await self.api.find_contact(identifier)
                if found is None:
                    found = await self.api.create_contact(identifier, name, None)
        contact, source = found
        source = source or await self.api.add_to_inbox(contact)
        if not source:
            raise Later("Chatwoot gave the customer no session: is SHOP_CHATWOOT_INBOX an API inbox?", 30)
        return await asyncio.to_thread(links.save, DESK, job.conversation, contact=contact, source=source)

    async def _conversation(self, job: Job, handoff: Handoff, link: Link) -> Link:
        """The conversation there, open: the one of last time, or a new one."""
        if link.remote is not None:
            try:
                now = await self.api.conversation(link.remote)
                if now.get("status") != "open":
                    await self.api.set_status(link.remote, "open")
                if job.attempts > 1:
                    return link
                return await asyncio.to_thread(links.save, DESK, job.conversation, base=link.seen)
            except Gone:
                await asyncio.to_thread(links.forget_remote, DESK, job.conversation)
        assert link.contact is not None and link.source is not None
        try:
            remote = await self._made_before(job, link.contact) if job.attempts > 1 else None
            if remote is None:
                attributes = {
                    "shop_conversation": job.conversation,
                    "shop_handoff": str(handoff.id),
                    "shop_reason": handoff.reason,
                    "shop_channel": handoff.channel,
                    "shop_language": handoff.language or "",
                }
                team = self.api.settings.teams.get(handoff.group)
                made = await self.api.create_conversation(link.contact, link.source, attributes, team)
                remote = str(made["id"])
        except Gone as error:  # somebody deleted the customer there
            await asyncio.to_thread(links.save, DESK, job.conversation, contact=None, source=None)
            raise Later("the customer is gone in Chatwoot: made anew") from error
        return await asyncio.to_thread(links.save, DESK, job.conversation, remote=remote, status="open")

    async def _made_before(self, job: Job, contact: str) -> str | None:
        """The conversation that an attempt made whose answer did not reach us."""
        for each in await self.api.conversations_of(contact):
            ours = (each.get("custom_attributes") or {}).get("shop_conversation") == job.conversation
            if ours and each.get("inbox_id") == self.api.settings.inbox and each.get("status") == "open":
                return str(each["id"])
        return None

    async def _marks(self, link: Link) -> set[str]:
        """The marks of our messages in the hand-over."""
        found: set[str] = set()
        after = link.base
        while True:
            page = await self.api.messages(link.remote or "", after)
            found |= {mark for each in page if (mark := mark_of(each))}
            if len(page) < PAGE:
                return found
            after = int(page[-1]["id"])

    # --- say, end, erase ------------------------------------------------------------------------------------

    async def _say(self, job: Job, link: Link) -> None:
        mark = _mark(job.handoff, job.seq or 0)
        if job.attempts > 1 and mark in await self._marks(link):
            return
        message = await asyncio.to_thread(messages.get, job.conversation, job.seq or 0)
        if message is not None:  # else erased meanwhile
            await self._post(link.remote or "", message, mark)

    async def _post(self, remote: str, message: Message, mark: str) -> None:
        wanted = transcripts.photos_of(message)
        files = await _files(message.conversation, wanted)
        text = said_text(message.body) or ""
        if len(files) < len(wanted):
            text = "\n".join(filter(None, (text, transcripts.say("photos_gone", None))))
        await self.api.say(remote, text, mark=mark, files=files)

    async def _end(self, job: Job, handoff: Handoff, link: Link) -> None:
        remote = link.remote or ""
        if await asyncio.to_thread(store.open_of, job.conversation) is not None:
            return  # a person is wanted again already
        status = str((await self.api.conversation(remote)).get("status"))
        if status in ("open", "snoozed"):  # the end did not come from there
            mark = f"end:{handoff.id}"
            if job.attempts == 1 or mark not in await self._marks(link):
                text = transcripts.say(f"ended_{handoff.state.value}", handoff.language)
                await self.api.say(remote, text, mark=mark, private=True)
            waits = handoff.state is State.OFFLINE_TICKET and settings.tickets_name() == "none"
            status = "pending" if waits else "resolved"  # a pending one is still to be seen to
            await self.api.set_status(remote, status)
        await asyncio.to_thread(links.save, DESK, job.conversation, status=status)

    async def _erase(self, job: Job) -> None:
        if job.remote:
            with contextlib.suppress(Gone):
                await self.api.delete_contact(job.remote)


def mark_of(message: dict[str, object]) -> str | None:
    """Our mark on a message there, or None: it is not ours."""
    attributes = message.get("content_attributes")
    mark = attributes.get("shop_mark") if isinstance(attributes, dict) else None
    return mark if isinstance(mark, str) else None


def _mark(handoff: int, seq: int) -> str:
    return f"say:{handoff}:{seq}"


def _note(handoff: Handoff, before: list[Message]) -> str:
    said = transcripts.transcript(before, handoff.language)
    lines = [*transcripts.summary(handoff)]
    if said:
        lines += ["", transcripts.say("said", handoff.language), *said]
    return "\n".join(lines)


async def _files(conversation: str, ids: tuple[str, ...] | list[str]) -> list[File]:
    """The photos that are still there."""
    found = [await asyncio.to_thread(photos.get, each, conversation) for each in ids]
    return [File(f"photo-{n}.jpg", photo.data) for n, photo in enumerate(found, 1) if photo is not None]
