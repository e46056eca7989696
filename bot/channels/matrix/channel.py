"""Matrix, as an application service: https://spec.matrix.org/latest/application-service-api/

The homeserver proves itself by the token that the registration gives it (`hs_token`), we by the other one
(`as_token`). A room with us and one other person is a talk with him; in larger ones only what is said to us
counts. Choices are numbered: a number can be pressed as a reaction, or typed.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import io
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import yaml
from PIL import Image

from bot.channels.base import webhook
from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Forged, Heard
from bot.channels.matrix import drawing as matrix_drawing
from bot.channels.matrix import events
from bot.channels.matrix.api import Homeserver
from bot.door import jpeg_pictures
from bot.finding import Finding
from bot.settings import SettingError

logger = logging.getLogger(__name__)

APP = "/_matrix/app/v1"
ID = "shop-assistant"  # of the registration
MAX_BODY = 16 * 2**20  # bytes: 100 events of up to 64 KiB, and what is not kept in rooms
FIRST_WORDS = 1.0  # seconds: who invites us and writes at once gets an answer and no greeting


class Matrix(Messenger):
    """See the module. Credentials: `homeserver` (its address), `user` (ours, "@shop:example.org"), `as_token`
    and `hs_token` as in the registration; perhaps `name` (as it is shown), `id` (of the registration), and
    `query_token: yes` for a homeserver so old that it gives its token in the address.
    """

    platform = "matrix"
    title = "Matrix"
    limits = Limits(text=4000, choices="numbers", per_second=20)
    paths = {
        f"{APP}/transactions/{{number}}": ("PUT",),
        f"{APP}/users/{{user}}": ("GET",),
        f"{APP}/rooms/{{alias}}": ("GET",),
        f"{APP}/ping": ("POST",),
    }
    unread = {"encrypted": "room_is_encrypted"}

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.user = fields.need("user")
        self.hs_token = fields.need("hs_token")
        self.display_name = fields.get("name")
        self.id = fields.get("id", ID)
        self.query_token = fields.get("query_token").casefold() in ("yes", "true", "1")
        names = (self.display_name, localpart_of(self.user))
        self.me = events.Me(self.user, tuple(dict.fromkeys(name for name in names if name)))
        token = fields.need("as_token")
        self.homeserver = Homeserver(self.client, fields.url("homeserver", ""), token, self.user)
        self._offering: set[asyncio.Task[None]] = set()

    # --- in -------------------------------------------------------------------------------------------------

    def body_limit(self, call: Call) -> int:
        return MAX_BODY if self._proven(call) else webhook.MAX_BODY

    def _proven(self, call: Call) -> bool:
        scheme, _, token = call.header("authorization").partition(" ")
        given = token.strip() if scheme.casefold() == "bearer" else ""
        if not given and self.query_token:
            given = call.query.get("access_token", "")
        return hmac.compare_digest(given.encode(errors="replace"), self.hs_token.encode())

    def hear(self, call: Call) -> Heard:
        if not self._proven(call):
            raise Forged("no or a wrong homeserver token")
        kind, _, rest = call.path.partition(f"{APP}/")[2].partition("/")
        if kind == "ping" or (kind == "users" and unquote(rest) == self.user):
            return _answer()
        if kind in ("users", "rooms"):
            return _answer(404, {"errcode": "M_NOT_FOUND", "error": "not one of ours"})
        report = json.loads(call.body)
        found = []
        for event in report["events"]:
            update = self._read(event)
            if update is not None:
                found.append(update)
                if update.kind in ("join", "leave"):
                    self.homeserver.forget(events.place_of(update.address)[0])
        for event in report.get("ephemeral") or report.get("de.sorunome.msc2409.ephemeral") or []:
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
                found += events.receipts(event, self.me)
        return replace(_answer(), updates=found)

    def _read(self, event: Any) -> Update | None:
        """What an event is to us. Nonsense is passed over: what is not taken would come again for ever."""
        try:
            return events.read(event, self.me)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            logger.info("matrix: an event was not understood: %s", type(error).__name__)
            return None

    async def for_us(self, updates: Sequence[Update]) -> Sequence[Update]:
        return [each for update in updates if (each := await self._one_for_us(update)) is not None]

    async def _one_for_us(self, update: Update) -> Update | None:
        """It, if it is for us, which the homeserver and our tables tell."""
        named, update = update.in_group, replace(update, in_group=False)
        if update.kind in ("message", "edit"):
            room, _ = events.place_of(update.address)
            if await self.homeserver.is_talk(room):
                return update
            if named or (update.about and await self.assistant.has_sent(update.about)):
                return replace(update, in_group=True)
            return None
        if update.kind == "join" and named:
            return update
        contact = await self.assistant.find(update.address)
        if contact is None or (update.kind == "join" and not contact.gone):
            return None
        if update.kind == "press" and not await self.assistant.message_there(contact, update.about or ""):
            return None  # a reaction to what somebody else has said
        return update

    async def opened(self, contact: Contact, update: Update) -> bool:
        room, _ = events.place_of(contact.address)
        try:
            await self.homeserver.join(room)
            if await self.homeserver.is_encrypted(room):
                await self.assistant.keep([events.unreadable(contact.address)])
                return False
            if await self._catch_up(room, update.id):
                return False
            await asyncio.sleep(FIRST_WORDS)
            return not await self._catch_up(room, update.id) and await self.homeserver.is_talk(room)
        except Refused as error:
            logger.info("matrix: an invitation could not be followed: %s", error)
            return False

    async def _catch_up(self, room: str, since: str) -> bool:
        """Take what was said since we were invited, which the homeserver does not report of a room that we
        are not in; whether there was anything.
        """
        while True:
            found = [self._read(event) for event in await self.homeserver.said_since(room, since)]
            said = [update for update in found if update is not None and update.kind == "message"]
            ours = await self.for_us(said)
            if not await self.assistant.arrange(ours):
                break
        return bool(ours)

    async def introduce(self, contact: Contact) -> tuple[str | None, str | None]:
        _, user = events.place_of(contact.address)
        return None, (await self.homeserver.name_of(user))[:100] or user

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        return await self.homeserver.download(attachment.ref)

    # --- out ------------------------------------------------------------------------------------------------

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return matrix_drawing.draw(shown, language, self.limits.text)

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        room, _ = events.place_of(contact.address)
        content = await self._image(piece) if "picture" in piece else matrix_drawing.content(piece)
        try:
            sent = await self.homeserver.put(room, "m.room.message", key, content)
        except Gone:
            await self.homeserver.join(room)  # perhaps we are invited, and have not followed yet
            try:
                sent = await self.homeserver.put(room, "m.room.message", key, content)
            except Gone as error:
                raise Refused(f"we may not write in this room: {error}") from error
        if piece.get("keys"):
            task = asyncio.create_task(self._offer(room, sent, piece["keys"], key))
            self._offering.add(task)
            task.add_done_callback(self._offering.discard)
        return sent

    async def _offer(self, room: str, event: str, numbers: Sequence[int], key: str) -> None:
        """Put numbers below a message, so that one has only to be pressed; they can be typed as well."""
        for number in numbers:
            content = {"m.relates_to": matrix_drawing.reaction(event, number)}
            try:
                await self.homeserver.put(room, "m.reaction", f"{key}.{number}", content)
            except (Later, Refused) as error:
                logger.debug("matrix: a number could not be offered: %s", error)
                return

    async def _image(self, piece: Piece) -> dict[str, Any]:
        """The content of a picture's event; of words with its address where it is not to be had."""
        data = await jpeg_pictures.jpeg(piece["picture"], self.base_url)
        try:
            if data is None:
                raise Refused("it is another server's")
            address = await self.homeserver.upload(data)
        except Refused as error:
            logger.info("matrix: a picture is shown as its address: %s", error)
            words = "\n".join(filter(None, (piece["text"], piece["picture"])))
            return matrix_drawing.content(matrix_drawing.text(words))
        with Image.open(io.BytesIO(data)) as image:
            info = {"mimetype": "image/jpeg", "size": len(data), "w": image.width, "h": image.height}
        return matrix_drawing.image(address, piece["text"], info)

    async def noticed(self, contact: Contact, update: Update) -> None:
        if update.kind != "join" and update.id.startswith("$"):
            await self.homeserver.mark_read(events.place_of(contact.address)[0], update.id)

    async def show_typing(self, contact: Contact, on: bool) -> None:
        await self.homeserver.show_typing(events.place_of(contact.address)[0], on)

    # --- set-up ---------------------------------------------------------------------------------------------

    @property
    def webhook_url(self) -> str:
        """The `url` of the registration."""
        return f"{self.base_url}/webhooks/{self.platform}"

    async def connect(self) -> None:
        await self.homeserver.register()
        me = await self.homeserver.whoami()
        if me != self.user:
            raise Refused(f"the registration is for {me}, credentials.yml says {self.user}")
        if self.display_name and await self.homeserver.name_of(self.user) != self.display_name:
            await self.homeserver.set_name(self.display_name)
        try:
            await self.homeserver.ping(self.id)
        except (Later, Refused) as error:
            logger.warning("matrix: the homeserver cannot reach us: %s", error)

    async def disconnect(self) -> None:
        for task in list(self._offering):
            task.cancel()

    async def check(self) -> list[Finding]:
        try:
            me = await self.homeserver.whoami()
        except (Later, Refused) as error:
            remedy = "is `homeserver` right, the registration in its configuration, and it restarted since?"
            return [Finding("bad", f"Matrix: the homeserver does not accept us: {error}", remedy)]
        if me != self.user:
            what = f"Matrix: the registration is for {me}, credentials.yml says {self.user}"
            return [Finding("bad", what, "`user` has to be the registration's sender_localpart")]
        found = [Finding("ok", f"Matrix: {self.user}")]
        try:
            await self.homeserver.ping(self.id)
        except (Later, Refused) as error:
            remedy = f"the registration's url should be {self.webhook_url}; is the assistant running there?"
            found.append(Finding("bad", f"Matrix: the homeserver cannot reach us: {error}", remedy))
        return found


