"""What pages hear by themselves: with two processes, after a gap, while everything changes."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
import sqlalchemy as sa

from bot.operations.client import Client
from bot.support.accounts import agents, presence
from bot.support.handoff import agent_side, customer_side, store
from storage import database, events, personal_data
from tests.support.desk.client import DeskPage
from tests.support.desk.conftest import PASSWORD, DeskProcess, World
from tests.support.desk.test_frames import taken


async def hears(page: DeskPage, text: str) -> None:
    await page.until(lambda f: f["type"] == "event" and f["text"] == text)


async def test_within_a_second(world: World) -> None:
    """Messages reach whose conversation it is, and who looks at it; the lists of the others follow."""
    async with world.page("anna") as anna, world.page("bob") as bob, world.page("lea") as lea:
        handoff = await taken(world, anna)
        await lea.do("watch", conversation=handoff.conversation)
        begin = time.perf_counter()
        world.writes(handoff.conversation, "quick?")
        for page in (anna, lea):
            await hears(page, "quick?")
        assert time.perf_counter() - begin < 1
        line = await bob.line(handoff.id, lambda line: (line["last"] or {}).get("text") == "quick?")
        assert line["unread"] == 1 and not bob.events(handoff.conversation)


async def test_watching_ends(world: World) -> None:
    async with world.page("lea") as lea:
        first, second = world.waits(), world.waits()
        await lea.do("watch", conversation=first.conversation)
        await lea.do("watch", conversation=second.conversation)
        world.writes(first.conversation, "to nobody")
        world.writes(second.conversation, "to the watcher")
        await hears(lea, "to the watcher")
        await lea.do("watch", conversation=None)
        assert not lea.events(first.conversation)


async def test_typing(world: World) -> None:
    async with world.page("anna") as anna, world.page("lea") as lea, world.page("bob") as bob:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        await lea.do("watch", conversation=ident)
        with database.session() as connection:
            events.publish(connection, "typing", {"conversation": ident, "who": "customer", "on": True})
        for page in (anna, lea):
            await page.until(lambda f: f["type"] == "typing" and f["who"] == "customer" and f["on"])
        await anna.do("typing", conversation=ident, on=True)
        seen = await lea.until(lambda f: f["type"] == "typing" and f["who"] == "agent")
        assert seen["name"] == "Anna" and seen["on"] and "agent" not in seen
        assert not [f for f in anna.frames if f["type"] == "typing" and f["who"] == "agent"]
        assert not [f for f in bob.frames if f["type"] == "typing"]


async def test_transfer_while_typing(world: World) -> None:
    """Who passed it on no longer types, whatever his page says; what he sends too late is refused."""
    async with world.page("anna") as anna, world.page("bob") as bob, world.page("lea") as lea:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        await lea.do("watch", conversation=ident)
        await anna.do("typing", conversation=ident, on=True)
        await lea.until(lambda f: f["type"] == "typing" and f["on"])
        await lea.do("transfer", handoff=handoff.id, version=handoff.version, agent=bob.me["id"])
        await lea.until(lambda f: f["type"] == "typing" and not f["on"])
        assert (await anna.request("typing", conversation=ident, on=True))["code"] == "not_yours"
        late = await anna.request("say", conversation=ident, text="too late", client_id="late")
        assert late["code"] == "not_yours"
        await bob.line(handoff.id, lambda line: line["agent"] == bob.me["id"] and line["state"] == "assigned")
        await bob.do("say", conversation=ident, text="my turn", client_id="turn")
        said = [m.body.get("text") for m in world.said(ident) if m.sender == "agent"]
        assert said == ["my turn"]


async def test_writing_and_transferring_race(world: World) -> None:
    """Every message that was acknowledged is stored, and none after the one who wrote it had lost it."""
    async with world.page("anna") as anna, world.page("lea") as lea:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        going = asyncio.Event()

        async def write() -> list[str]:
            done: list[str] = []
            for number in range(200):
                if number == 8:
                    going.set()
                if number > 8 and moved.done():
                    break
                answer = await anna.request(
                    "say", conversation=ident, text=f"n{number}", client_id=f"n{number}"
                )
                if answer["type"] == "ok":
                    done.append(f"n{number}")
            return done

        async def move() -> None:
            await going.wait()
            await lea.do(
                "transfer", handoff=handoff.id, version=handoff.version, agent=world.people["bob"].id
            )

        moved = asyncio.create_task(move())
        acknowledged = await write()
        await moved
        late = await anna.request("say", conversation=ident, text="late", client_id="late")
        assert late["code"] == "not_yours"
        said = world.said(ident)
        assert [m.client_id for m in said if m.sender == "agent"] == acknowledged
        assert len(acknowledged) >= 8
        change = next(c for c in store.audit(handoff.id) if c.event == "transfer_agent")
        assert all(m.seq <= change.detail["seq"] for m in said if m.sender == "agent")


async def test_an_agent_who_leaves_no_longer_types(world: World) -> None:
    async with world.page("lea") as lea:
        async with world.page("anna") as anna:
            handoff = await taken(world, anna)
            await lea.do("watch", conversation=handoff.conversation)
            await anna.do("typing", conversation=handoff.conversation, on=True)
            await lea.until(lambda f: f["type"] == "typing" and f["on"])
        await lea.until(lambda f: f["type"] == "typing" and not f["on"])
        await lea.until(lambda f: f["type"] == "presence" and f["status"] == "offline")


async def test_after_a_gap_everything_comes_anew(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        since = len(anna.frames)
        with database.session() as connection:
            gone = connection.execute(
                sa.text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE query = 'LISTEN shop' OR (query = 'SELECT 1' AND state = 'idle' AND pid <> pg_backend_pid())"
                )
            ).scalar_one()
        assert gone
        world.writes(handoff.conversation, "said in the gap")
        again = await anna.until(lambda f: f["type"] == "welcome", timeout=20, since=since)
        (line,) = [line for line in again["mine"] if line["id"] == handoff.id]
        assert line["last"]["text"] == "said in the gap"
        world.writes(handoff.conversation, "and after it")
        await hears(anna, "and after it")


async def test_two_processes(world: World, second: DeskProcess) -> None:
    async with world.page("anna") as anna, world.page("bob", at=second) as bob:
        handoff = world.waits()
        for page in (anna, bob):
            await page.line(handoff.id)
        one, other = await asyncio.gather(
            anna.request("claim", handoff=handoff.id, version=1),
            bob.request("claim", handoff=handoff.id, version=1),
        )
        assert sorted((one["type"], other["type"])) == ["error", "ok"], "one of them is faster"
        winner, loser = (anna, bob) if one["type"] == "ok" else (bob, anna)
        ident = handoff.conversation
        await loser.do("watch", conversation=ident)
        await winner.do("say", conversation=ident, text="across", client_id="across")
        await hears(loser, "across")
        await winner.do("typing", conversation=ident, on=True)
        await loser.until(lambda f: f["type"] == "typing" and f["who"] == "agent")
        await winner.do("note", handoff=handoff.id, text="a note across")
        await loser.until(lambda f: f["type"] == "note" and f["note"]["text"] == "a note across")
        # Passed on to somebody who sits at the other process, and back.
        version = world.now(handoff).version
        await winner.do("transfer", handoff=handoff.id, version=version, agent=loser.me["id"])
        await loser.line(handoff.id, lambda line: line["agent"] == loser.me["id"])
        await loser.do("say", conversation=ident, text="and back", client_id="back")
        assert (await winner.request("say", conversation=ident, text="x", client_id="x"))[
            "code"
        ] == "not_yours"
        world.writes(ident, "thank you both")
        await hears(loser, "thank you both")


async def test_a_customer_at_the_other_process(world: World, second: DeskProcess) -> None:
    async with Client(second.url) as customer, world.page("anna") as anna:
        await customer.say("hello there")
        waiting = customer_side.request(
            customer.conversation, channel="web", reason="asked", group="service"
        ).handoff
        await anna.line(waiting.id)
        await anna.do("claim", handoff=waiting.id, version=1)
        await anna.do("say", conversation=customer.conversation, text="Hi, Anna here", client_id="hi")
        frame = await customer._until(lambda f: f["type"] == "event" and f["text"] == "Hi, Anna here", 5)
        assert frame["agent"] == {"name": "Anna"} and frame["from"] == "agent"
        await customer.send(
            {"type": "say", "id": "c-1", "text": "a person!", "photo": None, "language": "en"}
        )
        await hears(anna, "a person!")
        assert not [m for m in world.said(customer.conversation) if m.body.get("text") == "echo a person!"]


async def test_a_killed_process_takes_its_agents_with_it(world: World) -> None:
    third = DeskProcess(world.folder)
    try:
        async with world.page("lea") as lea:
            async with world.page("bob", at=third) as bob:
                await lea.until(lambda f: f["type"] == "presence" and f["agent"] == bob.me["id"])
                third.stop(signal.SIGKILL)
            since = len(lea.frames)
            with database.session() as connection:  # as if the time had passed
                connection.execute(
                    sa.text("UPDATE agent_presence SET seen = seen - interval '60 s' WHERE agent = :a"),
                    {"a": bob.me["id"]},
                )
            await lea.until(
                lambda f: f["type"] == "presence" and f["agent"] == bob.me["id"] and f["status"] == "offline",
                timeout=presence.HEARTBEAT + 5,
                since=since,
            )
    finally:
        third.stop(signal.SIGKILL)


async def test_heartbeats_keep_an_agent(world: World) -> None:
    """One of whom nothing was heard for long, and one who was forgotten (the database was restored, say)."""
    async with world.page("anna") as anna, world.page("bob") as bob:
        with database.session() as connection:
            connection.execute(
                sa.text("UPDATE agent_presence SET seen = seen - interval '15 s' WHERE agent = :a"),
                {"a": anna.me["id"]},
            )
            connection.execute(sa.text("DELETE FROM agent_presence WHERE agent = :b"), {"b": bob.me["id"]})
        await asyncio.sleep(presence.HEARTBEAT + 2)
        with database.session() as connection:
            ages = connection.execute(
                sa.text(
                    "SELECT agent, extract(epoch FROM clock_timestamp() - seen) AS age FROM agent_presence "
                    "WHERE agent IN (:a, :b)"
                ),
                {"a": anna.me["id"], "b": bob.me["id"]},
            ).all()
        assert {row.agent for row in ages} == {anna.me["id"], bob.me["id"]}
        assert all(row.age < presence.HEARTBEAT + 3 for row in ages)


async def test_erased(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        await anna.do("note", handoff=handoff.id, text="private")
        personal_data.forget(ident)
        await anna.until(lambda f: f["type"] == "erased" and f["conversation"] == ident)
        seen = await anna.get(f"conversations/{ident}")
        assert seen["messages"] == [] and seen["notes"] == [] and seen["packet"]["summary"] is None
        world.writes(ident, "a new beginning")
        event = await anna.until(lambda f: f["type"] == "event" and f["text"] == "a new beginning")
        assert event["seq"] == 1


async def test_colleagues_who_change(world: World) -> None:
    agent = agents.add("kim", "Kim", PASSWORD, groups=["style"], max_load=2)
    async with world.page("anna") as anna:
        since = len(anna.frames)
        agents.change(agent.id, name="Kim Z", max_load=7)
        again = await anna.until(lambda f: f["type"] == "welcome", since=since)
        kim = next(each for each in again["agents"] if each["id"] == agent.id)
        assert (kim["name"], kim["max_load"], kim["status"], kim["load"]) == ("Kim Z", 7, "offline", 0)
        assert "login" not in kim
    agents.deactivate(agent.id)


async def test_many_changes_end_in_the_same_picture(world: World) -> None:
    """Lines may come late and together, but never an older one after a newer one."""
    async with world.page("lea") as lea:
        handoffs = [world.waits() for _ in range(12)]
        anna, bob = world.people["anna"].id, world.people["bob"].id

        def shuffle(number: int) -> None:
            handoff = world.now(handoffs[number])
            for _ in range(4):
                handoff = agent_side.claim(handoff.id, anna if number % 2 else bob, handoff.version)
                world.writes(handoff.conversation, f"w{handoff.version}")
                handoff = agent_side.release(handoff.id, handoff.agent or 0, handoff.version)

        await asyncio.gather(*(asyncio.to_thread(shuffle, number) for number in range(12)))
        for handoff in handoffs:
            await lea.line(handoff.id, lambda line: line["version"] == 9 and line["last"]["text"] == "w8")
        for handoff in handoffs:
            versions = [
                line["version"]
                for frame in lea.frames
                for line in frame.get("handoffs", [])
                if line["id"] == handoff.id
            ]
            assert versions == sorted(versions)


@pytest.mark.parametrize("login", ["lea"])
async def test_a_slow_page_holds_nobody_up(world: World, login: str) -> None:
    """A page that does not read; the others go on."""
    async with world.page("anna") as anna, world.page(login) as slow:
        handoff = await taken(world, anna)
        await slow.do("watch", conversation=handoff.conversation)
        assert slow._reader is not None
        slow._reader.cancel()
        for number in range(60):
            await anna.do("say", conversation=handoff.conversation, text="x" * 3900, client_id=f"s{number}")
        begin = time.perf_counter()
        world.writes(handoff.conversation, "still quick")
        await hears(anna, "still quick")
        assert time.perf_counter() - begin < 1.5
