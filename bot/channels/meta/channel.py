"""Facebook Messenger and Instagram, by the Messenger Platform: one interface, two places.

https://developers.facebook.com/documentation/business-messaging/messenger-platform
https://developers.facebook.com/documentation/business-messaging/instagram-messaging
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import urlsplit

import aiohttp

from bot.channels.base import download
from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.base.webhook import Call, Heard
from bot.channels.meta import drawing as meta_drawing
from bot.channels.meta import graph, more
from bot.channels.meta.graph import Graph, NotAllowed
from bot.conversation.messages import Message
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

START = "start"  # the payload of the button "Get started"
AGENTS = 7 * 24.0  # hours that an agent has to answer, with Meta's permission "Human Agent"
_MEDIA: dict[str, Media] = {
    "audio": "voice", "video": "video", "reel": "video", "ig_reel": "video", "location": "place",
    "like_heart": "sticker", "sticker": "sticker",
}  # fmt: skip
_SHARED = frozenset(("share", "ig_post"))  # somebody's post: its picture, if it has one
_SILENT = frozenset(("fallback", "story_mention", "template"))  # a link, which the text has; not said to us
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")


class MetaMessenger(Messenger):
    """What the two have in common. Credentials: see `graph.Graph`; and `human_agent: true` if Meta has given
    the app the permission of that name.
    """

    kind: ClassVar[str]  # the object that Meta calls us for
    account: ClassVar[str]  # the name of the credential that says which account, if the app has several
    fields: ClassVar[tuple[str, ...]]  # what we are called for

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.graph = Graph(self.client, fields)
        self.only = fields.get(self.account)
        self.human_agent = fields.get("human_agent").casefold() in ("true", "yes", "on", "1")
        self._shy: set[str] = set()  # customers whose name we may not ask for

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        return self.graph.hear(call, self.kind, self._events, self._updates)

    def _events(self, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """What is for us: not what another app of the page has taken over (`standby`)."""
        if self.only and str(entry.get("id")) != self.only:
            return
        yield from entry.get("messaging") or []
        for change in entry.get("changes") or []:
            if change.get("field") in self.fields:
                yield change["value"]

    def _updates(self, event: Mapping[str, Any]) -> Iterator[Update]:
        sender, at = str(event["sender"]["id"]), int(event.get("timestamp") or 0)
        if graph.is_old(at / 1000 if at > 10**11 else at):
            logger.info("%s: an old report was left aside", self.platform)
            return
        if "message" in event:
            update = self._message(sender, event["message"])
        elif "message_edit" in event:
            edit = event["message_edit"]
            update = Update(
                f"{edit['mid']}.{edit.get('num_edit', at)}",
                sender,
                "edit",
                str(edit["text"]),
                about=edit["mid"],
            )
        elif "postback" in event:
            update = self._postback(sender, at, event["postback"])
        elif "referral" in event:  # a link m.me/… or ig.me/… was followed
            update = Update(f"referral.{sender}.{at}", sender, "join")
        elif "reaction" in event:
            update = self._reaction(sender, at, event["reaction"])
        elif "read" in event:
            update = self._read(sender, event["read"])
        else:
            update = None  # delivered, handed over to another app, …
        if update is not None:
            yield update

    def _message(self, sender: str, message: Mapping[str, Any]) -> Update | None:
        if message.get("is_echo") or message.get("is_self"):
            return None
        mid, text = str(message["mid"]), str(message.get("text") or "")
        if message.get("is_deleted"):
            return Update(f"{mid}.deleted", sender, "delete", about=mid)
        about = (message.get("reply_to") or {}).get("mid")
        pressed = str((message.get("quick_reply") or {}).get("payload") or "")
        if more.is_ours(pressed):
            return Update(mid, sender, "press", data=pressed, about=about)
        attachments = tuple(
            found
            for each in message.get("attachments") or []
            if (found := self._attachment(each)) is not None
        )
        if message.get("is_unsupported") and not text:
            attachments = (Attachment("file"),)
        if not text and not attachments:
            text = _shared(message.get("attachments") or [])
            if not text:
                return None
        return Update(mid, sender, "message", text, attachments, about=about)

    def _attachment(self, attachment: Mapping[str, Any]) -> Attachment | None:
        kind, payload = str(attachment.get("type")), attachment.get("payload") or {}
        url = str(payload.get("url") or "")
        if kind in _SILENT:
            return None
        if kind == "image":
            return Attachment("sticker") if payload.get("sticker_id") else Attachment("photo", url)
        if kind in _SHARED and self._ours(url):
            return Attachment("photo", url)
        if kind == "file" and urlsplit(url).path.casefold().endswith(_PICTURES):
            return Attachment("photo", url)
        return Attachment(_MEDIA.get(kind, "file"))

    def _postback(self, sender: str, at: int, postback: Mapping[str, Any]) -> Update:
        data = str(postback.get("payload") or "")
        ident = str(postback.get("mid") or f"postback.{sender}.{at}")
        if data == START or "referral" in postback:
            return Update(ident, sender, "join")
        if more.is_ours(data):
            return Update(ident, sender, "press", data=data)
        # A button that the owner has set up at Meta (a menu, a frequent question) says what it says.
        return Update(ident, sender, "message", str(postback.get("title") or data))

    def _reaction(self, sender: str, at: int, reaction: Mapping[str, Any]) -> Update | None:
        number = graph.keycap(str(reaction.get("emoji") or ""))
        if number is None or reaction.get("action") != "react":
            return None
        mid = str(reaction["mid"])
        return Update(f"reaction.{mid}.{at}", sender, "press", data=f"#{number}", about=mid)

    def _read(self, sender: str, read: Mapping[str, Any]) -> Update:
        if "mid" in read:
            return Update(f"read.{read['mid']}", sender, "read", about=str(read["mid"]))
        watermark = int(read["watermark"])
        return Update(f"read.{sender}.{watermark}", sender, "read", data=str(watermark // 1000))

    def _ours(self, url: str) -> bool:
        return download.allowed(url, graph.MEDIA_HOSTS, frozenset(self.graph.trusted))

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        return await download.fetch(attachment.ref, hosts=graph.MEDIA_HOSTS, trusted=self.graph.trusted)

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        messages = meta_drawing.draw(
            shown, language, limit=self.limits.text, size=self.size, picture=self._picture
        )
        kind = "UPDATE" if shown.sender == "bot" and not shown.reply_to else "RESPONSE"
        return [{"message": each, "type": kind, "agent": shown.sender == "agent"} for each in messages]

    @staticmethod
    def size(text: str) -> int:
        """A text's length as the platform counts it."""
        return len(text)

    def _picture(self, address: str | None) -> str | None:
        """Where Meta can fetch a picture; None if it cannot."""
        found = jpeg_pictures.jpeg_url(address, self.base_url)
        return None if found != address and settings().public_url is None else found

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        message = piece["message"]
        try:
            if "picture" in message:
                return await self._send(contact, {**piece, "message": await self._image(message["picture"])})
            return await self._send(contact, piece)
        except Gone:
            raise
        except Refused as error:
            plain = meta_drawing.plain(message)
            if plain is None:
                raise
            logger.warning("%s: a picture was refused: %s", self.platform, error)
            return await self._send(contact, {**piece, "message": plain})

    async def _send(self, contact: Contact, piece: Piece) -> str | None:
        body = {
            "recipient": {"id": contact.address},
            "messaging_type": piece["type"],
            "message": piece["message"],
        }
        waited = datetime.now(timezone.utc) - contact.heard
        if piece["agent"] and self.human_agent and waited > timedelta(hours=self.limits.window_hours or 0):
            body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        sent = await self.graph.call("POST", "me/messages", json=body)
        return str(sent["message_id"]) if sent.get("message_id") else None

    async def _image(self, address: str) -> dict[str, Any]:
        """A picture as a message: by its address, or uploaded where Meta cannot reach it."""
        found = self._picture(address)
        data = await jpeg_pictures.jpeg(address, self.base_url) if found is None else None
        if data is None:
            return {"attachment": {"type": "image", "payload": {"url": found or address}}}
        form = aiohttp.FormData()
        asset = {"attachment": {"type": "image", "payload": {"is_reusable": True}}}
        form.add_field("message", json.dumps(asset))
        form.add_field("platform", self.platform)
        form.add_field("filedata", data, filename="picture.jpg", content_type="image/jpeg")
        uploaded = await self.graph.call("POST", "me/message_attachments", data=form)
        payload = {"attachment_id": str(uploaded["attachment_id"])}
        return {"attachment": {"type": "image", "payload": payload}}

    def window_hours(self, message: Message) -> float | None:
        late = message.sender == "agent" and self.human_agent
        return AGENTS if late else self.limits.window_hours

    async def turn_page(self, contact: Contact, update: Update) -> bool:
        found = await more.asked(self, contact, update.data or "")
        if found is None:
            return False
        language = await self.assistant.spoken(contact)
        for message in meta_drawing.others(found, language, self.limits.text, self.size):
            await self._send(contact, {"message": message, "type": "RESPONSE", "agent": False})
        return True

    async def noticed(self, contact: Contact, update: Update) -> None:
        await self._act(contact, "mark_seen")

    async def show_typing(self, contact: Contact, on: bool) -> None:
        await self._act(contact, "typing_on" if on else "typing_off")

    async def _act(self, contact: Contact, action: str) -> None:
        body = {"recipient": {"id": contact.address}, "sender_action": action}
        await self.graph.call("POST", "me/messages", json=body)

    async def introduce(self, contact: Contact) -> tuple[str | None, str | None]:
        if contact.address in self._shy:
            return None, None
        self._shy.add(contact.address)  # asked once: some are never told
        profile = await self.graph.call("GET", contact.address, params={"fields": self.profile})
        return None, profile.get(self.profile)

    profile: ClassVar[str]  # what a customer is called by

    # --- set-up ---------------------------------------------------------------------------------------------

    @property
    def webhook_url(self) -> str:
        """Where Meta calls us."""
        return f"{self.base_url}/webhooks/{self.platform}/webhook"

    async def connect(self) -> None:
        try:
            await self.subscribe()
            await self.graph.register(self.kind, self.webhook_url, self.fields)
        except NotAllowed as error:  # trying again does not help
            raise Refused(str(error)) from error

    async def subscribe(self) -> None:
        """Have Meta call the app for this account."""
        raise NotImplementedError

    async def _subscribed(self) -> set[str]:
        """What Meta calls the app for."""
        apps = (await self.graph.call("GET", "me/subscribed_apps")).get("data") or []
        return {field for app in apps for field in app.get("subscribed_fields") or []}

    async def check(self) -> list[Finding]:
        try:
            me = await self.graph.call("GET", "me", params={"fields": "id,name"})
            subscribed = await self._subscribed()
            found = [Finding("ok", f"{self.title}: {me.get('name') or me.get('id')}")]
            if "messages" not in subscribed:
                remedy = "start the server again, or subscribe the app to `messages` in Meta's dashboard"
                found.append(Finding("bad", f"{self.title}: the app is not told of messages", remedy))
            return [*found, await self.graph.check_address(self.kind, self.webhook_url, self.title)]
        except (Later, Refused) as error:
            remedy = "make a new token in Meta's dashboard; token and app_secret must be of the same app"
            return [Finding("bad", f"{self.title} does not answer as it should: {error}", remedy)]


