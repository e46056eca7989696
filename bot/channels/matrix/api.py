"""A homeserver, called by an application service: https://spec.matrix.org/latest/client-server-api/"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import quote

from bot.channels.base import download
from bot.channels.base.api_client import Client, Gone, Later, Refused

CLIENT = "/_matrix/client/v3"
DEVICE = "SHOP"  # by it the homeserver remembers what we have sent, also when it was restarted meanwhile
HISTORY = 50  # events that are looked at for what was said before we came
MEMBERS_KNOWN = 60.0  # seconds
UPLOAD_KNOWN = 24 * 3600.0  # seconds
MOST_KNOWN = 1000  # rooms, uploads
TYPING = 30_000  # milliseconds
_MENDABLE = (  # by the owner, or by time
    "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_LIMIT_EXCEEDED", "M_RESOURCE_LIMIT_EXCEEDED",
    "M_CONSENT_NOT_GIVEN", "M_USER_DEACTIVATED", "M_USER_SUSPENDED", "M_USER_LOCKED", "M_UNKNOWN_DEVICE",
)  # fmt: skip


class Homeserver:
    """The homeserver at an address, which knows us (`user`) by `token`. All calls raise `Later`, `Refused`,
    and `Gone` where we are not in the room, or there is none.
    """

    def __init__(self, client: Client, base_url: str, token: str, user: str) -> None:
        self._client = client
        self.base_url = base_url
        self.user = user
        self._headers = {"Authorization": f"Bearer {token}"}
        self._device = ""
        self._rooms: dict[str, tuple[float, bool]] = {}
        self._uploads: dict[str, tuple[float, str]] = {}

    async def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """One call; returns its answer."""
        headers = {**self._headers, **options.pop("headers", {})}
        answer = await self._client.ask(method, self.base_url + path, headers=headers, **options)
        data = answer.data if isinstance(answer.data, dict) else {}
        if 200 <= answer.status < 300:
            return data
        code = str(data.get("errcode") or "")
        why = f"{answer.status} {code} {data.get('error') or ''}".strip()[:300]
        if code == "M_UNKNOWN_DEVICE":
            self._device = ""
        if code in _MENDABLE or answer.status in (401, 408, 425, 429) or answer.status >= 500:
            after = data.get("retry_after_ms")
            raise Later(why, answer.after or (after / 1000 if isinstance(after, (int, float)) else None))
        if answer.status in (403, 404) and not code:
            raise Later(f"{why}: no homeserver answers there")
        raise Gone(why) if code in ("M_FORBIDDEN", "M_NOT_FOUND") else Refused(why)

    # --- rooms ----------------------------------------------------------------------------------------------

    async def join(self, room: str) -> None:
        """Follow an invitation; nothing happens if we are there."""
        await self.call("POST", f"{CLIENT}/join/{_quoted(room)}", json={})
        self.forget(room)

    def forget(self, room: str) -> None:
        """Somebody came into a room, or left it."""
        self._rooms.pop(room, None)

    async def is_talk(self, room: str) -> bool:
        """Whether nobody but one other and us is in a room; also False for one that we are not in."""
        until, talk = self._rooms.get(room, (0.0, False))
        if time.monotonic() < until:
            return talk
        joined = None
        with contextlib.suppress(Refused):
            joined = (await self._room("GET", room, "joined_members")).get("joined")
        talk = isinstance(joined, dict) and len(joined) <= 2  # none: so many that the answer was cut
        _remember(self._rooms, room, (time.monotonic() + MEMBERS_KNOWN, talk))
        return talk

    async def is_encrypted(self, room: str) -> bool:
        """Whether what is said in a room is encrypted."""
        try:
            await self._room("GET", room, "state/m.room.encryption/")
        except Refused:
            return False
        return True

    async def said_since(self, room: str, event: str) -> list[dict[str, Any]]:
        """The events of a room after one, the oldest first; none if that was long ago."""
        data = await self._room("GET", room, "messages", params={"dir": "b", "limit": str(HISTORY)})
        found: list[dict[str, Any]] = []
        for each in data.get("chunk", []):
            if each.get("event_id") == event:
                return found[::-1]
            found.append(each)
        return []

    async def put(self, room: str, kind: str, key: str, content: dict[str, Any]) -> str:
        """Put an event into a room, once for the same `key`; returns its id."""
        # Synapse fails where a device is named without its user.
        device = {"user_id": self.user, "device_id": self._device} if self._device else {}
        data = await self._room("PUT", room, f"send/{kind}/{_quoted(key)}", json=content, params=device)
        return str(data["event_id"])

    async def mark_read(self, room: str, event: str) -> None:
        """We have read up to an event."""
        await self._room("POST", room, f"receipt/m.read/{_quoted(event)}", json={})

    async def show_typing(self, room: str, on: bool) -> None:
        """Somebody of us writes, or stops to."""
        typing = {"typing": True, "timeout": TYPING} if on else {"typing": False}
        await self._room("PUT", room, f"typing/{_quoted(self.user)}", json=typing)

    async def _room(self, method: str, room: str, path: str, **options: Any) -> dict[str, Any]:
        return await self.call(method, f"{CLIENT}/rooms/{_quoted(room)}/{path}", **options)

    # --- pictures -------------------------------------------------------------------------------------------

    async def upload(self, data: bytes) -> str:
        """Give a JPEG to the homeserver, which keeps it; returns its mxc address."""
        digest = hashlib.sha256(data).hexdigest()
        until, address = self._uploads.get(digest, (0.0, ""))
        if time.monotonic() < until:
            return address
        kind, name = {"Content-Type": "image/jpeg"}, {"filename": "photo.jpg"}
        answer = await self.call("POST", "/_matrix/media/v3/upload", params=name, data=data, headers=kind)
        address = str(answer["content_uri"])
        _remember(self._uploads, digest, (time.monotonic() + UPLOAD_KNOWN, address))
        return address

    async def download(self, address: str) -> bytes:
        """The bytes at an mxc address; raises also `PhotoRefused`."""
        server, _, media = address.removeprefix("mxc://").partition("/")
        if not address.startswith("mxc://") or not server or not media or "/" in media:
            raise Refused("no address of a homeserver's media")
        path = f"/_matrix/client/v1/media/download/{_quoted(server)}/{_quoted(media)}"
        trusted = (download.host_of(self.base_url),)
        return await download.fetch(self.base_url + path, hosts=(), trusted=trusted, headers=self._headers)

    # --- us -------------------------------------------------------------------------------------------------

    async def whoami(self) -> str:
        """Who the token says that we are."""
        return str((await self.call("GET", f"{CLIENT}/account/whoami")).get("user_id"))

    async def name_of(self, user: str) -> str:
        """How somebody is called; '' if he tells no name."""
        try:
            profile = await self.call("GET", f"{CLIENT}/profile/{_quoted(user)}/displayname")
        except Refused:
            return ""
        return str(profile.get("displayname") or "")

    async def set_name(self, name: str) -> None:
        """How we are called from now on."""
        path = f"{CLIENT}/profile/{_quoted(self.user)}/displayname"
        await self.call("PUT", path, json={"displayname": name})

    async def register(self) -> None:
        """Have our account, and a device where the homeserver lets us (others remember what we sent for a
        while only).
        """
        localpart = self.user[1:].partition(":")[0]
        body = {"type": "m.login.application_service", "username": localpart, "inhibit_login": True}
        try:
            await self.call("POST", f"{CLIENT}/register", json=body)
        except Refused as error:
            if "M_USER_IN_USE" not in str(error):
                raise
        with contextlib.suppress(Refused):
            await self.call("PUT", f"{CLIENT}/devices/{DEVICE}", json={"display_name": "shop assistant"})
            self._device = DEVICE

    async def ping(self, ident: str) -> None:
        """Have the homeserver call us, by the registration's id: raises if it cannot. One that could not
        reach us for long sends at once then what it waited for minutes to try again.
        """
        path = f"/_matrix/client/v1/appservice/{_quoted(ident)}/ping"
        await self.call("POST", path, json={"transaction_id": secrets.token_hex(8)})


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _remember(known: dict[str, Any], key: str, value: Any) -> None:
    """Put into a memory that forgets the oldest."""
    known.pop(key, None)
    known[key] = value
    while len(known) > MOST_KNOWN:
        del known[next(iter(known))]
