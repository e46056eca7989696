"""A server of Twilio's interface that checks what Twilio's checks, and customers of it by SMS and by WhatsApp. Calls to us
are signed by Twilio's own library."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar
from urllib.parse import urlencode

from aiohttp import BasicAuth, web
from twilio.request_validator import RequestValidator

from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake

ACCOUNT, AUTH_TOKEN = "AC" + "0" * 32, "an-auth-token-of-the-test"
NUMBER, SERVICE = "+15550000001", "MG" + "0" * 32
_ROW = re.compile(r"^(\d+)\. (.+?)(?: [–-] \S+)?$", re.MULTILINE)


class Wrong(Exception):
    """What Twilio would not take: its error code."""

    def __init__(self, code: int, why: str, *, ours: bool = True) -> None:
        super().__init__(f"{code} {why}")
        self.code = code
        self.ours = ours  # a mistake, not a state of affairs


def need(condition: object, code: int, why: str) -> None:
    if not condition:
        raise Wrong(code, why)


@dataclass
class TwilioApi(Fake):
    """Twilio's side. `chats` holds what each customer was shown."""

    chats: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    stopped: set[str] = field(default_factory=set)
    mms: bool = True
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    media_asked: list[tuple[str, bool]] = field(default_factory=list)  # host, with the auth token?
    media_at: str = ""  # where the media are redirected to; here, unless told otherwise
    account: dict[str, str] = field(default_factory=lambda: {"status": "active", "type": "Full"})
    numbers: dict[str, str] = field(default_factory=dict)  # sender → the address that is called
    service: dict[str, Any] = field(default_factory=dict)
    sids: Any = field(default_factory=lambda: count(1))

    def routes(self, app: web.Application) -> None:
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        app.router.add_get("/stored/{name}", self.stored)
        for method, path, handler in (
            ("POST", f"{base}/Messages.json", self.create),
            ("GET", f"{base}/Messages/{{message}}/Media/{{name}}", self.media),
            ("GET", f"{base}.json", self.look_account),
            ("GET", f"{base}/IncomingPhoneNumbers.json", self.look_numbers),
            ("GET", f"/v1/Services/{SERVICE}", self.look_service),
            ("GET", "/v2/Channels/Senders", self.look_senders),
        ):
            app.router.add_route(method, path, self._with_auth(handler))

    def _with_auth(self, handler: Any) -> Any:
        async def checked(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != BasicAuth(ACCOUNT, AUTH_TOKEN).encode():
                return _no(401, 20003, "Authenticate")
            try:
                return await handler(request)
            except Wrong as error:
                if error.ours:
                    self.problems.append(str(error))
                return _no(400, error.code, str(error))

        return checked

    def failed(self, failure: Failure) -> web.Response:
        code = {429: 20429, 401: 20003, 400: 21612, 403: 20003}.get(failure.status, 20500)
        answer = _no(failure.status, code, "told to fail")
        if failure.after is not None:
            answer.headers["Retry-After"] = str(failure.after)
        return answer

    async def create(self, request: web.Request) -> web.Response:
        need(request.content_type == "application/x-www-form-urlencoded", 20001, "content type")
        form = await request.post()
        to, body, media = (
            str(form["To"]),
            str(form.get("Body", "")),
            [str(each) for each in form.getall("MediaUrl", [])],
        )
        sender = str(form.get("From", ""))
        need(sender or form.get("MessagingServiceSid"), 21603, "a 'From' phone number is required")
        need(re.fullmatch(r"(whatsapp:)?\+\d{8,15}", to), 21211, "invalid 'To' phone number")
        need(
            not sender or to.startswith("whatsapp:") == sender.startswith("whatsapp:"),
            21910,
            "invalid From and To pair",
        )
        need(body.strip() or media, 21602, "message body is required")
        need(len(body) <= 1600, 21617, "the concatenated message body exceeds the 1600 character limit")
        need(
            len(media) <= (1 if to.startswith("whatsapp:") else 10),
            21623,
            "number of media files exceeds allowed limit",
        )
        need(all(re.match(r"https://[a-z.]+/\S+$", each) for each in media), 21620, "invalid media URL")
        need(
            re.match(r"https://[a-z.]+/\S+$", str(form.get("StatusCallback", "https://x.example/x"))),
            21609,
            "invalid StatusCallback",
        )
        known = {"To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback"}
        need(set(form) <= known, 20001, f"unknown parameters: {set(form) - known}")
        if to in self.stopped:
            raise Wrong(21610, "attempt to send to unsubscribed recipient", ours=False)
        if media and not self.mms:
            raise Wrong(21621, "the 'From' number has not been enabled for MMS", ours=False)
        sid = f"SM{next(self.sids):032d}"
        self.chats[to].append({"sid": sid, "text": body, "media": media, "form": dict(form)})
        return web.json_response({"sid": sid, "status": "queued", "error_code": None}, status=201)

    async def media(self, request: web.Request) -> web.StreamResponse:
        self.media_asked.append((request.host, "Authorization" in request.headers))
        raise web.HTTPTemporaryRedirect(f"{self.media_at or self.url}/stored/{request.match_info['name']}")

    async def stored(self, request: web.Request) -> web.Response:
        self.media_asked.append((request.host, "Authorization" in request.headers))
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found[1], content_type=found[0]) if found else web.Response(status=404)

    async def look_account(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": ACCOUNT, **self.account})

    async def look_numbers(self, request: web.Request) -> web.Response:
        wanted = request.query["PhoneNumber"]
        found = [{"phone_number": wanted, "sms_url": self.numbers[wanted]}] if wanted in self.numbers else []
        return web.json_response({"incoming_phone_numbers": found})

    async def look_service(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": SERVICE, **self.service})

    async def look_senders(self, request: web.Request) -> web.Response:
        need(request.query["Channel"] == "whatsapp", 20001, "channel")
        found = [{"sender_id": each, "webhook": {"callback_url": url}} for each, url in self.numbers.items()]
        return web.json_response({"senders": found, "meta": {}})


def _no(status: int, code: int, why: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response(
        {"code": code, "message": why, "more_info": more, "status": status}, status=status
    )


def signed(url: str, parameters: dict[str, str], token: str = AUTH_TOKEN) -> dict[str, str]:
    """The headers of a call to an address, signed by Twilio's library."""
    signature = RequestValidator(token).compute_signature(url, parameters)
    return {
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    }


class TwilioDriver(Driver):
    """What both have in common."""

    abilities = frozenset(("several", "caption", "voice", "join", "leave", "forged", "fail", "press"))
    sends = "/Messages.json"
    fake: TwilioApi
    prefix: ClassVar[str] = ""
    counts: ClassVar[Any] = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.fake = TwilioApi()

    @property
    def path(self) -> str:
        return f"/webhooks/{self.name}/webhook"

    def credentials(self) -> dict[str, Any]:
        return {"account_sid": ACCOUNT, "auth_token": AUTH_TOKEN, "number": NUMBER, "api_url": self.fake.url}

    def customer(self) -> str:
        return f"{self.prefix}+1555{next(self.counts):07d}"

    def parameters(self, customer: str, **more: str) -> dict[str, str]:
        sid = f"SM{next(self.counts) + 5000:032d}"
        return {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "From": customer,
            "To": f"{self.prefix}{NUMBER}", "Body": "", "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
            "FromCountry": "US", "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    def request(self, parameters: dict[str, str], path: str = "") -> Request:
        """A proven call."""
        path = path or self.path
        return Request(path, urlencode(parameters).encode(), signed(f"{self.server}{path}", parameters))

    def genuine(self, customer: str, text: str) -> Request:
        return self.request(self.parameters(customer, Body=text))

    async def say(self, customer: str, text: str) -> None:
        await self.deliver(self.genuine(customer, text))

    def kept(self, kind: str, data: bytes) -> str:
        """The address of something that a customer has sent."""
        name = f"ME{next(self.counts):032d}"
        self.fake.files[name] = (kind, data)
        return f"{self.fake.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/{name}"

    def with_media(self, customer: str, kind: str, items: list[bytes], text: str = "") -> Request:
        media = {"NumMedia": str(len(items))}
        for place, data in enumerate(items):
            media |= {f"MediaContentType{place}": kind, f"MediaUrl{place}": self.kept(kind, data)}
        return self.request(self.parameters(customer, Body=text, **media))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        await self.deliver(self.with_media(customer, "image/jpeg", photos, text))

    async def press(self, customer: str, title: str) -> None:
        for message in reversed(self.fake.chats[customer]):
            for number, words in _ROW.findall(message["text"]):
                if words == title:
                    await self.say(customer, number)
                    return
        raise AssertionError(f"no choice {title!r}: {self.seen(customer)}")

    async def voice(self, customer: str) -> None:
        await self.deliver(self.with_media(customer, "audio/amr", [b"voice"]))

    async def join(self, customer: str) -> None:
        self.fake.stopped.discard(customer)
        await self.say(customer, "Start")

    async def leave(self, customer: str) -> None:
        self.fake.stopped.add(customer)
        await self.say(customer, "STOP ")

    def seen(self, customer: str) -> list[Seen]:
        return [
            Seen(
                each["text"], (), tuple(words for _, words in _ROW.findall(each["text"])), len(each["media"])
            )
            for each in self.fake.chats[customer]
        ]

    def forged(self, customer: str) -> list[Request]:
        parameters = self.parameters(customer, Body="echo forged")
        genuine, url = self.request(parameters), f"{self.server}{self.path}"
        changed = urlencode({**parameters, "Body": "echo another"}).encode()
        more = urlencode({**parameters, "MediaUrl0": "https://evil.example/"}).encode()
        return [
            Request(self.path, genuine.body, {"Content-Type": genuine.headers["Content-Type"]}),
            Request(self.path, genuine.body, signed(url, parameters, "another token")),
            Request(self.path, genuine.body, signed(f"{url}?x=1", parameters)),
            Request(f"{self.path}?x=1", genuine.body, genuine.headers),
            Request(self.path, changed, genuine.headers),
            Request(self.path, more, genuine.headers),
            Request(self.path, genuine.body, {**signed(url, {}), "Content-Type": "application/json"}),
        ]


class SmsDriver(TwilioDriver):
    name = "sms"
    channel = "bot.channels.twilio.TwilioSms"


class TwilioWhatsAppDriver(TwilioDriver):
    name = "twilio_whatsapp"
    channel = "bot.channels.twilio.TwilioWhatsApp"
    prefix = "whatsapp:"

    def parameters(self, customer: str, **more: str) -> dict[str, str]:
        whatsapp = {"ProfileName": "Ann", "WaId": customer.removeprefix("whatsapp:+"), "MessageType": "text"}
        return super().parameters(customer, **{**whatsapp, **more})

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        for place, data in enumerate(photos):  # one a message
            await self.deliver(self.with_media(customer, "image/jpeg", [data], "" if place else text))
