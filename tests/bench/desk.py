"""How long a message takes between a customer and the desk while many wait and many talk.

    python -m tests.bench.desk [--waiting 200] [--active 50] [--seconds 60] [--pause 4]

Real sockets on both sides, the embedded PostgreSQL, one server process with everything but the dialogue (which is
silent while people talk). Every conversation that is talked in has a message from each side every `--pause`
seconds, with typing marks; one in fifteen of those who wait writes as often. The machine that is measured makes
the load, too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.bench.table import percentile, render, verdict
from tests.support.desk.client import DeskPage
from tests.support.desk.conftest import HANDOFF, PASSWORD, DeskProcess, haunting

BAR_MS = 1000.0  # p95: a customer's message reaches the desk within a second
TALKS = 5  # conversations of one agent


@dataclass
class Clock:
    """When each message was sent, and how long it took to the other side."""

    sent: dict[str, float] = field(default_factory=dict)
    to_desk: list[float] = field(default_factory=list)
    to_customer: list[float] = field(default_factory=list)

    def send(self, ident: str) -> str:
        self.sent[ident] = time.perf_counter()
        return ident

    def arrived(self, ident: str | None, times: list[float]) -> None:
        if ident is not None and (began := self.sent.pop(ident, None)) is not None:
            times.append(time.perf_counter() - began)


class Customer:
    """A customer's widget, as far as it matters here."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.conversation = ""
        self._ws: Any = None
        self._reader: asyncio.Task[None] | None = None

    async def connect(self, http: aiohttp.ClientSession, url: str) -> None:
        async with http.post(f"{url}/chat/session", json={"language": "en"}) as response:
            session = await response.json()
        self.conversation = session["conversation"]
        self._ws = await http.ws_connect(f"{url}/chat/socket")
        await self._ws.send_json({"type": "hello", "token": session["token"], "since": 0})
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._ws:
            frame = message.json()
            if frame.get("type") == "event" and frame["from"] == "agent":
                self.clock.arrived(frame["id"], self.clock.to_customer)

    async def say(self, ident: str) -> None:
        await self._ws.send_json({"type": "typing", "on": True})
        frame = {"type": "say", "id": ident, "text": f"message {ident}", "photo": None, "language": "en"}
        await self._ws.send_json(frame)


