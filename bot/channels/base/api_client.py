"""Calls to a platform's interface: one request each, and what went wrong in three words.

`Later`: it may work later (away, overloaded, a limit was reached; `after` says how long to wait). `Closed`:
not before the customer writes again. `Refused`: it never will. `Gone`: the customer has blocked us or left,
or the thing is not there any more.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from storage.backoff import Later, Refused, seconds

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=8)
MAX_ANSWER = 4 * 2**20  # bytes

__all__ = ("Answer", "Client", "Closed", "Gone", "Later", "Refused")


class Closed(Later):
    """Nothing may be sent before the customer writes again: the platform's window is closed, or what it
    allows in one window is used up.
    """


class Gone(Refused):
    """The customer cannot be reached any more: blocked us, left, deleted the account."""


class Answer:
    """What the platform answered: `status`, `headers`, the body as JSON (`data`, {} if it is none)."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        try:
            self.data: Any = json.loads(body) if body else {}
        except ValueError:
            self.data = {}

    @property
    def after(self) -> float | None:
        """Seconds that the platform asks us to wait."""
        return seconds(self.headers.get("Retry-After"))

    def short(self) -> str:
        """One line for the log: never with a token, as addresses would be."""
        return f"{self.status} {self.body[:200].decode(errors='replace')}".replace("\n", " ").strip()


class Client:
    """A connection pool for one platform; opened at the first call, closed at the end."""

    def __init__(self) -> None:
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """The session, for what is no plain call."""
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._http

    async def close(self) -> None:
        """Give back the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def ask(self, method: str, url: str, **options: Any) -> Answer:
        """One request, whatever its status; raises `Later` if there is no answer."""
        try:
            async with self.http.request(method, url, allow_redirects=False, **options) as response:
                body = await response.content.read(MAX_ANSWER)
                return Answer(response.status, response.headers, body)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(f"no answer: {type(error).__name__}") from error

    async def call(self, method: str, url: str, **options: Any) -> Answer:
        """One request that has to succeed. Raises `Later` (no answer, 401, 408, 425, 429, 5xx) or `Refused`
        (any other status but 2xx). Platforms that tell more in the body look at `ask` themselves.
        """
        answer = await self.ask(method, url, **options)
        check(answer)
        return answer


def check(answer: Answer) -> None:
    """Raise what a status means; nothing for 2xx."""
    if 200 <= answer.status < 300:
        return
    if answer.status == 401:  # the owner can mend that: nothing is lost meanwhile
        raise Later(f"the access token is not accepted (expired, withdrawn?): {answer.short()}")
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise Later(answer.short(), answer.after)
    raise Refused(answer.short())