class FacebookMessenger(MetaMessenger):
    """Messenger of a Facebook page. `token` is the page's; `page_id` only if the app serves several pages."""

    platform = "messenger"
    title = "Messenger"
    limits = Limits(text=2000, window_hours=24, per_second=40)
    kind = "page"
    account = "page_id"
    profile = "first_name"
    fields = (
        "messages", "messaging_postbacks", "messaging_referrals", "message_reads", "message_edits",
        "message_reactions",
    )  # fmt: skip

    async def subscribe(self) -> None:
        fields = {"subscribed_fields": ",".join(self.fields)}
        await self.graph.call("POST", "me/subscribed_apps", params=fields)
        await self.graph.call("POST", "me/messenger_profile", json={"get_started": {"payload": START}})


class Instagram(MetaMessenger):
    """Instagram of a professional account. `token` is that of the page it is linked to, or, with `api_url:
    https://graph.instagram.com`, of an Instagram login; `account_id` only if the app serves several.
    """

    platform = "instagram"
    title = "Instagram"
    limits = Limits(text=1000, window_hours=24, per_second=40)
    kind = "instagram"
    account = "account_id"
    profile = "name"
    fields = (
        "messages", "messaging_postbacks", "messaging_referral", "messaging_seen", "message_reactions",
    )  # fmt: skip

    @staticmethod
    def size(text: str) -> int:
        return len(text.encode())  # Instagram's limit is in bytes

    async def subscribe(self) -> None:
        login = self.graph.api == graph.INSTAGRAM
        if login or "messages" not in await self._subscribed():  # a page's may be Messenger's work, too
            fields = {"subscribed_fields": ",".join(self.fields) if login else "messages"}
            await self.graph.call("POST", "me/subscribed_apps", params=fields)


def _shared(attachments: list[Mapping[str, Any]]) -> str:
    """The words of what was shared without any: a link, a product of the page's catalogue."""
    words: list[str] = []
    for each in attachments:
        payload = each.get("payload") or {}
        if each.get("type") == "template":
            products = (payload.get("product") or {}).get("elements") or []
            words += [str(product.get("title") or "") for product in products]
        elif each.get("type") == "fallback":
            words.append(
                str(each.get("title") or payload.get("title") or payload.get("url") or each.get("url") or "")
            )
    return "\n".join(filter(None, words))
