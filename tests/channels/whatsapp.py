"""A Cloud API server that checks what Meta's checks, and a customer of WhatsApp."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.driver import Request, Seen
from tests.channels.graph import TOKEN, GraphApi, GraphDriver, need, now, only, public, text_of

NUMBER = "106540352242922"
WABA = "102290129340398"
INTERACTIVE = {"button", "list", "cta_url", "carousel"}


@dataclass
class CloudApi(GraphApi):
    """WhatsApp's side."""

    known: set[str] = field(default_factory=set)  # customers' messages

    async def serve(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.problems.append("a photo was asked for without the token")
            return web.Response(status=401)
        return await super().serve(request)

    def answer(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any], files: dict[str, bytes]
    ) -> Any:
        if path == f"{NUMBER}/messages":
            return self.mark(body) if "status" in body else self.message(body)
        if path == f"{NUMBER}/media":
            only(body, {"messaging_product", "type"})
            need(body["type"] == "image/jpeg" and len(files["file"]) <= 5 * 2**20, "media")
            ident = str(next(self.numbers))
            self.uploaded[ident] = files["file"]
            return {"id": ident}
        if path == f"{WABA}/subscribed_apps":
            self.subscribed.add("messages")
            return {"success": True}
        if path == NUMBER:
            return {"verified_name": "The Shop", "display_phone_number": "+1 555", "id": NUMBER}
        if f"{path}.jpg" in self.media:
            need(query.get("phone_number_id") == NUMBER, "phone_number_id")
            url = f"{self.url}/media/{path}.jpg"
            size = len(self.media[f"{path}.jpg"])
            return {"messaging_product": "whatsapp", "url": url, "id": path, "file_size": size}
        return super().answer(method, path, query, body, files)

    def mark(self, body: dict[str, Any]) -> Any:
        only(body, {"messaging_product", "status", "message_id"}, {"typing_indicator"})
        need(body["status"] == "read" and body["message_id"] in self.known, "message_id")
        need(body.get("typing_indicator", {"type": "text"}) == {"type": "text"}, "typing_indicator")
        self.seen_marks.append(body)
        return {"success": True}

    def message(self, body: dict[str, Any]) -> Any:
        if self.refusing:
            return self.error(**self.refusing.pop(0))
        kind = body["type"]
        common = {"messaging_product", "recipient_type", "type", "biz_opaque_callback_data", kind}
        only(body, common, {"to", "recipient"})
        need(body["messaging_product"] == "whatsapp" and body["recipient_type"] == "individual", "product")
        need(("to" in body) != ("recipient" in body), "whom")
        to, whom = body.get("to"), body.get("recipient")
        need(to is None or re.fullmatch(r"\+?\d{6,15}", to), f"to: {to}")
        need(whom is None or re.fullmatch(r"[A-Z]{2}\.\w{1,128}", whom), f"recipient: {whom}")
        text_of(body["biz_opaque_callback_data"], 512, "biz_opaque_callback_data")
        if kind == "text":
            only(body["text"], {"body"}, {"preview_url"})
            text_of(body["text"]["body"], 4096, "text")
        elif kind == "image":
            self._image(body["image"])
        else:
            need(kind == "interactive", f"type {kind}")
            self._interactive(body["interactive"])
        ident = f"wamid.{next(self.numbers)}"
        self.chats[str(whom or to)].append({"id": ident, **body})
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": whom or to}],
            "messages": [{"id": ident, "message_status": "accepted"}],
        }

    def _image(self, image: dict[str, Any]) -> None:
        only(image, set(), {"id", "link", "caption"})
        need(("id" in image) != ("link" in image), "an id or a link")
        need("id" not in image or image["id"] in self.uploaded, "unknown media id")
        if "link" in image:
            public(image["link"])
        if "caption" in image:
            text_of(image["caption"], 1024, "caption")

    def _interactive(self, what: dict[str, Any]) -> None:
        kind, action = what["type"], what["action"]
        only(what, {"type", "body", "action"}, {"header"} if kind in ("button", "cta_url") else set())
        need(kind in INTERACTIVE, f"interactive {kind}")
        text_of(what["body"]["text"], 4096 if kind == "list" else 1024, "body")
        if "header" in what:
            only(what["header"], {"type", "image"})
            need("caption" not in what["header"]["image"], "a caption in a header")
            self._image(what["header"]["image"])
        if kind == "button":
            only(action, {"buttons"})
            need(1 <= len(action["buttons"]) <= 3, "number of buttons")
            self._replies(action["buttons"], "reply")
        elif kind == "cta_url":
            self._link(action)
        elif kind == "list":
            only(action, {"button", "sections"})
            text_of(action["button"], 20, "button")
            rows = [row for section in action["sections"] for row in section["rows"]]
            need(1 <= len(rows) <= 10, "number of rows")
            for row in rows:
                only(row, {"id", "title"}, {"description"})
                text_of(row["id"], 200, "id")
                text_of(row["title"], 24, "title of a row")
                text_of(row.get("description", "x"), 72, "description")
            need(len({row["id"] for row in rows}) == len(rows), "two rows with one id")
        else:
            self._carousel(action)

    def _carousel(self, action: dict[str, Any]) -> None:
        only(action, {"cards"})
        need(2 <= len(action["cards"]) <= 10, "number of cards")
        shapes = set()
        for index, card in enumerate(action["cards"]):
            only(card, {"card_index", "type", "header", "action"}, {"body"})
            need(card["card_index"] == index and card["type"] == "cta_url", "card")
            only(card["header"], {"type", "image"})
            only(card["header"]["image"], {"link"})
            public(card["header"]["image"]["link"])
            if "body" in card:
                text_of(card["body"]["text"], 160, "body of a card")
                need(card["body"]["text"].count("\n") <= 2, "line breaks")
            buttons = card["action"].get("buttons")
            if buttons is None:
                self._link(card["action"])
            else:
                self._replies(buttons, "quick_reply")
            shapes.add(len(buttons) if buttons is not None else 0)
        need(len(shapes) == 1, "cards with different buttons")

    def _replies(self, buttons: list[dict[str, Any]], kind: str) -> None:
        for button in buttons:
            only(button, {"type", kind})
            need(button["type"] == kind, "type of a button")
            text_of(button[kind]["id"], 256, "id")
            text_of(button[kind]["title"], 20, "title of a button")
        titles = [button[kind]["title"] for button in buttons]
        need(len(set(titles)) == len(titles), f"two buttons look the same: {titles}")

    def _link(self, action: dict[str, Any]) -> None:
        only(action, {"name", "parameters"})
        only(action["parameters"], {"display_text", "url"})
        text_of(action["parameters"]["display_text"], 20, "display_text")
        need(action["parameters"]["url"].startswith("http"), "url")


