"""SMS, MMS and WhatsApp by Twilio's Messages API: https://www.twilio.com/docs/messaging/api

The caller is proven by a signature over our public address and the parameters of the call. Twilio knows no
keys for what is sent: if the connection breaks before it answers, a message may arrive twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from bot.channels.base import download
from bot.channels.base.api_client import Answer, Closed, Gone, Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown, read_token
from bot.channels.base.messenger import Limits, Messenger, Piece
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.base.webhook import Call, Forged, Heard
from bot.channels.twilio import drawing as twilio_drawing
from bot.channels.twilio import errors as twilio_errors
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

OFFICIAL = "https://api.twilio.com"
MEDIA_HOSTS = (".twilio.com", ".twiliocdn.com", "s3-external-1.amazonaws.com")
VERSION = "2010-04-01"
# Nothing is said in the answer to a call itself.
_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
_START = frozenset(("START", "UNSTOP"))
_CONSENT = "consent"
_KINDS: tuple[tuple[str, Media], ...] = (
    ("image/", "photo"), ("audio/", "voice"), ("video/", "video"),
    ("text/vcard", "contact"), ("text/x-vcard", "contact"),
)  # fmt: skip
_LAYOUT = ("application/smil", "text/plain")  # parts of an MMS that say nothing


class Twilio(Messenger):
    """See the module. Credentials: `account_sid`, `auth_token`, and `number` (+15551234567) or `service` (the
    SID of a messaging service); `pictures: no` where no pictures can be sent (MMS is for the US and Canada).
    """

    prefix: ClassVar[str] = ""  # of addresses
    paths = {"/webhook": ("POST",), "/status": ("POST",)}
    stops: ClassVar[frozenset[str]]  # words after which a customer wants no messages any more

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.account = fields.need("account_sid")
        self.token = fields.need("auth_token")
        self.service = fields.get("service")
        self.number = _number(fields.get("number") if self.service else fields.need("number"))
        self.api = fields.url("api_url", OFFICIAL)
        self.pictures = fields.get("pictures", "yes").casefold() not in ("no", "false", "0", "off")
        # A server of one's own (a test's) may be anywhere, Twilio's may not.
        self.trusted: tuple[str, ...] = () if self.api == OFFICIAL else (download.host_of(self.api),)

    @property
    def public(self) -> bool:
        """Whether Twilio can call us, and fetch pictures from us."""
        return (settings().public_url or "").startswith("https://")

    @property
    def shows_pictures(self) -> bool:
        """Whether pictures can be sent."""
        return self.public and self.pictures

    # --- in -------------------------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        parameters = self._proven(call)
        if call.path.endswith("/status"):
            return Heard(tuple(self._status(parameters)))
        update = self._update(parameters)
        return Heard([update] if update is not None else [], _TWIML, "text/xml; charset=utf-8")

    def _proven(self, call: Call) -> dict[str, str]:
        """The parameters of a call that Twilio has signed."""
        given = call.header("x-twilio-signature").encode()
        as_json = call.header("content-type").startswith("application/json")
        if as_json:  # then the address names a digest of the body, and only the address is signed
            digest = hashlib.sha256(call.body).hexdigest()
            if not hmac.compare_digest(call.query.get("bodySHA256", "").encode(), digest.encode()):
                raise Forged("a body that is not the signed one")
        pairs = [] if as_json else parse_qsl(call.body.decode(), keep_blank_values=True, max_num_fields=500)
        signed = "".join(f"{name}{value}" for name, value in sorted(set(pairs)))
        proofs = [_signature(self.token, url + signed).encode() for url in _spellings(call.url)]
        if not any([hmac.compare_digest(given, proof) for proof in proofs]):  # noqa: C419  # each takes its time
            raise Forged("no or a wrong signature (is SHOP_PUBLIC_URL the address that Twilio calls?)")
        return {k: str(v or "") for k, v in json.loads(call.body).items()} if as_json else dict(pairs)

    def _update(self, parameters: Mapping[str, str]) -> Update | None:
        sender, ident = parameters["From"], parameters.get("MessageSid") or parameters["SmsSid"]
        if sender.startswith("whatsapp:") != (self.prefix == "whatsapp:"):
            logger.warning("%s: a message of another kind came to this address; see the docs", self.platform)
            return None
        text = parameters.get("Body") or parameters.get("ButtonText") or parameters.get("ListTitle") or ""
        told = parameters.get("OptOutType", "").upper()
        wish = told or self._wish(text)
        if wish == "HELP":  # Twilio has answered it
            return None
        if wish == "STOP":
            return Update(ident, sender, "leave")
        if wish == "START":  # by SMS that word means consent, elsewhere only where Twilio says so
            return Update(ident, sender, "join", data=_CONSENT if told or not self.prefix else None)
        pressed = parameters.get("ButtonPayload") or parameters.get("ListId") or ""
        attachments = tuple(_attachments(parameters))
        if not text.strip() and not attachments:
            return None
        press = read_token(pressed) is not None
        return Update(
            id=ident,
            address=sender,
            kind="press" if press else "message",
            text=text,
            attachments=attachments,
            data=pressed if press else None,
            about=parameters.get("OriginalRepliedMessageSid"),
            name=parameters.get("ProfileName"),
        )

    def _wish(self, text: str) -> str:
        """STOP, START or nothing: Twilio's words, where it does not tell itself what is meant."""
        word = text.strip().upper()
        return "STOP" if word in self.stops else "START" if word in _START else ""

    def _status(self, parameters: Mapping[str, str]) -> Iterator[Update]:
        """What became of a message of ours: only read and failed ones are of interest."""
        ident, to, state = parameters["MessageSid"], parameters["To"], parameters["MessageStatus"]
        if state == "read":
            yield Update(f"{ident}.read", to, "read", about=ident)
        if state not in ("failed", "undelivered"):
            return
        said = parameters.get("ErrorMessage") or parameters.get("ChannelStatusMessage") or state
        why = twilio_errors.meaning(int(parameters.get("ErrorCode") or 0), said)
        late = "closed" if isinstance(why, Closed) else None
        yield Update(f"{ident}.failed", to, "failed", str(why), data=late, about=ident)
        if isinstance(why, Gone):
            yield Update(f"{ident}.gone", to, "leave")

    async def opened(self, contact: Contact, update: Update) -> bool:
        """Who has said START wants to be written to."""
        if update.data == _CONSENT:
            await self.assistant.consents(contact, True)
        return True

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        host = download.host_of(attachment.ref)
        if host not in self.trusted and not host.endswith(".twilio.com"):  # who gets the auth token
            raise Refused(f"a photo at a host that is not Twilio's: {host or 'none'}")
        return await download.fetch(attachment.ref, hosts=MEDIA_HOSTS, trusted=self.trusted, auth=self._auth)

    # --- out ------------------------------------------------------------------------------------------------

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | None:
        media = [str(each) for each in piece.get("MediaUrl") or []]
        try:
            return await self._create(contact, str(piece["Body"]), media)
        except Gone:
            raise
        except Refused as error:  # this number or this country takes no pictures: the words still are there
            if not media:
                raise
            logger.warning("%s: pictures were refused: %s", self.platform, error)
            words = str(piece["words"])
            return await self._create(contact, words, []) if words else None

    async def _create(self, contact: Contact, body: str, media: Sequence[str]) -> str:
        values = [("To", contact.address)]
        values += [("MessagingServiceSid", self.service)] if self.service else []
        values += [("From", f"{self.prefix}{self.number}")] if self.number else []
        values += [("Body", body)] if body else []
        values += [("MediaUrl", address) for address in media]
        if self.public:
            values.append(("StatusCallback", f"{self.base_url}/webhooks/{self.platform}/status"))
        url = f"{self.api}/{VERSION}/Accounts/{self.account}/Messages.json"
        answer = await self.client.ask("POST", url, data=values, auth=self._auth)
        return str(_checked(answer)["sid"])

    @property
    def _auth(self) -> aiohttp.BasicAuth:
        return aiohttp.BasicAuth(self.account, self.token)

    # --- set-up ---------------------------------------------------------------------------------------------

    async def check(self) -> list[Finding]:
        try:
            account = await self._get(f"{self.api}/{VERSION}/Accounts/{self.account}.json")
        except (Later, Refused) as error:
            remedy = "take Account SID and Auth Token from the first page of Twilio's console"
            return [Finding("bad", f"{self.title}: {error}", remedy)]
        found = [self._checked_account(str(account.get("status")), str(account.get("type")))]
        if not self.public:
            remedy = "set SHOP_PUBLIC_URL to the https address that the internet sees, and start again"
            found.append(Finding("bad", f"{self.title}: Twilio cannot call this server", remedy))
        try:
            found.append(self._checked_address(await self._address_there()))
        except (Later, Refused) as error:
            found.append(Finding("note", f"{self.title}: Twilio does not say whom it calls: {error}"))
        return found

    def _checked_account(self, status: str, kind: str) -> Finding:
        if status != "active":
            return Finding("bad", f"{self.title}: the account is {status}", "see Twilio's console")
        if kind == "Trial":
            remedy = "it writes to verified numbers only: upgrade it before customers come"
            return Finding("note", f"{self.title}: the account is on trial", remedy)
        return Finding("ok", f"{self.title}: the account is active")

    def _checked_address(self, there: str | None) -> Finding:
        ours = f"{self.base_url}/webhooks/{self.platform}/webhook"
        if there == ours:
            return Finding("ok", f"{self.title}: Twilio calls this server")
        remedy = f"enter {ours} (HTTP POST) there for “A message comes in”"
        if there is None:
            return Finding("note", f"{self.title}: Twilio knows no {self.service or self.number}", remedy)
        return Finding("bad", f"{self.title}: Twilio calls {there or 'nobody'} when a message comes", remedy)

    async def _address_there(self) -> str | None:
        """The address that Twilio calls when a message comes; None if it does not know the sender."""
        if self.service:
            found = await self._get(f"{self._messaging}/v1/Services/{self.service}")
            if not found.get("use_inbound_webhook_on_number"):
                return str(found.get("inbound_request_url") or "")
        return await self._address_of_number()

    async def _address_of_number(self) -> str | None:
        raise NotImplementedError

    @property
    def _messaging(self) -> str:
        """The interface of messaging services and WhatsApp senders."""
        return "https://messaging.twilio.com" if self.api == OFFICIAL else self.api

    async def _get(self, url: str, **query: str) -> dict[str, Any]:
        return _checked(await self.client.ask("GET", url, params=query, auth=self._auth))


