"""WeChat official accounts (verified service accounts), by their customer-service interface:
https://developers.weixin.qq.com/doc/service/

The caller is proven by a signature over a token and the time, in safe mode also over the encrypted message.
WeChat waits five seconds for an answer to a call, so a call is only kept and acknowledged ("success"), and
all answers are pushed.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any

from bot.channels.base import download
from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown, read_token
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.base.webhook import OLDEST, Call, Forged, Heard
from bot.channels.wechat import drawing as wechat_drawing
from bot.channels.wechat import menu_page
from bot.channels.wechat import xml as wechat_xml
from bot.channels.wechat.api import OFFICIAL, Api
from bot.channels.wechat.crypto import Cipher, signed
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import SettingError, settings

logger = logging.getLogger(__name__)

PHOTO_HOSTS = (".qpic.cn", ".qlogo.cn")
KEEP = 2 * 24 * 3600.0  # seconds that an uploaded picture is used again; WeChat keeps it for three days
MOST_KEPT = 500
_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"  # a text in place of a sticker, …
_MEDIA: dict[str, Media] = {
    "voice": "voice", "video": "video", "shortvideo": "video", "location": "place", "file": "file",
}  # fmt: skip


class WeChat(Messenger):
    """See the module. Credentials: `app_id`, `secret`, `token` (made up by you), `aes_key` (the
    EncodingAESKey, for safe mode, which is recommended), `language` of customers who have not written yet
    (zh).
    """

    platform = "wechat"
    title = "WeChat"
    # The number of a choice may be typed as well as tapped. Texts are counted in bytes there.
    limits = Limits(text=wechat_drawing.TEXT, choices="numbers", window_hours=48)

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        app_id = fields.need("app_id")
        self.token = fields.need("token")
        self.language = fields.get("language", "zh")
        self.api = Api(self.client, fields.url("api_url", OFFICIAL), app_id, fields.need("secret"))
        self.cipher = _cipher(fields.get("aes_key"), app_id)
        self._uploaded: dict[str, tuple[str, float]] = {}  # what → its id there, and until when it is good

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        at, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        if not signed(call.query.get("signature", ""), self.token, at, nonce):
            raise Forged("no or a wrong signature")
        if not at.isascii() or not at.isdigit() or abs(time.time() - int(at)) > OLDEST:
            raise Forged("an old call (is this server's clock right?)")
        if call.method == "GET":  # the address was just entered on WeChat's pages
            return Heard(body=call.query.get("echostr", "").encode())
        update = self._update(self._message(call, at, nonce))
        return Heard([update] if update is not None else [], b"success")

    def _message(self, call: Call, at: str, nonce: str) -> dict[str, str]:
        outside = wechat_xml.read(call.body)
        if self.cipher is None:
            if "MsgType" not in outside and "Encrypt" in outside:
                raise Forged("an encrypted call, and credentials.yml has no aes_key")
            return outside
        encrypted = outside.get("Encrypt", "")
        if not signed(call.query.get("msg_signature", ""), self.token, at, nonce, encrypted):
            raise Forged("not encrypted, or with a wrong msg_signature")
        try:
            return wechat_xml.read(self.cipher.decrypt(encrypted))
        except ValueError as error:
            raise Forged(str(error)) from error

    def _update(self, message: Mapping[str, str]) -> Update | None:
        sender, kind = message["FromUserName"], message["MsgType"]
        if kind == "event":
            return self._event(sender, message)
        content = _content(kind, message)
        if content is None:
            return None
        words, attachments = content
        pressed = message.get("bizmsgmenuid", "")
        press = kind == "text" and read_token(pressed) is not None
        return Update(
            id=str(int(message["MsgId"])),
            address=sender,
            kind="press" if press else "message",
            text=words,
            attachments=attachments,
            data=pressed if press else None,
            language=self.language,
        )

    def _event(self, sender: str, message: Mapping[str, str]) -> Update | None:
        event, key = message["Event"], message.get("EventKey", "")
        ident = ".".join((sender, str(int(message["CreateTime"])), event, key))[:300]
        if event in ("subscribe", "SCAN"):
            return Update(ident, sender, "join", language=self.language)
        if event == "unsubscribe":
            return Update(ident, sender, "leave")
        if event == "CLICK" and key:  # the key of an own menu's button is what the button says
            return Update(ident, sender, text=key, language=self.language)
        return None

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        media_id, _, url = attachment.ref.partition(" ")
        trusted = () if self.api.base == OFFICIAL else (download.host_of(self.api.base),)
        if url.startswith("http://") and download.host_of(url) not in trusted:
            url = f"https://{url.removeprefix('http://')}"
        try:
            return await download.fetch(url, hosts=PHOTO_HOSTS, trusted=trusted)
        except Refused as error:
            if not media_id:
                raise
            logger.info("wechat: a photo is fetched by its id: %s", error)
        return await self.api.media(media_id)

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return wechat_drawing.draw(shown, language, self.base_url)

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        words = str(piece.get("words") or "")
        body = {name: value for name, value in piece.items() if name not in ("words", "sheet")}
        try:
            if "sheet" in piece:
                await self._send_picture(contact, piece["sheet"])
            else:
                await self._say(contact, body)
        except Gone:
            raise
        except Refused as error:  # a test account takes no menus, for example: the words still are there
            if "words" not in piece:
                raise
            logger.warning("wechat: a message of kind %s was refused: %s", piece["msgtype"], error)
            if words:
                await self._say(contact, wechat_drawing.text(words))
        return None  # WeChat tells no ids

    async def _send_picture(self, contact: Contact, numbered: list[Any]) -> None:
        what = json.dumps(numbered)
        known, until = self._uploaded.get(what, ("", 0.0))
        if known and time.monotonic() < until:
            try:
                await self._say(contact, _image(known))
                return
            except Gone:
                raise
            except Refused:  # it is not kept there any more
                del self._uploaded[what]
        if numbered[0][0]:
            data = await menu_page.jpeg([(number, address) for number, address in numbered], self.base_url)
        else:
            data = await jpeg_pictures.jpeg(numbered[0][1], self.base_url)
        if data is None:
            raise Refused("the picture is not here")
        media_id = await self.api.upload(data)
        if len(self._uploaded) >= MOST_KEPT:
            self._uploaded.clear()
        self._uploaded[what] = (media_id, time.monotonic() + KEEP)
        await self._say(contact, _image(media_id))

    async def _say(self, contact: Contact, body: Mapping[str, Any]) -> None:
        await self.api.post("/cgi-bin/message/custom/send", {"touser": contact.address, **body})

    async def show_typing(self, contact: Contact, on: bool) -> None:
        command = "Typing" if on else "CancelTyping"
        await self.api.post("/cgi-bin/message/custom/typing", {"touser": contact.address, "command": command})

    # --- set-up ---------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        await self.api.token()  # so that a wrong secret is said at the start, not at the first customer

    async def check(self) -> list[Finding]:
        try:
            await self.api.token()
        except (Later, Refused) as error:
            return [Finding("bad", f"WeChat: {error}", _remedy(str(error)))]
        found = [Finding("ok", "WeChat: AppID and AppSecret are right")]
        if self.cipher is None:
            remedy = "switch to safe mode on WeChat's page “Server configuration”, and give aes_key here, too"
            found.append(Finding("note", "WeChat: messages are neither encrypted nor signed", remedy))
        if not (settings().public_url or "").startswith("https://"):
            remedy = "set SHOP_PUBLIC_URL to the https address that the internet sees, and start again"
            found.append(Finding("bad", "WeChat: it cannot call this server", remedy))
        return [*found, await self._check_quota(), await self._check_address()]

    async def _check_quota(self) -> Finding:
        asked = {"cgi_path": "/cgi-bin/message/custom/send"}
        try:
            quota = (await self.api.post("/cgi-bin/openapi/quota/get", asked)).get("quota") or {}
        except (Later, Refused) as error:
            remedy = "only verified accounts may: have yours verified on WeChat's pages"
            return Finding("bad", f"WeChat: the account may not write to its customers: {error}", remedy)
        left, most = quota.get("remain"), quota.get("daily_limit")
        if not left:
            remedy = "wait until midnight in Beijing, or reset the quota on WeChat's pages"
            return Finding("bad", "WeChat: no message may be sent any more today", remedy)
        return Finding("ok", f"WeChat: {left} of {most} messages are left today")

    async def _check_address(self) -> Finding:
        """WeChat looks up and pings the address that was entered on its pages."""
        try:
            answer = await self.api.post(
                "/cgi-bin/callback/check", {"action": "all", "check_operator": "DEFAULT"}
            )
        except (Later, Refused) as error:
            return Finding("note", f"WeChat: it did not try to reach this server: {error}")
        url = f"{self.base_url}/webhooks/{self.platform}/webhook"
        if not answer.get("dns"):
            remedy = f"enter {url} on WeChat's page “Server configuration”"
            return Finding("bad", "WeChat: it knows no address to call, or cannot look it up", remedy)
        if all(each.get("package_loss") == "100%" for each in answer.get("ping") or []):
            return Finding("note", "WeChat: the address does not answer pings", f"is {url} seen in China?")
        return Finding("ok", "WeChat: it reaches the address that was entered there")


def _cipher(aes_key: str, app_id: str) -> Cipher | None:
    if not aes_key:
        return None
    try:
        return Cipher(aes_key, app_id)
    except ValueError:
        what = "aes_key must be the EncodingAESKey, 43 characters"
        raise SettingError(f"credentials.yml: wechat: {what}") from None


def _content(kind: str, message: Mapping[str, str]) -> tuple[str, tuple[Attachment, ...]] | None:
    """The words and attachments of a message; None for kinds that say nothing."""
    if kind == "text":
        text = message.get("Content", "")
        return ("", (Attachment("sticker"),)) if text.strip() == _UNSUPPORTED else (text, ())
    if kind == "image":
        ref = f"{message.get('MediaId', '')} {message.get('PicUrl', '')}"
        return "", (Attachment("photo", ref),)
    if kind == "link":
        return "\n".join(filter(None, (message.get("Title"), message.get("Url")))), ()
    heard = message.get("Recognition", "").strip()
    if kind == "voice" and heard:
        return heard, ()
    return ("", (Attachment(_MEDIA[kind]),)) if kind in _MEDIA else None


def _image(media_id: str) -> Piece:
    return {"msgtype": "image", "image": {"media_id": media_id}}


def _remedy(why: str) -> str:
    """What the owner is to do about a token that is not given."""
    if "40164" in why:
        return (
            "add the internet address that is named there to the IP whitelist: "
            "WeChat's pages, Settings and development → Basic configuration"
        )
    if "895" in why:
        return "an administrator of the account has to confirm this server in WeChat"
    return "take AppID and AppSecret from WeChat's pages, Settings and development → Basic configuration"
