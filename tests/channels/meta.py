"""A Send API server that checks what Meta's checks, and customers of Messenger and Instagram."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.channels.driver import Request, Seen
from tests.channels.graph import GraphApi, GraphDriver, Wrong, need, now, only, public, text_of

PAGE = "1906385232743451"
CAROUSEL, QUICK, BUTTONS = 10, 13, 3


@dataclass
class SendApi(GraphApi):
    """The Messenger Platform's side, for one of its two places."""

    place: str = "messenger"
    strict_pictures: bool = False  # whether Meta likes no picture just now

    def answer(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any], files: dict[str, bytes]
    ) -> Any:
        if path == "me/messages":
            return self.message(body)
        if path == "me/message_attachments":
            return self.attachment(body, files)
        if path == "me/subscribed_apps":
            if method == "POST":
                self.subscribed |= set(query["subscribed_fields"].split(","))
                return {"success": True}
            fields = sorted(self.subscribed)
            return {"data": [{"id": "42", "name": "Shop", "subscribed_fields": fields}]}
        if path == "me/messenger_profile":
            need(self.place == "messenger", "Instagram has no such profile")
            only(body, {"get_started"})
            text_of(body["get_started"]["payload"], 1000, "payload")
            return {"result": "success"}
        if path == "me":
            return {"id": PAGE, "name": "The Shop"}
        if method == "GET" and path.isdigit():
            need(
                query["fields"] == {"messenger": "first_name", "instagram": "name"}[self.place],
                "another field of the profile",
            )
            return {"id": path, query["fields"]: "Ann"}
        return super().answer(method, path, query, body, files)

    def message(self, body: dict[str, Any]) -> Any:
        customer = body["recipient"]["id"]
        only(body["recipient"], {"id"})
        if "sender_action" in body:
            only(body, {"recipient", "sender_action"})
            need(body["sender_action"] in ("typing_on", "typing_off", "mark_seen"), "sender_action")
            self.seen_marks.append({"to": customer, **body})
            return {"recipient_id": customer}
        if self.refusing:
            return self.error(**self.refusing.pop(0))
        only(body, {"recipient", "messaging_type", "message"}, {"tag"})
        need(body["messaging_type"] in ("RESPONSE", "UPDATE", "MESSAGE_TAG"), "messaging_type")
        need(("tag" in body) == (body["messaging_type"] == "MESSAGE_TAG"), "tag")
        need(body.get("tag", "HUMAN_AGENT") == "HUMAN_AGENT", "a tag that is no more")
        message = body["message"]
        only(message, set(), {"text", "attachment", "quick_replies"})
        need(("text" in message) != ("attachment" in message), "a text or an attachment")
        if "text" in message:
            text_of(message["text"], 2000, "text")
            need(self.place == "messenger" or len(message["text"].encode()) <= 1000, "text over 1,000 bytes")
        else:
            refused = self._attachment(message["attachment"])
            if refused is not None:
                return refused
        if "quick_replies" in message:
            need(1 <= len(message["quick_replies"]) <= QUICK, "number of quick replies")
            for each in message["quick_replies"]:
                only(each, {"content_type", "title", "payload"})
                need(each["content_type"] == "text", "content_type")
                text_of(each["title"], 20, "title of a quick reply")
                text_of(each["payload"], 1000, "payload")
        mid = f"m_{next(self.numbers)}"
        self.chats[customer].append({"mid": mid, "body": body, **message})
        return {"recipient_id": customer, "message_id": mid}

    def _attachment(self, attachment: dict[str, Any]) -> web.Response | None:
        only(attachment, {"type", "payload"})
        payload = attachment["payload"]
        if attachment["type"] == "image":
            only(payload, set(), {"url", "attachment_id", "is_reusable"})
            if "attachment_id" in payload:
                need(payload["attachment_id"] in self.uploaded, "unknown attachment_id")
            else:
                if self.strict_pictures:
                    return self.error(100, "Failed to fetch the file from the url", error_subcode=2018008)
                public(payload["url"])
            return None
        need(attachment["type"] == "template", "type of an attachment")
        if payload["template_type"] == "button":
            only(payload, {"template_type", "text", "buttons"})
            text_of(payload["text"], 640, "text")
            need(1 <= len(payload["buttons"]) <= BUTTONS, "number of buttons")
            self._buttons(payload["buttons"])
            return None
        need(payload["template_type"] == "generic", "template_type")
        only(payload, {"template_type", "elements"})
        need(1 <= len(payload["elements"]) <= CAROUSEL, "number of elements")
        for element in payload["elements"]:
            optional = {"subtitle", "image_url", "default_action", "buttons"}
            only(element, {"title"}, optional)
            need(len(element) > 1, "an element with nothing but a title")
            text_of(element["title"], 80, "title")
            if "subtitle" in element:
                text_of(element["subtitle"], 80, "subtitle")
            if "image_url" in element:
                public(element["image_url"])
                if self.strict_pictures:
                    return self.error(100, "Failed to fetch the file from the url", error_subcode=2018008)
            if "default_action" in element:
                only(element["default_action"], {"type", "url"})
            if "buttons" in element:
                need(1 <= len(element["buttons"]) <= BUTTONS, "number of buttons")
                self._buttons(element["buttons"])
        return None

    def _buttons(self, buttons: list[dict[str, Any]]) -> None:
        for button in buttons:
            text_of(button["title"], 20, "title of a button")
            if button["type"] == "postback":
                only(button, {"type", "title", "payload"})
                text_of(button["payload"], 1000, "payload")
            else:
                only(button, {"type", "title", "url"})
                need(button["type"] == "web_url" and button["url"].startswith("http"), "web_url")

    def attachment(self, body: dict[str, Any], files: dict[str, bytes]) -> Any:
        only(body, {"message", "platform"})
        need(body["platform"] == self.place, "platform")
        asset = json.loads(body["message"])["attachment"]
        need(asset["type"] == "image" and asset["payload"] == {"is_reusable": True}, "attachment")
        if "filedata" not in files:
            raise Wrong("filedata is missing")
        ident = str(next(self.numbers))
        self.uploaded[ident] = files["filedata"]
        return {"attachment_id": ident}


