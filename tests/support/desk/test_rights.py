"""Who may see and do what: the matrix, over REST, socket, photos and search."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.conversation import photo_intake
from bot.support.accounts import agents
from bot.support.handoff import agent_side
from bot.support.handoff.model import Handoff
from tests.door.hostile import picture, save
from tests.support.desk.client import DeskPage, Frame
from tests.support.desk.conftest import PASSWORD, World

# Of a conversation that waits in the group "orders": who may read it?
READERS = {"anna": False, "bob": False, "carl": True, "lea": True, "olga": True}


@contextlib.asynccontextmanager
async def all_pages(world: World) -> AsyncIterator[dict[str, DeskPage]]:
    async with contextlib.AsyncExitStack() as stack:
        yield {login: await stack.enter_async_context(world.page(login)) for login in READERS}


async def test_reading(world: World) -> None:
    handoff = world.waits("orders", "where is my parcel, says zebra99")
    photo = await photo_intake.admit(handoff.conversation, save(picture(), "JPEG"))
    ident = handoff.conversation
    async with all_pages(world) as pages:
        for login, may in READERS.items():
            page = pages[login]
            for path in (
                f"conversations/{ident}",
                f"conversations/{ident}/messages?before=100",
                f"photos/{photo}?conversation={ident}",
                f"suggest/{ident}",
            ):
                answer = await page.call("GET", path)
                assert answer.status == (200 if may else 404), (login, path)
                assert may or answer["code"] == "unknown"
            found = await page.get("search", q="zebra99")
            assert bool(found["results"]) is may
            seen = {line["id"] for line in page.welcome["queue"] + page.welcome["mine"]}
            assert (handoff.id in seen) is may
            watched = await page.request("watch", conversation=ident)
            assert (watched["type"] == "ok") is may
        # What happens in it reaches those alone who may know.
        world.writes(ident, "and one more thing")
        for login, may in READERS.items():
            if may:
                await pages[login].until(lambda f: f["type"] == "event" and f["text"] == "and one more thing")
        for login, may in READERS.items():
            heard = [f for f in pages[login].frames if ident in str(f) and f["type"] not in ("error", "ok")]
            assert bool(heard) is may, login


@pytest.mark.parametrize("login", [login for login, may in READERS.items() if not may])
async def test_doing_in_another_group(world: World, login: str) -> None:
    handoff = world.waits("orders", "hello")
    ident = handoff.conversation
    photo = await photo_intake.admit(ident, save(picture(), "JPEG"))
    named = {"handoff": handoff.id, "version": handoff.version}
    async with world.page(login) as page:
        frames: list[tuple[str, dict[str, Any]]] = [
            ("claim", named), ("accept", named), ("release", named),
            ("step_in", {"conversation": ident}),
            ("transfer", {**named, "group": "service"}), ("transfer", {**named, "agent": page.me["id"]}),
            ("return", {**named, "slots": {}, "note": None}),
            ("close", {**named, "reason": "solved", "tags": []}),
            ("say", {"conversation": ident, "text": "hi", "client_id": "x1"}),
            ("product", {"conversation": ident, "product": "p1", "client_id": "x2"}),
            ("photo", {"conversation": ident, "photo": photo, "client_id": "x3"}),
            ("note", {"handoff": handoff.id, "text": "hi"}),
            ("tags", {"handoff": handoff.id, "tags": ["refund"]}),
            ("read", {"conversation": ident, "seq": 1}),
            ("typing", {"conversation": ident, "on": True}),
            ("watch", {"conversation": ident}),
        ]  # fmt: skip
        for kind, fields in frames:
            answer = await page.request(kind, **fields)
            assert answer["type"] == "error" and answer["code"] in ("unknown", "not_yours"), (kind, answer)
            assert answer["handoff"] is None, "a refusal tells nothing"
        upload = await page.call("POST", f"photos?conversation={ident}", data=save(picture(), "JPEG"))
        assert upload.status == 404
    now = world.now(handoff)
    assert (now.state, now.version, now.tags) == ("queued", 1, ())
    assert all(message.sender != "agent" for message in world.said(ident))


async def test_an_unknown_conversation_looks_like_a_hidden_one(world: World) -> None:
    handoff = world.waits("orders")
    async with world.page("anna") as anna:
        hidden = await anna.get(f"conversations/{handoff.conversation}")
        missing = await anna.get("conversations/web-nothing")
        assert (hidden.status, dict(hidden)) == (missing.status, dict(missing))
        one = await anna.request("claim", handoff=handoff.id, version=1)
        other = await anna.request("claim", handoff=2**30, version=1)
        assert one["code"] == other["code"] == "unknown"


async def test_a_colleagues_conversation_in_the_same_group(world: World) -> None:
    """Seen, but nobody speaks in another's name."""
    handoff = world.waits("service", "hello")
    held = agent_side.accept(
        handoff.id, world.people["bob"].id, agent_side.claim(handoff.id, world.people["bob"].id, 1).version
    )
    ident, named = held.conversation, {"handoff": held.id, "version": held.version}
    async with world.page("anna") as anna, world.page("lea") as lea:
        assert (await anna.get(f"conversations/{ident}")).status == 200
        for page in (anna, lea):
            for kind, fields in (
                ("say", {"conversation": ident, "text": "hi", "client_id": "y1"}),
                ("read", {"conversation": ident, "seq": 1}),
                ("typing", {"conversation": ident, "on": True}),
            ):
                assert (await page.request(kind, **fields))["code"] == "not_yours", kind
        for kind, fields in (
            ("release", named),
            ("transfer", {**named, "group": "style"}),
            ("return", {**named, "slots": {}, "note": None}),
            ("close", {**named, "reason": "solved", "tags": []}),
        ):
            assert (await anna.request(kind, **fields))["code"] in ("not_yours", "wrong_state"), kind
        assert world.now(held).version == held.version
        # A lead may take it away.
        moved = await lea.do("transfer", **named, agent=world.people["anna"].id)
        assert moved["handoff"]["agent"] == world.people["anna"].id


