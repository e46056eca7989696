"""Customers of a real homeserver, by the client-server interface, as their programs do it; and what stands between
it and us: a door that can fail when told to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import threading
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.channels.matrix import registration
from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake
from tests.channels.synapse import NAME, SHARED_SECRET, Synapse, prepared
from tests.door.conftest import Echo

US = f"@shop:{NAME}"
AS_TOKEN, HS_TOKEN = "the-as-token-of-the-test", "the-hs-token-of-the-test"
PATH = "/webhooks/matrix/_matrix/app/v1"
CLIENT = "/_matrix/client/v3"
NUMBERED = re.compile(r"^(\d+)\. (.+?)(?: – .*)?$", re.MULTILINE)


class Door(Fake):
    """Lets our calls through to the homeserver, unless it is told to fail."""

    def __init__(self, homeserver: Synapse) -> None:
        super().__init__()
        self.homeserver = homeserver
        self.lose = ""  # the answers of addresses with this in them do not come back

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/{tail:.*}", self.through)

    def failed(self, failure: Failure) -> web.Response:
        codes = {400: "M_BAD_JSON", 401: "M_UNKNOWN_TOKEN", 403: "M_FORBIDDEN", 429: "M_LIMIT_EXCEEDED"}
        body: dict[str, Any] = {"errcode": codes.get(failure.status, "M_UNKNOWN"), "error": "told to fail"}
        if failure.after is not None:
            body["retry_after_ms"] = failure.after * 1000
        return web.json_response(body, status=failure.status)

    async def through(self, request: web.Request) -> web.Response:
        kept = {
            name: request.headers[name]
            for name in ("Authorization", "Content-Type")
            if name in request.headers
        }
        body = await request.read()
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.request(
                    request.method, f"{self.homeserver.url}{request.raw_path}", data=body, headers=kept
                ) as answer,
            ):
                kind = answer.headers.get("Content-Type", "text/plain")
                data = await answer.read()
                if self.lose and self.lose in request.path:
                    return web.Response(status=504)
                return web.Response(body=data, status=answer.status, headers={"Content-Type": kind})
        except aiohttp.ClientError as error:
            raise web.HTTPBadGateway from error


@dataclass
class Account:
    """Somebody at the homeserver, with a program that shows him what happens."""

    user: str
    token: str
    room: str = ""  # where he talks with us
    invited: bool = False
    left: bool = False
    group: str = ""
    said: str = ""  # the event said last
    events: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    passing: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    syncing: asyncio.Task[None] | None = None


class MatrixDriver(Driver):
    name = "matrix"
    channel = "bot.channels.matrix.Matrix"
    abilities = frozenset(
        (
            "edit", "delete", "group", "several", "caption", "voice", "join", "leave", "forged", "fail", "press",
        )
    )  # fmt: skip
    sends = "/send/m.room.message"
    fake: Door

    def __init__(self) -> None:
        super().__init__()
        self._count = count(1)
        self._accounts: dict[str, Account] = {}
        self._friend: Account | None = None

    # --- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.homeserver = Synapse(prepared())
        self.fake = Door(self.homeserver)
        self.fake.start()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._http = self._now(self._session())

    def before_start(self, echo: Echo) -> None:
        """The homeserver has to know where we are before it starts."""
        self.homeserver.start(
            registration(US, f"{echo.url}/webhooks/matrix", as_token=AS_TOKEN, hs_token=HS_TOKEN)
        )

    def stop(self) -> None:
        self.end()
        self._now(self._http.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self.homeserver.stop()
        self.fake.stop()

    def end(self) -> None:
        super().end()
        for account in self._accounts.values():
            if account.syncing is not None:
                self._loop.call_soon_threadsafe(account.syncing.cancel)
        self._accounts.clear()
        self._friend = None

    def credentials(self) -> dict[str, Any]:
        return {
            "homeserver": self.fake.url,
            "user": US,
            "as_token": AS_TOKEN,
            "hs_token": HS_TOKEN,
            "name": "Little Shop",
        }

    async def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    def _now(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(60)

    async def _do(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._loop))

    # --- the homeserver's interface -------------------------------------------------------------------------

    async def ask(self, token: str, method: str, path: str, **options: Any) -> Any:
        """Call the homeserver as somebody; on the driver's own loop."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.homeserver.url}{path}"
        async with self._http.request(method, url, headers=headers, **options) as answer:
            data = await answer.json(content_type=None)
            assert answer.status == 200, (method, path, answer.status, data)
            return data

    async def _account(self, localpart: str) -> Account:
        path = "/_synapse/admin/v1/register"
        nonce = (await self.ask("", "GET", path))["nonce"]
        parts = "\0".join((nonce, localpart, "password", "notadmin")).encode()
        body = {
            "nonce": nonce,
            "username": localpart,
            "password": "password",
            "displayname": "Ann",
            "admin": False,
            "mac": hmac.new(SHARED_SECRET.encode(), parts, hashlib.sha1).hexdigest(),
        }
        made = await self.ask("", "POST", path, json=body)
        account = Account(made["user_id"], made["access_token"])
        account.syncing = asyncio.create_task(self._sync(account))
        self._accounts[account.user] = account
        return account

    async def _sync(self, account: Account) -> None:
        query = {"timeout": "0"}
        while True:
            try:
                got = await self.ask(account.token, "GET", f"{CLIENT}/sync", params=query)
            except (aiohttp.ClientError, AssertionError):  # it is started again just now
                await asyncio.sleep(0.3)
                continue
            for room, what in got.get("rooms", {}).get("join", {}).items():
                account.events[room] += what["timeline"]["events"]
                account.passing[room] += what.get("ephemeral", {}).get("events", [])
            query = {"timeout": "20000", "since": got["next_batch"]}

    async def room(self, account: Account, *invited: Account | str, **options: Any) -> str:
        """A new room."""
        users = [each if isinstance(each, str) else each.user for each in invited]
        body = {"preset": "private_chat", "invite": users, **options}
        made = await self.ask(account.token, "POST", f"{CLIENT}/createRoom", json=body)
        return str(made["room_id"])

    async def put(self, account: Account, room: str, kind: str, content: dict[str, Any]) -> str:
        """Put an event into a room; returns its id."""
        path = f"{CLIENT}/rooms/{quote(room)}/send/{kind}/{uuid4().hex}"
        return str((await self.ask(account.token, "PUT", path, json=content))["event_id"])

    async def do(self, account: Account, room: str, what: str, **body: Any) -> None:
        """Invite, join, leave, kick, …"""
        await self.ask(account.token, "POST", f"{CLIENT}/rooms/{quote(room)}/{what}", json=body)

    async def upload(self, account: Account, data: bytes, kind: str = "image/jpeg") -> str:
        path = "/_matrix/media/v3/upload"
        options = {
            "data": data,
            "headers": {"Authorization": f"Bearer {account.token}", "Content-Type": kind},
        }
        async with self._http.post(f"{self.homeserver.url}{path}", **options) as answer:
            return str((await answer.json())["content_uri"])

    # --- the customer ---------------------------------------------------------------------------------------

    def customer(self) -> str:
        return str(self._now(self._new()))

    async def _new(self) -> str:
        account = await self._account(f"ann{next(self._count)}")
        account.room = await self.room(account)
        return account.user

    def account(self, customer: str) -> Account:
        return self._accounts[customer]

    def address(self, customer: str) -> str:
        return f"{self.account(customer).room} {customer}"

    async def _there(self, customer: str) -> Account:
        """Somebody who has invited us to his room, perhaps just now."""
        account = self.account(customer)
        if account.left:
            account.room, account.left, account.invited = await self.room(account), False, False
        if not account.invited:
            await self.do(account, account.room, "invite", user_id=US)
            account.invited = True
        return account

    async def _say(self, customer: str, content: dict[str, Any], kind: str = "m.room.message") -> None:
        account = await self._there(customer)
        account.said = await self.put(account, account.room, kind, content)

    async def say(self, customer: str, text: str) -> None:
        await self._do(self._say(customer, {"msgtype": "m.text", "body": text}))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        await self._do(self._photos(customer, photos, text))

    async def _photos(self, customer: str, photos: list[bytes], text: str) -> None:
        account = self.account(customer)
        for place, data in enumerate(photos):
            uri = await self.upload(account, data)
            caption = text if text and not place else "photo.jpg"
            content = {"msgtype": "m.image", "body": caption, "filename": "photo.jpg", "url": uri}
            await self._say(customer, content | {"info": {"mimetype": "image/jpeg", "size": len(data)}})

    async def press(self, customer: str, title: str) -> None:
        """By the reaction that we have put below the message; where there is none, by typing the number."""
        message, number = self._choice(customer, title)
        key = "🔟" if number == 10 else f"{number}\ufe0f\u20e3"
        if number > 10:
            await self.say(customer, str(number))
            return
        account = self.account(customer)
        for _ in range(100):
            if (message, key) in self.offered(account):
                break
            await asyncio.sleep(0.05)
        else:
            raise AssertionError(f"no reaction {key} below {title!r}")
        relation = {"rel_type": "m.annotation", "event_id": message, "key": key}
        await self._do(self.put(account, account.room, "m.reaction", {"m.relates_to": relation}))

    def _choice(self, customer: str, title: str) -> tuple[str, int]:
        for event in reversed(self.shown(customer)):
            for number, found in NUMBERED.findall(event["content"]["body"]):
                if found == title and event["content"]["msgtype"] == "m.text":
                    return event["event_id"], int(number)
        raise AssertionError(f"no choice {title!r}: {self.seen(customer)}")

    def offered(self, account: Account, room: str = "") -> list[tuple[str, str]]:
        """The reactions that we have put, with the message below which they are."""
        events = account.events[room or account.room]
        found = [each for each in events if each["type"] == "m.reaction" and each["sender"] == US]
        relations = [each["content"]["m.relates_to"] for each in found]
        return [(each["event_id"], each["key"]) for each in relations]

    async def voice(self, customer: str) -> None:
        content = {"msgtype": "m.audio", "body": "Voice message", "url": f"mxc://{NAME}/voice"}
        await self._do(self._say(customer, content | {"org.matrix.msc3245.voice": {}}))

    async def edit(self, customer: str, text: str) -> None:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": self.account(customer).said}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        account = self.account(customer)
        await self._do(self.put(account, account.room, "m.room.message", content))

    async def delete(self, customer: str) -> None:
        account = self.account(customer)
        path = f"{CLIENT}/rooms/{quote(account.room)}/redact/{quote(account.said)}/{uuid4().hex}"
        await self._do(self.ask(account.token, "PUT", path, json={}))

    async def join(self, customer: str) -> None:
        await self._do(self._there(customer))

    async def leave(self, customer: str) -> None:
        account = self.account(customer)
        await self._do(self.do(account, account.room, "leave"))
        account.left = True

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        account = self.account(customer)
        if not account.group:
            account.group = await self._do(self._group(account))
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        if to_us:
            pill = f'<a href="https://matrix.to/#/{US}">Little Shop</a>'
            content |= {
                "body": f"Little Shop: {text}",
                "format": "org.matrix.custom.html",
                "formatted_body": f"{pill}: {text}",
                "m.mentions": {"user_ids": [US]},
            }
        await self._do(self.put(account, account.group, "m.room.message", content))
        return f"{account.group} {customer}"

    async def _group(self, account: Account) -> str:
        """A room with a friend, and with us."""
        friend = self._friend = self._friend or await self._account(f"friend{next(self._count)}")
        room = await self.room(friend, account, US)
        await self.do(account, room, "join")
        for _ in range(200):
            if any(each["type"] == "m.room.member" and each["state_key"] == US
                   and each["content"]["membership"] == "join" for each in account.events[room]):  # fmt: skip
                return room
            await asyncio.sleep(0.05)
        raise AssertionError("we did not come to the group")

    def shown(self, customer: str, room: str = "") -> list[dict[str, Any]]:
        """The events of messages that we have put into his room."""
        account = self.account(customer)
        events = account.events[room or account.room]
        return [each for each in events if each["sender"] == US and each["type"] == "m.room.message"]

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(event["content"]) for event in self.shown(customer)]

    def seen_in_group(self, address: str) -> list[Seen]:
        room, _, customer = address.partition(" ")
        return [_seen(event["content"]) for event in self.shown(customer, room)]

    # --- calls that may be lies -----------------------------------------------------------------------------

    def transaction(self, *events: Any, token: str = HS_TOKEN, **more: Any) -> Request:
        """A call as the homeserver makes it."""
        body = json.dumps({"events": events, **more}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return Request(f"{PATH}/transactions/{uuid4().hex}", body, headers, "PUT")

    def forged(self, customer: str) -> list[Request]:
        room = self.account(customer).room
        event = {
            "type": "m.room.message",
            "event_id": f"${uuid4().hex}",
            "room_id": room,
            "sender": customer,
            "content": {"msgtype": "m.text", "body": "echo forged"},
        }
        right = self.transaction(event)
        kind = {"Content-Type": "application/json"}
        basic = kind | {"Authorization": f"Basic {HS_TOKEN}"}
        return [
            Request(right.path, right.body, kind, "PUT"),
            Request(right.path, right.body, basic, "PUT"),
            Request(f"{right.path}?access_token={HS_TOKEN}", right.body, kind, "PUT"),
            self.transaction(event, token=HS_TOKEN[:-1]),
            self.transaction(event, token=AS_TOKEN),
            Request(f"{PATH}/ping", b"{}", kind),
            Request(f"{PATH}/users/{quote(US)}", b"", kind, "GET"),
        ]

    def genuine(self, customer: str, text: str) -> Request:
        """The homeserver sends it, too: this one is a repetition."""
        self._now(self._say(customer, {"msgtype": "m.text", "body": text}))
        account = self.account(customer)
        path = f"{CLIENT}/rooms/{quote(account.room)}/event/{quote(account.said)}"
        return self.transaction(self._now(self.ask(account.token, "GET", path)))

    def oversized(self) -> Request:
        return Request(f"{PATH}/transactions/1", b"x" * (2**20 + 2**17), {}, "PUT")

    async def fetched(self, uri: str) -> bytes:
        """What is at an mxc address, as a customer's program gets it."""
        account = next(iter(self._accounts.values()))
        url = f"{self.homeserver.url}/_matrix/client/v1/media/download/{uri.removeprefix('mxc://')}"

        async def get() -> bytes:
            async with self._http.get(url, headers={"Authorization": f"Bearer {account.token}"}) as answer:
                assert answer.status == 200, answer.status
                return await answer.read()

        return bytes(await self._do(get()))


def _seen(content: dict[str, Any]) -> Seen:
    body = content["body"]
    if content["msgtype"] == "m.image":
        return Seen(body, (re.sub(r"^\d+\. ", "", body),), (), 1)
    return Seen(body, (), tuple(title for _, title in NUMBERED.findall(body)))
