"""A Messaging API server that checks what LINE's checks, and a customer of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from aiohttp import web

from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "a-channel-access-token/of+the=test"
BOT = "U" + "b" * 32
NAME = "@Shop 🛍"
PATH = "/webhooks/line/webhook"


class Wrong(Exception):
    """What LINE would not take."""


def need(condition: object, what: str) -> None:
    if not condition:
        raise Wrong(what)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class MessagingApi(Fake):
    """LINE's side. `chats` holds what each user or group was shown."""

    chats: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    pushes: list[dict[str, Any]] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    loading: list[str] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=lambda: {"endpoint": "", "active": True})
    reached: dict[str, Any] = field(
        default_factory=lambda: {"success": True, "statusCode": 200, "reason": "OK"}
    )
    used: int = 0
    spent: bool = False
    refuses_flex: bool = False
    numbers: Any = field(default_factory=lambda: count(500_000))

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/v2/bot/message/push", self.push)
        app.router.add_get("/v2/bot/message/{id}/content", self.content)
        app.router.add_route("*", "/{path:v2/bot/.+}", self.other)

    def failed(self, failure: Failure) -> web.Response:
        said = {
            400: "The request body has 1 error(s)",
            401: "Authentication failed. Confirm that the access token in the authorization header is valid.",
            429: "The API rate limit has been exceeded. Try again later.",
        }
        return web.json_response(
            {"message": said.get(failure.status, "Internal error")}, status=failure.status
        )

    def _known(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise web.HTTPUnauthorized(text='{"message": "Authentication failed"}')

    async def content(self, request: web.Request) -> web.Response:
        self._known(request)
        data = self.files.get(request.match_info["id"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def push(self, request: web.Request) -> web.Response:
        self._known(request)
        body = await request.json()
        key = request.headers["X-Line-Retry-Key"]
        assert str(UUID(key)) == key
        if key in self.accepted:
            again = {"message": "The retry key is already accepted", **self.accepted[key]}
            return web.json_response(again, status=409)
        if self.spent:
            return web.json_response({"message": "You have reached your monthly limit."}, status=429)
        if body["to"] in self.strangers:
            return web.json_response({"message": "Failed to send messages"}, status=400)
        if self.refuses_flex and any(each["type"] != "text" for each in body["messages"]):
            return web.json_response(
                {"message": "A message (messages[0]) in the request body is invalid"}, status=400
            )
        try:
            check_push(body)
        except Wrong as error:
            self.problems.append(str(error))
            return web.json_response({"message": str(error)}, status=400)
        self.pushes.append(body)
        sent = {
            "sentMessages": [{"id": str(next(self.numbers)), "quoteToken": "q"} for _ in body["messages"]]
        }
        self.accepted[key] = sent
        for message, each in zip(body["messages"], sent["sentMessages"], strict=True):
            self.chats[body["to"]].append({**message, "id": each["id"]})
        return web.json_response(sent)

    async def other(self, request: web.Request) -> web.Response:
        self._known(request)
        body = await request.json() if request.can_read_body else {}
        what = f"{request.method} {request.match_info['path'].removeprefix('v2/bot/')}"
        match re.sub(r"[UCR][0-9a-f]{32}", "ID", what):
            case "GET info":
                return web.json_response(
                    {"userId": BOT, "basicId": "@shop", "displayName": "Shop", "chatMode": "chat"}
                )
            case "GET channel/webhook/endpoint":
                return web.json_response(self.hook)
            case "PUT channel/webhook/endpoint":
                assert body["endpoint"].startswith("https://")
                self.hook["endpoint"] = body["endpoint"]
                return web.json_response({})
            case "POST channel/webhook/test":
                return web.json_response(self.reached)
            case "GET message/quota":
                return web.json_response({"type": "limited", "value": 1000})
            case "GET message/quota/consumption":
                return web.json_response({"totalUsage": self.used})
            case "GET profile/ID":
                user = what.rpartition("/")[2]
                if user in self.strangers:
                    return web.json_response({"message": "Not found"}, status=404)
                profile = {"userId": user, "displayName": "Ann", "language": self.languages.get(user, "en")}
                return web.json_response(profile)
            case "GET group/ID/member/ID":
                return web.json_response({"displayName": "Ann"})
            case "POST chat/loading/start":
                assert body["chatId"].startswith("U") and body["loadingSeconds"] in range(5, 61, 5)
                self.loading.append(body["chatId"])
                return web.json_response({}, status=202)
            case "POST chat/markAsRead":
                self.read.append(body["markAsReadToken"])
                return web.json_response({})
        raise AssertionError(f"no such thing: {what}")


# --- what LINE checks ---------------------------------------------------------------------------------------

_BOX = {"layout", "contents", "spacing", "action", "paddingAll", "cornerRadius", "borderWidth", "borderColor"}
_KEYS = {
    "box": _BOX, "button": {"action", "style", "height"},
    "text": {"text", "weight", "size", "color", "wrap", "align", "action"},
    "image": {"url", "size", "aspectRatio", "aspectMode", "action"},
}  # fmt: skip


def check_push(body: dict[str, Any]) -> None:
    need(set(body) == {"to", "messages"}, "unknown properties of a push")
    need(re.fullmatch(r"[UCR][0-9a-f]{32}", body["to"]), "The property, 'to', in the request body is invalid")
    need(1 <= len(body["messages"]) <= 5, "Size must be between 1 and 5")
    for message in body["messages"]:
        check_message(message, group=not body["to"].startswith("U"))


def check_message(message: dict[str, Any], *, group: bool) -> None:
    items = message.get("quickReply", {"items": [None]})["items"]
    need(1 <= len(items) <= 13, "Quick replies: between 1 and 13")
    for item in filter(None, items):
        need(item["type"] == "action" and item["action"].get("displayText"), "quick reply")
        check_action(item["action"], 20)
    match message["type"]:
        case "text":
            need(0 < units(message["text"]) <= 5000, "May not be empty; Length must be between 0 and 5000")
        case "textV2":
            names = re.findall(r"(?<!\{)\{(\w+)\}(?!\})", message["text"].replace("{{", "").replace("}}", ""))
            need(
                units(message["text"]) <= 5000 and set(names) == set(message["substitution"]), "substitution"
            )
            need(group, "a mention outside a group")
        case "image":
            for name in ("originalContentUrl", "previewImageUrl"):
                need(message[name].startswith("https://") and len(message[name]) <= 2000, "invalid url")
        case "flex":
            need(0 < units(message["altText"]) <= 1500, "altText")
            check_container(message["contents"])
        case other:
            raise Wrong(f"unknown message type {other}")


def check_container(container: dict[str, Any]) -> None:
    bubbles = container["contents"] if container["type"] == "carousel" else [container]
    need(1 <= len(bubbles) <= 12 and len({each.get("size") for each in bubbles}) == 1, "bubbles")
    need(
        len(json.dumps(container, ensure_ascii=False).encode()) <= 50 * 1024, "a carousel of more than 50 KB"
    )
    for bubble in bubbles:
        need(
            bubble["type"] == "bubble" and set(bubble) <= {"type", "size", "hero", "body", "footer"}, "bubble"
        )
        need(len(json.dumps(bubble, ensure_ascii=False).encode()) <= 30 * 1024, "a bubble of more than 30 KB")
        for name in ("hero", "body", "footer"):
            if name in bubble:
                need(bubble[name]["type"] in ("box", "image"[: 5 * (name == "hero")]), f"a {name}")
                check_component(bubble[name])


def check_component(part: dict[str, Any]) -> None:
    kind = part["type"]
    need(kind in _KEYS and set(part) - {"type"} <= _KEYS[kind], f"unknown field in {kind}: {sorted(part)}")
    if "action" in part:
        check_action(part["action"], 40)
    match kind:
        case "box":
            for each in part["contents"]:
                check_component(each)
        case "text":
            need(part["text"].strip(), "must be non-empty text")
        case "image":
            need(part["url"].startswith("https://") and len(part["url"]) <= 2000, "invalid uri scheme")
        case "button":
            need(part["action"]["label"], "a button needs a label")


def check_action(action: dict[str, Any], label: int) -> None:
    need(0 < len(action["label"]) <= label, f"label: between 1 and {label}")
    if action["type"] == "uri":
        need(re.match(r"(https?|line|tel):", action["uri"]) and len(action["uri"]) <= 1000, "invalid uri")
    else:
        need(action["type"] == "postback" and 0 < units(action["data"]) <= 300, "postback data")
        need(0 < len(action["displayText"]) <= 300, "displayText")


class LineDriver(Driver):
    name = "line"
    channel = "bot.channels.line.Line"
    abilities = frozenset(("delete", "group", "several", "voice", "join", "leave", "forged", "fail", "press"))
    sends = "/message/push"
    fake: MessagingApi

    def __init__(self) -> None:
        super().__init__()
        self.fake = MessagingApi()
        self._count = count(1)
        self._said: dict[str, str] = {}

    def credentials(self) -> dict[str, Any]:
        url = self.fake.url
        return {"channel_secret": SECRET, "access_token": TOKEN, "api_url": url, "data_url": url}

    def customer(self) -> str:
        return f"U{next(self._count):032x}"

    # --- requests -------------------------------------------------------------------------------------------

    def signed(self, body: bytes) -> Request:
        proof = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        return Request(
            PATH, body, {"Content-Type": "application/json; charset=utf-8", "X-Line-Signature": proof}
        )

    def reported(self, *events: dict[str, Any]) -> Request:
        return self.signed(json.dumps({"destination": BOT, "events": events}, ensure_ascii=False).encode())

    def event(
        self, customer: str, kind: str, *, group: str = "", at: float | None = None, **more: Any
    ) -> dict[str, Any]:
        source = {"type": "user", "userId": customer}
        if group:
            source |= {"type": "group", "groupId": group}
        return {
            "type": kind, "mode": "active", "timestamp": int(1000 * (at or time.time())), "source": source,
            "webhookEventId": f"01{next(self._count):024d}", "deliveryContext": {"isRedelivery": False}, **more,
        }  # fmt: skip

    def message(
        self, customer: str, kind: str = "text", *, group: str = "", **content: Any
    ) -> dict[str, Any]:
        ident = str(4_000_000 + next(self._count))
        body = {"type": kind, "id": ident, "markAsReadToken": f"read-{ident}", "quoteToken": "q", **content}
        return self.event(customer, "message", group=group, replyToken="r", message=body)

    # --- the customer ---------------------------------------------------------------------------------------

    async def say(self, customer: str, text: str) -> None:
        event = self.message(customer, text=text)
        self._said[customer] = event["message"]["id"]
        await self.deliver(self.reported(event))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        """All at once, in one call; LINE has no words with a photo."""
        assert not text
        several = {"id": str(next(self._count)), "total": len(photos)}
        events = []
        for place, data in enumerate(photos, start=1):
            of = {"imageSet": {**several, "index": place}} if len(photos) > 1 else {}
            event = self.message(customer, "image", contentProvider={"type": "line"}, **of)
            self.fake.files[event["message"]["id"]] = data
            events.append(event)
        await self.deliver(self.reported(*events))

    async def voice(self, customer: str) -> None:
        await self.deliver(
            self.reported(self.message(customer, "audio", duration=900, contentProvider={"type": "line"}))
        )

    async def press(self, customer: str, title: str) -> None:
        messages = self.fake.chats[customer]
        actions = [each for message in messages for each in _actions(message.get("contents"))]
        if messages and "quickReply" in messages[-1]:  # those of earlier messages are shown no more
            actions += [each["action"] for each in messages[-1]["quickReply"]["items"]]
        for action in reversed(actions):
            if action.get("displayText") == title:
                await self.deliver(self.reported(self.pressed(customer, action["data"])))
                return
        raise AssertionError(f"no button {title!r}: {self.seen(customer)}")

    def pressed(self, customer: str, data: str, *, group: str = "") -> dict[str, Any]:
        return self.event(customer, "postback", group=group, replyToken="r", postback={"data": data})

    async def delete(self, customer: str) -> None:
        await self.deliver(
            self.reported(self.event(customer, "unsend", unsend={"messageId": self._said[customer]}))
        )

    async def join(self, customer: str) -> None:
        await self.deliver(self.reported(self.event(customer, "follow", follow={"isUnblocked": False})))

    async def leave(self, customer: str) -> None:
        await self.deliver(self.reported(self.event(customer, "unfollow")))

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        group = f"C{customer[1:]}"
        mention = {}
        if to_us:
            mentionee = {"index": 0, "length": units(NAME), "type": "user", "userId": BOT, "isSelf": True}
            mention, text = {"mention": {"mentionees": [mentionee]}}, f"{NAME} {text}"
        await self.deliver(self.reported(self.message(customer, group=group, text=text, **mention)))
        return f"{group}:{customer}"

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in self.fake.chats[customer]]

    def seen_in_group(self, address: str) -> list[Seen]:
        return self.seen(address.split(":")[0])

    def forged(self, customer: str) -> list[Request]:
        genuine = self.genuine(customer, "echo forged")
        proof = genuine.headers["X-Line-Signature"]
        old = self.event(
            customer, "message", at=time.time() - 14 * 86400, message={"type": "text", "id": "1", "text": "x"}
        )
        return [
            Request(PATH, genuine.body, {"X-Line-Signature": proof[:-2] + "x="}),
            Request(PATH, genuine.body, {}),
            Request(PATH, genuine.body.replace(b"forged", b"changed"), genuine.headers),
            self.reported(old),
        ]

    def genuine(self, customer: str, text: str) -> Request:
        return self.reported(self.message(customer, text=text))


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    """All components of a container."""
    if isinstance(part, list):
        for each in part:
            yield from _parts(each)
    elif isinstance(part, dict):
        yield part
        for name in ("contents", "hero", "body", "footer"):
            yield from _parts(part.get(name))


def _actions(container: Any) -> list[dict[str, Any]]:
    return [each["action"] for each in _parts(container) if each.get("action", {}).get("type") == "postback"]


def _seen(message: dict[str, Any]) -> Seen:
    buttons = tuple(
        each["action"]["displayText"] for each in message.get("quickReply", {"items": []})["items"]
    )
    if message["type"] != "flex":
        return Seen(message.get("text", ""), (), buttons, int(message["type"] == "image"))
    parts = list(_parts(message["contents"]))
    words = [
        each["text"]
        for each in parts
        if each["type"] == "text" and each.get("action", {}).get("type") != "postback"
    ]
    cards = tuple(each["text"] for each in parts if each.get("weight") == "bold")
    buttons = (*(each["displayText"] for each in _actions(message["contents"])), *buttons)
    return Seen("\n".join(words), cards, buttons, sum(each["type"] == "image" for each in parts))