class TwilioSms(Twilio):
    """SMS, and MMS where there is a public address for the pictures."""

    platform = "sms"
    title = "SMS (Twilio)"
    limits = Limits(text=twilio_drawing.TEXT, choices="numbers", per_second=10)
    stops = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return twilio_drawing.sms(shown, language, self.base_url, media=self.shows_pictures)

    async def _address_of_number(self) -> str | None:
        url = f"{self.api}/{VERSION}/Accounts/{self.account}/IncomingPhoneNumbers.json"
        for each in (await self._get(url, PhoneNumber=self.number)).get("incoming_phone_numbers") or []:
            return str(each.get("sms_url") or "")
        return None


class TwilioWhatsApp(Twilio):
    """WhatsApp senders of Twilio."""

    platform = "twilio_whatsapp"
    title = "WhatsApp (Twilio)"
    limits = Limits(text=twilio_drawing.TEXT, choices="numbers", window_hours=24, per_second=10)
    prefix = "whatsapp:"
    # Twilio stops nothing there by itself: the other words may be an answer to us.
    stops = frozenset(("STOP", "STOPALL", "OPTOUT"))

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        return twilio_drawing.whatsapp(shown, language, self.base_url, media=self.shows_pictures)

    async def _address_of_number(self) -> str | None:
        found = await self._get(f"{self._messaging}/v2/Channels/Senders", Channel="whatsapp", PageSize="100")
        for each in found.get("senders") or []:
            if each.get("sender_id") == f"{self.prefix}{self.number}":
                return str((each.get("webhook") or {}).get("callback_url") or "")
        return None