async def test_a_photo_is_shown_with_its_own_conversation_only(world: World) -> None:
    mine, hidden = world.waits("service"), world.waits("orders")
    photo = await photo_intake.admit(hidden.conversation, save(picture(), "JPEG"))
    async with world.page("anna") as anna:
        for conversation in (mine.conversation, "", hidden.conversation, "web-nothing"):
            answer = await anna.call("GET", f"photos/{photo}?conversation={conversation}")
            assert answer.status == 404
        assert (await anna.call("GET", f"photos/{photo}")).status == 404
        # Nor can it be passed on.
        claimed = await anna.do("claim", handoff=mine.id, version=1)
        assert claimed["handoff"]["agent"] == anna.me["id"]
        sent = await anna.request("photo", conversation=mine.conversation, photo=photo, client_id="z1")
        assert sent["code"] == "photo_gone"


async def test_what_only_leads_do(world: World) -> None:
    async with world.page("anna") as anna, world.page("lea") as lea, world.page("olga") as olga:
        for method, path in (
            ("GET", "lead"), ("GET", "agents"), ("POST", "agents"), ("POST", "agents/1"), ("POST", "canned"),
            ("PUT", "canned/1"), ("DELETE", "canned/999999"),
        ):  # fmt: skip
            answer = await anna.call(method, path, None if method == "GET" else {})
            assert (answer.status, answer["code"]) == (403, "forbidden"), path
        assert (await lea.get("lead")).status == 200
        assert (await lea.get("agents")).status == 200
        new = {"login": "nina", "name": "Nina", "password": PASSWORD, "role": "agent", "groups": ["style"],
               "languages": ["en"], "max_load": 3}  # fmt: skip
        made = await lea.post("agents", new)
        assert made.status == 201 and made["agent"]["groups"] == ["style"]
        assert (await lea.post("agents", {**new, "login": "nora", "role": "lead"})).status == 403
        assert (await lea.post(f"agents/{world.people['olga'].id}", {"active": False})).status == 403
        ident = made["agent"]["id"]
        changed = await lea.post(f"agents/{ident}", {"name": "Nina B", "max_load": 5, "active": False})
        assert changed["agent"]["name"] == "Nina B" and changed["agent"]["active"] is False
        assert (await lea.post(f"agents/{ident}", {"role": "owner"})).status == 403
        assert (await lea.post(f"agents/{ident}", {"groups": ["nowhere"]})).status == 422
        assert (await lea.post(f"agents/{ident}", {"groups": "service"})).status == 400
        assert (await lea.post("agents/999999", {"name": "X"})).status == 404
        assert (await olga.post(f"agents/{ident}", {"role": "lead"})).status == 200
        assert (await lea.post("agents", {**new, "login": "anna"})).status == 422


