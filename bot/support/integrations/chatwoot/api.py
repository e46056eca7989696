"""Chatwoot's Application API and, for what only the customer's side may do, its Client API: the calls we
need.

Every call is one request. What may work later raises `Later`, what never will `Refused`; who calls decides
when to try again, because a message that may have arrived must not be sent blindly a second time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.support.integrations.settings import ChatwootSettings
from storage.backoff import Later, Refused, seconds

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=8)
MAX_ANSWER = 8 * 2**20  # bytes; a hundred messages are less
MAX_FILE = 12 * 2**20
PAGE = 100  # messages of one answer, as Chatwoot has it


class Gone(Refused):
    """There is no such thing (any more)."""


@dataclass(frozen=True)
class File:
    """A picture to attach."""

    name: str
    data: bytes
    kind: str = "image/jpeg"


class Api:
    """The client; close it at the end."""

    def __init__(self, settings: ChatwootSettings) -> None:
        self.settings = settings
        self._base = f"{settings.url}/api/v1/accounts/{settings.account}"
        self._http: aiohttp.ClientSession | None = None
        self._identifier: str | None = None

    async def close(self) -> None:
        """Give back the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    # --- customers ------------------------------------------------------------------------------------------

    async def create_contact(self, identifier: str, name: str, email: str | None) -> tuple[str, str]:
        """A customer of the inbox: its number and its session. Raises `Refused` if the identifier is
        known.
        """
        body = {"inbox_id": self.settings.inbox, "identifier": identifier, "name": name}
        if email:
            body["email"] = email
        answer = await self._call("POST", "/contacts", json=body)
        payload = _dict(answer, "payload")
        return _id(_dict(payload, "contact")), str(_dict(payload, "contact_inbox").get("source_id") or "")

    async def find_contact(self, identifier: str) -> tuple[str, str] | None:
        """The customer of an identifier, with the session in our inbox ('' if there is none there)."""
        answer = await self._call("GET", "/contacts/search", params={"q": identifier})
        for contact in _list(answer, "payload"):
            if contact.get("identifier") == identifier:
                sessions = contact.get("contact_inboxes") or []
                ours = [s for s in sessions if (s.get("inbox") or {}).get("id") == self.settings.inbox]
                return _id(contact), str(ours[0].get("source_id") or "") if ours else ""
        return None

    async def add_to_inbox(self, contact: str) -> str:
        """A session of a known customer in our inbox."""
        body = {"inbox_id": self.settings.inbox}
        answer = await self._call("POST", f"/contacts/{contact}/contact_inboxes", json=body)
        return str(answer.get("source_id") or "")

    async def delete_contact(self, contact: str) -> None:
        """Delete a customer with all conversations."""
        await self._call("DELETE", f"/contacts/{contact}")

    # --- conversations --------------------------------------------------------------------------------------

    async def create_conversation(
        self, contact: str, source: str, attributes: Mapping[str, Any], team: int | None
    ) -> dict[str, Any]:
        """A new, open conversation."""
        body: dict[str, Any] = {
            "source_id": source,
            "inbox_id": self.settings.inbox,
            "contact_id": int(contact),
            "status": "open",
            "custom_attributes": dict(attributes),
        }
        if team is not None:
            body["team_id"] = team
        return await self._call("POST", "/conversations", json=body)

    async def conversations_of(self, contact: str) -> list[dict[str, Any]]:
        """A customer's conversations."""
        return _list(await self._call("GET", f"/contacts/{contact}/conversations"), "payload")

    async def conversation(self, remote: str) -> dict[str, Any]:
        """A conversation as it stands."""
        return await self._call("GET", f"/conversations/{remote}")

    async def set_status(self, remote: str, status: str) -> None:
        """open, resolved, pending."""
        await self._call("POST", f"/conversations/{remote}/toggle_status", json={"status": status})

    async def messages(self, remote: str, after: int) -> list[dict[str, Any]]:
        """The messages after a number, oldest first, `PAGE` at most."""
        answer = await self._call("GET", f"/conversations/{remote}/messages", params={"after": str(after)})
        return sorted(_list(answer, "payload"), key=lambda message: int(message["id"]))

    async def say(
        self, remote: str, text: str, *, mark: str, private: bool = False, files: Sequence[File] = ()
    ) -> int:
        """What the customer said, or a private note; `mark` comes back with it. Returns its number."""
        kind = "outgoing" if private else "incoming"
        attributes = {"shop_mark": mark}
        path = f"/conversations/{remote}/messages"
        if not files:
            body = {
                "content": text,
                "message_type": kind,
                "private": private,
                "content_attributes": attributes,
            }
            return int(_id(await self._call("POST", path, json=body)))
        form = aiohttp.FormData()
        form.add_field("content", text)
        form.add_field("message_type", kind)
        form.add_field("private", "true" if private else "false")
        form.add_field("content_attributes", json.dumps(attributes))
        for file in files:
            form.add_field("attachments[]", file.data, filename=file.name, content_type=file.kind)
        return int(_id(await self._call("POST", path, data=form)))

    async def staff(self) -> list[dict[str, Any]]:
        """The agents of our inbox, with `availability_status`."""
        return _list(await self._call("GET", f"/inbox_members/{self.settings.inbox}"), "payload")

    # --- the customer's side --------------------------------------------------------------------------------

    async def typing(self, source: str, remote: str, on: bool) -> None:
        """The customer types, or stopped."""
        path = await self._client_path(source, remote)
        await self._call("POST", f"{path}/toggle_typing", json={"typing_status": "on" if on else "off"})

    async def read(self, source: str, remote: str) -> None:
        """The customer has read everything."""
        await self._call("POST", f"{await self._client_path(source, remote)}/update_last_seen")

    async def inbox_identifier(self) -> str:
        """What the customer's side calls our inbox. Raises `Refused` if it is no API inbox."""
        if self._identifier is None:
            inbox = await self._call("GET", f"/inboxes/{self.settings.inbox}")
            self._identifier = str(inbox.get("inbox_identifier") or "")
        if not self._identifier:
            raise Refused("the inbox is no API inbox, or the token may not see its identifier")
        return self._identifier

    async def _client_path(self, source: str, remote: str) -> str:
        base = f"{self.settings.url}/public/api/v1/inboxes/{await self.inbox_identifier()}"
        return f"{base}/contacts/{source}/conversations/{remote}"

    # --- files ----------------------------------------------------------------------------------------------

    async def download(self, url: str) -> bytes:
        """An attachment; the token stays at home, as files may lie elsewhere. Raises `Refused` if it is too
        large.
        """
        try:
            async with self._session().get(url, timeout=TIMEOUT, max_redirects=3) as response:
                if response.status != 200:
                    raise Later(f"the file was not given: {response.status}")
                return await _limited(response, MAX_FILE)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise Refused("the file has no address") from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(_short(error)) from error

    # --- inside ---------------------------------------------------------------------------------------------

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._http

    async def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        url = path if path.startswith("http") else self._base + path
        headers = {"Accept": "application/json"}
        if url.startswith(self._base + "/"):
            headers["api_access_token"] = self.settings.token
        try:
            async with self._session().request(
                method, url, headers=headers, allow_redirects=False, **arguments
            ) as response:
                data = await _limited(response, MAX_ANSWER)
                _check(response, data)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(_short(error)) from error
        if not data.strip():
            return {}
        try:
            answer = json.loads(data)
        except ValueError as error:
            if method == "POST" and path.endswith(("toggle_typing", "update_last_seen")):
                return {}
            raise Later("Chatwoot did not answer in JSON: is the address right?") from error
        # Lists come as they are in some answers, e.g. a customer's conversations in old versions.
        return answer if isinstance(answer, dict) else {"payload": answer}


def _check(response: aiohttp.ClientResponse, data: bytes) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    text = f"{status} {data[:200].decode(errors='replace')}".strip()
    if status == 429:
        raise Later(text, seconds(response.headers.get("Retry-After")))
    if status in (401, 403):  # the owner can mend it: a wrong token, an agent who is not in the inbox
        raise Later(f"{text}: is SHOP_CHATWOOT_TOKEN right, and its agent in the inbox?", 30)
    if status in (404, 410):
        raise Gone(text)
    if status >= 500 or status in (408, 425) or 300 <= status < 400:
        raise Later(text, seconds(response.headers.get("Retry-After")))
    raise Refused(text)


async def _limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > limit:
            raise Refused(f"the answer is larger than {limit // 2**20} MB")
    return bytes(data)


def _dict(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = answer.get(name)
    return value if isinstance(value, dict) else {}


def _list(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = answer.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _id(answer: Mapping[str, Any]) -> str:
    value = answer.get("id")
    if not isinstance(value, int):
        raise Later("Chatwoot's answer holds no number: is the address right?")
    return str(value)


def _short(error: BaseException) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