class WhatsAppDriver(GraphDriver):
    name = "whatsapp"
    channel = "bot.channels.whatsapp.WhatsApp"
    abilities = frozenset(
        ("edit", "delete", "several", "caption", "voice", "join", "forged", "fail", "press")
    )
    sends = "/messages"
    fake: CloudApi

    def __init__(self) -> None:
        super().__init__()
        self.fake = CloudApi()
        self._said: dict[str, str] = {}

    def credentials(self) -> dict[str, Any]:
        return {**super().credentials(), "phone_number_id": NUMBER}

    def customer(self) -> str:
        return str(16_505_550_000 + next(self._count))

    def address(self, customer: str) -> str:
        return f"US.{customer}00"

    def value(self, customer: str, **content: Any) -> dict[str, Any]:
        contact = {"profile": {"name": "Ann"}, "wa_id": customer, "user_id": self.address(customer)}
        return {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "1555", "phone_number_id": NUMBER},
            "contacts": [contact],
            **content,
        }

    def report(self, *values: dict[str, Any]) -> dict[str, Any]:
        changes = [{"value": value, "field": "messages"} for value in values]
        return {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes}]}

    def message(self, customer: str, kind: str, content: Any, **more: Any) -> dict[str, Any]:
        ident = f"wamid.{self.name}.{customer}.{next(self._count)}"
        self._said[customer] = ident
        self.fake.known.add(ident)
        message = {
            "from": customer,
            "from_user_id": self.address(customer),
            "id": ident,
            "timestamp": str(now() // 1000),
            "type": kind,
            kind: content,
            **more,
        }
        return self.value(customer, messages=[message])

    def status(self, customer: str, ident: str, status: str, **more: Any) -> dict[str, Any]:
        found = {"id": ident, "status": status, "timestamp": str(now() // 1000)}
        whom = {"recipient_id": customer, "recipient_user_id": self.address(customer)}
        return self.value(customer, statuses=[{**found, **whom, **more}])

    async def happens(self, *values: dict[str, Any]) -> None:
        await self.deliver(self.signed(self.report(*values)))

    async def say(self, customer: str, text: str) -> None:
        await self.happens(self.message(customer, "text", {"body": text}))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        for place, data in enumerate(photos):
            ident = str(next(self._count) + 10**9)
            self.keep(data, f"{ident}.jpg")
            caption = {"caption": text} if text and not place else {}
            image = {"id": ident, "mime_type": "image/jpeg", "sha256": "x", **caption}
            await self.happens(self.message(customer, "image", image))

    async def voice(self, customer: str) -> None:
        audio = {"id": "1", "mime_type": "audio/ogg; codecs=opus", "voice": True}
        await self.happens(self.message(customer, "audio", audio))

    async def edit(self, customer: str, text: str) -> None:
        original = self._said[customer]
        message = {"type": "text", "text": {"body": text}, "context": {"id": original}}
        edit = {"original_message_id": original, "message": message}
        await self.happens(self.message(customer, "edit", edit))

    async def delete(self, customer: str) -> None:
        revoke = {"original_message_id": self._said[customer]}
        await self.happens(self.message(customer, "revoke", revoke))

    async def join(self, customer: str) -> None:
        await self.happens(self.message(customer, "request_welcome", {}))

    async def press(self, customer: str, title: str) -> None:
        for message in reversed(self.fake.chats[self.address(customer)]):
            for kind, each in _choices(message):
                if each["title"] == title:
                    context = {"from": "1555", "id": message["id"]}
                    reply = {"type": kind, kind: {"id": each["id"], "title": title}}
                    await self.happens(self.message(customer, "interactive", reply, context=context))
                    return
        raise AssertionError(f"no button {title!r}: {self.seen(customer)}")

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in list(self.fake.chats[self.address(customer)])]

    def genuine(self, customer: str, text: str) -> Request:
        return self.signed(self.report(self.message(customer, "text", {"body": text})))


def _choices(message: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    action = message.get("interactive", {}).get("action", {})
    found = [("button_reply", each["reply"]) for each in action.get("buttons", [])]
    for section in action.get("sections", []):
        found += [("list_reply", row) for row in section["rows"]]
    for card in action.get("cards", []):
        found += [("button_reply", each["quick_reply"]) for each in card["action"].get("buttons", [])]
    return found


def _seen(message: dict[str, Any]) -> Seen:
    if message["type"] == "text":
        return Seen(message["text"]["body"])
    if message["type"] == "image":
        return Seen(message["image"].get("caption", ""), pictures=1)
    what = message["interactive"]
    cards = what["action"].get("cards", [])
    texts = [what["body"]["text"], *(card["body"]["text"] for card in cards)]
    shown = [each.split("\n")[0].split(" – ")[0] for each in texts[1:]]
    if "header" in what:
        shown = [texts[0].split("\n")[0].split(" – ")[0]]
    buttons = tuple(each["title"] for _, each in _choices(message))
    return Seen("\n".join(texts), tuple(shown), buttons, len(cards) + ("header" in what))
