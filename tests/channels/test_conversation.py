"""One conversation's suite over every platform: what a customer does there, and what comes of it."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from PIL import Image

from bot.channels.runtime import contacts, outbox
from bot.conversation import messages
from bot.support.handoff import State
from tests.channels.driver import Driver, Request, texts, until
from tests.channels.fake import Failure
from tests.door.conftest import Echo
from tests.door.handing import Desk, sql


def photo(colour: str = "red", size: tuple[int, int] = (320, 240)) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def conversation(driver: Driver, address: str) -> str:
    """Our conversation with a customer; made if there is none."""
    return contacts.meet(driver.name, address).conversation


def of(driver: Driver, customer: str) -> str:
    return conversation(driver, driver.address(customer))


def said(customer: str) -> Any:
    """Whether a text was shown once it was said by the echo."""
    return lambda seen: customer in texts(seen)


def shows(text: str) -> Any:
    return lambda seen: any(text in each.text for each in seen)


async def test_text(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo hello 你好 🙂")
    seen = await driver.until(customer, shows("echo echo hello 你好 🙂"))
    assert len(seen) == 1
    assert echo.asked(of(driver, customer)) == ["echo hello 你好 🙂"]


async def test_a_command_is_plain_text(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, '/restart{"x": 1}')
    await driver.until(customer, shows('echo restart{"x": 1}'))


async def test_order(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    for number in range(5):
        await driver.say(customer, f"echo {number}")
    seen = await driver.until(customer, lambda seen: len(seen) >= 5)
    assert texts(seen) == [f"echo echo {number}" for number in range(5)]
    assert echo.asked(of(driver, customer)) == [f"echo {number}" for number in range(5)]


async def test_long_answer(driver: Driver) -> None:
    customer = driver.customer()
    text = "echo " + " ".join(f"word{number:05d}" for number in range(290))
    await driver.say(customer, text)
    await driver.until(customer, shows("word00289"))
    together = " ".join(" ".join(texts(driver.seen(customer))).split())
    assert all(f"word{number:05d}" in together for number in range(290))


async def test_photo(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.photos(customer, [photo()])
    await driver.until(customer, shows("echo /send_photo"))
    (message,) = [m for m in messages.history(of(driver, customer)) if m.sender == "customer"]
    ((owner, width),) = sql("SELECT owner, width FROM photos WHERE id = :p", p=message.body["photo"])
    assert owner == of(driver, customer) and width == 320


@pytest.mark.needs("caption")
async def test_photo_with_caption(driver: Driver) -> None:
    customer = driver.customer()
    await driver.photos(customer, [photo()], "meta in red")
    await driver.until(customer, lambda seen: any('"photo": ' in each.text for each in seen))
    (message,) = [m for m in messages.history(of(driver, customer)) if m.sender == "customer"]
    assert message.body["text"] == "meta in red" and message.body["photo"]


@pytest.mark.needs("several")
async def test_several_photos_are_one_message(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.photos(customer, [photo("red"), photo("green"), photo("blue")])
    await driver.until(customer, shows("echo /send_photo"))
    await asyncio.sleep(1.5)
    (message,) = [m for m in messages.history(of(driver, customer)) if m.sender == "customer"]
    assert len(message.body["photos"]) == 3 and echo.asked(of(driver, customer)) == ["/send_photo"]


async def test_what_is_no_photo_is_refused_kindly(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.photos(customer, [photo()[:40]])
    await driver.until(customer, lambda seen: seen)
    assert "photo" in driver.seen(customer)[-1].text.casefold()
    assert echo.asked(of(driver, customer)) == []


async def test_cards(driver: Driver) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    seen = await driver.until(customer, shows("Dress 3"))
    await asyncio.sleep(0.5)
    seen = driver.seen(customer)
    words = " ".join(texts(seen)) + " ".join(" ".join(each.cards) for each in seen)
    assert all(f"Dress {number}" in words for number in (1, 2, 3)) and "$10" in words
    assert any("Show more" in each.buttons for each in seen), seen


async def test_one_card(driver: Driver) -> None:
    customer = driver.customer()
    await driver.say(customer, "shop")
    seen = await driver.until(customer, shows("A dress"))
    assert "javascript" not in repr(driver.seen(customer)), seen


@pytest.mark.needs("press")
async def test_button(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "shop")
    await driver.until(customer, lambda seen: any("plain" in each.buttons for each in seen))
    await driver.press(customer, "plain")
    await driver.until(customer, shows("echo plain words"))
    assert echo.asked(of(driver, customer)) == ["shop", "plain words"]


@pytest.mark.needs("press")
async def test_button_with_an_intent(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "cards")
    await driver.until(customer, lambda seen: any("Show more" in each.buttons for each in seen))
    await driver.press(customer, "Show more")
    await driver.until(customer, shows("echo /show_more"))


@pytest.mark.needs("voice")
async def test_voice_is_politely_not_understood(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.voice(customer)
    seen = await driver.until(customer, shows("text and photos"))
    assert len(seen) == 1 and echo.asked(of(driver, customer)) == []
    kept = messages.history(of(driver, customer))
    assert [m.sender for m in kept] == ["customer", "system"]


@pytest.mark.needs("edit")
async def test_an_edited_message_is_answered_anew(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo frist")
    await driver.until(customer, shows("echo echo frist"))
    await driver.edit(customer, "echo first")
    await driver.until(customer, shows("echo echo first"))
    assert echo.asked(of(driver, customer)) == ["echo frist", "echo first"]


@pytest.mark.needs("delete")
async def test_a_deleted_message_is_forgotten(driver: Driver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo my number is 12345")
    await driver.until(customer, shows("12345"))
    await driver.delete(customer)

    async def gone() -> bool:
        return all(
            "12345" not in str(m.body)
            for m in messages.history(of(driver, customer))
            if m.sender == "customer"
        )

    for _ in range(100):
        if await gone():
            return
        await asyncio.sleep(0.1)
    pytest.fail("the deleted message is still kept")


@pytest.mark.needs("join")
async def test_who_opens_the_chat_is_greeted(driver: Driver) -> None:
    customer = driver.customer()
    await driver.join(customer)
    await driver.until(customer, shows("/greet"))


@pytest.mark.needs("leave", "join")
async def test_who_has_left_is_left_alone(driver: Driver) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo one")
    await driver.until(customer, shows("echo echo one"))
    await driver.leave(customer)
    for _ in range(100):
        if contacts.of(of(driver, customer)).gone:  # type: ignore[union-attr]
            break
        await asyncio.sleep(0.1)
    messages.add(of(driver, customer), [messages.Draft("agent", {"text": "are you there?"})])
    await asyncio.sleep(1)
    assert "are you there?" not in " ".join(texts(driver.seen(customer)))
    await driver.join(customer)
    await driver.until(customer, shows("/greet"))


@pytest.mark.needs("group")
async def test_in_a_group_it_speaks_only_when_spoken_to(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    address = await driver.in_group(customer, "echo among us", to_us=False)
    assert await driver.in_group(customer, "echo for you", to_us=True) == address
    await until(lambda: driver.seen_in_group(address), shows("echo for you"))
    assert echo.asked(conversation(driver, address)) == ["echo for you"]


# --- a person takes over ------------------------------------------------------------------------------------


async def test_handoff(driver: Driver, echo: Echo, desk: Desk) -> None:
    customer = driver.customer()
    await driver.say(customer, "person")
    await driver.until(customer, lambda seen: seen)
    ours = of(driver, customer)
    handoff = desk.accept(ours)
    desk.say(ours, "hello, Anna here")
    seen = await driver.until(customer, shows("hello, Anna here"))
    assert any(each.text.startswith("Anna") for each in seen)
    await driver.say(customer, "my order is late")
    for _ in range(100):
        if [m for m in messages.history(ours) if m.body.get("text") == "my order is late"]:
            break
        await asyncio.sleep(0.05)
    assert handoff.state is State.HUMAN and echo.asked(ours) == ["person"]
    assert "echo my order is late" not in texts(driver.seen(customer))
    desk.give_back(ours)
    await driver.say(customer, "echo again")
    await driver.until(customer, shows("echo echo again"))


# --- nothing lost, nothing doubled --------------------------------------------------------------------------


@pytest.mark.needs("forged")
async def test_forged_calls_are_refused(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    for request in driver.forged(customer):
        assert await driver.call(request) in (401, 403), request
    assert await driver.call(driver.oversized()) in (401, 403, 413)
    await asyncio.sleep(0.5)
    assert not sql(
        "SELECT 1 FROM messenger_people WHERE channel = :c AND address = :a",
        c=driver.name,
        a=driver.address(customer),
    )


@pytest.mark.needs("forged")
async def test_nonsense_is_refused(driver: Driver) -> None:
    genuine = driver.genuine(driver.customer(), "echo x")
    for body in (b"", b"[]", b"null", b"{", b"\xff\xfe", json.dumps({"x": [1, {"y": None}]}).encode()):
        status = await driver.call(Request(genuine.path, body, genuine.headers, genuine.method))
        assert status < 500, (body, status)


@pytest.mark.needs("forged")
async def test_a_call_that_comes_twice_is_answered_once(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    request = driver.genuine(customer, "echo once")
    await asyncio.gather(*(driver.deliver(request) for _ in range(4)))
    await driver.until(customer, shows("echo echo once"))
    await driver.deliver(request)
    await asyncio.sleep(0.7)
    assert len(driver.seen(customer)) == 1 and echo.asked(of(driver, customer)) == ["echo once"]


@pytest.mark.needs("fail")
@pytest.mark.parametrize(
    "failure", [Failure(429, 1), Failure(500), Failure(503), Failure(401)], ids=lambda f: f.status
)
async def test_what_fails_is_sent_again(driver: Driver, echo: Echo, failure: Failure) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo warm")
    await driver.until(customer, shows("echo echo warm"))
    await driver.say(customer, "hold then")
    driver.fail(failure)
    echo.go(of(driver, customer))
    seen = await driver.until(customer, shows("echo hold then"))
    assert texts(seen).count("echo hold then") == 1


@pytest.mark.needs("fail")
async def test_dead_letters_are_kept_and_sent_again(driver: Driver, echo: Echo) -> None:
    customer = driver.customer()
    await driver.say(customer, "echo warm")
    await driver.until(customer, shows("echo echo warm"))
    await driver.say(customer, "hold dead")
    driver.fail(Failure(400))
    echo.go(of(driver, customer))
    letter = None
    for _ in range(200):
        letter = next(
            (x for x in outbox.undelivered_messages(driver.name) if x.conversation == of(driver, customer)),
            None,
        )
        if letter:
            break
        await asyncio.sleep(0.05)
    assert letter is not None and letter.failed
    await driver.say(customer, "echo goes on")
    await driver.until(customer, shows("echo echo goes on"))
    assert not shows("echo hold dead")(driver.seen(customer))
    assert outbox.resend([letter.id]) == 1
    await driver.until(customer, shows("echo hold dead"))


@pytest.mark.needs("forged")
async def test_kill_and_restart(driver: Driver, echo: Echo) -> None:
    """Acknowledged and not yet answered: answered once after the restart."""
    customer = driver.customer()
    await driver.deliver(driver.genuine(customer, "hold on"))
    for _ in range(200):
        if echo.asked(of(driver, customer)):
            break
        await asyncio.sleep(0.05)
    echo.stop()
    echo.go(of(driver, customer))
    await asyncio.to_thread(echo.start)
    await driver.until(customer, shows("echo hold on"), 60)
    await asyncio.sleep(1)
    assert texts(driver.seen(customer)).count("echo hold on") == 1


# --- unasked ------------------------------------------------------------------------------------------------


async def test_nothing_is_said_unasked_without_consent(driver: Driver) -> None:
    customer = driver.customer()
    await driver.say(customer, "remind 0.1")
    await driver.until(customer, shows("echo remind"))
    await asyncio.sleep(0.8)
    assert len(driver.seen(customer)) == 1
    await driver.say(customer, "subscribe")
    await driver.until(customer, shows("unsubscribe"))
    await driver.say(customer, "remind 0.1")
    await driver.until(customer, said("reminder"))


async def test_the_window_is_respected(driver: Driver, echo: Echo) -> None:
    """Past the platform's window an agent's message waits until the customer writes again."""
    from rasa.shared.utils.common import class_from_module_path

    hours = class_from_module_path(driver.channel).limits.window_hours
    if hours is None:
        pytest.skip(f"{driver.name} has no window")
    customer = driver.customer()
    await driver.say(customer, "echo hello")
    await driver.until(customer, shows("echo echo hello"))
    ours = of(driver, customer)
    sql(
        "UPDATE messenger_people SET heard = heard - make_interval(hours => :h) WHERE conversation = :c",
        h=int(hours) + 1,
        c=ours,
    )
    messages.add(ours, [messages.Draft("agent", {"text": "it is here", "agent": {"name": "Anna"}})])
    for _ in range(100):
        if [
            x
            for x in outbox.undelivered_messages(driver.name, dead=False)
            if x.conversation == ours and x.error
        ]:
            break
        await asyncio.sleep(0.05)
    assert not shows("it is here")(driver.seen(customer))
    await driver.say(customer, "echo back")
    seen = await driver.until(customer, shows("echo echo back"))
    assert [("it is here" in text) for text in texts(seen)].index(True) < len(seen) - 1
