"""What the common suite needs of a platform: a customer there who writes, presses and looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import aiohttp

from tests.channels.fake import Failure, Fake


@dataclass(frozen=True)
class Seen:
    """One message as the customer sees it. `cards` are titles, `buttons` titles or, where choices are
    numbered, the words after the numbers; `pictures` what was shown as a picture.
    """

    text: str = ""
    cards: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    pictures: int = 0


@dataclass(frozen=True)
class Request:
    """One call of the platform to us."""

    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


class Driver:
    """One platform.

    `abilities` says which of the suite's parts there are: "edit", "delete", "group", "several", "caption",
    "voice", "join", "leave", "forged" (a fake that can be lied to), "fail" (a fake that fails when told to),
    "press" (buttons or numbers).
    """

    name: ClassVar[str]
    channel: ClassVar[str]  # the class, as credentials.yml names it
    abilities: ClassVar[frozenset[str]]
    sends: ClassVar[str] = ""  # a part of the address where messages are sent: what `fail` lets fail
    fake: Fake

    def __init__(self) -> None:
        self.server = ""  # our server's address, set when it runs
        self.last: Request | None = None

    # --- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the platform's server. May raise `pytest.skip`."""
        self.fake.start()

    def stop(self) -> None:
        self.fake.stop()

    def begin(self) -> None:
        """Before each test."""
        self.fake.failures.clear()

    def end(self) -> None:
        """After each test: nothing was sent that the platform would not have taken."""
        problems, self.fake.problems = self.fake.problems, []
        assert not problems, problems

    def credentials(self) -> dict[str, Any]:
        """What stands in credentials.yml."""
        raise NotImplementedError

    # --- the customer ---------------------------------------------------------------------------------------

    def customer(self) -> str:
        """A customer who was never here."""
        raise NotImplementedError

    def address(self, customer: str) -> str:
        """How our tables call this customer."""
        return customer

    async def say(self, customer: str, text: str) -> None:
        raise NotImplementedError

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        """Several photos at once, as the platform sends them; the words with the first."""
        raise NotImplementedError

    async def press(self, customer: str, title: str) -> None:
        """Press (or type the number of) a choice of what was shown."""
        raise NotImplementedError

    async def voice(self, customer: str) -> None:
        raise NotImplementedError

    async def edit(self, customer: str, text: str) -> None:
        """Change the message said last."""
        raise NotImplementedError

    async def delete(self, customer: str) -> None:
        """Take back the message said last."""
        raise NotImplementedError

    async def join(self, customer: str) -> None:
        raise NotImplementedError

    async def leave(self, customer: str) -> None:
        raise NotImplementedError

    async def in_group(self, customer: str, text: str, *, to_us: bool) -> str:
        """Write in a group; returns how our tables would call the customer there."""
        raise NotImplementedError

    def seen(self, customer: str) -> list[Seen]:
        """Everything the customer was shown, oldest first."""
        raise NotImplementedError

    def seen_in_group(self, address: str) -> list[Seen]:
        """The same for the group of an address."""
        raise NotImplementedError

    # --- a platform that can be lied to ---------------------------------------------------------------------

    def forged(self, customer: str) -> list[Request]:
        """Calls that are not proven to be the platform's: no proof, a wrong one, a changed body, an old one
        (where the proof has a time).
        """
        raise NotImplementedError

    def genuine(self, customer: str, text: str) -> Request:
        """A proven call with a message."""
        raise NotImplementedError

    def oversized(self) -> Request:
        """A call that is larger than we take, proven as far as it can be."""
        return Request(f"/webhooks/{self.name}/webhook", b"x" * (2**20 + 2**17))

    async def call(self, request: Request) -> int:
        """Call our server; returns the status."""
        self.last = request
        async with (
            aiohttp.ClientSession() as http,
            http.request(
                request.method,
                f"{self.server}{request.path}",
                data=request.body or None,
                headers=request.headers,
            ) as response,
        ):
            self.answer = await response.read()
            return response.status

    async def deliver(self, request: Request) -> None:
        """Call our server, which takes it."""
        status = await self.call(request)
        assert 200 <= status < 300, (status, self.answer)

    def fail(self, *failures: Failure) -> None:
        """The platform's next answers to what we send go wrong."""
        self.fake.failures.extend(replace(failure, path=failure.path or self.sends) for failure in failures)

    # --- waiting --------------------------------------------------------------------------------------------

    async def until(
        self, customer: str, condition: Callable[[list[Seen]], object], seconds: float = 30
    ) -> list[Seen]:
        """What the customer was shown, as soon as a condition holds for it."""
        return await until(lambda: self.seen(customer), condition, seconds)


async def until(
    look: Callable[[], list[Seen]], condition: Callable[[list[Seen]], object], seconds: float = 30
) -> list[Seen]:
    """What `look` gives, as soon as a condition holds for it."""
    end = time.monotonic() + seconds
    while not condition(seen := look()):
        assert time.monotonic() < end, f"not in {seconds} s; seen: {seen}"
        await asyncio.sleep(0.05)
    return seen


def texts(seen: list[Seen]) -> list[str]:
    return [each.text for each in seen]
