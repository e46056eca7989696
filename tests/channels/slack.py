"""A Web API server that checks what Slack's checks (blocks also with Slack's own SDK), and a customer of it."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from aiohttp import web
from PIL import Image
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.channels.slack.channel import NEEDED, WISHED
from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake

TOKEN = "xoxb-a-token-of-the-test"
SECRET = "0123456789abcdef0123456789abcdef"
BOT = "U0SHOPBOT"
PATH = "/webhooks/slack/webhook"
EMOJI = {"🙂": ("slightly_smiling_face", "1f642"), "👍": ("+1", "1f44d")}
JSON = ("chat.postMessage", "chat.update", "files.completeUploadExternal", "assistant.threads.setStatus")


class Wrong(Exception):
    """What Slack would not take: an error's name."""


def need(condition: object, error: str, why: str = "") -> None:
    if not condition:
        raise Wrong(f"{error} {why}".strip())


@dataclass
class WebApi(Fake):
    """Slack's side. `shown` holds what we have said in each channel: ts → message."""

    shown: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by customers: channel → ts
    photos: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)  # client_msg_id → ts
    statuses: list[dict[str, Any]] = field(default_factory=list)
    locales: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)  # what the next calls are answered with
    scopes: set[str] = field(default_factory=lambda: set(NEEDED | WISHED))
    numbers: Any = field(default_factory=lambda: count(1))

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/api/{method}", self.method)
        app.router.add_get("/files-pri/{name}", self.photo)
        app.router.add_post("/upload/v1/{ident}", self.uploaded)

    def failed(self, failure: Failure) -> web.Response:
        """Slack says most of it with a 200."""
        if failure.status == 429:
            headers = {"Retry-After": str(failure.after or 1)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        errors = {400: "invalid_arguments", 401: "token_expired", 403: "channel_not_found"}
        if failure.status in errors:
            return web.json_response({"ok": False, "error": errors[failure.status]})
        return super().failed(failure)

    def stamp(self) -> str:
        return f"{int(time.time())}.{next(self.numbers):06d}"

    async def photo(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=302, headers={"Location": "https://shop.slack.com/?redir=files"})
        data = self.photos.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def uploaded(self, request: web.Request) -> web.Response:
        file = self.uploads[request.match_info["ident"]]
        data = await request.read()
        assert "Authorization" not in request.headers and len(data) == file["size"], "wrong upload"
        Image.open(io.BytesIO(data)).verify()
        file["data"] = data
        return web.Response(text=f"OK - {len(data)}")

    async def method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        values: dict[str, Any]
        if request.content_type == "application/json":
            values = await request.json()
            assert name in JSON, f"{name} takes forms only"
        else:
            values = dict(await request.post())
        if self.errors:
            return web.json_response({"ok": False, "error": self.errors.pop(0), "needed": "chat:write"})
        try:
            answer = getattr(self, f"do_{name.replace('.', '_')}")(values)
        except Wrong as error:
            code, _, why = str(error).partition(" ")
            if "downloading image failed" not in why:
                self.problems.append(f"{name}: {error}")
            body = {"ok": False, "error": code, "response_metadata": {"messages": [f"[ERROR] {why}"]}}
            return web.json_response(body)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.scopes))}
        return web.json_response({"ok": True, **answer}, headers=headers)

    def do_auth_test(self, values: dict[str, Any]) -> Any:
        return {"team": "Shop", "user": "assistant", "team_id": "T1", "user_id": BOT, "bot_id": "B1"}

    def do_users_info(self, values: dict[str, Any]) -> Any:
        user = values["user"]
        locale = {"locale": self.locales.get(user, "en-US")} if values.get("include_locale") == "true" else {}
        return {"user": {"id": user, **locale, "profile": {"display_name": "", "real_name": "Ann Lee"}}}

    def do_chat_postMessage(self, values: dict[str, Any]) -> Any:
        channel = values["channel"]
        need(channel.startswith(("D", "C")), "channel_not_found")
        need(UUID(values["client_msg_id"]), "invalid_arguments")
        thread = values.get("thread_ts")
        need(thread is None or thread in self.said[channel], "thread_not_found")
        self._content(values)
        again = self.sent.get(values["client_msg_id"])
        stamp = again or self.stamp()
        if not again:
            self.sent[values["client_msg_id"]] = stamp
            self.shown[channel][stamp] = {**values, "ts": stamp}
        return {"channel": channel, "ts": stamp}

    def do_chat_update(self, values: dict[str, Any]) -> Any:
        message = self.shown[values["channel"]].get(values["ts"])
        need(message, "message_not_found")
        assert message is not None
        self._content(values)
        message |= {"text": values["text"], "blocks": values["blocks"]}
        return {"channel": values["channel"], "ts": values["ts"]}

    def do_files_getUploadURLExternal(self, values: dict[str, Any]) -> Any:
        need(values["filename"] and int(values["length"]) > 0, "invalid_arguments")
        need("files:write" in self.scopes, "missing_scope")
        ident = f"F{next(self.numbers):09d}"
        self.uploads[ident] = {"size": int(values["length"]), "looks": 0}
        return {"upload_url": f"{self.url}/upload/v1/{ident}", "file_id": ident}

    def do_files_completeUploadExternal(self, values: dict[str, Any]) -> Any:
        need(values["files"] and "channel_id" not in values, "invalid_arguments")
        for file in values["files"]:
            need("data" in self.uploads[file["id"]], "file_not_found")
            self.uploads[file["id"]]["done"] = True
        return {"files": values["files"]}

    def do_files_info(self, values: dict[str, Any]) -> Any:
        """Slack works on an upload for a while before it can be shown."""
        if values["file"] not in self.uploads:
            url = f"{self.url}/files-pri/{values['file']}"
            return {"file": {"id": values["file"], "mimetype": "image/jpeg", "url_private_download": url}}
        file = self.uploads[values["file"]]
        file["looks"] += 1
        ready = file.get("done") and file["looks"] > 1
        return {"file": {"id": values["file"], "mimetype": "image/jpeg" if ready else ""}}

    def do_assistant_threads_setStatus(self, values: dict[str, Any]) -> Any:
        need(values["thread_ts"] in self.said[values["channel_id"]], "invalid_thread_ts")
        self.statuses.append(values)
        return {}

    # --- content --------------------------------------------------------------------------------------------

    def _content(self, values: dict[str, Any]) -> None:
        text, blocks = values.get("text") or "", values.get("blocks") or []
        need(text or blocks, "no_text")
        need(len(text) <= (40_000 if blocks else 4_000), "msg_too_long")
        need(_escaped(text), "invalid_arguments", "unescaped text")
        need(len(blocks) <= 50, "invalid_blocks", "more than 50 blocks")
        need(sum(len(part) for part in _texts(blocks)) <= 13_000, "msg_blocks_too_long")
        actions = [
            each["action_id"] for block in blocks for each in block.get("elements", []) if "action_id" in each
        ]
        need(len(actions) == len(set(actions)), "invalid_blocks", "action_id is not unique")
        for block in blocks:
            self._block(block)

    def _block(self, block: dict[str, Any]) -> None:
        parsed = Block.parse(block)
        need(parsed is not None, "invalid_blocks", str(block["type"]))
        try:
            parsed.to_dict()  # type: ignore[union-attr]
        except SlackObjectFormationError as error:
            raise Wrong(f"invalid_blocks {error}") from error
        for part in (block, block.get("accessory") or {}):
            if part.get("type") == "image":
                self._image(part)
        for element in block.get("elements", []):
            if element["type"] == "button":
                need(
                    element["value"] and element["text"]["text"].strip(), "invalid_blocks", "an empty button"
                )

    def _image(self, image: dict[str, Any]) -> None:
        need(("image_url" in image) != ("slack_file" in image), "invalid_blocks", "one source of a picture")
        need(image["alt_text"].strip(), "invalid_blocks", "no alt_text")
        if "slack_file" in image:
            file = self.uploads.get(image["slack_file"]["id"], {})
            need(file.get("done") and file["looks"] > 1, "invalid_blocks", "invalid slack file")
            return
        host = urlsplit(image["image_url"]).hostname or ""
        need(
            len(image["image_url"]) <= 3000 and host.endswith(".example"),
            "invalid_blocks",
            "downloading image failed",
        )


