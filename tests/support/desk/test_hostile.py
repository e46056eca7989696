"""What strangers write shows as text, in both directions, and never longer than a message may be."""

from __future__ import annotations

import json
import unicodedata

import pytest

from bot.conversation.incoming import clean
from bot.operations.client import Client
from bot.settings import MAX_TEXT
from bot.support.handoff import customer_side
from tests.support.desk.conftest import World
from tests.support.desk.test_frames import taken

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "link": "[click](javascript:alert(1)) javascript:alert(1)",
    "entities": "&lt;b&gt; &amp; &#60;",
    "bidi": "photo\u202egpj.exe \u2066hidden\u2069 \u202d",
    "controls": "a\x00b\x07c\x1b[31md\x7f",
    "surrogate": "a\ud800b",
    "separators": "a\u2028b\u2029c",
    "json": '"}],"type":"welcome","queue":[',
    "percent": "%s %(x)s {agent} {0} %%",
    "sql": "'; DROP TABLE messages; --",
    "zalgo": "z" + "\u0301" * 500,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 किताब",
    "a 1 MB line": "A" * 2**20,
}
HARMLESS = ("\u202e", "\u2066", "\u2069", "\u202d", "\u2028", "\u2029", "\x00", "\x07", "\x1b", "\x7f")


def harmless(text: str) -> bool:
    return len(text) <= MAX_TEXT and not any(each in text for each in HARMLESS)


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_from_the_customer(world: World, name: str) -> None:
    """Through the customer's own socket, as far as the desk, its lists, its search and its packet."""
    text = HOSTILE[name]
    async with Client(world.server.url) as customer:
        if (
            len(text) > 200_000
        ):  # a frame of that size is cut off at the door; the longest that passes is cut down
            text = text[:200_000]
        frame = {"type": "say", "id": "h1", "text": text, "photo": None, "language": "en"}
        await customer._ws.send_str(json.dumps(frame, ensure_ascii=True))
        await customer._until(lambda f: f["type"] == "ack", 10)
        asked = customer_side.request(
            customer.conversation, channel="web", reason="asked", group="service", detail=clean(text)[:300]
        )
        async with world.page("anna") as anna:
            seen = await anna.get(f"conversations/{customer.conversation}")
            (said,) = [m for m in seen["messages"] if m["from"] == "customer"]
            assert harmless(said["text"])
            if name in ("script", "image", "link", "entities", "json", "percent", "sql", "emoji"):
                assert said["text"] == text, "text stays what it is: nothing is escaped twice or taken out"
            (line,) = [line for line in anna.welcome["queue"] if line["id"] == asked.handoff.id]
            assert line["last"] is None or len(line["last"]["text"] or "") <= 200
            assert harmless(seen["packet"]["summary"])


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_from_the_agent(world: World, name: str) -> None:
    text = HOSTILE[name]
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        ident = handoff.conversation
        sent = text[:240_000]
        await anna.raw(
            json.dumps({"type": "say", "id": "h1", "conversation": ident, "text": sent, "client_id": "h1"})
        )
        answer = await anna.until(lambda f: f.get("id") == "h1" and f["type"] in ("ok", "error"))
        assert answer["type"] == "ok", answer
        event = await anna.until(lambda f: f["type"] == "event" and f["id"] == "h1")
        assert harmless(event["text"]) and event["text"]
        if name == "a 1 MB line":
            assert event["text"] == "A" * MAX_TEXT
        await anna.raw(json.dumps({"type": "note", "id": "h2", "handoff": handoff.id, "text": sent}))
        await anna.raw(json.dumps({"type": "tags", "id": "h3", "handoff": handoff.id, "tags": [sent, "x"]}))
        await anna.until(lambda f: f.get("id") == "h3")
        seen = await anna.get(f"conversations/{ident}")
        for note in seen["notes"]:
            assert harmless(note["text"])
        for tag in seen["handoff"]["tags"]:
            assert len(tag) <= 40 and harmless(tag)
            assert not any(unicodedata.category(char) == "Cc" for char in tag)
        found = await anna.get("search", q=text[:100].replace("\ud800", ""))
        assert found.status == 200


async def test_a_frame_that_is_far_too_large(world: World) -> None:
    async with world.page("anna") as anna:
        handoff = await taken(world, anna)
        await anna.raw(
            json.dumps(
                {
                    "type": "say",
                    "id": "big",
                    "conversation": handoff.conversation,
                    "text": HOSTILE["a 1 MB line"],
                    "client_id": "big",
                }
            )
        )
        assert await anna.closed() == 1009
        await anna.connect()
        assert not [m for m in world.said(handoff.conversation) if m.sender == "agent"]
        await anna.do("say", conversation=handoff.conversation, text="smaller", client_id="small")


async def test_search_takes_every_sign_for_itself(world: World) -> None:
    marked = world.waits("service", "100%_sure \\o/ kiwi77")
    world.waits("service", "100 and sure kiwi77")
    async with world.page("anna") as anna:
        for query, hits in (
            ("kiwi77", 2),
            ("100%_sure", 1),
            ("\\o/", 1),
            ("kiwi77 %", 1),
            ("_", None),
            ("'", None),
        ):
            found = await anna.get("search", q=query)
            assert found.status == 200
            if hits is not None:
                assert len(found["results"]) == hits, query
        (first,) = (await anna.get("search", q="KIWI77 \\o/"))["results"]
        assert first["handoff"]["id"] == marked.id and "kiwi77" in first["snippet"]
        for query in ("", "   ", "\x00"):
            assert (await anna.get("search", q=query))["results"] == []
