"""Telegram, by its Bot API: https://core.telegram.org/bots/api

The caller is proven by the secret token that we gave with the webhook's address. Several products are an
album to look at and a list with numbers below it; pressing a number turns the list into that product's page
and back, in the same message.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.base import download
from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.base.webhook import Call, Forged, Heard
from bot.channels.telegram import drawing
from bot.conversation import messages
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

_REPORTS = ("message", "edited_message", "callback_query", "my_chat_member")
_MEDIA: dict[str, Media] = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
    "sticker": "sticker", "location": "place", "venue": "place", "contact": "contact",
}  # fmt: skip


class Telegram(Messenger):
    """See the module. Credentials: `token` (from BotFather), `secret` (made up by you: letters, digits, _ and
    -), and for a server of the Bot API of your own `api_url`.
    """

    platform = "telegram"
    title = "Telegram"
    limits = Limits(text=drawing.TEXT, per_second=25)

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.token = fields.need("token")
        self.secret = fields.need("secret")
        self.api = fields.url("api_url", "https://api.telegram.org")
        self.username = fields.get("username").lstrip("@")  # else asked for at the start
        self.bot_id = self.token.split(":", 1)[0]

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        given = call.header("x-telegram-bot-api-secret-token")
        if call.method != "POST" or not hmac.compare_digest(given.encode(), self.secret.encode()):
            raise Forged("no or a wrong secret token")
        report = json.loads(call.body)
        update = self._update(report)
        return Heard([update] if update is not None else [])

    def _update(self, report: Mapping[str, Any]) -> Update | None:
        number = int(report["update_id"])
        if "callback_query" in report:
            return self._press(report["callback_query"])
        if "my_chat_member" in report:
            return self._member(number, report["my_chat_member"])
        edited = "edited_message" in report
        message = report.get("edited_message" if edited else "message")
        if message is None or message.get("from", {}).get("is_bot"):
            return None
        return self._message(number, message, edited)

    def _message(self, number: int, message: Mapping[str, Any], edited: bool) -> Update | None:
        chat, sender = message["chat"], message["from"]
        group = chat["type"] != "private"
        text = str(message.get("text") or message.get("caption") or "")
        if group and not self._for_us(message, text):
            return None
        text = self._without_name(text)
        words = text.split()
        start = not edited and bool(words) and words[0] == "/start"
        ident = f"{chat['id']}.{message['message_id']}"
        return Update(
            id=f"{ident}.{message.get('edit_date', number)}" if edited else ident,
            address=_address(chat, sender),
            kind="edit" if edited else "join" if start else "message",
            text="" if start else text,
            attachments=tuple(_attachments(message)),
            about=ident if edited else None,
            language=sender.get("language_code"),
            name=sender.get("first_name"),
            in_group=group,
        )

    def _for_us(self, message: Mapping[str, Any], text: str) -> bool:
        answered = message.get("reply_to_message", {}).get("from", {})
        if str(answered.get("id", "")) == self.bot_id:
            return True
        return bool(self.username) and f"@{self.username}".casefold() in text.casefold()

    def _without_name(self, text: str) -> str:
        if not self.username:
            return text
        place = text.casefold().find(f"@{self.username}".casefold())
        if place < 0:
            return text
        return f"{text[:place]}{text[place + len(self.username) + 1 :]}".strip(" ,:")

    def _press(self, query: Mapping[str, Any]) -> Update | None:
        message, sender = query.get("message"), query["from"]
        if not message:
            return None
        chat = message["chat"]
        return Update(
            id=f"press.{query['id']}",
            address=_address(chat, sender),
            kind="press",
            data=str(query.get("data") or ""),
            about=f"{chat['id']}.{message['message_id']}",
            language=sender.get("language_code"),
            name=sender.get("first_name"),
            in_group=chat["type"] != "private",
        )

    def _member(self, number: int, change: Mapping[str, Any]) -> Update | None:
        chat = change["chat"]
        if chat["type"] != "private":
            return None
        gone = change["new_chat_member"]["status"] in ("kicked", "left")
        return Update(f"member.{number}", str(chat["id"]), "leave" if gone else "join")

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        file = await self._call("getFile", {"file_id": attachment.ref})
        url = f"{self.api}/file/bot{self.token}/{file['file_path']}"
        return await download.fetch(url, hosts=(), trusted=(download.host_of(self.api),))

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return drawing.draw(shown)

    async def turn_page(self, contact: Contact, update: Update) -> bool:
        name, _, rest = (update.data or "").partition(".")
        seq, _, place = rest.partition(".")
        if name != "page" or not seq.isdigit():
            return False
        message = await asyncio.to_thread(messages.get, contact.conversation, int(seq))
        if message is None or not update.about:
            return False
        shown = await self.assistant.shown(message)
        if place.isdigit() and int(place) < len(shown.cards):
            piece = drawing.page(shown, int(place))
        elif shown.cards:
            piece = drawing.listed(shown)
        else:
            return False
        chat, _, number = update.about.rpartition(".")
        piece = {key: value for key, value in piece.items() if key != "method"}
        try:
            await self._call("editMessageText", {"chat_id": chat, "message_id": int(number), **piece})
        except Refused as error:
            if "not modified" not in str(error):  # pressed twice
                raise
        await self.pressed(contact, update, int(seq))
        return True

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        chat = contact.address.split(":", 1)[0]
        method = str(piece["method"])
        payload = {"chat_id": chat, **{name: value for name, value in piece.items() if name != "method"}}
        sent = await self._send(method, payload)
        first = sent[0] if isinstance(sent, list) else sent
        return f"{chat}.{first['message_id']}"

    async def _send(self, method: str, payload: dict[str, Any]) -> Any:
        if method == "sendPhoto":
            return await self._send_photo(payload)
        if method == "sendMediaGroup":
            return await self._send_album(payload)
        return await self._call(method, payload)

    async def _send_photo(self, payload: dict[str, Any]) -> Any:
        data = await jpeg_pictures.jpeg(payload["photo"], self.base_url)
        try:
            if data is None:
                return await self._call("sendPhoto", payload)
            form = _form({**payload, "photo": "attach://photo"}, {"photo": data})
            return await self._call("sendPhoto", form)
        except Gone:
            raise
        except Refused as error:  # the picture is away, or not to Telegram's taste: the words still are there
            logger.warning("telegram: a picture was refused: %s", error)
            rest = {key: value for key, value in payload.items() if key not in ("photo", "caption")}
            return await self._call(
                "sendMessage", {**rest, **drawing.body(payload.get("caption") or payload["photo"])}
            )

    async def _send_album(self, payload: dict[str, Any]) -> Any:
        files: dict[str, bytes] = {}
        media = []
        for place, item in enumerate(payload["media"]):
            data = await jpeg_pictures.jpeg(item["media"], self.base_url)
            if data is not None:
                files[f"photo{place}"] = data
                item = {**item, "media": f"attach://photo{place}"}
            media.append(item)
        try:
            return await self._call("sendMediaGroup", _form({**payload, "media": media}, files))
        except Gone:
            raise
        except Refused as error:
            logger.warning("telegram: an album was refused: %s", error)
            captions = "\n".join(item["caption"] for item in payload["media"])
            return await self._call("sendMessage", {"chat_id": payload["chat_id"], **drawing.body(captions)})

    async def show_typing(self, contact: Contact, on: bool) -> None:
        if on:
            await self._call(
                "sendChatAction", {"chat_id": contact.address.split(":", 1)[0], "action": "typing"}
            )

    async def pressed(self, contact: Contact, update: Update, seq: int | None) -> None:
        await self._call("answerCallbackQuery", {"callback_query_id": update.id.removeprefix("press.")})

    # --- set-up ---------------------------------------------------------------------------------------------

    @property
    def webhook_url(self) -> str:
        """Where Telegram calls us."""
        return f"{self.base_url}/webhooks/{self.platform}/webhook"

    async def connect(self) -> None:
        me = await self._call("getMe", {})
        self.username = self.username or str(me.get("username") or "")
        if settings().public_url:
            hook = {"url": self.webhook_url, "secret_token": self.secret, "allowed_updates": list(_REPORTS)}
            await self._call("setWebhook", hook)

    async def check(self) -> list[Finding]:
        try:
            me = await self._call("getMe", {})
            hook = await self._call("getWebhookInfo", {})
        except (Later, Refused) as error:
            return [
                Finding("bad", f"Telegram does not accept the token: {error}", "take it from BotFather again")
            ]
        found = [Finding("ok", f"Telegram: @{me.get('username')}")]
        if hook.get("url") != self.webhook_url:
            remedy = "set SHOP_PUBLIC_URL to the https address that the internet sees, and start again"
            found.append(Finding("bad", "Telegram: the webhook is not set", remedy))
        elif hook.get("last_error_message"):
            what = f"Telegram could not reach us: {hook['last_error_message']}"
            found.append(Finding("note", what, "is the proxy up, and its certificate good?"))
        return found

    async def _call(self, method: str, payload: Mapping[str, Any] | aiohttp.FormData) -> Any:
        """Call a method of the Bot API; returns its result. Raises `Later`, `Refused`, `Gone`."""
        url = f"{self.api}/bot{self.token}/{method}"
        body = {"data": payload} if isinstance(payload, aiohttp.FormData) else {"json": dict(payload)}
        answer = await self.client.ask("POST", url, **body)
        data = answer.data if isinstance(answer.data, dict) else {}
        if data.get("ok"):
            return data["result"]
        why = f"{answer.status} {data.get('description') or ''}".strip()
        if answer.status == 429:
            raise Later(why, float(data.get("parameters", {}).get("retry_after") or 1))
        if answer.status in (401, 404) or answer.status >= 500:  # 404: the token is none
            raise Later(why)
        if answer.status == 403 or "chat not found" in why.casefold():
            raise Gone(why)
        raise Refused(why)


def _address(chat: Mapping[str, Any], sender: Mapping[str, Any]) -> str:
    return str(chat["id"]) if chat["type"] == "private" else f"{chat['id']}:{sender['id']}"


def _attachments(message: Mapping[str, Any]) -> list[Attachment]:
    if message.get("photo"):
        return [Attachment("photo", str(message["photo"][-1]["file_id"]))]  # the largest comes last
    document = message.get("document")
    if document and "animation" not in message:
        picture = str(document.get("mime_type") or "").startswith("image/")
        return [Attachment("photo" if picture else "file", str(document["file_id"]))]
    return [Attachment(kind) for name, kind in _MEDIA.items() if name in message][:1]


def _form(payload: Mapping[str, Any], files: Mapping[str, bytes]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in payload.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    for name, data in files.items():
        form.add_field(name, data, filename=f"{name}.jpg", content_type="image/jpeg")
    return form
