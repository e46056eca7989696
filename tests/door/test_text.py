"""Whatever is typed, the running assistant answers politely, and is alive after."""

from __future__ import annotations

import random

import pytest

from bot.operations.client import Client
from tests.conftest import Server

ODD = {
    "empty": "",
    "spaces": "  \n\t  ",
    "10,000 characters": "dress " * 1667,
    "10,000 characters in one word": "w" * 10_000,
    "10,000 Chinese characters": "裙" * 10_000,
    "emoji": "👗👠🧥❤️👨‍👩‍👧‍👦🏳️‍🌈",
    "only an emoji": "👍",
    "control characters": "\x00\x01\x02\x1b[31mred\x7f dress\x08\x08",
    "only control characters": "\x00\x07\x1b",
    "right to left": "أبحث عن فستان أحمر",
    "direction overrides": "\u202egnp.ssserd\u202c \u2066x\u2069",
    "zero width": "dr\u200be\u200css\u200d \ufeff",
    "combining marks": "d" + "\u0301" * 500 + "ress",
    "a broken surrogate": "dress \ud83d",
    "restart": "/restart",
    "session start": "/session_start",
    "intent": '/intent{"a":1}',
    "intent of ours": '/search_product{"category":"dress"}',
    "broken intent": '/greet{"a":',
    "external": "EXTERNAL: greet",
    "only a slash": "/",
    "sql": "'; DROP TABLE products; --",
    "sql union": "1' UNION SELECT * FROM pg_shadow --",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "[click](javascript:alert(1)) ![x](http://evil.example/x.png) **bold**",
    "template": "{{7*7}} ${7*7} {sender_id} %(x)s %s {0}",
    "yaml": "!!python/object/apply:os.system ['true']",
    "json": '{"type":"say","text":"x"}',
    "path": "../../../../etc/passwd",
    "address": "http://169.254.169.254/latest/meta-data",
    "numbers": "99999999999999999999999999999999999999999999999999 under -5 to 1e309 NaN",
    "many prices": "under 1 " * 400,
    "many ordinals": "the first second third " * 150,
    "full width": "ｕｎｄｅｒ　５０　ｄｒｅｓｓ",
    "mixed languages": "我想要 red dress مع 赤い платье",
    "only punctuation": "?!.,;:…？！。",
    "lines": "dress\n" * 500,
    "quotes": "\"'`´“”‘’«»",
    "backslashes": "\\" * 500,
    "null word": "null",
    "unassigned": "\u0378\U000e0fff\uffff",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_odd_text(ready: Server, name: str) -> None:
    async with Client(ready.url) as customer:
        await customer.say("hello")
        turn = await customer.say(ODD[name])
        assert turn.error is None and turn.replies
        assert all(reply["text"] or reply["cards"] or reply["picture"] for reply in turn.replies)
        spoken = " ".join(reply["text"] or "" for reply in turn.replies)
        for word in ("Traceback", "Error", "Exception", "psycopg", "utter_"):
            assert word not in spoken
        assert "went wrong" not in spoken, "an apology is no answer here"
    assert ready.healthy()


async def test_restart_is_no_command(ready: Server) -> None:
    """History and state survive what would be Rasa's commands."""
    async with Client(ready.url) as customer:
        for text in ("hello", "/restart", "/session_start", "/back"):
            assert (await customer.say(text)).replies
        async with Client(ready.url, token=customer.token) as again:
            assert [event["text"] for event in again.events if event["from"] == "customer"][1] == "/restart"


async def test_noise(ready: Server) -> None:
    """Random text of all alphabets, in one conversation."""
    rng = random.Random(11)
    alphabets = (
        range(32, 127),
        range(0x4E00, 0x9FFF),
        range(0x600, 0x6FF),
        range(0x3000),
        range(0x1F300, 0x1FAFF),
    )
    async with Client(ready.url) as customer:
        for _ in range(40):
            alphabet = rng.choice(alphabets)
            text = "".join(chr(rng.choice(alphabet)) for _ in range(rng.randint(1, 300)))
            turn = await customer.say(text)
            assert turn.error is None and turn.replies, text
    assert ready.healthy()
