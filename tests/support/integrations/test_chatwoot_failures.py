"""Chatwoot away, overloaded, half there; our processes dying, or several at once: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
import sqlalchemy as sa

from bot.conversation import messages
from bot.support.handoff.states import State
from bot.support.integrations import jobs
from storage import backoff, database, personal_data
from tests.support.integrations.conftest import Customer, chatwoot_settings, picture, until
from tests.support.integrations.fake_chatwoot import ACCOUNT, FakeChatwoot
from tests.support.integrations.hub import Hub
from tests.support.integrations.test_chatwoot import opened

BASE = f"/api/v1/accounts/{ACCOUNT}"


def rows(query: str) -> list[sa.engine.Row]:
    with database.session() as connection:
        return connection.execute(sa.text(query)).all()


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502},
        {"status": 429},
        {"status": 401},
        {"drop": "before"},
        {"drop": "after"},
    ],
    ids=str,
)
async def test_every_call_of_an_opening_may_fail(
    hub: Hub,
    fake: FakeChatwoot,
    customer: Customer,
    fault: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storage.backoff.delay", lambda *_: 0.05)
    customer.says("a photo", picture())
    for part in ("/contacts", "/conversations", "/messages", "/messages"):
        fake.fail(part, **fault)  # type: ignore[arg-type]
    customer.asks("help")
    customer.says("are you there?")
    fake.fail("/messages", **fault)  # type: ignore[arg-type]
    customer.says("hello?")
    await until(lambda: fake.conversations and len(fake.only.said()) >= 3)
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))
    assert fake.only.said() == ["help", "are you there?", "hello?"]
    assert len(fake.only.notes()) == 1
    assert len(fake.contacts) == 1
    # The end, too.
    fake.fail("/toggle_status", **fault)  # type: ignore[arg-type]
    fake.fail("/messages", **fault)  # type: ignore[arg-type]
    customer.ends_offline()
    await until(lambda: fake.only.status == "pending")
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))
    assert len(fake.only.notes()) == 2


async def test_the_other_side_names_the_wait(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    fake.fail("/messages", status=429, after="1")
    begin = time.monotonic()
    customer.says("hello?")
    await until(lambda: len(fake.only.said()) == 2)
    assert time.monotonic() - begin > 0.9
    assert backoff.delay(1, (1.0,), after=7.0) == 7.0
    assert backoff.delay(99, (1.0, 2.0)) <= 2.4


async def test_what_is_refused_stops_nothing(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    fake.fail("/messages", status=422)
    customer.says("this one is refused")
    customer.says("this one is not")
    await until(lambda: fake.only.said()[-1] == "this one is not")
    assert "this one is refused" not in fake.only.said()
    (row,) = rows("SELECT failed FROM desk_jobs WHERE failed IS NOT NULL")
    assert row.failed.startswith("422")


async def test_reading_may_fail(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    fake.fail(f"/{fake.only.id}", method="GET", status=500, times=2)
    fake.fail("/messages", method="GET", drop="before")
    await fake.says(fake.only, fake.ann, "one")
    await fake.says(fake.only, fake.ann, "two", picture())
    name = next(iter(fake.files))
    fake.fail(f"/files/{name}", method="GET", status=503)
    await until(lambda: customer.seen() == ["one", "two"])
    last = messages.history(customer.conversation)[-1]
    assert last.body["photo"]


async def test_a_file_that_is_no_picture(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "the form", b"%PDF-1.7 ...")
    await fake.says(fake.only, fake.ann, "broken", b"\xff\xd8 no picture at all")
    await until(lambda: len(customer.seen()) == 2)
    first, second = customer.seen()
    assert first.startswith(f"the form\n{fake.url}/files/")
    assert second == "broken"


async def test_chatwoot_is_away_and_we_are_restarted(
    shop: object, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "CHAT", (0.05, 0.1, 0.2))
    fake = FakeChatwoot()
    await fake.start()
    settings = chatwoot_settings(fake)
    first = Hub(settings)
    await first.start()
    fake.hook = first.hook
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "before")
    await until(lambda: customer.seen() == ["before"])
    await fake.stop()  # away
    customer.says("one")
    customer.says("two")
    await asyncio.sleep(0.5)
    await first.stop()  # and we die, too
    customer.says("three, while nobody listens")
    # An agent of theirs wrote while nobody could hear it.
    there = fake.only
    await fake.start()
    message = await fake.says(there, fake.ann, "where did you go?")
    assert message["status"] == "failed"
    second = Hub(settings)
    await second.start()
    fake.hook = second.hook
    await until(lambda: there.said()[1:] == ["one", "two", "three, while nobody listens"], 40)
    await until(lambda: customer.seen() == ["before", "where did you go?"])
    await second.stop()
    await fake.stop()
    assert fake.wrong == []


async def test_a_process_that_dies_with_a_job(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    """Its lease runs out; another takes the job, and looks whether the message has arrived."""
    await opened(fake, customer)
    await hub.stop()
    customer.says("was it said?")
    jobs.said("chatwoot", customer.handoff)
    job = jobs.take("chatwoot")
    assert job is not None and job.attempts == 1
    from bot.support.integrations.chatwoot.api import Api

    api = Api(hub.desk.settings)
    mark = f"say:{job.handoff}:{job.seq}"
    await api.say(str(fake.only.id), "was it said?", mark=mark)  # it said so, and died
    await api.close()
    assert jobs.take("chatwoot") is None  # held
    with database.session() as connection:
        connection.execute(
            sa.text("UPDATE desk_jobs SET leased = now() - interval '1 second' WHERE done IS NULL")
        )
    second = Hub(hub.desk.settings)
    await second.start()
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))
    await second.stop()
    assert fake.only.said().count("was it said?") == 1


async def test_several_processes(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    others = [Hub(hub.desk.settings) for _ in range(2)]
    for other in others:
        await other.start()
    hooks = [each.hook for each in (hub, *others)]
    await opened(fake, customer)
    fake.doubled = True
    chance = random.Random(7)
    ours, theirs = [], []
    for number in range(20):
        fake.hook = chance.choice(hooks)
        if chance.random() < 0.5:
            ours.append(f"c{number}")
            await asyncio.to_thread(customer.says, ours[-1])
        else:
            theirs.append(f"a{number}")
            await fake.says(fake.only, chance.choice([fake.ann, fake.bob]), theirs[-1])
    await until(lambda: len(customer.seen()) >= len(theirs) and len(fake.only.said()) > len(ours), 20)
    await asyncio.sleep(0.5)
    assert fake.only.said()[1:] == ours
    assert customer.seen() == theirs
    assert len(fake.only.notes()) == 1
    assert customer.handoff.state is State.HUMAN
    for other in others:
        await other.stop()


async def test_the_conversation_is_deleted_there(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    was = fake.only.id
    del fake.conversations[was]
    customer.says("still here")  # nobody there can see it: the bot takes over
    await until(lambda: not customer.handoff.is_open)
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))
    customer.asks("a person, please")
    await until(lambda: fake.conversations and fake.only.said() == ["a person, please"])
    assert fake.only.id != was
    assert len(fake.contacts) == 1


async def test_the_customer_is_deleted_there(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    from bot.support import handoff

    handoff.cancel(customer.conversation)
    await until(lambda: fake.only.status == "resolved")
    await until(lambda: not jobs.unfinished("chatwoot", customer.conversation))
    fake.contacts.clear()
    fake.conversations.clear()
    customer.asks("again, please")
    await until(lambda: fake.conversations and fake.only.said() == ["again, please"])


async def test_everything_is_erased(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "your address is Main Street 1")
    await until(lambda: customer.seen())
    await asyncio.to_thread(personal_data.forget, customer.conversation)
    await until(lambda: not fake.contacts and not fake.conversations)
    await until(lambda: not customer.handoff.is_open)
    assert rows("SELECT 1 FROM desk_links") == []
    assert rows("SELECT 1 FROM desk_jobs WHERE kind <> 'erase'") == []


async def test_an_email_that_another_customer_has(hub: Hub, fake: FakeChatwoot, customer: Customer) -> None:
    fake.contacts[1] = {"id": 1, "email": "ann@example.com", "identifier": "x", "sources": []}
    handoff = customer.asks("help")
    with database.session() as connection:
        connection.execute(
            sa.text("UPDATE handoffs SET email = 'ann@example.com' WHERE id = :id"), {"id": handoff.id}
        )
    await until(lambda: fake.conversations and fake.only.said() == ["help"])


async def test_the_secret_address(shop: object, fake: FakeChatwoot, customer: Customer) -> None:
    fake.secret = ""  # a Chatwoot before 4.13 signs nothing
    key = "a-key-of-more-than-24-letters"
    hub = Hub(chatwoot_settings(fake, secrets=(), key=key))
    await hub.start()
    fake.hook = f"{hub.hook}/{key}"
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "hello")
    await until(lambda: customer.seen() == ["hello"])
    _, body, status = fake.hooks[-1]
    assert status == 200
    for wrong in ("", "/", f"/{key}x", f"/{key[:-1]}", "/%00"):
        fake.hook = hub.hook + wrong
        assert await fake.post({"Content-Type": "application/json"}, body) in (401, 404)
    await hub.stop()


async def test_the_database_is_away(
    hub: Hub, fake: FakeChatwoot, customer: Customer, monkeypatch: object
) -> None:
    """A call that cannot be noted is not acknowledged: the agent sees that it did not arrive, and it is caught up."""
    from bot.support.integrations import links
    from storage.errors import Unavailable

    await opened(fake, customer)
    real = links.touch

    def away(*_: object) -> bool:
        raise Unavailable("away")

    links.touch = away
    message = await fake.says(fake.only, fake.ann, "hello?")
    assert message["status"] == "failed"
    links.touch = real
    await hub.desk.catch_up()
    await until(lambda: customer.seen() == ["hello?"])


async def test_the_old_state_there_is_not_taken_for_the_new(
    hub: Hub, fake: FakeChatwoot, customer: Customer
) -> None:
    """Wanted again while Chatwoot cannot be told: that the conversation is resolved there is the last one's end."""
    await opened(fake, customer)
    await fake.says(fake.only, fake.ann, "solved")
    await fake.set_status(fake.only, "resolved")
    await until(lambda: customer.handoff.state is State.RETURNED)
    fake.fail("/toggle_status", status=500, times=4)
    second = customer.asks("not solved at all")
    for _ in range(5):
        await fake.notes(fake.only, fake.bob, "looking")  # something happens there, so we look
        await asyncio.sleep(0.1)
        assert customer.handoff.id == second.id and customer.handoff.is_open
    await until(lambda: fake.only.status == "open" and fake.only.said()[-1] == "not solved at all")
    await fake.says(fake.only, fake.bob, "sorry, let me see")
    await until(lambda: customer.handoff.state is State.HUMAN)