def _attachments(parameters: Mapping[str, str]) -> Iterator[Attachment]:
    sticker = parameters.get("MessageType") == "sticker"
    for place in range(min(int(parameters.get("NumMedia") or 0), 20)):
        url = parameters[f"MediaUrl{place}"]
        kind = parameters.get(f"MediaContentType{place}", "").casefold()
        if sticker:
            yield Attachment("sticker")
        elif kind not in _LAYOUT:
            found = [media for start, media in _KINDS if kind.startswith(start)]
            yield Attachment(found[0] if found else "file", url)
    if parameters.get("Latitude") and parameters.get("Longitude"):
        yield Attachment("place")


def _number(written: str) -> str:
    """A number as Twilio writes it; YAML has taken a "+" away that had no quotes."""
    number = re.sub(r"[\s()-]", "", written.removeprefix("whatsapp:"))
    return f"+{number}" if number.isdigit() and len(number) > 8 else number


def _signature(token: str, signed: str) -> str:
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _spellings(url: str) -> list[str]:
    """An address without and with its port: Twilio signs now this, now that."""
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [url.replace(parts.netloc, each, 1) for each in (host, f"{host}:{port}")]


def _checked(answer: Answer) -> dict[str, Any]:
    """The data of an answer; raises what any other than 2xx means."""
    data: dict[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    if 200 <= answer.status < 300:
        return data
    code = data.get("code")
    raise twilio_errors.answered(
        answer.status, code if isinstance(code, int) else 0, str(data.get("message") or ""), answer.after
    )
