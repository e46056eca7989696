"""WhatsApp, by the Cloud API: https://developers.facebook.com/documentation/business-messaging/whatsapp

A customer is known by the business-scoped id that Meta gives every user ("US.1349…"): his number may be
hidden, and where he changes it Meta tells us the new id. What Meta has taken and could not deliver after all,
it reports later: such messages become dead letters, too.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp

from bot.channels.base import download
from bot.channels.base.api_client import Closed, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.base.webhook import Call, Heard
from bot.channels.meta import graph, more
from bot.channels.meta.graph import Graph, NotAllowed
from bot.channels.whatsapp import drawing as whatsapp_drawing
from bot.conversation.photo_intake import PhotoRefused
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import MAX_PHOTO, settings

logger = logging.getLogger(__name__)

KIND = "whatsapp_business_account"
MEDIA_DAYS = 7  # an uploaded picture is used again for so long (WhatsApp keeps it for 30)
UPLOADED = 500  # pictures whose ids are remembered
LAST = 5000  # customers whose last message is remembered, for the typing indicator
_USER_ID = re.compile(r"[A-Z]{2}\.\w+")
_MEDIA: dict[str, Media] = {
    "audio": "voice", "voice": "voice", "video": "video", "sticker": "sticker", "location": "place",
    "contacts": "contact", "document": "file",
}  # fmt: skip
_MOVES = frozenset(("user_changed_number", "user_changed_user_id", "customer_changed_number"))


class WhatsApp(Messenger):
    """See the module. Credentials: see `graph.Graph`; `phone_number_id`, and for the set-up `waba_id` (the id
    of the WhatsApp Business Account).
    """

    platform = "whatsapp"
    title = "WhatsApp"
    limits = Limits(text=whatsapp_drawing.TEXT, window_hours=24, per_second=40)

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.graph = Graph(self.client, fields)
        self.number = fields.need("phone_number_id")
        self.waba = fields.get("waba_id")
        self._uploaded: dict[str, tuple[str, float]] = {}  # digest of a picture → its id, since when
        self._last: dict[str, str] = {}  # conversation → the customer's last message

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        return self.graph.hear(call, KIND, self._events, self._updates)

    def _events(self, entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Kind, event, and the names of who is in it, of each message to our number and of each report."""
        for change in entry.get("changes") or []:
            value = change.get("value") or {}
            number = str((value.get("metadata") or {}).get("phone_number_id"))
            if change.get("field") != "messages" or number != self.number:
                continue
            for error in value.get("errors") or []:
                logger.error("whatsapp: Meta reports an error: %s", graph.failure(error))
            contacts = value.get("contacts") or []
            for message in value.get("messages") or []:
                yield "message", message, _contact(contacts, message)
            for status in value.get("statuses") or []:
                yield "status", status, contacts[0] if contacts else {}

    def _updates(self, event: tuple[str, Mapping[str, Any], Mapping[str, Any]]) -> Iterator[Update]:
        kind, what, contact = event
        if graph.is_old(int(what["timestamp"])):
            logger.info("whatsapp: an old report was left aside")
            return
        update = self._status(what, contact) if kind == "status" else self._message(what, contact)
        if update is not None:
            yield update

    def _message(self, message: Mapping[str, Any], contact: Mapping[str, Any]) -> Update | None:
        kind, ident = str(message["type"]), str(message["id"])
        if message.get("group_id"):  # the Cloud API's groups are the business's own; we have none
            return None
        if kind == "system":
            return _moved(ident, message)
        about = (message.get("context") or {}).get("id")
        common: dict[str, Any] = {
            "id": ident,
            "address": str(message.get("from_user_id") or contact.get("user_id") or message["from"]),
            "name": (contact.get("profile") or {}).get("name"),
        }
        if kind == "revoke":
            return Update(**common, kind="delete", about=str(message["revoke"]["original_message_id"]))
        if kind == "edit":
            edit = message["edit"]
            text, attachments = _content(str(edit["message"]["type"]), edit["message"])
            about = str(edit["original_message_id"])
            return Update(**common, kind="edit", text=text, attachments=attachments, about=about)
        if kind == "reaction":
            reaction = message["reaction"]
            number = graph.keycap(str(reaction.get("emoji") or ""))
            if number is None:
                return None
            about = str(reaction["message_id"])
            return Update(**common, kind="press", data=f"#{number}", about=about)
        if kind == "request_welcome":  # the chat was opened
            return Update(**common, kind="join")
        pressed, title = _pressed(kind, message)
        if more.is_ours(pressed):
            return Update(**common, kind="press", data=pressed, about=about)
        text, attachments = (title, ()) if title else _content(kind, message)
        if not text and not attachments:
            return None
        return Update(**common, text=text, attachments=attachments, about=about)

    def _status(self, status: Mapping[str, Any], contact: Mapping[str, Any]) -> Update | None:
        """Only what has been read, and what failed, is of interest."""
        kind, ident = str(status["status"]), str(status["id"])
        who = status.get("recipient_user_id") or contact.get("user_id") or status.get("recipient_id")
        if kind == "read":
            return Update(f"{ident}.read", str(who), "read", about=ident)
        if kind != "failed":
            return None
        why = graph.failure((status.get("errors") or [{}])[0])
        late = "closed" if isinstance(why, Closed) else None
        return Update(f"{ident}.failed", str(who), "failed", str(why), data=late, about=ident)

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        media = await self.graph.call("GET", attachment.ref, params={"phone_number_id": self.number})
        if int(media.get("file_size") or 0) > MAX_PHOTO:
            raise PhotoRefused("too_large")
        return await download.fetch(
            str(media["url"]),
            hosts=graph.MEDIA_HOSTS,
            trusted=self.graph.trusted,
            headers=self.graph.bearer,
        )

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return whatsapp_drawing.draw(shown, language, link=self._link)

    def _link(self, address: str | None) -> str | None:
        """Where WhatsApp can fetch a picture; None if it cannot."""
        found = jpeg_pictures.jpeg_url(address, self.base_url)
        return None if found != address and settings().public_url is None else found

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        try:
            return await self._send(contact, await self._pictured(piece), key)
        except Gone:
            raise
        except Refused as error:
            plain = whatsapp_drawing.plain(piece)
            if plain is None:
                raise
            logger.warning("whatsapp: a picture was refused: %s", error)
            self._uploaded.clear()
            return await self._send(contact, plain, key)

    async def _send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        to = "recipient" if _USER_ID.fullmatch(contact.address) else "to"
        whom = {"recipient_type": "individual", to: contact.address, "biz_opaque_callback_data": key}
        sent = await self._post({**whom, **piece})
        found = sent.get("messages") or []
        return str(found[0]["id"]) if found else None

    async def _post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        body = {"messaging_product": "whatsapp", **body}
        return await self.graph.call("POST", f"{self.number}/messages", json=body)

    async def _pictured(self, piece: Any) -> Any:
        """A piece with its pictures as WhatsApp takes them: ours uploaded, others' by their address."""
        if not isinstance(piece, dict):
            return piece
        found = {name: await self._pictured(value) for name, value in piece.items() if name != "picture"}
        if "picture" in piece:
            data = await jpeg_pictures.jpeg(piece["picture"], self.base_url)
            found |= {"link": piece["picture"]} if data is None else {"id": await self._upload(data)}
        return found

    async def _upload(self, data: bytes) -> str:
        """A picture's id at WhatsApp."""
        digest = hashlib.sha256(data).hexdigest()
        known, since = self._uploaded.get(digest, ("", 0.0))
        if known and time.monotonic() - since < MEDIA_DAYS * 86400:
            return known
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", "image/jpeg")
        form.add_field("file", data, filename="picture.jpg", content_type="image/jpeg")
        ident = str((await self.graph.call("POST", f"{self.number}/media", data=form))["id"])
        _remember(self._uploaded, digest, (ident, time.monotonic()), UPLOADED)
        return ident

    async def turn_page(self, contact: Contact, update: Update) -> bool:
        found = await more.asked(self, contact, update.data or "")
        if found is None:
            return False
        language = await self.assistant.spoken(contact)
        for place, body in enumerate(whatsapp_drawing.others(found, language)):
            await self._send(contact, body, f"{update.id}.{place}")
        return True

    async def noticed(self, contact: Contact, update: Update) -> None:
        _remember(self._last, contact.conversation, update.id, LAST)
        await self._post({"status": "read", "message_id": update.id})

    async def show_typing(self, contact: Contact, on: bool) -> None:
        last = self._last.get(contact.conversation)
        if on and last:  # it goes away by itself
            await self._post({"status": "read", "message_id": last, "typing_indicator": {"type": "text"}})

    # --- set-up ---------------------------------------------------------------------------------------------

    @property
    def webhook_url(self) -> str:
        """Where Meta calls us."""
        return f"{self.base_url}/webhooks/{self.platform}/webhook"

    async def connect(self) -> None:
        try:
            if self.waba:
                await self.graph.call("POST", f"{self.waba}/subscribed_apps")
            await self.graph.register(KIND, self.webhook_url, ("messages",))
        except NotAllowed as error:  # trying again does not help
            raise Refused(str(error)) from error

    async def check(self) -> list[Finding]:
        names = {"fields": "verified_name,display_phone_number,quality_rating"}
        try:
            number = await self.graph.call("GET", self.number, params=names)
            said = f"{number.get('verified_name')}, {number.get('display_phone_number')}"
            found = [Finding("ok", f"{self.title}: {said}")]
            if number.get("quality_rating") == "RED":
                found.append(Finding("note", "WhatsApp: customers often blocked or reported this number"))
            return [*found, await self.graph.check_address(KIND, self.webhook_url, self.title)]
        except (Later, Refused) as error:
            remedy = "make a new token in Meta's dashboard; token and app_secret must be of the same app"
            return [Finding("bad", f"{self.title} does not answer as it should: {error}", remedy)]


