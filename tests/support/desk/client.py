"""A page of the desk, as the browser's is one: signs in, keeps the cookie and the CSRF token, holds the socket."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from yarl import URL

Frame = dict[str, Any]


class Answer(dict):
    """The JSON of an HTTP answer, with its status and headers."""

    status: int = 0
    headers: Any = None


class DeskPage:
    """One agent's page. `async with DeskPage(url, "anna", PASSWORD) as anna:` signs in and connects."""

    def __init__(self, url: str, login: str = "", password: str = "", *, language: str = "en") -> None:
        self.url = url.rstrip("/")
        self.login, self.password, self.language = login, password, language
        self.token = ""  # of a session that is there already
        self.http: aiohttp.ClientSession
        self.csrf = ""
        self.me: dict[str, Any] = {}
        self.frames: list[Frame] = []
        self.close_code: int | None = None
        self.welcome: Frame = {}
        self._news = asyncio.Event()
        self._ws: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)

    async def __aenter__(self) -> DeskPage:
        await self.open()
        if self.token:
            self.http.cookie_jar.update_cookies({"desk_session": self.token}, URL(f"{self.url}/desk/"))
            me = await self.get("me")
            self.csrf, self.me = me["csrf"], me["agent"]
            await self.connect()
        elif self.login:
            answer = await self.sign_in()
            assert answer.status == 200, answer
            await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """A browser, not signed in."""
        # Cookies of plain addresses: the test server has no name.
        self.http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"X-Language": self.language},
            timeout=aiohttp.ClientTimeout(total=30),
        )

    async def close(self) -> None:
        """Leave without signing out."""
        await self.disconnect()
        await self.http.close()

    # --- REST ---

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """An API call with the CSRF token and the Origin of the desk's own page, unless given otherwise."""
        headers = {"Origin": self.url} | ({"X-CSRF-Token": self.csrf} if method != "GET" else {})
        headers |= options.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        if body is not None:
            options["json"] = body
        async with self.http.request(
            method, f"{self.url}/desk/api/{path}", headers=headers, **options
        ) as response:
            try:
                data = await response.json(content_type=None) if response.status != 204 else {}
            except ValueError:
                data = {}
            answer = Answer(data or {})
            answer.status, answer.headers = response.status, response.headers
            return answer

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.call("GET", path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.call("POST", path, {} if body is None else body, **options)

    async def sign_in(self) -> Answer:
        answer = await self.post("sign-in", {"login": self.login, "password": self.password})
        if answer.status == 200:
            self.csrf, self.me = answer["csrf"], answer["agent"]
        return answer

    # --- socket ---

    async def connect(self, *, wait: bool = True, **headers: Any) -> None:
        """Open the socket and take the welcome."""
        self.close_code = None
        self._ws = await self.http.ws_connect(
            f"{self.url}/desk/socket", headers={"Origin": self.url} | headers, max_msg_size=16 * 2**20
        )
        self._reader = asyncio.create_task(self._read(self._ws))
        if wait:
            self.welcome = await self.until(lambda frame: frame["type"] == "welcome")

    async def disconnect(self) -> None:
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=5)

    async def _read(self, ws: Any) -> None:
        async for message in ws:
            if message.type == aiohttp.WSMsgType.TEXT:
                self.frames.append({**message.json(), "_at": time.perf_counter()})
                self._news.set()
        self.close_code = ws.close_code
        self._news.set()

    async def send(self, frame: Frame) -> str:
        """Send a frame under a new id."""
        ident = f"r{next(self._ids)}"
        await self._ws.send_json({**frame, "id": ident})
        return ident

    async def raw(self, text: str) -> None:
        await self._ws.send_str(text)

    async def request(self, kind: str, **fields: Any) -> Frame:
        """Send a frame and wait for its `ok` or `error`."""
        ident = await self.send({"type": kind, **fields})
        return await self.until(lambda f: f["type"] in ("ok", "error") and f.get("id") == ident)

    async def do(self, kind: str, **fields: Any) -> Frame:
        """A request that must be done."""
        answer = await self.request(kind, **fields)
        assert answer["type"] == "ok", answer
        return answer

    async def until(self, wanted: Callable[[Frame], Any], timeout: float = 10, *, since: int = 0) -> Frame:
        """The first frame (from number `since` on) that is wanted, come or still to come."""
        until = time.monotonic() + timeout
        while True:
            for frame in self.frames[since:]:
                if wanted(frame):
                    return frame
            left = until - time.monotonic()
            assert left > 0, f"no such frame within {timeout} s; there are: {self.kinds()[-20:]}"
            assert self.close_code is None, f"closed with {self.close_code}"
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except asyncio.TimeoutError:
                continue

    async def closed(self, timeout: float = 10) -> int | None:
        """Wait until the server has closed the socket; the code."""
        assert self._reader is not None
        done, _ = await asyncio.wait([self._reader], timeout=timeout)
        assert done, "the socket is still open"
        return self.close_code

    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    def events(self, conversation: str) -> list[Frame]:
        return [f for f in self.frames if f["type"] == "event" and f["conversation"] == conversation]

    async def line(
        self, handoff: int, wanted: Callable[[Frame], Any] = lambda line: True, *, since: int = 0
    ) -> Frame:
        """The newest line of a hand-over that comes by itself and is as wanted."""

        def find(frame: Frame) -> Any:
            lines = [*frame.get("handoffs", []), frame.get("handoff") or {}]
            lines += [*frame.get("queue", []), *frame.get("mine", [])]
            return next((one for one in lines if one.get("id") == handoff and wanted(one)), None)

        return find(await self.until(find, since=since))
