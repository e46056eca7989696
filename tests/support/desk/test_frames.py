"""What an agent does, frame by frame: done once, told to everybody, refused in plain words."""

from __future__ import annotations

import asyncio
import uuid

import sqlalchemy as sa

from bot.conversation import messages, receipts
from bot.support.handoff import customer_side, store
from bot.support.handoff.model import Handoff
from storage import database
from tests.door.hostile import picture, save
from tests.support.desk.client import DeskPage
from tests.support.desk.conftest import World


async def taken(world: World, page: DeskPage, group: str = "service", **facts: object) -> Handoff:
    """A conversation that the page's agent has accepted."""
    waiting = world.waits(group, **facts)
    claimed = await page.do("claim", handoff=waiting.id, version=waiting.version)
    await page.do("accept", handoff=waiting.id, version=claimed["handoff"]["version"])
    return world.now(waiting)


async def test_claim_accept_release(world: World) -> None:
    handoff = world.waits()
    async with world.page("anna") as anna, world.page("bob") as bob:
        claimed = (await anna.do("claim", handoff=handoff.id, version=1))["handoff"]
        assert (claimed["state"], claimed["agent"], claimed["version"]) == ("assigned", anna.me["id"], 2)
        await bob.line(handoff.id, lambda line: line["state"] == "assigned")
        late = await bob.request("claim", handoff=handoff.id, version=1)
        assert late["code"] == "conflict" and late["handoff"]["agent"] == anna.me["id"]
        back = (await anna.do("release", handoff=handoff.id, version=2))["handoff"]
        assert back["state"] == "queued" and back["agent"] is None
        again = (await bob.do("claim", handoff=handoff.id, version=3))["handoff"]
        open_ = (await bob.do("accept", handoff=handoff.id, version=again["version"]))["handoff"]
        assert open_["state"] == "human" and open_["accepted"]
        assert (await bob.request("release", handoff=handoff.id, version=open_["version"]))[
            "code"
        ] == "wrong_state"
        load = await anna.until(lambda f: f["type"] == "load" and f["agent"] == bob.me["id"] and f["load"])
        assert load["max_load"] == 40
        texts = [message.body["text"] for message in world.said(handoff.conversation)]
        assert "Bob is with you now." in texts


async def test_the_first_message_accepts(world: World) -> None:
    handoff = world.waits()
    async with world.page("anna") as anna:
        await anna.do("claim", handoff=handoff.id, version=1)
        said = await anna.do("say", conversation=handoff.conversation, text=" Hello!  ", client_id="a1")
        now = world.now(handoff)
        assert now.state == "human" and now.first_reply is not None
        assert said["handoff"]["first_reply"]
        stored = messages.get(handoff.conversation, said["seq"])
        assert stored is not None and stored.sender == "agent" and stored.body["text"] == "Hello!"
        assert stored.event()["agent"] == {"name": "Anna"}, "the customer sees a name and nothing else"
        event = await anna.until(lambda f: f["type"] == "event" and f["id"] == "a1")
        assert event["agent"] == {"name": "Anna"} and event["from"] == "agent"
        first = now.first_reply
        await anna.do("say", conversation=handoff.conversation, text="more", client_id="a2")
        assert world.now(handoff).first_reply == first


async def test_sent_again_is_stored_once(world: World, products: list[str]) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        upload = await anna.call("POST", f"photos?conversation={ident}", data=save(picture(), "JPEG"))
        assert upload.status == 201
        for kind, fields in (
            ("say", {"text": "once"}),
            ("product", {"product": products[0]}),
            ("photo", {"photo": upload["photo"]}),
        ):
            client_id = uuid.uuid4().hex
            answers = await asyncio.gather(
                *(anna.do(kind, conversation=ident, client_id=client_id, **fields) for _ in range(4))
            )
            assert len({answer["seq"] for answer in answers}) == 1
        sent = [message for message in world.said(ident) if message.sender == "agent"]
        assert len(sent) == 3
        # Also when it was closed between: the answer to the first was lost on the way.
        client_id = sent[0].client_id
        await anna.do(
            "close", handoff=handoff.id, version=world.now(handoff).version, reason="solved", tags=[]
        )
        again = await anna.do("say", conversation=ident, client_id=client_id, text="once")
        assert again["seq"] == sent[0].seq
        new = await anna.request("say", conversation=ident, client_id="other", text="too late")
        assert new["code"] == "not_yours"