def _texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        parts = [block, *block.get("elements", [])]
        for part in parts:
            text = part.get("text")
            if text:
                yield text if isinstance(text, str) else text["text"]


def _escaped(text: str) -> bool:
    """Whether < and > only mark links, and & is the beginning of &amp; &lt; &gt;."""
    plain = re.sub(r"<https?://[^<>|]+\|[^<>]*>", "", text)
    return not re.search(r"[<>]|&(?!amp;|lt;|gt;)", plain)


class SlackDriver(Driver):
    name = "slack"
    channel = "bot.channels.slack.Slack"
    abilities = frozenset(
        ("edit", "delete", "group", "several", "caption", "voice", "join", "forged", "fail", "press")
    )
    sends = "/chat.postMessage"
    fake: WebApi

    def __init__(self) -> None:
        super().__init__()
        self.fake = WebApi()
        self._count = count(1)
        self._said: dict[str, dict[str, Any]] = {}
        self.said_in_groups: list[dict[str, Any]] = []

    def credentials(self) -> dict[str, Any]:
        return {"token": TOKEN, "signing_secret": SECRET, "api_url": f"{self.fake.url}/api"}

    def customer(self) -> str:
        return f"U{next(self._count):08d}"

    def address(self, customer: str) -> str:
        return f"D{customer[1:]}:{customer}"

    # --- requests -------------------------------------------------------------------------------------------

    def signed(
        self, body: bytes, content_type: str = "application/json", *, at: float | None = None
    ) -> Request:
        stamp = str(int(at if at is not None else time.time()))
        digest = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        return Request(PATH, body, headers)

    def reported(self, event: dict[str, Any], *, at: float | None = None) -> Request:
        report = {
            "token": "legacy", "team_id": "T1", "api_app_id": "A1", "type": "event_callback",
            "event_id": f"Ev{next(self._count)}", "event_time": int(time.time()), "event": event,
            "authorizations": [{"enterprise_id": None, "team_id": "T1", "user_id": BOT, "is_bot": True}],
        }  # fmt: skip
        return self.signed(json.dumps(report, ensure_ascii=False).encode(), at=at)

    def message(self, customer: str, text: str, **more: Any) -> dict[str, Any]:
        """An event with a message, as Slack's clients write it."""
        channel = more.get("channel", f"D{customer[1:]}")
        stamp = self.fake.stamp()
        self.fake.said[channel].add(stamp)
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        elements = []
        for character, (name, code) in EMOJI.items():
            if character in text:
                text = text.replace(character, f":{name}:")
                elements.append({"type": "emoji", "name": name, "unicode": code})
        rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
        return {
            "type": "message", "channel": channel, "channel_type": "im", "user": customer, "text": text,
            "ts": stamp, "event_ts": stamp, "client_msg_id": f"c{stamp}", "blocks": [rich], **more,
        }  # fmt: skip

    def file(self, data: bytes, mimetype: str) -> dict[str, Any]:
        ident = f"F{next(self._count):08d}"
        self.fake.photos[ident] = data
        url = f"{self.fake.url}/files-pri/{ident}"
        return {
            "id": ident,
            "mimetype": mimetype,
            "mode": "hosted",
            "size": len(data),
            "url_private_download": url,
        }

    # --- the customer ---------------------------------------------------------------------------------------

    async def say(self, customer: str, text: str) -> None:
        self._said[customer] = self.message(customer, text)
        await self.deliver(self.reported(self._said[customer]))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        files = [self.file(data, "image/jpeg") for data in photos]
        await self.deliver(self.reported(self.message(customer, text, subtype="file_share", files=files)))

    async def voice(self, customer: str) -> None:
        files = [{**self.file(b"x", "audio/mp4"), "subtype": "slack_audio"}]
        await self.deliver(self.reported(self.message(customer, "", subtype="file_share", files=files)))

    async def press(self, customer: str, title: str) -> None:
        channel = f"D{customer[1:]}"
        for message in reversed(self.fake.shown[channel].values()):
            for button in _buttons(message):
                if button["text"]["text"] == title:
                    await self.deliver(self.pressed(customer, channel, message, button["value"]))
                    return
        raise AssertionError(f"no button {title!r}: {self.seen(customer)}")

    def pressed(self, customer: str, channel: str, message: dict[str, Any], value: str) -> Request:
        payload = {
            "type": "block_actions", "user": {"id": customer, "username": "ann", "team_id": "T1"},
            "channel": {"id": channel, "name": "directmessage"}, "trigger_id": f"t.{next(self._count)}",
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel},
            "message": message, "response_url": "https://hooks.slack.com/actions/x",
            "actions": [{"type": "button", "action_id": "x", "value": value, "action_ts": self.fake.stamp()}],
        }  # fmt: skip
        body = f"payload={quote(json.dumps(payload))}".encode()
        return self.signed(body, "application/x-www-form-urlencoded")

    async def edit(self, customer: str, text: str) -> None:
        before = self._said[customer]
        after = {**before, "text": text, "edited": {"user": customer, "ts": self.fake.stamp()}}
        await self.deliver(self.reported(self.changed(before, "message_changed", message=after)))

    async def delete(self, customer: str) -> None:
        before = self._said[customer]
        await self.deliver(self.reported(self.changed(before, "message_deleted", deleted_ts=before["ts"])))

    def changed(self, before: dict[str, Any], subtype: str, **more: Any) -> dict[str, Any]:
        inner = {name: value for name, value in before.items() if name not in ("channel", "channel_type")}
        return {
            "type": "message", "subtype": subtype, "hidden": True, "channel": before["channel"],
            "channel_type": before["channel_type"], "previous_message": inner, "ts": self.fake.stamp(),
            "event_ts": self.fake.stamp(), **more,
        }  # fmt: skip

    async def join(self, customer: str) -> None:
        event = {
            "type": "app_home_opened",
            "user": customer,
            "channel": f"D{customer[1:]}",
            "tab": "messages",
        }
        await self.deliver(self.reported({**event, "event_ts": self.fake.stamp()}))

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        """In a thread that somebody else began; who mentions us is reported twice."""
        channel = f"C{customer[1:]}"
        if not self.fake.said[channel]:
            self.fake.said[channel].add(self.fake.stamp())
        thread = min(self.fake.said[channel])
        event = self.message(customer, text, channel=channel, channel_type="channel", thread_ts=thread)
        self.said_in_groups.append(event)
        if to_us:
            event["text"] = f"<@{BOT}> {event['text']}"
            mention = {name: value for name, value in event.items() if name != "channel_type"}
            await self.deliver(self.reported({**mention, "type": "app_mention"}))
        await self.deliver(self.reported(event))
        return f"{channel}:{customer}:{thread}"

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in self.fake.shown[f"D{customer[1:]}"].values()]

    def seen_in_group(self, address: str) -> list[Seen]:
        channel, _, thread = address.split(":")
        return [_seen(each) for each in self.fake.shown[channel].values() if each.get("thread_ts") == thread]

    def forged(self, customer: str) -> list[Request]:
        event = self.message(customer, "echo forged")
        genuine, old = self.reported(event), self.reported(event, at=time.time() - 400)
        wrong = {**genuine.headers, "X-Slack-Signature": genuine.headers["X-Slack-Signature"][:-1] + "x"}
        later = {**old.headers, "X-Slack-Request-Timestamp": str(int(time.time()))}
        none = {"Content-Type": "application/json"}
        return [
            Request(PATH, genuine.body, wrong),
            Request(PATH, genuine.body, none),
            Request(PATH, genuine.body.replace(b"forged", b"changed"), genuine.headers),
            old,
            Request(PATH, old.body, later),
            self.reported(event, at=time.time() + 400),
        ]

    def genuine(self, customer: str, text: str) -> Request:
        return self.reported(self.message(customer, text))


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = message.get("blocks") or []
    return [each for block in blocks if block["type"] == "actions" for each in block["elements"]]


def _seen(message: dict[str, Any]) -> Seen:
    """What the client shows: marks are no letters, links are their words."""
    blocks = message.get("blocks") or []
    words = [block["text"]["text"] for block in blocks if block["type"] == "section"] or [message["text"]]
    words += [each["text"] for block in blocks if block["type"] == "context" for each in block["elements"]]
    if blocks and blocks[0]["type"] == "actions":
        words = []
    text = _plain("\n".join(words))
    cards = [re.match(r"\*(.*?)\*", block["text"]["text"]) for block in blocks if block["type"] == "section"]
    pictures = sum("image" in (block["type"], (block.get("accessory") or {}).get("type")) for block in blocks)
    titles = tuple(_plain(card[1]) for card in cards if card)
    return Seen(text, titles, tuple(each["text"]["text"] for each in _buttons(message)), pictures)


def _plain(text: str) -> str:
    text = re.sub(r"<[^<>|]+\|([^<>]*)>", r"\1", text).replace("*", "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
