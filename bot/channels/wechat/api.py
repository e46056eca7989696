"""Calls to WeChat's interface: an access token that is fetched and renewed when it is needed, and what its
error codes mean.

Every server process asks for the token itself: the "stable" one is the same for all of them for as long as it
holds, so that none takes it from the others.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.channels.base import download
from bot.channels.base.api_client import Answer, Client, Closed, Gone, Later, Refused, check

OFFICIAL = "https://api.weixin.qq.com"
EARLY = 120.0  # seconds before its end that a token is renewed
FORCE_EVERY = 60.0  # seconds; a token may be made anew by force 20 times a day

_STALE = (40001, 40014, 41001, 42001)  # the token is wrong, missing or too old
_CLOSED = {
    45015: "WeChat takes no message this long after the customer's last one",
    45047: "as many messages as WeChat allows after the customer's last one have been sent",
}
_GONE = {
    40003: "no such customer of this account",
    43004: "the customer does not follow the account any more",
    43019: "the customer is on the account's blacklist",
    46004: "there is no such customer any more",
    48002: "the customer takes no messages of the account",
    50005: "the customer does not follow the account any more",
}
# What may work later, most of it when the owner has mended something; seconds to wait before the next try.
_LATER: dict[int, tuple[str, float | None]] = {
    -1: ("WeChat is busy", None),
    **dict.fromkeys(_STALE, ("the access token is not accepted (AppSecret changed?)", None)),
    **dict.fromkeys((40002, 40013, 40125, 41002, 41004), ("the AppID or the AppSecret is wrong", 60.0)),
    40164: ("the internet address of this server is not in the account's IP whitelist", 60.0),
    **dict.fromkeys(
        (89501, 89503, 89506, 89507), ("an administrator of the account has to allow this server", 60.0)
    ),
    45009: ("the calls of this day are used up", 1800.0),
    45011: ("too many calls in this minute", 5.0),
    48001: ("the account may not do that: only verified ones may write by this interface", 300.0),
    48004: ("WeChat has locked the account's interface", 1800.0),
    50002: ("WeChat has restricted the account", 1800.0),
}


class Api:
    """The interface of one account; `base` is its address without a slash at the end."""

    def __init__(self, client: Client, base: str, app_id: str, secret: str) -> None:
        self.client = client
        self.base = base
        self._app_id = app_id
        self._secret = secret
        self._token = ""
        self._until = 0.0  # by the monotonic clock
        self._forced: float | None = None
        self._renewing = asyncio.Lock()

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Call it with JSON. Raises `Later`, `Closed`, `Gone`, `Refused`."""
        # WeChat shows \uXXXX as it stands: its own letters have to be sent as they are.
        data = json.dumps(body, ensure_ascii=False).encode()
        return await self._call(path, lambda: {"data": data, "headers": {"Content-Type": "application/json"}})

    async def upload(self, picture: bytes) -> str:
        """Keep a JPEG there for three days; returns its id. Raises as `post` does."""

        def form() -> dict[str, Any]:
            data = aiohttp.FormData()
            data.add_field("media", picture, filename="picture.jpg", content_type="image/jpeg")
            return {"data": data}

        return str((await self._call("/cgi-bin/media/upload", form, type="image"))["media_id"])

    async def media(self, media_id: str) -> bytes:
        """A picture that a customer has sent. Raises as `download.fetch` does, and as `post`."""
        host = download.host_of(self.base)
        trusted = () if self.base == OFFICIAL else (host,)
        for again in (False, True):
            token = await self.token()
            query = urlencode({"access_token": token, "media_id": media_id})
            data = await download.fetch(
                f"{self.base}/cgi-bin/media/get?{query}", hosts=(host,), trusted=trusted
            )
            if not data.startswith(b"{"):  # else what went wrong
                return data
            if not await self._stale(Answer(200, {}, data).data, token, again):
                break
        raise Refused("WeChat sent no picture")

    async def token(self) -> str:
        """The access token. Raises `Later`."""
        if time.monotonic() >= self._until:
            await self._renew(self._token, refused=False)
        return self._token

    async def _call(self, path: str, options: Callable[[], dict[str, Any]], **query: str) -> dict[str, Any]:
        for again in (False, True):
            token = await self.token()
            params = {"access_token": token, **query}
            answer = await self.client.ask("POST", f"{self.base}{path}", params=params, **options())
            check(answer)
            data = answer.data if isinstance(answer.data, dict) else {}
            if not await self._stale(data, token, again):
                return data
        raise AssertionError("the second answer is never stale")

    async def _stale(self, data: Mapping[str, Any], token: str, again: bool) -> bool:
        """Whether the call is to be made once more, with another token; raises what an error code means."""
        code = int(data.get("errcode") or 0)
        if code in _STALE and not again:
            await self._renew(token, refused=True)
            return True
        if code:
            complain(code, str(data.get("errmsg") or ""))
        return False

    async def _renew(self, stale: str, *, refused: bool) -> None:
        """Get another token than this one, which is over, or was `refused`."""
        async with self._renewing:
            if self._token != stale:
                return  # somebody was quicker
            await self._ask_for_token(force=False)
            if refused and self._token == stale:  # it holds, WeChat thinks
                await self._ask_for_token(force=True)

    async def _ask_for_token(self, *, force: bool) -> None:
        now = time.monotonic()
        if force:
            if self._forced is not None and now - self._forced < FORCE_EVERY:
                raise Later("the access token is not accepted", FORCE_EVERY)
            self._forced = now
        wanted = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        answer = await self.client.call(
            "POST", f"{self.base}/cgi-bin/stable_token", json={**wanted, "force_refresh": force}
        )
        data = answer.data if isinstance(answer.data, dict) else {}
        if not data.get("access_token"):
            code = int(data.get("errcode") or -1)
            if code == 40001:  # here it is the secret that is meant
                code = 40125
            complain(code, str(data.get("errmsg") or ""))
        self._token = str(data["access_token"])
        self._until = now + max(30.0, float(data.get("expires_in") or 0) - EARLY)


def complain(code: int, message: str) -> None:
    """Raise what an error code means."""
    why = f"{code} {message}"[:300]
    if code in _CLOSED:
        raise Closed(f"{_CLOSED[code]} ({why})")
    if code in _GONE:
        raise Gone(f"{_GONE[code]} ({why})")
    if code in _LATER:
        text, after = _LATER[code]
        raise Later(f"{text} ({why})", after)
    raise Refused(why)
