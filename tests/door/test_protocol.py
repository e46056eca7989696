"""The socket's protocol: each message once and in order, whatever the client or the server does."""

from __future__ import annotations

import asyncio
import json
import time

import aiohttp
import jwt
import pytest

from bot.operations.client import Client, ClientError
from tests.door.conftest import ORIGIN, Echo


async def frames(client: Client, seconds: float = 0.4) -> list[dict]:
    """All frames that arrive within a time."""
    found = []
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            found.append(await asyncio.wait_for(client.frames.get(), left))
        except asyncio.TimeoutError:
            break
    return found


def texts(client: Client) -> list[str]:
    return [event["text"] for event in client.events if event["from"] == "bot"]


async def test_turn(echo: Echo) -> None:
    async with Client(echo.url, language="zh") as customer:
        turn = await customer.say("meta")
        assert turn.replies[0]["text"] == "echo meta"
        metadata = json.loads(turn.replies[1]["text"])
        assert metadata == {"language": "zh", "photo": None, "message_id": turn.id}
        assert [event["seq"] for event in customer.events] == [1, 2, 3]
        assert customer.events[0]["from"] == "customer" and customer.events[0]["id"] == turn.id


async def test_frames_of_a_turn(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        await customer.send({"type": "say", "id": "a", "text": "hi", "photo": None, "language": None})
        kinds = [frame["type"] for frame in await frames(customer, 1)]
        assert kinds[:2] == ["ack", "event"] or sorted(kinds[:3]) == ["ack", "event", "typing"]
        assert kinds[-2:] == ["typing", "done"] and kinds.count("event") == 2 and kinds.count("done") == 1


async def test_a_double_is_answered_once(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        frame = {"type": "say", "id": "same", "text": "sleep 0.5 x", "photo": None, "language": None}
        for _ in range(5):
            await customer.send(frame)
        got = await frames(customer, 1.5)
        assert [f["seq"] for f in got if f["type"] == "ack"] == [1] * 5
        assert len(texts(customer)) == 1
        await customer.send(
            frame
        )  # and after the answer: the same number, told that it is done, nothing twice
        got = await frames(customer, 0.5)
        assert [f["type"] for f in got] == ["ack", "done"] and got[0]["seq"] == 1
        assert echo.asked(customer.conversation) == ["sleep 0.5 x"]


async def test_order_is_kept(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        said = ["sleep 0.4 a", "b", "sleep 0.1 c", *[f"d{i}" for i in range(20)]]
        for index, text in enumerate(said):
            await customer.send({"type": "say", "id": f"m{index}", "text": text})
        while len(texts(customer)) < len(said):
            await customer.frames.get()
        assert texts(customer) == [f"echo {text}" for text in said]
        assert echo.asked(customer.conversation) == said


async def test_customers_do_not_wait_for_each_other(echo: Echo) -> None:
    async with Client(echo.url) as slow, Client(echo.url) as quick:
        waiting = asyncio.create_task(slow.say("sleep 2 x"))
        await asyncio.sleep(0.1)
        assert (await quick.say("hi")).ms < 1500
        await waiting


async def test_two_tabs(echo: Echo) -> None:
    async with Client(echo.url) as one, Client(echo.url, token=one.token) as two:
        assert one.conversation == two.conversation
        await one.say("first")
        await two.say("second")
        await asyncio.sleep(0.2)
        assert [e["text"] for e in one.events] == [e["text"] for e in two.events]
        assert [e["seq"] for e in two.events] == [1, 2, 3, 4]


async def test_history_since(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        for text in ("a", "b", "c"):
            await customer.say(text)
        seen = list(customer.events)
        await customer.disconnect()
        customer.seen, customer.events = 4, []
        await customer.connect()
        assert [event["seq"] for event in customer.events] == [5, 6]
        await customer.disconnect()
        customer.seen, customer.events = 0, []
        await customer.connect()
        assert customer.events == seen


async def test_missed_while_away(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        await customer.send({"type": "say", "id": "x", "text": "sleep 0.5 y"})
        await frames(customer, 0.2)
        await customer.disconnect()
        await asyncio.sleep(0.8)
        await customer.connect()
        assert texts(customer) == ["echo sleep 0.5 y"]
        assert echo.asked(customer.conversation) == ["sleep 0.5 y"]


@pytest.mark.parametrize("how", ["hello", "resend"])
async def test_server_killed_in_mid_turn(echo: Echo, how: str) -> None:
    customer = Client(echo.url)
    await customer.connect()
    await customer.say("before")
    frame = {"type": "say", "id": "lost", "text": "sleep 1 answer", "photo": None, "language": None}
    await customer.send(frame)
    got = await frames(customer, 0.5)
    assert any(f["type"] == "ack" for f in got)
    echo.stop()
    await customer.disconnect()
    echo.start()
    await customer.connect()
    if how == "resend":
        await customer.send(frame)
    await customer._until(lambda f: f["type"] == "done" and f["id"] == "lost", 10)
    assert texts(customer) == ["echo before", "echo sleep 1 answer"]
    assert echo.asked(customer.conversation) == ["before", "sleep 1 answer", "sleep 1 answer"]
    await customer.say("after")
    assert [event["seq"] for event in customer.events] == [1, 2, 3, 4, 5, 6]
    await customer.close()


@pytest.mark.parametrize(("text", "language", "words"), [("crash", "en", "Sorry"), ("fail", "en", "Sorry"), ("silent 你好", "zh", "抱歉")])  # fmt: skip
async def test_a_failed_turn_apologises(echo: Echo, text: str, language: str, words: str) -> None:
    async with Client(echo.url, language=language) as customer:
        turn = await customer.say(text)
        assert len(turn.replies) == 1 and words in turn.replies[0]["text"]
        (button,) = turn.replies[0]["buttons"]
        again = await customer.press_title(button["title"])
        assert words in again.replies[0]["text"]
        assert echo.asked(customer.conversation) == [text, text]
        assert (await customer.say("hi")).replies[0]["text"] == "echo hi"


async def test_presses(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        turn = await customer.say("shop")
        reply = turn.replies[0]
        assert reply["buttons"] == [{"title": "Yes"}, {"title": "plain"}], (
            "payloads must not leave the server"
        )
        (card,) = reply["cards"]
        assert (
            card["buttons"] == [{"title": "Details"}] and card["picture"] is None and reply["picture"] is None
        )
        assert (await customer.press(reply["seq"], 0)).replies[0]["text"] == "echo /affirm"
        assert (await customer.press(reply["seq"], 1)).replies[0]["text"] == "echo plain words"
        details = await customer.press(reply["seq"], 0, 0)
        assert details.replies[0]["text"] == 'echo /details{"product_id": "p1"}'
        shown = [event["text"] for event in customer.events if event["from"] == "customer"]
        assert shown == ["shop", "Yes", "plain", "Details"]


@pytest.mark.parametrize(
    "press",
    [
        {"reply": 2, "button": 2},
        {"reply": 2, "button": -1},
        {"reply": 2, "button": True},
        {"reply": 2, "button": "0"},
        {"reply": 2, "button": None},
        {"reply": 2, "button": 0, "card": 1},
        {"reply": 2, "button": 1, "card": 0},
        {"reply": 1, "button": 0},
        {"reply": 99, "button": 0},
        {"reply": 10**30, "button": 0},
        {"reply": -1, "button": 0},
        {"reply": "2", "button": 0},
        {"button": 0},
        {},
    ],
)
async def test_only_what_was_offered(echo: Echo, press: dict) -> None:
    async with Client(echo.url) as customer:
        await customer.say("shop")
        turn = await customer.turn({"type": "press", "id": "p", **press})
        assert turn.error and turn.error["code"] in ("not_offered", "bad_request")
        assert echo.asked(customer.conversation) == ["shop"]


async def test_another_customers_buttons(echo: Echo) -> None:
    async with Client(echo.url) as one, Client(echo.url) as two:
        seq = (await one.say("shop")).replies[0]["seq"]
        turn = await two.press(seq, 0)
        assert turn.error and turn.error["code"] == "not_offered"


@pytest.mark.parametrize(
    ("typed", "reaches"),
    [
        ("/restart", "restart"),
        ('/details{"product_id": "p1"}', 'details{"product_id": "p1"}'),
        ("  / /restart", "restart"),
        ("\u202e/restart", "restart"),
        ("\x00\x07/restart", "restart"),
        ("//", None),
        ("", None),
        ("\x00\x01\x02", None),
        ("a\x00b\x1bc", "abc"),
        ("x" * 10_000, "x" * 4000),
    ],
)
async def test_typed_text_is_never_a_command(echo: Echo, typed: str, reaches: str | None) -> None:
    async with Client(echo.url) as customer:
        turn = await customer.say(typed)
        assert turn.replies and turn.replies[0]["text"]
        assert echo.asked(customer.conversation) == ([reaches] if reaches else [])
        if len(typed) > 4000:
            assert "4,000" in turn.replies[0]["text"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        '{"type": "say"}',
        '{"type": "say", "id": 5, "text": "x"}',
        '{"type": "say", "id": "", "text": "x"}',
        '{"type": "say", "id": "<b>", "text": "x"}',
        '{"type": "say", "id": "ok", "text": 7}',
        '{"type": "say", "id": "ok", "text": "x", "photo": "../secret"}',
        '{"type": "say", "id": "ok", "text": "x", "photo": 5}',
        '{"type": "say", "id": "ok", "text": "x", "photo": "AAAAAAAAAAAAAAAAAAAAAAAA"}',
        '{"type": "shutdown"}',
        "[" * 100_000,
        '{"type": "say", "id": "' + "i" * 100 + '", "text": "x"}',
    ],
)
async def test_wrong_frames(echo: Echo, data: str) -> None:
    async with Client(echo.url) as customer:
        await customer._ws.send_str(data)
        got = await frames(customer, 0.5)
        assert [frame["type"] for frame in got] == ["error"] and got[0]["text"]
        assert (await customer.say("still here")).replies


async def test_binary_and_oversized_frames(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        await customer._ws.send_bytes(b"\x00" * 100)
        assert [frame["type"] for frame in await frames(customer)] == ["error"]
        await customer._ws.send_str(json.dumps({"type": "say", "id": "big", "text": "x" * 300_000}))
        got = await frames(customer, 1)
        assert got[-1] == {"type": "closed", "code": 1009}
        await customer.connect()
        assert (await customer.say("back")).replies


async def test_ping(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        await customer.send({"type": "ping"})
        assert await customer.frames.get() == {"type": "pong"}


async def hello(url: str, frame: object, **headers: str) -> list[dict]:
    """What a bare socket hears after its first frame."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/chat/socket", headers=headers) as ws:
        await ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        return [json.loads(message.data) async for message in ws if message.type == aiohttp.WSMsgType.TEXT]


async def test_forged_tokens(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        good = customer.token or ""
    claims = jwt.decode(good, options={"verify_signature": False})
    secret = (echo.folder / "secret").read_text()
    now = int(time.time())
    forged = [
        "",
        "x",
        good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        jwt.encode(claims, "another secret, long enough to sign with it", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode({**claims, "exp": now - 10}, secret, algorithm="HS256"),
        jwt.encode({**claims, "aud": "checkout"}, secret, algorithm="HS256"),
        jwt.encode({**claims, "aud": "photo"}, secret, algorithm="HS256"),
        jwt.encode({key: value for key, value in claims.items() if key != "exp"}, secret, algorithm="HS256"),
        None,
        5,
        {"a": 1},
        "x" * 100_000,
    ]
    for token in forged:
        got = await hello(echo.url, {"type": "hello", "token": token, "since": 0})
        assert [frame["code"] for frame in got] == ["bad_token"], token
    for first in ({"type": "say", "id": "a", "text": "x"}, "nonsense", "[]"):
        assert [frame["code"] for frame in await hello(echo.url, first)] == ["bad_request"]


async def test_session_is_renewed_or_new(echo: Echo) -> None:
    async with aiohttp.ClientSession() as http:

        async def session(body: object, **headers: str) -> tuple[int, dict]:
            async with http.post(f"{echo.url}/chat/session", json=body, headers=headers) as response:
                return response.status, await response.json()

        _, first = await session({"language": "zh"})
        assert first["language"] == "zh"
        _, again = await session({"token": first["token"]})
        assert again["conversation"] == first["conversation"]
        _, other = await session({"token": first["token"][:-3] + "abc"})
        assert other["conversation"] != first["conversation"]
        _, browser = await session({}, **{"Accept-Language": "fr, zh-TW;q=0.9, en;q=0.5"})
        assert browser["language"] == "zh"
        assert (await session([1]))[0] == 400
        async with http.post(f"{echo.url}/chat/session", data=b"\xff{") as response:
            assert response.status == 400


@pytest.mark.parametrize(("origin", "allowed"), [
    (ORIGIN, True), ("OWN", True), (None, True),
    ("https://evil.example", False), ("null", False), ("https://shop.example.evil.example", False),
    ("http://shop.example", False), ("https://shop.example:444", False),
])  # fmt: skip
async def test_origins(echo: Echo, origin: str | None, allowed: bool) -> None:
    headers = {} if origin is None else {"Origin": echo.url if origin == "OWN" else origin}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(f"{echo.url}/chat/session", json={}) as response:
            assert (response.status == 200) is allowed
            assert "Access-Control-Allow-Origin" not in response.headers or allowed
        async with Client(echo.url) as customer:
            bearer = {"Authorization": f"Bearer {customer.token}"}
            async with http.post(f"{echo.url}/chat/photos", data=b"x", headers=bearer) as response:
                assert response.status == (422 if allowed else 403)
        if allowed:
            async with http.ws_connect(f"{echo.url}/chat/socket"):
                return
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{echo.url}/chat/socket")
        assert refused.value.status == 403


async def test_silent_socket_is_dropped(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{echo.url}/chat/socket") as ws:
        begin = time.monotonic()
        message = await ws.receive(timeout=25)
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert time.monotonic() - begin < 20


async def test_too_many_tabs(echo: Echo) -> None:
    first = Client(echo.url)
    await first.connect()
    tabs = [Client(echo.url, token=first.token) for _ in range(12)]
    for tab in tabs[:11]:
        await tab.connect()
    with pytest.raises(ClientError):
        await tabs[11].connect()
    for tab in (first, *tabs):
        await tab.close()


async def test_erase(echo: Echo) -> None:
    async with Client(echo.url) as customer:
        await customer.say("my name is Alice")
        await customer.say("forget")
        await asyncio.sleep(0.3)
        async with Client(echo.url, token=customer.token) as later:
            assert [event["text"] for event in later.events] == ["ok"]
            assert (await later.say("and on")).replies[0]["text"] == "echo and on"


async def test_limits(echo_folder: object, echo: Echo) -> None:
    strict = Echo(
        echo.folder, SHOP_MESSAGES_PER_MINUTE="3", SHOP_SESSIONS_PER_MINUTE="3", SHOP_PHOTOS_PER_MINUTE="2"
    )
    try:
        async with Client(strict.url, language="zh") as customer:
            turns = [await customer.say("hi") for _ in range(4)]
            assert [bool(turn.error) for turn in turns] == [False, False, False, True]
            assert (
                turns[-1].error
                and turns[-1].error["code"] == "too_many_messages"
                and "频繁" in turns[-1].error["text"]
            )
            codes = []
            for _ in range(3):
                with pytest.raises(ClientError) as refused:
                    await customer.upload(b"not a photo")
                codes.append(refused.value.code)
            assert codes == ["not_an_image", "not_an_image", "too_many_photos"]
            for _ in range(2):
                async with Client(strict.url):
                    pass
            with pytest.raises(ClientError) as refused:
                await Client(strict.url).connect()
            assert refused.value.code == "too_many_sessions"
            async with Client(strict.url, token=customer.token):
                pass  # who has a conversation already is not affected
    finally:
        strict.stop()