async def test_nobody_takes_anothers_message_id(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        written = world.writes(handoff.conversation, "mine")
        answer = await anna.request(
            "say", conversation=handoff.conversation, client_id=written.client_id, text="no"
        )
        assert answer["code"] == "bad_request"


async def test_two_pages_say_at_once(world: World) -> None:
    """Nothing is lost or doubled, and every page has the same order."""
    async with world.page("anna") as one, world.page("anna") as two:
        handoff = await taken(world, one)
        ident = handoff.conversation
        await asyncio.gather(
            *(
                page.do("say", conversation=ident, text=f"{name}{number}", client_id=f"{name}{number}")
                for name, page in (("a", one), ("b", two))
                for number in range(15)
            ),
            *(asyncio.to_thread(world.writes, ident, f"c{number}") for number in range(15)),
        )
        wanted = [m.seq for m in world.said(ident) if m.sender in ("agent", "customer") and m.seq > 2]
        last = world.said(ident)[-1].seq
        for page in (one, two):
            await page.until(
                lambda f: f["type"] == "event" and f["conversation"] == ident and f["seq"] == last
            )
            seqs = [f["seq"] for f in page.events(ident)]
            assert seqs == sorted(set(seqs))
            assert set(wanted) - set(seqs) == set()


async def test_a_product_card_is_the_bots(world: World, products: list[str]) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna, language="zh")
        ident = handoff.conversation
        found = await anna.get("products", q="", language="zh")
        assert found["products"] and {"id", "title", "price", "picture", "url"} <= set(found["products"][0])
        by_id = await anna.get("products", q=products[3], language="en")
        assert [each["id"] for each in by_id["products"]] == [products[3]]
        words = by_id["products"][0]["title"].split()[-1]
        assert (await anna.get("products", q=words, language="en"))["products"]
        done = await anna.do("product", conversation=ident, product=products[3], client_id="p1")
        stored = messages.get(ident, done["seq"])
        assert stored is not None
        (card,) = stored.body["cards"]
        assert card["id"] == products[3] and any("\u4e00" <= char <= "\u9fff" for char in card["title"])
        assert card["buttons"][0]["payload"].startswith("/"), "its buttons work for the bot afterwards"
        event = await anna.until(lambda f: f["type"] == "event" and f["id"] == "p1")
        assert event["cards"][0]["title"] == card["title"] and "payload" not in str(event)
        gone = await anna.request("product", conversation=ident, product="none", client_id="p2")
        assert gone["code"] == "unknown_product"