class MetaDriver(GraphDriver):
    fake: SendApi
    kind: str
    sends = "/me/messages"

    def __init__(self) -> None:
        super().__init__()
        self.fake = SendApi(place=self.name)
        self._said: dict[str, str] = {}

    def customer(self) -> str:
        return str(2_500_000_000_000_000 + int(self.name == "instagram") * 10**14 + next(self._count))

    def event(self, customer: str, **content: Any) -> dict[str, Any]:
        return {"sender": {"id": customer}, "recipient": {"id": PAGE}, "timestamp": now(), **content}

    def report(self, *events: dict[str, Any]) -> dict[str, Any]:
        entries = [{"id": PAGE, "time": now(), "messaging": [each]} for each in events]
        return {"object": self.kind, "entry": entries}

    def message(self, customer: str, **content: Any) -> dict[str, Any]:
        mid = f"mid.{self.name}.{customer}.{next(self._count)}"
        self._said[customer] = mid
        return self.event(customer, message={"mid": mid, **content})

    async def _happens(self, *events: dict[str, Any]) -> None:
        await self.deliver(self.signed(self.report(*events)))

    async def say(self, customer: str, text: str) -> None:
        await self._happens(self.message(customer, text=text))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        attachments = []
        for data in photos:
            url = self.keep(data, f"{self.name}-{next(self._count)}.jpg")
            attachments.append({"type": "image", "payload": {"url": url}})
        words = {"text": text} if text else {}
        await self._happens(self.message(customer, attachments=attachments, **words))

    async def voice(self, customer: str) -> None:
        attachment = {"type": "audio", "payload": {"url": f"{self.fake.url}/media/voice.mp4"}}
        await self._happens(self.message(customer, attachments=[attachment]))

    async def edit(self, customer: str, text: str) -> None:
        edit = {"mid": self._said[customer], "text": text, "num_edit": 1}
        await self._happens(self.event(customer, message_edit=edit))

    async def delete(self, customer: str) -> None:
        message = {"mid": self._said[customer], "is_deleted": True}
        await self._happens(self.event(customer, message=message))

    async def press(self, customer: str, title: str) -> None:
        for message in reversed(self.fake.chats[customer]):
            for each in message.get("quick_replies", []):
                if each["title"] == title:
                    reply = {"payload": each["payload"]}
                    await self._happens(self.message(customer, text=title, quick_reply=reply))
                    return
            for each in _postbacks(message):
                if each["title"] == title:
                    mid = f"mid.press.{next(self._count)}"
                    postback = {"mid": mid, "title": title, "payload": each["payload"]}
                    await self._happens(self.event(customer, postback=postback))
                    return
        raise AssertionError(f"no button {title!r}: {self.seen(customer)}")

    async def join(self, customer: str) -> None:
        referral = {"ref": "window", "source": "SHORTLINK", "type": "OPEN_THREAD"}
        await self._happens(self.event(customer, referral=referral))

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in list(self.fake.chats[customer])]

    def genuine(self, customer: str, text: str) -> Request:
        return self.signed(self.report(self.message(customer, text=text)))


class MessengerDriver(MetaDriver):
    name = "messenger"
    channel = "bot.channels.meta.FacebookMessenger"
    kind = "page"
    abilities = frozenset(("edit", "several", "caption", "voice", "join", "forged", "fail", "press"))


class InstagramDriver(MetaDriver):
    name = "instagram"
    channel = "bot.channels.meta.Instagram"
    kind = "instagram"
    abilities = frozenset(("delete", "several", "voice", "join", "forged", "fail", "press"))


def _elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message.get("attachment", {}).get("payload", {}).get("elements", [])


def _postbacks(message: dict[str, Any]) -> list[dict[str, Any]]:
    payload = message.get("attachment", {}).get("payload", {})
    holders = [payload, *payload.get("elements", [])]
    return [each for holder in holders for each in holder.get("buttons", []) if each["type"] == "postback"]


def _seen(message: dict[str, Any]) -> Seen:
    payload = message.get("attachment", {}).get("payload", {})
    elements = _elements(message)
    lines = [f"{each['title']}\n{each.get('subtitle', '')}" for each in elements]
    buttons = [each["title"] for each in [*message.get("quick_replies", []), *_postbacks(message)]]
    pictures = sum("image_url" in each for each in elements)
    pictures += message.get("attachment", {}).get("type") == "image"
    text = message.get("text") or payload.get("text") or "\n".join(lines)
    return Seen(text, tuple(each["title"] for each in elements), tuple(buttons), pictures)