class Page(DeskPage):
    """An agent's page that notes when a customer's message comes, and keeps nothing."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(url)
        self.clock = clock

    async def _read(self, ws: Any) -> None:
        async for message in ws:
            frame = message.json()
            if frame["type"] == "event":
                if frame["from"] == "customer":
                    self.clock.arrived(frame["id"], self.clock.to_desk)
                continue
            if frame["type"] in ("welcome", "ok", "error"):
                self.frames = [*self.frames[-20:], frame]
                self._news.set()
        self.close_code = ws.close_code


async def talk(page: Page, customer: Customer, clock: Clock, pause: float, until: float, name: str) -> None:
    """Both sides write in turn."""
    number = 0
    await asyncio.sleep(random.random() * pause)
    while time.monotonic() < until:
        number += 1
        await customer.say(clock.send(f"c-{name}-{number}"))
        await asyncio.sleep(pause / 2)
        await page.send({"type": "typing", "conversation": customer.conversation, "on": True})
        ident = clock.send(f"a-{name}-{number}")
        await page.send(
            {"type": "say", "conversation": customer.conversation, "text": "an answer", "client_id": ident}
        )
        await asyncio.sleep(pause / 2 * (0.8 + 0.4 * random.random()))


async def wait(customer: Customer, pause: float, until: float, name: str) -> None:
    """Somebody in the queue who goes on writing."""
    number = 0
    while time.monotonic() < until:
        await asyncio.sleep(random.random() * 2 * pause)
        number += 1
        await customer.say(f"w-{name}-{number}")


async def measure(server: DeskProcess, waiting: int, active: int, seconds: float, pause: float) -> Clock:
    """The whole: people come, talk, and are timed."""
    from bot.support.accounts import agents as accounts
    from bot.support.accounts import desk_sessions
    from bot.support.accounts.roles import Agent
    from bot.support.handoff import agent_side, customer_side
    from storage import database

    def hire(number: int) -> tuple[Agent, str]:
        agent = accounts.add(
            f"agent{number}", f"Agent {number}", PASSWORD, role="owner" if number == 0 else "agent",
            groups=["service"], max_load=50,
        )  # fmt: skip
        with database.session() as connection:
            return agent, desk_sessions.start(connection, agent).token

    clock = Clock()
    agents = [await asyncio.to_thread(hire, number) for number in range(-(-active // TALKS) + 1)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        customers = [Customer(clock) for _ in range(waiting + active)]
        for customer in customers:
            await customer.connect(http, server.url)
            await customer.say("hello")
        await asyncio.sleep(1)
        with haunting(agents[0][0]):
            asked = [
                (
                    await asyncio.to_thread(
                        customer_side.request, each.conversation, channel="web", reason="asked"
                    )
                ).handoff
                for each in customers
            ]
            pages = []
            for _, token in agents:
                page = Page(server.url, clock)
                page.token = token
                await page.__aenter__()
                pages.append(page)
            for number, handoff in enumerate(asked[:active]):
                agent = agents[1 + number // TALKS][0]
                held = await asyncio.to_thread(agent_side.claim, handoff.id, agent.id, handoff.version)
                await asyncio.to_thread(agent_side.accept, handoff.id, agent.id, held.version)
            await asyncio.sleep(2)
            until = time.monotonic() + seconds
            await asyncio.gather(
                *(
                    talk(pages[1 + number // TALKS], customers[number], clock, pause, until, str(number))
                    for number in range(active)
                ),
                *(wait(each, pause, until, str(n)) for n, each in enumerate(customers[active::15])),
            )
            await asyncio.sleep(2)
            for page in pages:
                await page.close()
    return clock


def run(waiting: int = 200, active: int = 50, seconds: float = 60, pause: float = 4) -> bool:
    """Measure and print a table; whether the bar was held."""
    from storage import database

    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    (folder / "handoff.yml").write_text(HANDOFF, encoding="utf-8")
    before_us = dict(os.environ)
    os.environ |= {"SHOP_VAR": str(folder), "SHOP_HANDOFF": str(folder / "handoff.yml")}
    os.environ.pop("SHOP_DATABASE_URL", None)
    database.dispose()
    server = DeskProcess(folder)
    try:
        process = psutil.Process(server.process.pid)
        before, began = process.cpu_times(), time.perf_counter()
        clock = asyncio.run(measure(server, waiting, active, seconds, pause))
        after, took = process.cpu_times(), time.perf_counter() - began
        cpu = after.user + after.system - before.user - before.system
        memory = process.memory_info().rss / 2**20
    finally:
        server.stop()
        database.stop()
        os.environ.clear()
        os.environ |= before_us
        shutil.rmtree(folder, ignore_errors=True)
    rows: list[tuple[str, float, float, float, float, float]] = []
    for name, times in (("customer → desk", clock.to_desk), ("desk → customer", clock.to_customer)):
        figures = [percentile(times, share) for share in (50, 95, 99, 100)] if times else [float("nan")] * 4
        rows.append((name, len(times), figures[0], figures[1], figures[2], figures[3]))
    lost = len(clock.sent)
    title = f"{waiting} waiting, {active} active conversations, {seconds:.0f} s"
    print(render(title, ("delivery, ms", "messages", "p50", "p95", "p99", "max"), rows))
    held = lost == 0 and all(row[3] <= BAR_MS for row in rows)
    print(f"server: {cpu / took * 100:.0f} % of one core, {memory:.0f} MB; lost: {lost}")
    print(f"p95 within {BAR_MS:.0f} ms, nothing lost: {verdict(held)}")
    return held


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk", description=__doc__)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--active", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=4)
    options = parser.parse_args()
    return 0 if run(options.waiting, options.active, options.seconds, options.pause) else 1


if __name__ == "__main__":
    sys.exit(main())
