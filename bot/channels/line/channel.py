"""LINE, by its Messaging API: https://developers.line.biz/en/reference/messaging-api/

The caller is proven by a signature over the body. Answers are pushed (a reply token expires before some
answers are there), each with a key by which LINE knows a double. In groups the assistant speaks when it is
mentioned, or a message of its own is quoted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channels.base import api_client, download
from bot.channels.base.api_client import Answer, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import KEPT_DAYS, Attachment, Media, Update
from bot.channels.base.webhook import Call, Forged, Heard
from bot.channels.line import drawing as line_drawing
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

MEDIA_HOSTS = (".line.me", ".line-apps.com", ".line-scdn.net")
OLDEST = (KEPT_DAYS - 1) * 86400  # seconds: what is older may have come before, and is forgotten
QUOTA_AGAIN = 3600.0  # seconds until a month's used-up quota is looked at again
LOADING = 20  # seconds that the loading animation is shown at most
_MEDIA: dict[str, Media] = {
    "image": "photo", "audio": "voice", "video": "video", "file": "file", "sticker": "sticker",
    "location": "place",
}  # fmt: skip
_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|heic|bmp)$", re.I)


class Line(Messenger):
    """See the module. Credentials: `channel_secret`, `access_token` (long-lived)."""

    platform = "line"
    title = "LINE"
    limits = Limits(text=line_drawing.TEXT, per_second=50)

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.secret = fields.need("channel_secret")
        self.token = fields.need("access_token")
        self.api = fields.url("api_url", "https://api.line.me")
        self.data = fields.url("data_url", "https://api-data.line.me")

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        proof = base64.b64encode(hmac.new(self.secret.encode(), call.body, hashlib.sha256).digest())
        if not hmac.compare_digest(proof, call.header("x-line-signature").encode()):
            raise Forged("no or a wrong signature")
        events = json.loads(call.body)["events"]
        if any(time.time() - event["timestamp"] / 1000 > OLDEST for event in events):
            raise Forged("an old call")
        return Heard([update for event in events for update in _updates(event)])

    async def for_us(self, updates: Sequence[Update]) -> Sequence[Update]:
        return [each for each in updates if await self._is_for_us(each)]

    async def _is_for_us(self, update: Update) -> bool:
        """In groups what quotes somebody else, or takes back what was not for us, is not ours to know."""
        if not update.in_group or update.about is None:
            return True
        if update.kind == "delete":
            return await self.assistant.has_come(update.about)
        return await self.assistant.has_sent(update.about)

    async def introduce(self, contact: Contact) -> tuple[str | None, str | None]:
        group, user = _split(contact.address)
        if not user:
            return None, None
        kind = "room" if group.startswith("R") else "group"
        path = f"/v2/bot/{kind}/{group}/member/{user}" if group else f"/v2/bot/profile/{user}"
        profile = (await self._call("GET", path)).data
        return profile.get("language"), profile.get("displayName")

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        if attachment.ref.startswith("http"):  # sent by a web page within LINE
            return await download.fetch(attachment.ref, hosts=MEDIA_HOSTS)
        url = f"{self.data}/v2/bot/message/{attachment.ref}/content"
        return await download.fetch(
            url, hosts=(), trusted=(download.host_of(self.data),), headers=self._proof
        )

    async def noticed(self, contact: Contact, update: Update) -> None:
        if update.kind == "message" and update.data:
            await self._call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": update.data})

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        group, user = _split(contact.address)
        return line_drawing.draw(shown, self._picture, (user or group) if group else "")

    def _picture(self, address: str) -> str | None:
        found = jpeg_pictures.jpeg_url(address, self.base_url) or ""
        return found if found.startswith("https://") and len(found) <= line_drawing.PICTURE else None

    async def send(self, contact: Contact, piece: Piece, key: str) -> list[str]:
        group, user = _split(contact.address)
        try:
            return await self._push(group or user, piece["messages"], key)
        except Gone:
            raise
        except Refused as error:
            if piece["words"] == piece["messages"]:
                raise
            logger.warning("line: a message was refused, it is sent in plain words: %s", error)
        sent = []
        for first in range(0, len(piece["words"]), line_drawing.MESSAGES):
            words = piece["words"][first : first + line_drawing.MESSAGES]
            sent += await self._push(group or user, words, f"{key}.words.{first}")
        return sent

    async def _push(self, to: str, messages: Sequence[Piece], key: str) -> list[str]:
        """Send messages, once for a key; the ids of them."""
        headers = {"X-Line-Retry-Key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"line:{key}"))}
        body = {"to": to, "messages": list(messages)}
        answer = await self._call("POST", "/v2/bot/message/push", body, headers=headers, accepted=True)
        return [str(each["id"]) for each in answer.data.get("sentMessages", [])]

    async def show_typing(self, contact: Contact, on: bool) -> None:
        group, user = _split(contact.address)
        if on and not group:  # it ends by itself with the next message
            payload = {"chatId": user, "loadingSeconds": LOADING}
            await self._call("POST", "/v2/bot/chat/loading/start", payload)

    # --- set-up ---------------------------------------------------------------------------------------------

    @property
    def webhook_url(self) -> str:
        """Where LINE calls us."""
        return f"{self.base_url}/webhooks/{self.platform}/webhook"

    async def connect(self) -> None:
        await self._call("GET", "/v2/bot/info")
        if settings().public_url:
            await self._call("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": self.webhook_url})

    async def check(self) -> list[Finding]:
        try:
            us = (await self._call("GET", "/v2/bot/info")).data
            hook = (await self._call("GET", "/v2/bot/channel/webhook/endpoint")).data
            quota = (await self._call("GET", "/v2/bot/message/quota")).data
            used = (await self._call("GET", "/v2/bot/message/quota/consumption")).data
        except (Later, Refused) as error:
            remedy = "issue the channel access token again, in the Messaging API tab of the console"
            return [Finding("bad", f"LINE does not accept the token: {error}", remedy)]
        found = [Finding("ok", f"LINE: {us.get('displayName')} ({us.get('basicId')})")]
        if hook.get("endpoint") != self.webhook_url:
            remedy = "set SHOP_PUBLIC_URL to the https address that the internet sees, and start again"
            found.append(Finding("bad", "LINE: the webhook is not set", remedy))
        elif not hook.get("active"):
            remedy = 'switch "Use webhook" on, in the Messaging API tab of the console'
            found.append(Finding("bad", "LINE: the webhook is switched off", remedy))
        else:
            found.append(await self._reached())
        most, sent = quota.get("value"), used.get("totalUsage", 0)
        if quota.get("type") == "limited" and most is not None and sent >= 0.9 * most:
            remedy = "take a larger plan in LINE Official Account Manager; without one, answers are not sent"
            what = f"LINE: {sent} of this month's {most} messages are used"
            found.append(Finding("bad" if sent >= most else "note", what, remedy))
        return found

    async def _reached(self) -> Finding:
        """LINE calls us, and says how that went."""
        try:
            test = (await self._call("POST", "/v2/bot/channel/webhook/test", {})).data
        except (Later, Refused) as error:
            return Finding("note", f"LINE cannot be asked to call us: {error}", "try again in a few minutes")
        if test.get("success"):
            return Finding("ok", "LINE reaches us")
        remedy = "is the proxy up, its certificate good, the channel secret right?"
        return Finding("bad", f"LINE could not reach us: {test.get('reason')}: {test.get('detail')}", remedy)

    @property
    def _proof(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        accepted: bool = False,
    ) -> Answer:
        """Call the Messaging API. Raises `Later`, `Refused`, `Gone`; not if what is sent twice had been
        `accepted`.
        """
        content = {} if body is None else {"json": dict(body)}
        answer = await self.client.ask(
            method, f"{self.api}{path}", headers={**self._proof, **(headers or {})}, **content
        )
        data = answer.data if isinstance(answer.data, dict) else {}
        if 200 <= answer.status < 300 or (accepted and answer.status == 409):
            return answer
        said = str(data.get("message") or "")
        if "failed to send messages" in said.casefold():
            raise Gone(f"{said}: no such customer or group, or we were removed from it")
        if answer.status == 429 and "monthly limit" in said.casefold():
            why = "the messages of this month's LINE plan are used up: a larger plan is needed"
            raise Later(f"{why} ({said})", QUOTA_AGAIN)
        if answer.status == 403:  # the plan does not allow it: the owner can change that
            raise Later(answer.short())
        api_client.check(answer)
        raise Refused(answer.short())


def _updates(event: Mapping[str, Any]) -> Iterator[Update]:
    """What an event reports."""
    source = event.get("source") or {}
    group, user = source.get("groupId") or source.get("roomId") or "", source.get("userId") or ""
    if event.get("mode") == "standby" or not (group or user):  # another server answers; or nobody is there
        return
    ident, address = str(event["webhookEventId"]), f"{group}:{user}" if group and user else group or user
    inside = bool(group)
    match event["type"]:
        case "message":
            update = _message(event["message"], address, inside)
            if update is not None:
                yield update
        case "postback":
            token, _, whose = str(event["postback"]["data"]).partition(" ")
            if whose in ("", user, group):  # else it is somebody else's question
                address = group if whose == group and group else address  # the whole group was asked
                yield Update(ident, address, "press", data=token, in_group=inside)
        case "unsend":
            about = str(event["unsend"]["messageId"])
            yield Update(ident, address, "delete", about=about, in_group=inside)
        case "follow" | "join":
            yield Update(ident, address, "join", in_group=inside)
        case "unfollow" | "leave":
            yield Update(ident, address, "leave", in_group=inside)
        case "memberLeft":
            for member in event["left"]["members"]:
                gone = member["userId"]
                yield Update(f"{ident}.{gone}", f"{group}:{gone}", "leave", in_group=True)


def _message(message: Mapping[str, Any], address: str, inside: bool) -> Update | None:
    """A message; in a group one that mentions us, or quotes (`about`; whom is for `keep` to find out)."""
    text, mentioned = _without_us(message)
    quoted = message.get("quotedMessageId")
    if inside and not mentioned and not quoted:
        return None
    attachments = tuple(_attachments(message))
    return Update(
        id=str(message["id"]),
        address=address,
        kind="message" if text or attachments else "join",  # our name alone
        text=text,
        attachments=attachments,
        data=message.get("markAsReadToken"),
        about=str(quoted) if inside and quoted and not mentioned else None,
        in_group=inside,
    )


def _without_us(message: Mapping[str, Any]) -> tuple[str, bool]:
    """The text without our name, and whether that was there. Places are counted in UTF-16 code units."""
    text = str(message.get("text") or "").encode("utf-16-le")
    mentions = (message.get("mention") or {}).get("mentionees") or []
    ours = [each for each in mentions if each.get("isSelf")]
    for each in sorted(ours, key=lambda each: -each["index"]):
        start, end = 2 * each["index"], 2 * (each["index"] + each["length"])
        text = text[:start] + text[end:]
    return text.decode("utf-16-le", "ignore").strip(" ,:\n" if ours else None), bool(ours)


def _attachments(message: Mapping[str, Any]) -> Iterator[Attachment]:
    kind = _MEDIA.get(message["type"])
    if kind is None:
        return
    provider = message.get("contentProvider") or {}
    outside = provider.get("originalContentUrl") if provider.get("type") == "external" else None
    if kind == "file" and _PICTURE.search(str(message.get("fileName") or "")):
        kind = "photo"
    yield Attachment(kind, str(outside or message["id"]) if kind == "photo" else "")


def _split(address: str) -> tuple[str, str]:
    """Group (or '') and user (or '') of an address."""
    group, colon, user = address.partition(":")
    if colon:
        return group, user
    return ("", address) if address.startswith("U") else (address, "")
