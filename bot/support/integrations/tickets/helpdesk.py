"""django-helpdesk as the ticket system, by its REST interface (`/api/tickets/`, `/api/followups/`)."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp

from bot.support.integrations import transcripts
from bot.support.integrations.settings import HelpdeskSettings
from bot.support.integrations.tickets.base import Photo, Progress, Target, Ticket
from storage.backoff import Later, Refused, seconds

TIMEOUT = aiohttp.ClientTimeout(total=45, connect=8)
MAX_ANSWER = 16 * 2**20
PAGE = 25
PAGES = 4  # how far back a ticket is looked for that may have arrived


class Helpdesk(Target):
    """Tickets with a queue, the customer's e-mail and photos; what is added becomes a follow-up."""

    name = "helpdesk"

    def __init__(self, settings: HelpdeskSettings) -> None:
        self.settings = settings
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give back connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def check(self) -> None:
        """See `Target`."""
        await self._call("GET", "tickets/", params={"page_size": "1"})

    async def send(
        self, ticket: Ticket, parent: Ticket | None, photos: list[Photo], progress: Progress
    ) -> str:
        """See `Target`. The interface takes one file with a ticket; the others follow."""
        if parent is not None:
            return await self._add(ticket, parent.remote or "", photos)
        remote = ticket.remote
        if remote is None and ticket.attempts > 1:
            remote = await self._find(ticket.mark)
        if remote is None:
            remote = await self._create(ticket, photos[0] if photos else None)
        await progress(remote)
        if len(photos) > 1:
            mark = f"{ticket.mark}-photos"
            if ticket.attempts == 1 or not await self._has(remote, mark):
                text = f"{transcripts.say('more_photos', ticket.language)} ({mark})"
                await self._follow_up(remote, text, photos[1:])
        return remote

    async def _create(self, ticket: Ticket, photo: Photo | None) -> str:
        fields = {
            "queue": str(self.settings.queue),
            "title": ticket.title,
            "description": _plain(ticket.body),
            "priority": str(self.settings.priority),
            "submitter_email": ticket.email or "",
        }
        files = [("attachment", photo)] if photo else []
        return _number(await self._call("POST", "tickets/", data=_form(fields, files)))

    async def _add(self, ticket: Ticket, remote: str, photos: list[Photo]) -> str:
        if not remote:
            raise Refused("the ticket that this adds to has no number")
        if ticket.attempts > 1 and await self._has(remote, ticket.mark):
            return remote
        if ticket.email:
            known = await self._call("GET", f"tickets/{remote}/")
            if not known.get("submitter_email"):
                await self._call("PATCH", f"tickets/{remote}/", json={"submitter_email": ticket.email})
        await self._follow_up(remote, _plain(ticket.body), photos)
        return remote

    async def _follow_up(self, remote: str, comment: str, photos: list[Photo]) -> None:
        # Without a title: the help desk would give that to the ticket.
        fields = {"ticket": remote, "comment": comment, "public": "false"}
        files = [("attachments", photo) for photo in photos]
        await self._call("POST", "followups/", data=_form(fields, files))

    async def _has(self, remote: str, mark: str) -> bool:
        known = await self._call("GET", f"tickets/{remote}/")
        return any(mark in str(each.get("comment")) for each in known.get("followup_set") or [])

    async def _find(self, mark: str) -> str | None:
        """The ticket with our mark: an earlier attempt opened it, and the answer did not reach us. The newest
        tickets stand on the last page.
        """
        params: dict[str, str] = {"page": "last", "page_size": str(PAGE)}
        page = await self._call("GET", "tickets/", params=params)
        last = max(1, -(-int(page.get("count") or 0) // PAGE))
        for number in range(last, max(0, last - PAGES), -1):
            if number != last:
                page = await self._call("GET", "tickets/", params={**params, "page": str(number)})
            for each in page.get("results") or []:
                if mark in str(each.get("description")):
                    return _number(each)
        return None

    async def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        if self._http is None:
            auth = None
            headers = {"Accept": "application/json"}
            if self.settings.token:
                headers["Authorization"] = f"Token {self.settings.token}"
            else:
                auth = aiohttp.BasicAuth(self.settings.user, self.settings.password, encoding="utf-8")
            self._http = aiohttp.ClientSession(timeout=TIMEOUT, headers=headers, auth=auth)
        url = f"{self.settings.url}/api/{path}"
        try:
            async with self._http.request(method, url, allow_redirects=False, **arguments) as response:
                data = await response.content.read(MAX_ANSWER)
                _check(response, data)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(f"{type(error).__name__}: {error}") from error
        try:
            answer = json.loads(data)
        except ValueError as error:
            raise Later("the help desk did not answer in JSON: is SHOP_HELPDESK_URL right?") from error
        return answer if isinstance(answer, dict) else {}


def _check(response: aiohttp.ClientResponse, data: bytes) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    text = f"{status} {data[:300].decode(errors='replace')}".strip()
    if status in (400, 413, 415, 422):
        raise Refused(text)
    # All else passes, or the owner can mend it: an address, a token, a right.
    raise Later(text, seconds(response.headers.get("Retry-After")))


def _form(fields: dict[str, str], files: list[tuple[str, Photo]]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    for name, photo in files:
        form.add_field(name, photo.data, filename=photo.name, content_type="image/jpeg")
    return form


def _plain(text: str) -> str:
    """The help desk keeps lines and renders no HTML; only "#12" would be a link to the ticket of
    that number.
    """
    return re.sub(r"#(?=\d)", "# ", text)


def _number(answer: dict[str, Any]) -> str:
    value = answer.get("id")
    if not isinstance(value, int):
        raise Later("the help desk's answer holds no number: is SHOP_HELPDESK_URL right?")
    return str(value)