async def test_canned_replies(world: World) -> None:
    async with world.page("anna") as anna, world.page("lea") as lea, world.page("carl") as carl:
        body = {"shortcut": "zz", "language": "en", "title": "Test", "text": "I am {agent}. <b>{order}</b>",
                "group": "orders"}  # fmt: skip
        made = await lea.post("canned", body)
        assert made.status == 201
        number = made["canned"]["id"]
        mine = [each for each in (await carl.get("canned"))["canned"] if each["id"] == number]
        assert mine[0]["filled"] == "I am Carl. <b>{order}</b>" and mine[0]["text"] == body["text"]
        assert number not in [each["id"] for each in (await anna.get("canned"))["canned"]], "not her group's"
        assert (await lea.post("canned", body))["code"] == "shortcut_taken"
        changed = await lea.call("PUT", f"canned/{number}", {**body, "group": None, "text": "Hi\x00 there"})
        assert changed.status == 400, "no control characters"
        changed = await lea.call("PUT", f"canned/{number}", {**body, "group": None})
        assert changed["canned"]["group"] is None
        assert (await lea.call("PUT", "canned/999999", body)).status == 404
        assert (await lea.call("DELETE", f"canned/{number}")).status == 204
    async with world.page("lea", language="zh") as lea:
        assert "快捷词" in (await lea.post("canned", {**body, "shortcut": "a b"}))["text"]


async def test_groups_taken_away_hold_at_once(world: World) -> None:
    agent = agents.add("max", "Max", PASSWORD, groups=["service", "orders"])
    handoff = world.waits("orders", "hello")
    async with world.page("max") as page:
        await page.do("watch", conversation=handoff.conversation)
        since = len(page.frames)
        agents.change(agent.id, groups=["service"])

        def without(frame: Frame) -> bool:  # one with it may be on its way: that of the account's own making
            return frame["type"] == "welcome" and handoff.id not in [line["id"] for line in frame["queue"]]

        await page.until(without, since=since)
        since = len(page.frames)
        world.writes(handoff.conversation, "for orders only")
        assert (await page.get(f"conversations/{handoff.conversation}")).status == 404
        assert (await page.request("claim", handoff=handoff.id, version=1))["code"] == "unknown"
        assert not [f for f in page.frames[since:] if "for orders only" in str(f)]
    agents.deactivate(agent.id)


async def test_a_conversation_that_nobody_asked_a_person_for(world: World) -> None:
    """It belongs to the default group, whose agents may step in."""
    ident = world.customer("only the bot xylophone42")
    async with all_pages(world) as pages:
        for login, may in {"anna": True, "bob": True, "carl": False, "lea": True, "olga": True}.items():
            page = pages[login]
            assert (await page.get(f"conversations/{ident}")).status == (200 if may else 404), login
            assert bool((await page.get("search", q="xylophone42"))["results"]) is may
        refused = await pages["carl"].request("step_in", conversation=ident)
        assert refused["code"] == "unknown"
        done = await pages["anna"].do("step_in", conversation=ident)
        assert done["handoff"]["state"] == "human" and done["handoff"]["agent"] == pages["anna"].me["id"]
        late = await pages["bob"].request("step_in", conversation=ident)
        assert late["code"] == "conflict" and late["handoff"]["id"] == done["handoff"]["id"]


async def test_transferred_away_is_gone(world: World) -> None:
    handoff: Handoff = world.waits("service", "hello")
    async with world.page("anna") as anna, world.page("carl") as carl:
        claimed = await anna.do("claim", handoff=handoff.id, version=1)
        await anna.do("watch", conversation=handoff.conversation)
        await anna.do("accept", handoff=handoff.id, version=claimed["handoff"]["version"])
        since = len(anna.frames)
        version = world.now(handoff).version
        done = await anna.do("transfer", handoff=handoff.id, version=version, group="orders")
        assert done["handoff"] is None, "she does not see it any more"
        await anna.until(lambda f: f["type"] == "queue" and handoff.id in f["removed"], since=since)
        await carl.line(handoff.id, lambda line: line["state"] == "queued" and line["group"] == "orders")
        since = len(anna.frames)
        world.writes(handoff.conversation, "to orders")
        await carl.line(handoff.id, lambda line: (line["last"] or {}).get("text") == "to orders")
        assert not [f for f in anna.frames[since:] if "to orders" in str(f)]
        assert (await anna.get(f"conversations/{handoff.conversation}")).status == 404
