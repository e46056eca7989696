"""Meta's Graph API, as Messenger, Instagram and WhatsApp use it: who calls us, how we call, what went wrong.

A call to us is proven by X-Hub-Signature-256, an HMAC over the body with the app's secret. It has no time; so
what is older than Meta would try to deliver it is left aside, and what is newer is known by its id if it
comes again. Our calls carry the token in a header, where no log finds it, and the proof that we know the
app's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.channels.base import api_client
from bot.channels.base.api_client import Answer, Client, Closed, Gone, Later, Refused
from bot.channels.base.credentials import Fields
from bot.channels.base.download import host_of
from bot.channels.base.update import Update
from bot.channels.base.webhook import Call, Forged, Heard
from bot.finding import Finding
from bot.settings import settings

logger = logging.getLogger(__name__)

VERSION = "v26.0"
FACEBOOK = "https://graph.facebook.com"
INSTAGRAM = "https://graph.instagram.com"  # for tokens of an Instagram login; knows no appsecret_proof
MEDIA_HOSTS = (".fbcdn.net", ".fbsbx.com", ".cdninstagram.com")
OLDEST = 8 * 86400  # seconds; Meta tries for seven days, and we know for longer what has come

_LIMITS = frozenset((4, 17, 32, 341, 613, 130429, 131048, 131056, *range(80000, 80015)))
_OWNER = frozenset((0, 3, 10, 102, 190, 368, 131005, 131031, 131042, 131045, 133010, *range(200, 300)))
_PASSING = frozenset((1, 2, 1200, 131000, 131016, 131057))
_CLOSED = frozenset((470, 551, 131047))
_CLOSED_SUBCODES = frozenset((2018278, 2018065, 2534022))
_GONE_SUBCODES = frozenset((2018001, 2534014))
_GONE = frozenset((131026,))
_PAIR = 131056  # too many messages to one customer: one in six seconds, in the long run
PAIR_WAIT = 6.0


class NotAllowed(Later):
    """The token is withdrawn or expired, or a permission is missing: the owner can mend it."""


class Graph:
    """One messenger's way to the Graph API, and back. Credentials: `token`, `app_secret`, `verify_token`
    (made up by you), and if need be `app_id`, `version`, `api_url`.
    """

    def __init__(self, client: Client, fields: Fields) -> None:
        self._client = client
        self._token = fields.need("token")
        self._secret = fields.need("app_secret").encode()
        self._verify_token = fields.need("verify_token")
        self.app_id = fields.get("app_id")
        self.version = fields.get("version", VERSION)
        self.api = fields.url("api_url", FACEBOOK)
        self.trusted = () if self.api in (FACEBOOK, INSTAGRAM) else (host_of(self.api),)
        proof = hmac.new(self._secret, self._token.encode(), hashlib.sha256).hexdigest()
        self._proof = {} if self.api == INSTAGRAM else {"appsecret_proof": proof}
        self.bearer = {"Authorization": f"Bearer {self._token}"}

    # --- in -------------------------------------------------------------------------------------------------

    def hear(
        self,
        call: Call,
        kind: str,
        events: Callable[[Mapping[str, Any]], Iterable[Any]],
        read: Callable[[Any], Iterable[Update]],
    ) -> Heard:
        """What a call reports: of an object of this kind, each event of each entry, read. Or the answer to
        Meta's question whether the address is ours. Raises `Forged`.

        An event that makes no sense costs only itself: Meta would send the whole batch again.
        """
        if call.method == "GET":
            return self._handshake(call)
        signature = "sha256=" + hmac.new(self._secret, call.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(call.header("x-hub-signature-256").encode(), signature.encode()):
            raise Forged("no or a wrong signature (is app_secret that of the app that calls?)")
        report = json.loads(call.body)
        if report.get("object") != kind:
            return Heard()
        found: list[Update] = []
        for entry in report.get("entry") or []:
            for event in events(entry):
                try:
                    found += read(event)
                except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                    logger.warning("%s: an event was not understood: %s", kind, type(error).__name__)
        return Heard(found)

    def _handshake(self, call: Call) -> Heard:
        given = call.query.get("hub.verify_token", "")
        if call.query.get("hub.mode") != "subscribe" or not hmac.compare_digest(
            given.encode(), self._verify_token.encode()
        ):
            raise Forged("no or a wrong verify_token")
        return Heard(body=call.query.get("hub.challenge", "")[:200].encode())

    # --- out ------------------------------------------------------------------------------------------------

    async def call(self, method: str, path: str, *, params: Any = None, **options: Any) -> dict[str, Any]:
        """Call the API; returns its answer. Raises `Later`, `Closed`, `Refused`, `Gone`."""
        url = f"{self.api}/{self.version}/{path}"
        parameters = {**self._proof, **(params or {})}
        answer = await self._client.ask(method, url, params=parameters, headers=self.bearer, **options)
        return self._checked(answer)

    def _checked(self, answer: Answer) -> dict[str, Any]:
        data = answer.data if isinstance(answer.data, dict) else {}
        error = data.get("error")
        if isinstance(error, dict):
            raise failure(error, answer, hide=self._token)
        api_client.check(answer)
        return data

    async def register(self, kind: str, address: str, fields: Iterable[str]) -> None:
        """Tell Meta where to call for an object of this kind; only with an `app_id`, and where the internet
        knows us. Meta looks at once whether the address is ours. Raises as `call` does.
        """
        if not self.app_id or not settings().public_url:
            return
        form = {
            "object": kind,
            "callback_url": address,
            "verify_token": self._verify_token,
            "fields": ",".join(fields),
            "include_values": "true",
        }
        self._checked(await self._as_app("POST", data=form))

    async def check_address(self, kind: str, address: str, title: str) -> Finding:
        """For the doctor: does Meta call us?"""
        if not settings().public_url:
            return Finding(
                "bad", f"{title}: Meta cannot reach this server", "set SHOP_PUBLIC_URL to its https address"
            )
        if not self.app_id:
            return Finding("note", f"{title}: the callback URL in Meta's dashboard must be {address}")
        data = self._checked(await self._as_app("GET"))
        for each in data.get("data") or []:
            if each.get("object") == kind and each.get("callback_url") == address and each.get("active"):
                return Finding("ok", f"{title}: Meta calls {address}")
        return Finding("bad", f"{title}: Meta does not call us", "start again, it registers itself")

    async def _as_app(self, method: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.app_id}|{self._secret.decode()}"}
        url = f"{FACEBOOK if self.api == INSTAGRAM else self.api}/{self.version}/{self.app_id}/subscriptions"
        return await self._client.ask(method, url, headers=headers, **options)


def failure(error: Mapping[str, Any], answer: Answer | None = None, *, hide: str = "") -> Exception:
    """What an error of the Graph API means: a `Later`, `Closed`, `Refused` or `Gone` to raise."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    status = answer.status if answer is not None else 400
    details = (
        (error.get("error_data") or {}).get("details") if isinstance(error.get("error_data"), dict) else ""
    )
    message = str(error.get("message") or error.get("title") or "")
    why = f"{code}{f'/{subcode}' if subcode > 0 else ''} {message} {details or ''}"
    why = " ".join((why.replace(hide, "***") if hide else why).split())[:300]
    late = "outside of allowed window" in message
    if late or code in _CLOSED or subcode in _CLOSED_SUBCODES:
        return Closed(why)
    if code in _GONE or (code == 100 and subcode in _GONE_SUBCODES):
        return Gone(why)
    if code in _LIMITS or status == 429:
        return Later(why, _wait(answer) or (PAIR_WAIT if code == _PAIR else None))
    if code in _OWNER or status == 401 or "appsecret_proof" in message:
        return NotAllowed(f"not allowed (is the token good, has it the permissions?): {why}")
    if code in _PASSING or error.get("is_transient") is True or status >= 500:
        return Later(why, answer.after if answer is not None else None)
    return Refused(why)


def is_old(seconds: float) -> bool:
    """Whether something happened longer ago than Meta would report it now."""
    return time.time() - seconds > OLDEST


def keycap(emoji: str) -> int | None:
    """The number of a reaction 2️⃣; None for any other."""
    digit = emoji.removesuffix("\u20e3").removesuffix("\ufe0f")
    if emoji.endswith("\u20e3") and digit.isascii() and digit.isdigit():
        return int(digit)
    return 10 if emoji == "🔟" else None


def _wait(answer: Answer | None) -> float | None:
    """Seconds that Meta asks us to wait: Retry-After, or the minutes in its report on our usage."""
    if answer is None:
        return None
    try:
        usage = json.loads(answer.headers.get("X-Business-Use-Case-Usage") or "{}")
        minutes = [
            float(each.get("estimated_time_to_regain_access") or 0)
            for rows in usage.values()
            for each in rows
        ]
    except (ValueError, TypeError, AttributeError):
        minutes = []
    return answer.after or (max(minutes, default=0.0) * 60 or None)


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return -1
