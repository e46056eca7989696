"""Two server processes on one PostgreSQL and a real Redis: each message once, in order; one of them dies."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.runtime.contacts import meet
from tests.channels.driver import Request, texts
from tests.channels.telegram import TelegramDriver
from tests.conftest import wait_for
from tests.door.conftest import Echo, Redis
from tests.door.handing import sql


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Echo, Echo, TelegramDriver]]:
    from storage import database

    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is missing: apt-get install redis-server")
    folder = Path(tempfile.mkdtemp(prefix="two-messengers-"))
    redis, driver = Redis(folder), TelegramDriver()
    driver.start()
    wanted = json.dumps({driver.channel: driver.credentials()})
    both = [Echo(folder, start=False, SHOP_REDIS_URL=redis.url, ECHO_MESSENGERS=wanted) for _ in range(2)]
    for server in both:
        server.launch()
    for server in both:
        wait_for(server.answers, 300, "start of an echo server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_VAR", str(folder))
        patch.delenv("SHOP_DATABASE_URL", raising=False)
        yield both[0], both[1], driver
        for server in both:
            server.stop()
        database.dispose()
        database.stop()
    driver.stop()
    redis.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def call(driver: TelegramDriver, server: Echo, request: Request) -> int:
    driver.server = server.url
    return await driver.call(request)


async def test_each_message_once_and_in_order(pair: tuple[Echo, Echo, TelegramDriver]) -> None:
    """Every call goes to both, as a platform's that got no answer in time."""
    one, two, driver = pair
    customers = [driver.customer() for _ in range(8)]
    for number in range(6):
        for customer in customers:
            request = driver.genuine(customer, f"echo {number}")
            statuses = [await call(driver, server, request) for server in (one, two)]
            assert statuses == [200, 200]
    for customer in customers:
        wanted = [f"echo echo {number}" for number in range(6)]
        seen = await driver.until(customer, lambda seen: len(seen) >= 6, 60)
        assert texts(seen) == wanted
    await asyncio.sleep(1)
    assert all(len(driver.seen(customer)) == 6 for customer in customers)
    assert not driver.fake.problems


async def test_one_dies_in_the_middle(pair: tuple[Echo, Echo, TelegramDriver]) -> None:
    one, two, driver = pair
    customers = [driver.customer() for _ in range(6)]
    for customer in customers:
        for server, text in ((one, "hold on"), (two, "echo after")):
            assert await call(driver, server, driver.genuine(customer, text)) == 200
    conversations = [meet("telegram", customer).conversation for customer in customers]
    for _ in range(200):
        if all(one.asked(each) for each in conversations):
            break
        await asyncio.sleep(0.05)
    one.stop()
    for each in conversations:
        two.go(each)
    for customer in customers:
        seen = await driver.until(customer, lambda seen: len(seen) >= 2, 60)
        assert texts(seen) == ["echo hold on", "echo echo after"]
    waiting = "SELECT count(*) FROM messenger_inbox WHERE done IS NULL UNION ALL SELECT count(*) FROM messenger_outbox WHERE done IS NULL"
    for _ in range(100):
        if sql(waiting) == [(0,), (0,)]:
            break
        await asyncio.sleep(0.1)
    assert sql(waiting) == [(0,), (0,)]
    one.start()
