"""What is special about Matrix, on a real homeserver."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from PIL import Image

from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.matrix import Matrix
from bot.channels.runtime import contacts, outbox
from bot.conversation import messages, receipts
from tests.channels.conftest import Drivers
from tests.channels.driver import Request, texts, until
from tests.channels.fake import Failure
from tests.channels.matrix import CLIENT, HS_TOKEN, NAME, PATH, US, MatrixDriver
from tests.door.conftest import Echo
from tests.door.handing import Desk, sql

NOTICE = "This room is end-to-end encrypted"


@pytest.fixture
def driver(drivers: Drivers, echo: Echo) -> Iterator[MatrixDriver]:
    if "matrix" not in drivers.running:
        pytest.skip(drivers.skipped.get("matrix", "not wanted"))
    found = drivers.running["matrix"]
    assert isinstance(found, MatrixDriver)
    found.begin()
    yield found
    found.end()


@pytest.fixture
async def matrix(driver: MatrixDriver) -> AsyncIterator[Matrix]:
    """Ours, in this process."""
    found = Matrix.from_credentials(driver.credentials())
    assert isinstance(found, Matrix)
    yield found
    await found.client.close()


def shows(text: str) -> Callable[[Any], bool]:
    return lambda seen: any(text in each.text for each in seen)


def conversation(driver: MatrixDriver, customer: str) -> str:
    return contacts.meet("matrix", driver.address(customer)).conversation


async def eventually(condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{what}: not within {seconds} s")


# --- rooms --------------------------------------------------------------------------------------------------


async def test_who_invites_us_and_says_nothing_is_greeted_once(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.join(customer)
    await driver.until(customer, shows("/greet"))
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    assert echo.asked(conversation(driver, customer)) == ["/greet", "echo hello"]
    assert contacts.meet("matrix", driver.address(customer)).name == "Ann"


async def test_what_was_said_before_we_were_invited_is_not_read(driver: MatrixDriver, echo: Echo) -> None:
    """Of what is said before we are in the room the homeserver reports nothing: we look for what is new."""
    customer = driver.customer()
    account = driver.account(customer)
    await driver._do(
        driver.put(account, account.room, "m.room.message", {"msgtype": "m.text", "body": "private"})
    )
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    assert echo.asked(conversation(driver, customer)) == ["echo hello"]


async def test_thrown_out_and_invited_again(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    account = driver.account(customer)
    await driver.say(customer, "echo one")
    await driver.until(customer, shows("echo echo one"))
    ours = conversation(driver, customer)
    await driver._do(driver.do(account, account.room, "kick", user_id=US))
    await eventually(lambda: contacts.of(ours).gone, "that we were thrown out is known")  # type: ignore[union-attr]
    await driver._do(driver.do(account, account.room, "invite", user_id=US))
    await driver.until(customer, shows("/greet"))
    assert echo.asked(ours) == ["echo one", "/greet"]


async def test_a_room_that_we_were_thrown_out_of_unnoticed(driver: MatrixDriver, matrix: Matrix) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo one")
    await driver.until(customer, shows("echo echo one"))
    account, ours = driver.account(customer), conversation(driver, customer)
    await driver._do(driver.do(account, account.room, "kick", user_id=US))
    await eventually(lambda: contacts.of(ours).gone, "that we were thrown out is known")  # type: ignore[union-attr]
    contact = contacts.of(ours)
    assert contact is not None
    with pytest.raises(Gone):
        await matrix.send(contact, {"text": "are you there?"}, "key")


async def test_an_encrypted_room_is_declined_once(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    account = driver.account(customer)
    encryption = {
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }
    account.room = await driver._do(driver.room(account, US, is_direct=True, initial_state=[encryption]))
    await driver.until(customer, shows(NOTICE))
    secret = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "x",
        "device_id": "x",
        "sender_key": "x",
        "session_id": "x",
    }
    for _ in range(3):
        await driver._do(driver.put(account, account.room, "m.room.encrypted", secret))
    await asyncio.sleep(2)
    assert len(driver.seen(customer)) == 1 and echo.asked(conversation(driver, customer)) == []


async def test_a_room_that_becomes_encrypted(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    account = driver.account(customer)
    await driver.say(customer, "echo one")
    await driver.until(customer, shows("echo echo one"))
    path = f"{CLIENT}/rooms/{quote(account.room)}/state/m.room.encryption"
    await driver._do(driver.ask(account.token, "PUT", path, json={"algorithm": "m.megolm.v1.aes-sha2"}))
    await driver._do(
        driver.put(account, account.room, "m.room.encrypted", {"algorithm": "x", "ciphertext": "x"})
    )
    await driver.until(customer, shows(NOTICE))
    kept = messages.history(conversation(driver, customer))
    assert [message.body["text"] for message in kept if message.sender == "customer"] == [
        "echo one",
        "(encrypted message)",
    ]


async def test_in_a_group(driver: MatrixDriver, echo: Echo) -> None:
    """No greeting; an answer to what we said is for us; what others react to us is not."""
    customer = driver.customer()
    address = await driver.in_group(customer, "cards", to_us=True)
    account = driver.account(customer)
    await until(lambda: driver.seen_in_group(address), shows("Show more"))
    friend = driver._friend
    assert friend is not None
    assert texts(driver.seen_in_group(address))[0] == "Look:"  # and no greeting
    ours = driver.shown(customer, account.group)[-1]["event_id"]
    await eventually(lambda: (ours, "1️⃣") in driver.offered(account, account.group), "numbers are offered")
    number = {"m.relates_to": {"rel_type": "m.annotation", "event_id": ours, "key": "4️⃣"}}
    await driver._do(driver.put(friend, account.group, "m.reaction", number))
    await driver._do(driver.put(friend, account.group, "m.room.message", {"msgtype": "m.text", "body": "4"}))
    await driver._do(
        driver.put(friend, account.group, "m.room.encrypted", {"algorithm": "x", "ciphertext": "x"})
    )
    answer = {
        "msgtype": "m.text",
        "body": "echo an answer",
        "m.relates_to": {"m.in_reply_to": {"event_id": ours}},
    }
    await driver._do(driver.put(account, account.group, "m.room.message", answer))
    await until(lambda: driver.seen_in_group(address), shows("echo an answer"))
    await driver._do(driver.put(account, account.group, "m.reaction", number))
    await until(lambda: driver.seen_in_group(address), shows("/show_more"))
    found = contacts.meet("matrix", address).conversation
    assert echo.asked(found) == ["cards", "echo an answer", "/show_more"]
    # Of the friend nothing is kept but that he has invited us.
    rows = sql("SELECT 1 FROM messenger_inbox WHERE address = :a", a=f"{account.group} {friend.user}")
    assert len(rows) == 1


# --- what can be pressed, seen, read ------------------------------------------------------------------------


async def test_a_number_can_be_typed(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    await driver.until(customer, shows("4. Show more"))
    await driver.say(customer, "4")
    await driver.until(customer, shows("/show_more"))
    await driver.say(customer, "4")  # of another message now: words
    await driver.until(customer, lambda seen: "echo 4" in texts(seen))


async def test_the_numbers_of_an_earlier_message_still_mean_what_they_meant(
    driver: MatrixDriver, echo: Echo
) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    await driver.until(customer, shows("4. Show more"))
    await driver.say(customer, "echo meanwhile")
    await driver.until(customer, shows("echo echo meanwhile"))
    await driver.press(customer, "Dress 2")
    await driver.until(customer, shows("/details"))
    assert '"product_id": "p1"' in echo.asked(conversation(driver, customer))[-1]


async def test_other_reactions_are_not_answered(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    await driver.until(customer, shows("4. Show more"))
    account, ours = driver.account(customer), driver.shown(customer)[-1]["event_id"]
    for event, key in ((ours, "👍"), (account.said, "4️⃣")):
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        await driver._do(driver.put(account, account.room, "m.reaction", {"m.relates_to": relation}))
    await driver.say(customer, "echo done")
    await driver.until(customer, shows("echo echo done"))
    assert echo.asked(conversation(driver, customer)) == ["cards", "echo done"]


async def test_pictures(driver: MatrixDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    await driver.until(customer, shows("4. Show more"))
    images = [each["content"] for each in driver.shown(customer) if each["content"]["msgtype"] == "m.image"]
    assert len({each["url"] for each in images}) == 1 and len(images) == 3  # one picture, uploaded once
    with Image.open(io.BytesIO(await driver.fetched(images[0]["url"]))) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (images[0]["info"]["w"], images[0]["info"]["h"])
    content = driver.shown(customer)[-1]["content"]
    assert "<ol><li>" in content["formatted_body"] and content["m.mentions"] == {}


async def test_a_picture_that_cannot_be_uploaded_becomes_its_address(driver: MatrixDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo warm")
    await driver.until(customer, shows("echo echo warm"))
    ours = conversation(driver, customer)
    driver.fake.failures.append(Failure(413, path="/upload"))
    body = {"text": "look", "picture": "/pictures/p0002.webp"}
    messages.add(ours, [messages.Draft("agent", body)])
    await driver.until(customer, shows("look"))
    assert any("/pictures/p0002.webp" in text for text in texts(driver.seen(customer)))


async def test_read_marks_both_ways(driver: MatrixDriver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo read me")
    await driver.until(customer, shows("echo echo read me"))
    account, ours = driver.account(customer), conversation(driver, customer)

    def marked() -> bool:
        passing = [each["content"] for each in account.passing[account.room] if each["type"] == "m.receipt"]
        return any(US in kinds.get("m.read", {}) for content in passing for kinds in content.values())

    await eventually(marked, "the customer sees that it was read")
    event = driver.shown(customer)[-1]["event_id"]
    path = f"{CLIENT}/rooms/{quote(account.room)}/receipt/m.read/{quote(event)}"
    await driver._do(driver.ask(account.token, "POST", path, json={}))
    await eventually(lambda: receipts.of(ours).customer == 2, "we see that the answer was read")


async def test_typing(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "hold on")
    account = driver.account(customer)

    def typing() -> bool | None:
        found = [
            each["content"]["user_ids"]
            for each in account.passing[account.room]
            if each["type"] == "m.typing"
        ]
        return US in found[-1] if found else None

    await eventually(typing, "it is shown that we write")
    echo.go(conversation(driver, customer))
    await driver.until(customer, shows("echo hold on"))
    await eventually(lambda: typing() is False, "it is shown that we do not write any more")


async def test_who_is_asked_for(driver: MatrixDriver) -> None:
    proof = {"Authorization": f"Bearer {HS_TOKEN}"}
    for path, status in (
        (f"users/{quote(US)}", 200),
        (f"users/{quote(f'@x:{NAME}')}", 404),
        ("rooms/%23x%3Ay", 404),
    ):
        assert await driver.call(Request(f"{PATH}/{path}", b"", proof, "GET")) == status


# --- photos -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/x.jpg", "mxc://", "mxc://shop.test", "mxc:///x", "mxc://shop.test/../x/y", ""],
)
async def test_photos_come_from_the_homeserver_only(matrix: Matrix, address: str) -> None:
    with pytest.raises(Refused):
        await matrix.homeserver.download(address)


async def test_a_photo_that_is_not_there(matrix: Matrix) -> None:
    with pytest.raises(Gone):
        await matrix.homeserver.download(f"mxc://{NAME}/nothing")


# --- failures -----------------------------------------------------------------------------------------------


async def test_what_a_failure_means(driver: MatrixDriver, matrix: Matrix) -> None:
    for failure, kind in ((Failure(429, 7), Later), (Failure(401), Later), (Failure(502), Later),
                          (Failure(400), Refused), (Failure(403), Gone)):  # fmt: skip
        driver.fake.failures.append(failure)
        with pytest.raises(kind) as raised:
            await matrix.homeserver.whoami()
        assert type(raised.value) is kind
        assert getattr(raised.value, "after", None) == failure.after
        assert "the-as-token" not in str(raised.value)


async def test_a_wrong_address_is_not_the_customers_fault(driver: MatrixDriver, matrix: Matrix) -> None:
    """Whoever answers there is no homeserver: the owner can mend that."""
    matrix.homeserver.base_url = driver.server
    with pytest.raises(Later, match="no homeserver answers there"):
        await matrix.homeserver.whoami()


async def test_the_doctor(driver: MatrixDriver, matrix: Matrix, echo: Echo) -> None:
    assert [each.level for each in await matrix.check()] == ["ok"]
    wrong = Matrix.from_credentials({**driver.credentials(), "as_token": "wrong"})
    other = Matrix.from_credentials({**driver.credentials(), "user": f"@other:{NAME}"})
    for messenger, word in ((wrong, "does not accept us"), (other, "credentials.yml says @other")):
        (found,) = await messenger.check()
        assert found.level == "bad" and word in found.what and found.remedy
        await messenger.client.close()
    echo.stop()
    found, away = await matrix.check()
    assert (found.level, away.level) == ("ok", "bad") and "cannot reach us" in away.what
    await asyncio.to_thread(echo.start)


async def test_large_transactions(driver: MatrixDriver) -> None:
    """After a long time without us the homeserver sends much at once; nobody else may."""
    event = {
        "type": "m.room.message",
        "sender": "@x:y",
        "room_id": "!x",
        "content": {"msgtype": "m.text", "body": "x"},
    }
    events = [{**event, "event_id": f"${n}", "filler": "x" * 60_000} for n in range(40)]
    assert await driver.call(driver.transaction(*events)) == 200
    assert await driver.call(driver.transaction(*events, token="wrong")) in (401, 413)
    many = Request(
        f"{PATH}/transactions/9", b" " * (16 * 2**20 + 2**17), {"Authorization": f"Bearer {HS_TOKEN}"}, "PUT"
    )
    with contextlib.suppress(aiohttp.ClientError):  # it may hang up meanwhile
        assert await driver.call(many) == 413


async def test_what_comes_while_we_are_away_comes_at_our_return(driver: MatrixDriver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo warm")
    await driver.until(customer, shows("echo echo warm"))
    echo.stop()
    for number in range(3):
        await driver.say(customer, f"echo {number}")
    await asyncio.to_thread(echo.start)
    await driver.until(customer, shows("echo echo 2"), 60)
    assert echo.asked(conversation(driver, customer)) == ["echo warm", "echo 0", "echo 1", "echo 2"]


async def test_the_homeserver_is_killed_and_comes_back(driver: MatrixDriver, echo: Echo, desk: Desk) -> None:
    """What was sent but not acknowledged is not doubled; what could not be sent is."""
    customer = driver.customer()
    await driver.say(customer, "echo warm")
    await driver.until(customer, shows("echo echo warm"))
    ours = conversation(driver, customer)
    driver.fake.lose = driver.sends  # it arrives, and we are not told
    messages.add(ours, [messages.Draft("agent", {"text": "it is here"})])
    await driver.until(customer, shows("it is here"))
    await asyncio.to_thread(driver.homeserver.kill)
    driver.fake.lose = ""
    messages.add(ours, [messages.Draft("agent", {"text": "and this"})])
    await eventually(
        lambda: [x for x in outbox.undelivered_messages("matrix", dead=False) if x.conversation == ours],
        "it waits",
    )
    await asyncio.to_thread(driver.homeserver.again)
    await driver.until(customer, shows("and this"), 60)
    await driver.say(customer, "echo again")
    await driver.until(customer, shows("echo echo again"), 60)
    assert texts(driver.seen(customer)) == ["echo echo warm", "it is here", "and this", "echo echo again"]


async def test_transactions_of_another_time(driver: MatrixDriver, echo: Echo) -> None:
    """The same transaction again, also much later, and under another number."""
    customer = driver.customer()
    request = driver.genuine(customer, "echo once")
    await driver.until(customer, shows("echo echo once"))
    body = json.loads(request.body)
    for _ in range(3):
        await driver.deliver(driver.transaction(*body["events"], *body["events"]))
    await driver.say(customer, "echo twice")
    await driver.until(customer, shows("echo echo twice"))
    assert echo.asked(conversation(driver, customer)) == ["echo once", "echo twice"]
