"""Chatwoot as the desk, against a Chatwoot that checks every call: the way of a conversation there and back."""

from __future__ import annotations

import asyncio

from bot.conversation import messages, receipts
from bot.support import handoff
from bot.support.accounts import agents
from bot.support.handoff.states import State
from bot.support.integrations import jobs
from tests.support.integrations.conftest import Customer, picture, until
from tests.support.integrations.fake_chatwoot import INBOX, FakeChatwoot
from tests.support.integrations.hub import Hub


async def opened(fake: FakeChatwoot, customer: Customer, text: str = "I want to talk to a person") -> None:
    """The customer asks, and the conversation is there."""
    customer.asks(text)
    await until(lambda: fake.conversations and fake.only.said(), what="not opened in Chatwoot")
    await until(lambda: handoff_known(customer), what="the opening was not noted")
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))


def handoff_known(customer: Customer) -> bool:
    from bot.support.integrations import links

    link = links.get("chatwoot", customer.conversation)
    return link is not None and link.handoff == customer.handoff.id


async def test_the_whole_way(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    customer.says("Do you have this in blue?", picture())
    customer.hears("Yes, in blue and green.")
    await opened(fake, customer, "Somebody please, my order ORD-1 is missing")
    there = fake.only
    assert there.status == "open"
    assert there.attributes["shop_conversation"] == customer.conversation
    assert there.said() == ["Somebody please, my order ORD-1 is missing"]
    (note,) = there.notes()
    assert "Asked for a person" in note
    assert "Customer: Do you have this in blue? [photo]" in note
    assert "Assistant: Yes, in blue and green." in note
    assert len(next(m for m in there.messages if m["private"])["attachments"]) == 1

    # Ann gets it, and answers.
    await fake.assign(there, fake.ann)
    await until(lambda: customer.handoff.state is State.ASSIGNED)
    assert agents.get(customer.handoff.agent or 0).name == "Ann"  # type: ignore[union-attr]
    message = await fake.says(
        there, fake.ann, "Hello, **I am Ann**. See [our page](https://shop.example/a_b)."
    )
    assert message["status"] == "sent"
    await until(lambda: customer.seen())
    assert customer.seen() == ["Hello, I am Ann. See our page (https://shop.example/a_b)."]
    assert customer.handoff.state is State.HUMAN
    stored = next(m for m in messages.history(customer.conversation) if m.sender == "agent")
    assert stored.body["agent"]["name"] == "Ann"
    assert stored.client_id == f"chatwoot:{message['id']}"

    # The customer writes and sends a photo; both arrive in their order, at once.
    customer.says("Hi Ann")
    customer.says(None, picture(10), picture(90))
    customer.says("that is it")
    await until(lambda: there.said()[1:] == ["Hi Ann", None, "that is it"], 2.0, "not at once")
    assert len(there.messages[-2]["attachments"]) == 2

    # A photo by the agent passes the photo door.
    await fake.says(there, fake.ann, "", picture(120))
    await until(lambda: len(customer.seen()) == 2)
    photo = [m for m in messages.history(customer.conversation) if m.sender == "agent"][-1].body["photo"]
    from shop.customers import photos

    assert photos.get(photo, customer.conversation) is not None

    # Passed on to Bob.
    await fake.assign(there, fake.bob)
    await fake.says(there, fake.bob, "Bob here")
    await until(lambda: customer.seen()[-1] == "Bob here")
    assert agents.get(customer.handoff.agent or 0).name == "Bob"  # type: ignore[union-attr]

    # Resolved: back to the bot, with what was agreed.
    there.attributes["slot_order_id"] = "ORD-1"
    there.attributes["slot_unknown"] = "x"
    await fake.set_status(there, "resolved")
    await until(lambda: customer.handoff.state is State.RETURNED)
    assert customer.handoff.agreed == {"slots": {"order_id": "ORD-1"}}
    assert handoff.open_of(customer.conversation) is None
    await asyncio.sleep(0.3)
    assert there.status == "resolved"  # our end changes nothing there
    assert there.notes() == [note]


async def test_nothing_of_the_desk_is_echoed(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    there = fake.only
    await fake.notes(there, fake.ann, "psst, a difficult one")
    await fake.automation(there, "Welcome! We reply within the hour.")
    deleted = await fake.says(there, fake.ann, "oops")
    await until(lambda: customer.seen() == ["oops"])
    deleted["content_attributes"]["deleted"] = True
    deleted["content"] = "This message was deleted"
    customer.says("hello?")
    await until(lambda: len(there.said()) == 2)
    await fake.says(there, fake.ann, "yes")
    await until(lambda: len(customer.seen()) > 1)
    assert customer.seen() == ["oops", "yes"]
    assert there.said() == ["I want to talk to a person", "hello?"]


async def test_calls_that_come_twice_are_heard_once(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    fake.doubled = True
    for number in range(5):
        await fake.says(fake.only, fake.ann, f"line {number}")
    await until(lambda: len(customer.seen()) == 5)
    headers, body, _ = fake.hooks[-1]
    for _ in range(3):  # replayed while the signature is fresh: only a look more
        assert await fake.post(headers, body) == 200
    await asyncio.sleep(0.3)
    assert customer.seen() == [f"line {number}" for number in range(5)]


async def test_forged_and_stale_calls_are_refused(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "hi")
    headers, body, status = fake.hooks[-1]
    assert status == 200
    forged = body.replace(b'"hi"', b'"pay here"')
    assert await fake.post(headers, forged) == 401
    assert await fake.post({**headers, "X-Chatwoot-Timestamp": "1700000000"}, body) == 401
    assert await fake.post({"Content-Type": "application/json"}, body) == 401
    from bot.support.integrations.chatwoot.signature import sign

    old = "1700000000"
    stale = {**headers, "X-Chatwoot-Timestamp": old, "X-Chatwoot-Signature": sign(fake.secret, old, body)}
    assert await fake.post(stale, body) == 401
    for broken in (b"", b"[]", b"{", b'{"event": 1}', b"\xff\xfe"):
        stamp = headers["X-Chatwoot-Timestamp"]
        signed = {**headers, "X-Chatwoot-Signature": sign(fake.secret, stamp, broken)}
        assert await fake.post(signed, broken) == 400
    await until(lambda: customer.seen() == ["hi"])


async def test_lost_calls_are_caught_up(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    fake.silent = True
    await fake.assign(fake.only, fake.ann)
    await fake.says(fake.only, fake.ann, "are you there?")
    await asyncio.sleep(0.3)
    assert customer.seen() == []
    await hub.desk.catch_up()
    await until(lambda: customer.seen() == ["are you there?"])
    assert customer.handoff.state is State.HUMAN


async def test_an_agent_steps_in(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    there = fake.only
    await fake.says(there, fake.ann, "done")
    await fake.set_status(there, "resolved")
    await until(lambda: customer.handoff.state is State.RETURNED)
    first = customer.handoff.id
    await until(lambda: status_of(customer) == "resolved")
    customer.says("one more thing")
    # Words after the end reach the customer, and take nothing from the bot.
    await fake.says(there, fake.ann, "see you")
    await until(lambda: customer.seen()[-1] == "see you")
    assert handoff.open_of(customer.conversation) is None
    await fake.set_status(there, "open")
    await until(lambda: handoff.open_of(customer.conversation) is not None)
    assert customer.handoff.id != first
    assert customer.handoff.state is State.HUMAN
    assert customer.handoff.reason == "stepped_in"
    await until(lambda: len(there.notes()) == 2)
    customer.says("so you are back")
    await until(lambda: there.said()[-1] == "so you are back")
    assert "one more thing" in there.notes()[1]
    await fake.set_status(there, "pending")  # pending: the bot has it
    await until(lambda: customer.handoff.state is State.RETURNED)


def status_of(customer: Customer) -> str | None:
    from bot.support.integrations import links

    link = links.get("chatwoot", customer.conversation)
    return link.status if link else None


async def test_the_customer_goes_back(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    handoff.cancel(customer.conversation)
    await until(lambda: fake.only.status == "resolved")
    assert "went back to the assistant" in fake.only.notes()[-1]
    # Wanted again: the same conversation is opened again, with what is new.
    customer.hears("What can I do?")
    customer.asks("no, a person after all")
    await until(lambda: fake.only.status == "open" and len(fake.only.said()) == 2)
    await fake.assign(fake.only, fake.bob)
    await until(lambda: customer.handoff.state is State.ASSIGNED)
    assert len(fake.contacts) == 1


async def test_nobody_comes(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    customer.ends_offline()
    await until(lambda: fake.only.status == "pending")  # without a ticket system somebody has to look at it
    assert "Nobody came in time" in fake.only.notes()[-1]


async def test_taken_away_and_snoozed(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    there = fake.only
    await fake.assign(there, fake.ann)
    await until(lambda: customer.handoff.state is State.ASSIGNED)
    await fake.assign(there, None)
    await until(lambda: customer.handoff.state is State.QUEUED)
    await fake.says(there, fake.bob, "I take it")
    await until(lambda: customer.handoff.state is State.HUMAN)
    await fake.set_status(there, "snoozed")
    await asyncio.sleep(0.3)
    assert customer.handoff.state is State.HUMAN  # the bot stays silent


async def test_resolved_without_a_word(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    await fake.set_status(fake.only, "resolved")
    await until(lambda: not customer.handoff.is_open)
    assert customer.handoff.state is State.CLOSED
    assert customer.handoff.accepted is None


async def test_typing_and_read_marks(
    hub: Hub, fake: FakeChatwoot, customer: Customer, listener: object
) -> None:
    heard: list[dict[str, object]] = []
    listener.on("typing", heard.append)  # type: ignore[attr-defined]
    await opened(fake, customer)
    there = fake.only
    await fake.typing(there, fake.ann, True)
    await fake.typing(there, fake.ann, True, private=True)
    await fake.typing(there, fake.ann, False)
    await until(lambda: len(heard) == 2)
    assert [(each["who"], each["on"], each["name"]) for each in heard] == [
        ("agent", True, "Ann"),
        ("agent", False, "Ann"),
    ]
    await hub.desk.customer_typing(customer.handoff, True)
    await hub.desk.customer_typing(customer.handoff, True)
    await until(lambda: fake.customer_side)
    assert fake.customer_side == [("typing", "on")]
    await fake.says(there, fake.ann, "hello")
    await until(lambda: customer.seen())
    await until(lambda: receipts.of(customer.conversation).agent >= 1)
    receipts.mark(customer.conversation, "customer", 99)
    await until(lambda: ("read", None) in fake.customer_side)


async def test_people_online(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await until(lambda: hub.desk.online() == 2)


async def test_calls_about_others_change_nothing(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    calls = len(fake.calls)
    assert await fake._call("message_created", {"id": 1, "conversation": {"id": 99999, "inbox_id": INBOX}})
    assert await fake._call(
        "message_created", {"id": 1, "conversation": {"id": fake.only.id, "inbox_id": 12}}
    )
    assert await fake._call("contact_updated", {"id": 1})
    await asyncio.sleep(0.3)
    assert len(fake.calls) == calls


async def test_in_chinese(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    customer.language = "zh"
    await opened(fake, customer, "转人工")
    assert "顾客: 转人工" in fake.only.notes()[0]
    assert fake.contacts[fake.only.contact]["name"].startswith("顾客")
