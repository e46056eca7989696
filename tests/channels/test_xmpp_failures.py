"""XMPP with a real Prosody: who cannot be reached, what happens when either of us dies, and a wrong secret.

What proves who calls? Nobody can call: the connection is ours, to the address in credentials.yml, and the
server lets us in by the handshake with the secret. The server stamps who says something; no customer can say
it for another. So there is no forged call to refuse: what there is to prove is the handshake.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.channels.base.credentials import Fields
from bot.channels.runtime import contacts, outbox
from bot.channels.xmpp import Xmpp
from bot.conversation import messages
from storage import leader
from tests.channels.driver import texts, until
from tests.channels.prosody import COMPONENT, DOMAIN, SECOND
from tests.channels.test_conversation import conversation, of, shows
from tests.channels.xmpp import RECEIVED, SHOP, XmppDriver, eventually, running
from tests.conftest import wait_for
from tests.door.conftest import Echo, Redis
from tests.door.handing import sql


@pytest.fixture
def xmpp(drivers: Any, echo: Echo) -> Iterator[XmppDriver]:
    driver = running(drivers)
    driver.begin()
    yield driver
    driver.end()


# --- who cannot be reached ----------------------------------------------------------------------------------


async def test_who_is_not_there_any_more_is_left_alone(xmpp: XmppDriver) -> None:
    ours = conversation(xmpp, f"deleted@{DOMAIN}")
    messages.add(ours, [messages.Draft("agent", {"text": "are you there?"})])
    letter = await eventually(
        lambda: next(
            (each for each in outbox.undelivered_messages("xmpp") if each.conversation == ours), None
        )
    )
    assert "service-unavailable" in letter.failed
    await eventually(lambda: contacts.of(ours).gone)  # type: ignore[union-attr]


async def test_a_server_that_is_away_is_tried_again(xmpp: XmppDriver) -> None:
    ours = conversation(xmpp, "ann@nowhere.invalid")
    messages.add(ours, [messages.Draft("agent", {"text": "are you there?"})])
    query = (
        "SELECT attempts FROM messenger_outbox WHERE conversation = :c AND attempts > 1 "
        "AND done IS NULL AND failed IS NULL AND error LIKE '%remote-server%'"
    )
    await eventually(lambda: sql(query, c=ours), 90)
    assert not contacts.of(ours).gone  # type: ignore[union-attr]


# --- either of us dies --------------------------------------------------------------------------------------


async def test_we_are_killed(xmpp: XmppDriver, echo: Echo) -> None:
    """What was acknowledged is answered once; what was not comes back to the customer, who sends it again.
    The room is entered again, and what was said there meanwhile is answered.
    """
    customer, other = xmpp.customer(), xmpp.customer()
    room = await xmpp.room(other)
    await xmpp.say(customer, "hold on")
    ours = of(xmpp, customer)
    await eventually(lambda: echo.asked(ours) and xmpp.signs(customer, RECEIVED))
    echo.stop(signal.SIGKILL)
    echo.go(ours)
    await asyncio.sleep(0.3)
    lost = await xmpp.tell(customer, body="echo into the void")
    (error,) = await eventually(lambda: xmpp.customers[customer].errors)
    assert error.get("id") == lost and error[0].get("type") == "wait"
    await xmpp.in_group(other, "echo meanwhile", to_us=True)
    await asyncio.to_thread(echo.start)
    await xmpp.until(customer, shows("echo hold on"), 60)
    await until(lambda: xmpp.seen_in_group(f"{room}/{other}"), shows("echo echo meanwhile"), 30)
    await xmpp.say(customer, "echo again")
    await xmpp.until(customer, shows("echo echo again"))
    await asyncio.sleep(0.5)
    assert texts(xmpp.seen(customer)) == ["echo hold on", "echo echo again"]
    assert len(xmpp.seen_in_group(f"{room}/{other}")) == 1


async def test_the_server_is_killed(xmpp: XmppDriver, echo: Echo) -> None:
    """What is said meanwhile waits, and arrives once."""
    customers = [xmpp.customer() for _ in range(4)]
    for customer in customers:
        await xmpp.say(customer, "hold on")
    conversations = [of(xmpp, customer) for customer in customers]
    await eventually(lambda: all(echo.asked(each) for each in conversations))
    xmpp.prosody.stop(signal.SIGKILL)
    for each in conversations:
        echo.go(each)
        messages.add(each, [messages.Draft("agent", {"text": "said meanwhile"})])
    waiting = "SELECT 1 FROM messenger_outbox WHERE done IS NULL AND conversation = ANY(:c)"
    await eventually(lambda: len(sql(waiting, c=conversations)) >= 8)
    await asyncio.to_thread(xmpp.prosody.start)
    for customer in customers:
        await xmpp.work(xmpp.come(customer))
    for customer in customers:
        seen = await xmpp.until(customer, lambda seen: len(seen) >= 2, 60)
        assert sorted(texts(seen)) == ["echo hold on", "said meanwhile"]
    await xmpp.say(customers[0], "echo back")
    await xmpp.until(customers[0], shows("echo echo back"))
    assert all(len(xmpp.seen(customer)) == 2 for customer in customers[1:])


async def test_the_server_restarts_while_everybody_talks(xmpp: XmppDriver, echo: Echo) -> None:
    """A client sends again what was not acknowledged, and drops what it has (by the id): each once."""
    customers = [xmpp.customer() for _ in range(3)]
    said: dict[str, list[str]] = {customer: [] for customer in customers}

    async def talk(customer: str) -> None:
        for number in range(12):
            with contextlib.suppress(Exception):  # the connection may break right now
                said[customer].append(await xmpp.tell(customer, body=f"echo {number}"))
            await asyncio.sleep(0.1)

    talking = asyncio.gather(*map(talk, customers))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(xmpp.prosody.stop)
    await asyncio.to_thread(xmpp.prosody.start)
    await talking
    await eventually(xmpp.connected)
    for customer in customers:
        had = set(xmpp.signs(customer, RECEIVED))
        await xmpp.work(xmpp.come(customer))
        for number, ident in enumerate(said[customer]):
            if ident not in had:
                await xmpp.work(xmpp.again(customer, f"echo {number}", ident))
    wanted = {f"echo echo {number}" for number in range(12)}
    for customer in customers:
        await xmpp.until(customer, lambda seen: set(texts(seen)) >= wanted, 60)
    await asyncio.sleep(1)
    for customer in customers:
        by_id = {
            each.get("id"): each.findtext("{jabber:client}body") for each in xmpp.customers[customer].said
        }
        assert sorted(by_id.values()) == sorted(f"echo echo {number}" for number in range(12))
        assert sorted(echo.asked(of(xmpp, customer))) == sorted(f"echo {number}" for number in range(12))


async def test_the_database_is_killed(xmpp: XmppDriver, echo: Echo) -> None:
    """What comes meanwhile is kept, and acknowledged, when it is back."""
    customer = xmpp.customer()
    await xmpp.say(customer, "echo before")
    await xmpp.until(customer, shows("echo echo before"))
    pid = int((echo.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(pid)
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    await xmpp.say(customer, "echo meanwhile")
    await xmpp.until(customer, shows("echo echo meanwhile"), 60)
    await eventually(lambda: xmpp.customers[customer].last in xmpp.signs(customer, RECEIVED))
    assert len(xmpp.seen(customer)) == 2 and not xmpp.customers[customer].errors
    await eventually(xmpp.connected)


# --- the secret, the doctor, several processes --------------------------------------------------------------


async def test_the_doctor_sees_the_connection(xmpp: XmppDriver) -> None:
    messenger = Xmpp(Fields("xmpp", xmpp.credentials()))
    (found,) = await messenger.check()
    assert (found.level, found.what) == (
        "ok",
        f"XMPP: connected to 127.0.0.1:{xmpp.prosody.component} as {SHOP}",
    )
    await messenger.disconnect()


@pytest.fixture(scope="module")
def elsewhere(drivers: Any) -> Iterator[tuple[XmppDriver, Path]]:
    """A folder for other servers, which have the second component of the same Prosody."""
    from storage import database

    driver = running(drivers)
    folder = Path(tempfile.mkdtemp(prefix="second-xmpp-"))
    yield driver, folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_VAR", str(folder))
        patch.delenv("SHOP_DATABASE_URL", raising=False)
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


def second(driver: XmppDriver, folder: Path, **changes: Any) -> Echo:
    redis = changes.pop("redis", None)
    wanted = {driver.channel: driver.credentials() | {"component": SECOND} | changes}
    environment = {"SHOP_REDIS_URL": redis} if redis else {}
    return Echo(folder, start=False, ECHO_MESSENGERS=json.dumps(wanted), **environment)


@pytest.fixture
def at_second(elsewhere: tuple[XmppDriver, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process uses the other servers' database."""
    from storage import database

    database.dispose()
    monkeypatch.setenv("SHOP_VAR", str(elsewhere[1]))
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)
    yield
    database.dispose()