def _contact(contacts: list[Mapping[str, Any]], message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who of the contacts has sent a message."""
    for contact in contacts:
        if contact.get("user_id") and contact["user_id"] == message.get("from_user_id"):
            return contact
        if contact.get("wa_id") and contact["wa_id"] == message.get("from"):
            return contact
    return {}


def _content(kind: str, message: Mapping[str, Any]) -> tuple[str, tuple[Attachment, ...]]:
    """Words and attachments of a message."""
    if kind == "text":
        return str(message["text"]["body"]), ()
    if kind == "order":
        items = message["order"].get("product_items") or []
        return "\n".join(f"{each.get('quantity', 1)} × {each['product_retailer_id']}" for each in items), ()
    part = message.get(kind)
    caption = str(part.get("caption") or "") if isinstance(part, dict) else ""
    if isinstance(part, dict) and (
        kind == "image" or (kind == "document" and str(part.get("mime_type") or "").startswith("image/"))
    ):
        return caption, (Attachment("photo", str(part["id"])),)
    return caption, (Attachment(_MEDIA.get(kind, "file")),)


def _pressed(kind: str, message: Mapping[str, Any]) -> tuple[str, str]:
    """What a pressed button or row stands for, and its title."""
    if kind == "button":  # of a template
        return str(message["button"].get("payload") or ""), str(message["button"].get("text") or "")
    if kind != "interactive":
        return "", ""
    reply = message["interactive"].get(str(message["interactive"].get("type"))) or {}
    return str(reply.get("id") or ""), str(reply.get("title") or "")


def _moved(ident: str, message: Mapping[str, Any]) -> Update | None:
    """The customer has another number, and so another id."""
    system = message["system"]
    if system.get("type") not in _MOVES:
        return None
    old = system.get("previous_user_id") or message.get("from_user_id") or message.get("from")
    new = system.get("user_id") or system.get("wa_id") or system.get("new_wa_id")
    return Update(ident, str(old), "move", data=str(new)) if old and new else None


def _remember(memory: dict[str, Any], key: str, value: Any, most: int) -> None:
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > most:
        del memory[next(iter(memory))]
