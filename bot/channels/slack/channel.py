"""Slack, by its Events API, interactive messages and Web API: https://docs.slack.dev

The caller is proven by a signature over the time and the body. A direct message is a conversation; in
channels the assistant speaks only where it is mentioned, and each thread is a conversation of its own.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from bot.channels.base import api_client, download
from bot.channels.base.api_client import Answer, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown, read_token
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import OLDEST, Call, Forged, Heard
from bot.channels.slack import drawing as slack_drawing
from bot.channels.slack import events as slack_events
from bot.conversation import messages
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

API = "https://slack.com/api"
FILES = "files.slack.com"
NEEDED = frozenset(("chat:write", "files:read", "im:history"))
WISHED = frozenset(  # for channels, pictures without a public address, the customer's language
    (
        "app_mentions:read", "channels:history", "channels:read", "files:write", "groups:history",
        "groups:read", "mpim:history", "users:read",
    )
)  # fmt: skip
UPLOADS = 1000  # whose ids are remembered
LOOKS = 10  # at a picture that was uploaded, until Slack has worked on it
BETWEEN = 0.4  # seconds between them

_LATER = frozenset(  # what Slack or the owner can mend
    (
        "account_inactive", "accesslimited", "ekm_access_denied", "fatal_error", "internal_error",
        "invalid_auth", "messages_tab_disabled", "missing_scope", "no_permission", "not_allowed_token_type",
        "not_authed", "org_login_required", "ratelimited", "rate_limited", "request_timeout",
        "service_unavailable", "team_access_not_granted", "team_added_to_org", "token_expired",
        "token_revoked",
    )
)  # fmt: skip
_GONE = frozenset(
    (
        "cannot_dm_bot", "channel_not_found", "is_archived", "not_in_channel", "user_disabled",
        "user_not_found", "user_not_visible",
    )
)  # fmt: skip
_TYPING = {"en": "is typing…", "zh": "正在输入…"}


class Slack(Messenger):
    """See the module. Credentials: `token` (of the bot, xoxb-…), `signing_secret`."""

    platform = "slack"
    title = "Slack"
    limits = Limits(text=slack_drawing.TEXT, per_second=4)

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.token = fields.need("token")
        self.secret = fields.need("signing_secret")
        self.api = fields.url("api_url", API)
        self.bot = ""  # our user there; asked for at the start, and told with each event
        self._trusted = () if self.api == API else (download.host_of(self.api),)
        self._uploads: dict[bytes, asyncio.Future[str]] = {}  # a picture's digest → the file's id there

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        self._prove(call)
        if call.header("content-type").startswith("application/x-www-form-urlencoded"):
            update = slack_events.press(json.loads(parse_qs(call.body.decode())["payload"][0]))
            return Heard([update] if update else [])
        report = json.loads(call.body)
        if report["type"] == "url_verification":
            return Heard(body=str(report["challenge"]).encode())
        update = slack_events.event(report, self.bot) if report["type"] == "event_callback" else None
        return Heard([update] if update else [])

    def _prove(self, call: Call) -> None:
        stamp = call.header("x-slack-request-timestamp")
        base = b"v0:%s:%s" % (stamp.encode(), call.body)
        proof = f"v0={hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()}"
        if not hmac.compare_digest(proof.encode(), call.header("x-slack-signature").encode()):
            raise Forged("no or a wrong signature")
        if abs(time.time() - int(stamp)) > OLDEST:
            raise Forged("an old call")

    async def for_us(self, updates: Sequence[Update]) -> Sequence[Update]:
        return [each for each in updates if await self._is_for_us(each)]

    async def _is_for_us(self, update: Update) -> bool:
        """That the chat was opened is reported each time: it is news only from who was never there. In
        channels we forget what we have heard, and hear without being mentioned who talks to our staff.
        """
        if update.id.startswith(slack_events.OPENED):
            return await self.assistant.find(update.address) is None
        if not update.in_group or update.about is None or update.kind in ("edit", "press"):
            return True
        if update.kind == "delete":
            return await self.assistant.has_come(update.about)
        contact = await self.assistant.find(update.address)
        return contact is not None and await self.assistant.with_a_person(contact)

    async def introduce(self, contact: Contact) -> tuple[str | None, str | None]:
        user = contact.address.split(":")[1]
        found = (await self._call("users.info", user=user, include_locale="true"))["user"]
        profile = found.get("profile") or {}
        return found.get("locale"), profile.get("display_name") or profile.get("real_name")

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        url = attachment.ref
        if not url.startswith("http"):
            url = (await self._call("files.info", file=url))["file"]["url_private_download"]
        return await download.fetch(url, hosts=(FILES,), trusted=self._trusted, headers=self._proof)

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        channel, user, *_ = contact.address.split(":")
        return slack_drawing.draw(shown, "" if channel.startswith("D") else user)

    async def send(self, contact: Contact, piece: Piece, key: str) -> str:
        channel, _, *thread = contact.address.split(":")
        ident = str(uuid.uuid5(uuid.NAMESPACE_URL, f"slack:{key}"))  # for Slack to know a double by
        message = {"channel": channel, "client_msg_id": ident, "unfurl_links": False, "unfurl_media": False}
        if thread:
            message["thread_ts"] = thread[0]
        answer = await self._show("chat.postMessage", message, piece)
        return f"{channel}.{answer['ts']}"

    async def _show(self, method: str, message: Piece, piece: Piece) -> Any:
        """Post or change a message; without its pictures if Slack does not take them."""
        if not piece.get("blocks"):
            return await self._call(method, {**message, **piece})
        blocks = await self._pictured(piece["blocks"])
        try:
            return await self._call(method, {**message, **piece, "blocks": blocks})
        except Refused as error:
            shown = slack_drawing.images(blocks)
            if not shown or "invalid_blocks" not in str(error):
                raise
            logger.warning("slack: a message's pictures were refused: %s", error)
            self._uploads.clear()
            blocks = slack_drawing.without(blocks, shown)
            return await self._call(method, {**message, **piece, "blocks": blocks})

    async def _pictured(self, blocks: Sequence[Piece]) -> list[Piece]:
        """Blocks with pictures as Slack can get them: where the internet sees them, or uploaded."""
        blocks = copy.deepcopy(list(blocks))
        shown = slack_drawing.images(blocks)
        there = await asyncio.gather(*(self._picture(each) for each in shown))
        missing = [image for image, ready in zip(shown, there, strict=True) if not ready]
        return slack_drawing.without(blocks, missing)

    async def _picture(self, image: Piece) -> bool:
        """Make a picture's address one for Slack; whether that was possible."""
        address = image["image_url"]
        if settings().public_url:
            image["image_url"] = jpeg_pictures.jpeg_url(address, self.base_url)
            return True
        data = await jpeg_pictures.jpeg(address, self.base_url)
        if data is None:
            return not address.startswith(self.base_url)
        try:
            ident = await self._uploaded(data, image["alt_text"])
        except Refused as error:
            logger.warning("slack: a picture could not be uploaded: %s", error)
            return False
        del image["image_url"]
        image["slack_file"] = {"id": ident}
        return True

    async def _uploaded(self, data: bytes, title: str) -> str:
        """The id of a picture at Slack; uploaded once. Raises as `_upload` does."""
        digest = hashlib.sha256(data).digest()
        if digest not in self._uploads:
            if len(self._uploads) >= UPLOADS:
                self._uploads.clear()
            self._uploads[digest] = asyncio.ensure_future(self._upload(data, title))
        try:
            return await asyncio.shield(self._uploads[digest])
        except BaseException:
            self._uploads.pop(digest, None)
            raise

    async def _upload(self, data: bytes, title: str) -> str:
        """Upload a picture that only our messages show; the file's id. Raises as `_call` does, `Refused` also
        without the permission to.
        """
        size = str(len(data))
        try:
            place = await self._call("files.getUploadURLExternal", filename="picture.jpg", length=size)
        except Later as error:
            if "missing_scope" in str(error):
                raise Refused(str(error)) from error
            raise
        url, ident = str(place["upload_url"]), str(place["file_id"])
        if not download.allowed(url, (FILES,), frozenset(self._trusted)):
            raise Refused("an upload to a host that is not Slack's")
        api_client.check(
            await self.client.ask("POST", url, data=data, headers={"Content-Type": "image/jpeg"})
        )
        await self._call("files.completeUploadExternal", {"files": [{"id": ident, "title": title}]})
        for _ in range(LOOKS):
            if (await self._call("files.info", file=ident))["file"].get("mimetype"):
                break
            await asyncio.sleep(BETWEEN)
        return ident

    async def pressed(self, contact: Contact, update: Update, seq: int | None) -> None:
        token = update.data or ""
        place = read_token(token)
        if seq is None or place is None or place[1] is not None or not update.about:
            return
        message = await asyncio.to_thread(messages.get, contact.conversation, seq)
        if message is None:
            return
        chosen = [each.title for each in (await self.assistant.shown(message)).choices if each.token == token]
        channel, _, stamp = update.about.partition(".")
        for piece in await self.assistant.pieces(contact, message):
            if chosen and slack_drawing.offers(piece, token):
                changed = slack_drawing.pressed(piece["blocks"], token, chosen[0])
                await self._show("chat.update", {"channel": channel, "ts": stamp}, changed)

    async def show_typing(self, contact: Contact, on: bool) -> None:
        channel, _, *thread = contact.address.split(":")
        if thread:  # it is shown nowhere else
            language = await self.assistant.spoken(contact)
            status = _TYPING.get(language, _TYPING["en"]) if on else ""
            payload = {"channel_id": channel, "thread_ts": thread[0], "status": status}
            await self._call("assistant.threads.setStatus", payload)

    # --- set-up ---------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        self.bot = str((await self._call("auth.test"))["user_id"])

    async def check(self) -> list[Finding]:
        try:
            answer = await self._asked("auth.test")
        except (Later, Refused) as error:
            remedy = "copy the Bot User OAuth Token again, from OAuth & Permissions"
            return [Finding("bad", f"Slack does not accept the token: {error}", remedy)]
        found = [Finding("ok", f"Slack: {answer.data.get('user')} in {answer.data.get('team')}")]
        granted = answer.headers.get("X-OAuth-Scopes", "").replace(" ", "").split(",")
        missing = (NEEDED | WISHED).difference(granted)
        if missing:
            what = f"Slack: the app lacks {', '.join(sorted(missing))}"
            remedy = "add them under OAuth & Permissions, Bot Token Scopes, and install the app again"
            found.append(Finding("bad" if missing & NEEDED else "note", what, remedy))
        if not settings().public_url:
            remedy = "set SHOP_PUBLIC_URL to the https address that the internet sees, and start again"
            found.append(Finding("bad", "Slack cannot reach us", remedy))
        return found

    @property
    def _proof(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _call(self, method: str, body: Mapping[str, Any] | None = None, **form: str) -> Any:
        """Call a method of the Web API; returns its answer. Raises `Later`, `Refused`, `Gone`."""
        return (await self._asked(method, body, **form)).data

    async def _asked(self, method: str, body: Mapping[str, Any] | None = None, **form: str) -> Answer:
        content = {"json": dict(body)} if body is not None else {"data": form}
        answer = await self.client.ask("POST", f"{self.api}/{method}", headers=self._proof, **content)
        if not isinstance(answer.data, dict) or "ok" not in answer.data:
            api_client.check(answer)
            raise Later(f"{method}: not an answer of Slack's: {answer.short()}")
        if answer.data["ok"]:
            return answer
        error = str(answer.data.get("error"))
        why = " ".join([f"{method}: {error}", *_details(answer.data)])
        if answer.status >= 500 or error in _LATER:
            raise Later(why, answer.after)
        raise Gone(why) if error in _GONE else Refused(why)


def _details(data: Mapping[str, Any]) -> Iterator[str]:
    """What Slack says to an error: the permission that is missing, what is wrong in which block."""
    if data.get("needed"):
        yield f"(needs {data['needed']})"
    yield from map(str, (data.get("response_metadata") or {}).get("messages") or ())