async def test_a_wrong_secret(elsewhere: tuple[XmppDriver, Path], at_second: None) -> None:
    """The server is up, says what is wrong, and so does the doctor; nothing is said a hundred times."""
    driver, folder = elsewhere
    server = second(driver, folder, secret="wrong")
    await asyncio.to_thread(server.start)
    try:
        log = folder / "echo.log"
        await eventually(lambda: "the secret is wrong (not-authorized)" in log.read_text(), 60)
        await asyncio.sleep(4)
        assert log.read_text().count("not-authorized") == 1
        assert server.answers()
        messenger = Xmpp(Fields("xmpp", driver.credentials() | {"component": SECOND}))
        (found,) = await messenger.check()
        assert found.level == "bad" and "the secret is wrong" in found.what
        await messenger.disconnect()
    finally:
        server.stop(signal.SIGTERM)


@pytest.mark.parametrize(
    ("changes", "level", "says"),
    [
        ({}, "ok", "takes shop@second.shop.test and its secret"),
        ({"secret": "wrong"}, "bad", "the secret is wrong"),
        ({"component": "third.shop.test"}, "bad", "the component is not known"),
        ({"server": "127.0.0.1:1"}, "bad", "no connection to 127.0.0.1:1"),
        ({"component": COMPONENT}, "ok", "another server is connected"),
        ({"uploads": []}, "note", "customers cannot send photos"),
    ],
)
async def test_the_doctor_asks_the_server(
    xmpp: XmppDriver, changes: dict[str, Any], level: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no server of ours is connected."""
    monkeypatch.setattr(leader, "state", lambda name: None)
    messenger = Xmpp(Fields("xmpp", xmpp.credentials() | {"component": SECOND} | changes))
    found = await messenger.check()
    assert (found[-1].level, says in found[-1].what) == (level, True), found
    await messenger.disconnect()


@pytest.fixture
def redis(elsewhere: tuple[XmppDriver, Path]) -> Iterator[Redis]:
    """What several processes need."""
    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is missing: apt-get install redis-server")
    running = Redis(elsewhere[1])
    yield running
    running.stop()


async def test_two_processes_and_one_dies(
    elsewhere: tuple[XmppDriver, Path], at_second: None, redis: Redis
) -> None:
    """One has the connection, both fill the outbox; when it dies, the other one goes on."""
    driver, folder = elsewhere
    shop = f"shop@{SECOND}"
    pair = [second(driver, folder, redis=redis.url) for _ in range(2)]
    for server in pair:
        server.launch()
    try:
        for server in pair:
            await asyncio.to_thread(wait_for, server.answers, 300, "start of a server")
        held = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'leader xmpp%'"
        for pause in (0, 5):  # the other one does not push it out
            await asyncio.sleep(pause)
            await eventually(lambda: sql(held) == [("leader xmpp: connected",)], 60)
        customer = driver.customer()
        client = driver.customers[customer]
        await driver.tell(customer, body="echo one", to=shop)
        await eventually(lambda: "echo echo one" in client.heard(shop))
        ours = contacts.meet("xmpp", f"{customer}@{DOMAIN}").conversation
        await driver.tell(customer, body="hold two", to=shop)
        await eventually(lambda: pair[0].asked(ours)[-1:] == ["hold two"])
        holder = next(each for each in pair if each.process.pid == _holder(pair, driver.prosody.component))  # type: ignore[union-attr]
        left = next(each for each in pair if each is not holder)
        holder.stop(signal.SIGKILL)
        messages.add(ours, [messages.Draft("agent", {"text": "said meanwhile"})])
        left.go(ours)
        await eventually(lambda: len(client.heard(shop)) == 3, 60)
        await driver.tell(customer, body="echo three", to=shop)
        await eventually(lambda: "echo echo three" in client.heard(shop), 30)
        assert sorted(client.heard(shop)) == sorted(
            ["echo echo one", "echo hold two", "said meanwhile", "echo echo three"]
        )
    finally:
        for server in pair:
            if server.process and server.process.poll() is None:
                server.stop()


def _holder(pair: list[Echo], port: int) -> int:
    """The process that has the connection to Prosody."""
    for each in pair:
        assert each.process is not None
        connections = psutil.Process(each.process.pid).net_connections()
        if any(connection.raddr and connection.raddr.port == port for connection in connections):
            return each.process.pid
    raise AssertionError("nobody is connected")
