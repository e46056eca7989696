"""A client of the chat protocol, as the widget is one: for the terminal, tests and measurements."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from storage.timeouts import within


class ClientError(RuntimeError):
    """The assistant refused something or cannot be reached; `code` is the server's, if it gave one."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Turn:
    """One message of the customer and what came back: the bot's events in order, and the milliseconds it
    took.
    """

    id: str
    replies: list[dict[str, Any]] = field(default_factory=list)
    ms: float = 0.0
    error: dict[str, Any] | None = None


class Client:
    """A customer. Use as `async with Client(url) as customer: turn = await customer.say("hello")`."""

    def __init__(self, url: str, *, language: str | None = None, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.language = language
        self.token = token
        self.conversation = ""
        self.seen = 0
        self.events: list[dict[str, Any]] = []
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._http: aiohttp.ClientSession | None = None
        self._ws: Any = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Client:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Get (or renew) the session, open the socket, take in what was missed. Raises `ClientError`."""
        try:
            await self._connect()
        except BaseException:
            await self.close()
            raise

    async def _connect(self) -> None:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120))
        try:
            body = {
                key: value for key, value in {"token": self.token, "language": self.language}.items() if value
            }
            async with self._http.post(f"{self.url}/chat/session", json=body) as response:
                data = await _answer(response)
            self.token, self.conversation = data["token"], data["conversation"]
            self._ws = await self._http.ws_connect(f"{self.url}/chat/socket", max_msg_size=16 * 2**20)
        except aiohttp.ClientError as error:
            raise ClientError(f"The assistant does not answer at {self.url} ({error})") from error
        await self.send({"type": "hello", "token": self.token, "since": self.seen})
        self.frames = asyncio.Queue()
        self._reader = asyncio.create_task(self._read(self._ws))
        await self._until(lambda frame: frame["type"] == "welcome", 30)

    async def disconnect(self) -> None:
        """Drop the socket, keep the session; `connect` comes back."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if self._ws:
            await self._ws.close()

    async def close(self) -> None:
        """Leave."""
        await self.disconnect()
        if self._http:
            await self._http.close()
            self._http = None

    async def _read(self, ws: Any) -> None:
        async for message in ws:
            if message.type == aiohttp.WSMsgType.TEXT:
                frame = message.json()
                for event in frame.get("events", []) if frame["type"] == "welcome" else [frame]:
                    if "seq" in event and "from" in event and event["seq"] > self.seen:
                        self.seen = event["seq"]
                        self.events.append({key: value for key, value in event.items() if key != "type"})
                await self.frames.put(frame)
        await self.frames.put({"type": "closed", "code": ws.close_code})

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame as it is."""
        assert self._ws is not None
        try:
            await self._ws.send_json(frame)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise ClientError("The connection is closed") from error

    async def _until(self, wanted: Any, timeout: float) -> dict[str, Any]:
        until = time.monotonic() + timeout
        while True:
            try:
                frame = await within(max(0.01, until - time.monotonic()), self.frames.get())
            except asyncio.TimeoutError:
                raise ClientError(f"No answer in {timeout:.0f} s") from None
            if wanted(frame):
                return frame
            if frame["type"] == "closed":
                raise ClientError("The assistant closed the connection")
            if frame["type"] == "error" and "id" not in frame:
                raise ClientError(frame["text"], frame["code"])

    async def turn(self, frame: dict[str, Any], timeout: float = 90) -> Turn:
        """Send a frame with an id and wait until it is answered or refused."""
        turn = Turn(frame["id"])
        begin = time.perf_counter()
        await self.send(frame)
        until = time.monotonic() + timeout

        def over(got: dict[str, Any]) -> bool:
            if got["type"] == "event" and got["from"] != "customer" and got["reply_to"] == turn.id:
                turn.replies.append(got)
            return got["type"] in ("done", "error") and got.get("id") == turn.id

        last = await self._until(over, until - time.monotonic())
        turn.ms = (time.perf_counter() - begin) * 1000
        if last["type"] == "error":
            turn.error = last
        return turn

    async def say(
        self, text: str, photo: str | None = None, *, ident: str | None = None, timeout: float = 90
    ) -> Turn:
        """Say something, with a photo that was uploaded before, and wait for the answer."""
        frame = {
            "type": "say",
            "id": ident or uuid.uuid4().hex,
            "text": text,
            "photo": photo,
            "language": self.language,
        }
        return await self.turn(frame, timeout)

    async def press(self, reply: int, button: int, card: int | None = None, *, timeout: float = 90) -> Turn:
        """Press a button of the bot's message number `reply` (of a card in it), and wait for the answer."""
        frame = {
            "type": "press",
            "id": uuid.uuid4().hex,
            "reply": reply,
            "button": button,
            "language": self.language,
        }
        return await self.turn(frame if card is None else {**frame, "card": card}, timeout)

    async def press_title(self, title: str) -> Turn:
        """Press the newest button with that title (case does not matter); raises `ClientError` if there is
        none.
        """
        wanted = title.strip().casefold()
        for event in reversed(self.events):
            for index, button in enumerate(event["buttons"]):
                if button["title"].strip().casefold() == wanted:
                    return await self.press(event["seq"], index)
            for number, card in enumerate(event["cards"]):
                for index, button in enumerate(card["buttons"]):
                    if button["title"].strip().casefold() == wanted:
                        return await self.press(event["seq"], index, number)
        raise ClientError(f"No button is called {title!r}")

    async def upload(self, data: bytes | Path) -> str:
        """Send a photo to the photo door; returns its id. Raises `ClientError` with the server's sentence."""
        assert self._http is not None
        body = await asyncio.to_thread(data.read_bytes) if isinstance(data, Path) else data
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/octet-stream"}
        if self.language:
            headers["X-Language"] = self.language
        async with self._http.post(f"{self.url}/chat/photos", data=body, headers=headers) as response:
            return str((await _answer(response))["photo"])


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        data = await response.json(content_type=None)
    except ValueError:
        data = None
    if response.status >= 400 or not isinstance(data, dict):
        details = data if isinstance(data, dict) else {}
        raise ClientError(
            details.get("text") or f"The assistant answered {response.status}", details.get("code")
        )
    return data