def localpart_of(user: str) -> str:
    """ "shop" of "@shop:example.org"; raises `SettingError` for what is no user id."""
    localpart, colon, server = user.removeprefix("@").partition(":")
    if not user.startswith("@") or not localpart or not colon or not server:
        raise SettingError(f"credentials.yml: matrix: user must be like @shop:example.org, not {user!r}")
    return localpart


def registration(user: str, url: str, *, as_token: str = "", hs_token: str = "", ident: str = ID) -> str:
    """The file that tells a homeserver of us, as YAML: `user` is our id there, `url` our address with
    `/webhooks/matrix`. Tokens that are not given are made up; they go into credentials.yml, too. Raises
    `SettingError`.
    """
    localpart = localpart_of(user)
    escaped = user.replace(".", r"\.").replace("+", r"\+")  # the others that are allowed mean themselves
    document = {
        "id": ident,
        "url": url,
        "as_token": as_token or secrets.token_urlsafe(32),
        "hs_token": hs_token or secrets.token_urlsafe(32),
        "sender_localpart": localpart,
        "rate_limited": False,
        "receive_ephemeral": True,  # who has read what
        "de.sorunome.msc2409.push_ephemeral": True,  # the same for older homeservers
        "io.element.msc4190": True,  # a device of ours, so that nothing is doubled
        "namespaces": {"users": [{"exclusive": True, "regex": escaped}], "aliases": [], "rooms": []},
    }
    return yaml.safe_dump(document, sort_keys=False)


def _answer(status: int = 200, body: Mapping[str, str] | None = None) -> Heard:
    return Heard(body=json.dumps(body or {}).encode(), content_type="application/json", status=status)
