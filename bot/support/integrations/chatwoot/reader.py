"""What happened in Chatwoot: who has the conversation, what was said, whether it is done.

Always fetched, never taken from a webhook: calls may be late, doubled, lost, in the wrong order or replayed,
and the conversation as it stands is none of that.

| in Chatwoot | here |
|---|---|
| open, snoozed | a person has the conversation, the bot is silent |
| resolved, pending, deleted | the bot has it |
| opened by an agent, without a hand-over | he has stepped in |
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.support.handoff import store
from bot.support.handoff.model import Handoff
from bot.support.integrations import jobs, links
from bot.support.integrations.base import AgentMessage, Events, OutsideAgent
from bot.support.integrations.chatwoot.api import PAGE, Api, Gone
from bot.support.integrations.chatwoot.plain import plain
from bot.support.integrations.chatwoot.sender import DESK, mark_of
from bot.support.integrations.links import Link
from storage.backoff import Later, Refused

logger = logging.getLogger(__name__)

SLOT = "slot_"  # custom attributes of the conversation that begin so are what was agreed
SETTLED = 30  # seconds after which no message with a lower number can appear any more
PATIENT = 6  # attempts to get a picture, then its address is passed on
MAX_PICTURES = 10
MANY = 5000


class Reader:
    """Looks at one conversation there; raises `Later` and `Refused`."""

    def __init__(self, api: Api, events: Events) -> None:
        self.api = api
        self.events = events
        self._heard: OrderedDict[int, None] = OrderedDict()  # spares work; what counts is the message's id

    async def look(self, link: Link) -> None:
        """Take what is new."""
        try:
            await self._look(link, link.remote or "")
        except Gone:
            handoff = await self._open(link)
            await asyncio.to_thread(links.forget_remote, DESK, link.conversation)
            if handoff is not None:
                await self.events.returned(handoff.id, None, {})

    async def _look(self, link: Link, remote: str) -> None:
        there = await self.api.conversation(remote)
        status = str(there.get("status"))
        assignee = _person((there.get("meta") or {}).get("assignee"))
        new = await self._new(remote, link.seen)
        handoff = await self._open(link)
        if handoff is not None and assignee is not None and assignee.id != link.assignee:
            await self.events.assignee_changed(handoff.id, assignee)
            await self._save(link, assignee=assignee.id)
        opened = status == "open" and link.status in ("resolved", "pending")
        if opened:  # until somebody is seen there who did it
            person = assignee or next(filter(None, map(speaker, reversed(new))), None)
            opened = not await self._step_in(link, person)
        await self._take(link, new, int(there.get("agent_last_seen_at") or 0))
        if handoff is None:
            if not opened and not await asyncio.to_thread(jobs.unfinished, DESK, link.conversation):
                await self._save(link, status=status)
        elif status in ("resolved", "pending"):
            await self.events.returned(handoff.id, assignee, _slots(there))
            await self._save(link, status=status)
        elif assignee is None and link.assignee is not None:
            await self.events.assignee_changed(handoff.id, None)
            await self._save(link, assignee=None)

    async def _open(self, link: Link) -> Handoff | None:
        """The open hand-over, if Chatwoot knows of this one: the state there may be that of the last one."""
        found = await asyncio.to_thread(store.open_of, link.conversation)
        return found if found is not None and found.id == link.handoff else None

    async def _step_in(self, link: Link, person: OutsideAgent | None) -> bool:
        """Whether the state there is settled: a person has the conversation here, too."""
        if await asyncio.to_thread(store.open_of, link.conversation) is not None:
            return True
        if person is None or await asyncio.to_thread(jobs.unfinished, DESK, link.conversation):
            return False  # nobody is seen there, or we are about to change the state there ourselves
        await self.events.stepped_in(link.conversation, person)
        return True

    async def _new(self, remote: str, after: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = await self.api.messages(remote, after)
            found += page
            if len(page) < PAGE:
                return found
            after = int(page[-1]["id"])

    async def _take(self, link: Link, new: list[dict[str, Any]], looked: int) -> None:
        """Hear what agents said. A message may appear below one that we have seen, when both were written at
        the same time; so the last ones are looked at again, and known by their number.
        """
        newest = max((_time(each) for each in new), default=0)
        read = 0
        for message in new:
            number = int(message["id"])
            if number not in self._heard and (person := speaker(message)) is not None:
                await self._hear(link, message, person)
                self._heard[number] = None
                if len(self._heard) > MANY:
                    self._heard.popitem(last=False)
            if (seq := _seq(message)) and (_time(message) <= looked or _answered(message, new)):
                read = max(read, seq)
            if _time(message) < newest - SETTLED:
                await self._save(link, seen=number)
        if read:
            await self.events.agent_read(link.conversation, read)

    async def _hear(self, link: Link, message: dict[str, Any], person: OutsideAgent) -> None:
        text = plain(str(message.get("content") or ""))
        pictures: list[bytes] = []
        for file in (message.get("attachments") or [])[:MAX_PICTURES]:
            address = str(file.get("data_url") or "")
            try:
                if file.get("file_type") == "image":
                    pictures.append(await self.api.download(address))
                    continue
            except Refused:
                pass
            except Later:
                if link.tried < PATIENT:
                    raise
            text = "\n".join(filter(None, (text, address)))
        if text or pictures:
            said = AgentMessage(str(message["id"]), person, text, tuple(pictures))
            await self.events.agent_said(link.conversation, said)

    async def _save(self, link: Link, **values: Any) -> None:
        await asyncio.to_thread(links.save, DESK, link.conversation, **values)


def speaker(message: Mapping[str, Any]) -> OutsideAgent | None:
    """The agent who said this to the customer; None for everything else: the customer's own words, notes,
    what automations say, what was deleted, what we wrote ourselves.
    """
    attributes = message.get("content_attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    sender = message.get("sender")
    if (
        message.get("message_type") not in (1, "outgoing")
        or message.get("private")
        or not isinstance(sender, dict)
        or str(sender.get("type", "")).lower() != "user"
        or attributes.get("deleted")
        or mark_of(dict(message)) is not None
    ):
        return None
    return _person(sender)


def _person(data: Any) -> OutsideAgent | None:
    if not isinstance(data, dict) or not isinstance(data.get("id"), int):
        return None
    return OutsideAgent(
        str(data["id"]), str(data.get("available_name") or data.get("name") or "").strip() or "…"
    )


def _slots(there: Mapping[str, Any]) -> dict[str, Any]:
    attributes = there.get("custom_attributes")
    if not isinstance(attributes, dict):
        return {}
    return {
        name[len(SLOT) :]: value
        for name, value in attributes.items()
        if name.startswith(SLOT) and value not in (None, "")
    }


def _seq(message: Mapping[str, Any]) -> int:
    """The number of the customer's message that this is, 0 for others."""
    kind, _, rest = (mark_of(dict(message)) or "").partition(":")
    number = rest.rpartition(":")[2]
    return int(number) if kind == "say" and number.isdigit() else 0


def _answered(message: Mapping[str, Any], new: list[dict[str, Any]]) -> bool:
    return any(int(each["id"]) > int(message["id"]) and speaker(each) is not None for each in new)


def _time(message: Mapping[str, Any]) -> int:
    created = message.get("created_at")
    return int(created) if isinstance(created, (int, float)) else 0