async def test_photos_through_the_door(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        path = f"photos?conversation={ident}"
        assert (await anna.call("POST", path, data=b"no photo")).status == 422
        assert (await anna.call("POST", path, data=b"x" * (13 * 2**20))).status == 413
        refused = await anna.call("POST", path, data=save(picture(), "JPEG"), headers={"X-CSRF-Token": ""})
        assert refused.status == 403
        sent = await anna.call("POST", path, data=save(picture(), "PNG"))
        await anna.do("photo", conversation=ident, photo=sent["photo"], client_id="f1")
        event = await anna.until(lambda f: f["type"] == "event" and f["id"] == "f1")
        assert event["photo"] == {"id": sent["photo"], "saw": None}
        async with anna.http.get(
            f"{anna.url}/desk/api/photos/{sent['photo']}?conversation={ident}"
        ) as response:
            assert response.status == 200 and response.headers["Content-Type"] == "image/jpeg"
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert (await response.read()).startswith(b"\xff\xd8")
        other = world.waits()
        assert (await anna.call("POST", f"photos?conversation={other.conversation}", data=b"x")).status == 403


async def test_return_with_what_was_agreed(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        version = world.now(handoff).version
        wrong = await anna.request(
            "return", handoff=handoff.id, version=version, slots={"colour": "no such colour"}, note=None
        )
        assert wrong["code"] == "bad_request"
        foreign = await anna.request(
            "return", handoff=handoff.id, version=version, slots={"pending": {"intent": "x"}}, note=None
        )
        assert foreign["code"] == "bad_request"
        done = await anna.do(
            "return",
            handoff=handoff.id,
            version=version,
            slots={"size": "M", "colour": "红色", "budget": 50, "order": "1029"},
            note="before Friday",
        )
        assert done["handoff"]["state"] == "returned"
        agreed = world.now(handoff).agreed
        assert agreed is not None and agreed["note"] == "before Friday"
        assert agreed["slots"]["usual_size"] == "M" and agreed["slots"]["order_id"] == "A1029"
        assert agreed["slots"]["criteria"]["colours"] == ["Red"]
        closing = world.said(handoff.conversation)[-1]
        assert closing.sender == "bot" and closing.body["rating"] == {"handoff": handoff.id}


async def test_close_asks_for_a_rating(world: World) -> None:
    async with world.page("anna") as anna, world.page("lea") as lea:
        handoff = await taken(world, anna)
        await anna.do("watch", conversation=handoff.conversation)
        version = world.now(handoff).version
        assert (await anna.request("close", handoff=handoff.id, version=version, reason="", tags=[]))[
            "code"
        ] == "bad_request"
        done = await anna.do(
            "close", handoff=handoff.id, version=version, reason="solved", tags=["refund", " refund "]
        )
        assert done["handoff"]["state"] == "closed" and done["handoff"]["tags"] == ["refund"]
        event = await anna.until(lambda f: f["type"] == "event" and f.get("rating"))
        assert event["rating"] == {"handoff": handoff.id}
        asked = [m for m in world.said(handoff.conversation) if m.body.get("rating")]
        assert len(asked) == 1
        customer_side.rate(handoff.conversation, handoff.id, 5, "thanks")
        rated = await lea.line(handoff.id, lambda line: line["rating"])
        assert rated["rating"] == 5 and rated["rating_comment"] == "thanks"
        await lea.line(handoff.id, lambda line: line["state"] == "closed")


async def test_a_reason_in_ones_own_words(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        done = await anna.do(
            "close", handoff=handoff.id, version=handoff.version, reason="Wrong shop", tags=[]
        )
        assert done["handoff"]["close_reason"] == "other"
        seen = await anna.get(f"conversations/{handoff.conversation}")
        assert [note["text"] for note in seen["notes"]] == ["Wrong shop"]


async def test_notes_and_tags(world: World) -> None:
    async with world.page("anna") as anna, world.page("bob") as bob:
        handoff = await taken(world, anna)
        await bob.do("watch", conversation=handoff.conversation)
        for _ in range(2):  # sent again after a lost connection
            await anna.do("note", handoff=handoff.id, text="likes <b>blue</b>", client_id="n1")
        await bob.do("note", handoff=handoff.id, text="seen", client_id="n2")
        note = await bob.until(lambda f: f["type"] == "note" and "blue" in f["note"]["text"])
        assert note["note"]["agent"] == {"id": anna.me["id"], "name": "Anna"}
        seen = await anna.get(f"conversations/{handoff.conversation}")
        assert [each["text"] for each in seen["notes"]] == ["likes <b>blue</b>", "seen"]
        assert (await anna.request("note", handoff=handoff.id, text="  "))["code"] == "empty"
        tagged = await anna.do("tags", handoff=handoff.id, tags=["size", "a  b", "", "size"])
        assert tagged["handoff"]["tags"] == ["size", "a b"]
        await bob.line(handoff.id, lambda line: line["tags"] == ["size", "a b"])
        assert not [m for m in world.said(handoff.conversation) if "blue" in str(m.body)], (
            "customers see no note"
        )


async def test_reading_is_told_to_the_customer(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        seq = world.writes(handoff.conversation, "did you see this?").seq
        await anna.do("read", conversation=handoff.conversation, seq=seq)
        await anna.until(lambda f: f["type"] == "read" and f["seq"] == seq and f["who"] == "agent")
        assert receipts.of(handoff.conversation).agent == seq
        receipts.mark(handoff.conversation, "customer", seq)
        await anna.until(lambda f: f["type"] == "read" and f["who"] == "customer")
        seen = await anna.get(f"conversations/{handoff.conversation}")
        assert seen["reads"] == {"customer": seq, "agent": seq}


async def test_presence(world: World) -> None:
    async with world.page("anna") as anna, world.page("lea") as lea:
        me = next(each for each in lea.welcome["agents"] if each["id"] == anna.me["id"])
        assert me["status"] == "online"
        await anna.do("presence", status="away")
        await lea.until(
            lambda f: f["type"] == "presence" and f["agent"] == anna.me["id"] and f["status"] == "away"
        )
        assert (await anna.request("presence", status="dancing"))["code"] == "bad_request"
        await anna.do("presence", status="online")
        await anna.disconnect()
        await lea.until(
            lambda f: f["type"] == "presence" and f["agent"] == anna.me["id"] and f["status"] == "offline"
        )


async def test_frames_that_make_no_sense(world: World) -> None:
    async with world.page("anna") as anna:
        for text in ("", "[]", "1", "{", '{"type": "say"}', '{"type": "say", "id": 7}', "[" * 5000, '"x"',
                     '{"type": null, "id": "a"}', '{"type": "nonsense", "id": "b"}', '{"type": "do", "id": "c"}'):  # fmt: skip
            await anna.raw(text)
        for kind, fields in (
            ("claim", {}), ("claim", {"handoff": "1", "version": 1}), ("claim", {"handoff": True, "version": 1}),
            ("claim", {"handoff": -1, "version": 1}), ("claim", {"handoff": 2**70, "version": 1}),
            ("say", {"conversation": ["x"], "text": "a", "client_id": "b"}),
            ("say", {"conversation": "x" * 5000, "text": "a", "client_id": "b"}),
            ("say", {"conversation": "x\0", "text": "a", "client_id": "b"}),
            ("say", {"conversation": "x", "text": {"a": 1}, "client_id": "b"}),
            ("say", {"conversation": "x", "text": "a", "client_id": "b c"}),
            ("tags", {"handoff": 1, "tags": "x"}), ("watch", {"conversation": 5}), ("typing", {"conversation": "x"}),
            ("read", {"conversation": "x", "seq": "1"}), ("presence", {}),
        ):  # fmt: skip
            answer = await anna.request(kind, **fields)
            assert answer["type"] == "error", (kind, fields)
            assert answer["code"] in ("bad_request", "unknown") and answer["text"]
        await anna.raw("\x00\ufeff")
        await anna._ws.send_bytes(b"{}")
        assert (await anna.do("ping"))["type"] == "ok", "and it goes on"


async def test_words_in_the_agents_language(world: World) -> None:
    async with world.page("anna", language="zh") as anna:
        assert "不存在" in (await anna.get("conversations/none"))["text"]
        await anna.disconnect()
        anna.frames.clear()
        anna._ws = await anna.http.ws_connect(
            f"{anna.url}/desk/socket?language=zh", headers={"Origin": anna.url}
        )
        anna._reader = asyncio.create_task(anna._read(anna._ws))
        answer = await anna.request("claim", handoff=2**30, version=1)
        assert "不存在" in answer["text"]


async def test_history_of_the_same_customer(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        await anna.do("close", handoff=handoff.id, version=handoff.version, reason="solved", tags=["size"])
        again = customer_side.request(
            handoff.conversation, channel="web", reason="complaint", group="service"
        ).handoff
        hidden = store.get(handoff.id)
        seen = await anna.get(f"conversations/{handoff.conversation}")
        assert seen["handoff"]["id"] == again.id and seen["handoff"]["reason"] == "complaint"
        (earlier,) = seen["history"]
        assert (
            hidden
            and earlier["id"] == handoff.id
            and earlier["agent"] == "Anna"
            and earlier["tags"] == ["size"]
        )
        assert [change["event"] for change in seen["audit"]] == ["request"]


async def test_pages_of_messages(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        with database.session() as connection:
            connection.execute(
                sa.text(
                    """
                    WITH upped AS (UPDATE conversations SET last_seq = last_seq + 120 WHERE id = :c RETURNING last_seq)
                    INSERT INTO messages (conversation, seq, sender, body)
                    SELECT :c, last_seq - 120 + n, 'customer', jsonb_build_object('text', 'm' || n)
                    FROM upped, generate_series(1, 120) n
                    """
                ),
                {"c": ident},
            )
        seqs: list[int] = []
        body = await anna.get(f"conversations/{ident}")
        seqs = [m["seq"] for m in body["messages"]]
        assert len(seqs) == 50 and body["more"]
        while body["more"]:
            body = await anna.get(f"conversations/{ident}/messages", before=seqs[0])
            seqs = [m["seq"] for m in body["messages"]] + seqs
        assert seqs == list(range(1, messages.last_seq(ident) + 1))
        assert (await anna.get(f"conversations/{ident}/messages", before="x")).status == 400
        assert (await anna.get(f"conversations/{ident}/messages", before="-1")).status == 400
