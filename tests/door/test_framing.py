"""Requests that are not what they say: refused or cut off soon, never two where one was meant, and nobody waits."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import time
import urllib.request
from collections.abc import Iterator

import pytest
from aiohttp import web

from bot.door import framing, make_app, request_body
from bot.operations.client import Client
from tests.conftest import free_ports
from tests.door.conftest import Echo

SOON = 6.0  # seconds, on a busy machine
HOST = b"Host: shop.example\r\n"
CLOSE = HOST + b"Connection: close\r\n"
JSON = CLOSE + b"Content-Type: application/json\r\n"
SECRET = b"GET /alive HTTP/1.1\r\n" + CLOSE + b"\r\n"  # whoever is answered this has smuggled it in
ANSWERED = b'"alive":true'


def post(headers: bytes, body: bytes = b"{}", *, line: bytes = b"POST /chat/session HTTP/1.1") -> bytes:
    return line + b"\r\n" + JSON + headers + b"\r\n\r\n" + body


def get(headers: bytes = b"", *, line: bytes = b"GET / HTTP/1.1", common: bytes = CLOSE) -> bytes:
    return line + b"\r\n" + common + headers + b"\r\n"


def chunked(body: bytes, encoding: bytes = b"Transfer-Encoding: chunked") -> bytes:
    return post(encoding, body)


CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"

# Refused with 4xx, or cut off; and never answered otherwise.
REFUSED: dict[str, bytes] = {
    "length negative": post(b"Content-Length: -1"),
    "length negative large": post(b"Content-Length: -18446744073709551615"),
    "length beyond 64 bits": post(b"Content-Length: 18446744073709551618"),
    "length of forty digits": post(b"Content-Length: " + b"9" * 40),
    "length empty": post(b"Content-Length: "),
    "length of words": post(b"Content-Length: two"),
    "length with plus": post(b"Content-Length: +2"),
    "length hexadecimal": post(b"Content-Length: 0x2"),
    "length with underscore": post(b"Content-Length: 1_0"),
    "length with point": post(b"Content-Length: 2.0"),
    "length with digits of another script": post("Content-Length: ２".encode()),
    "length as list": post(b"Content-Length: 2, 2"),
    "length as list of two": post(b"Content-Length: 2, 40"),
    "length with a space inside": post(b"Content-Length: 1 0"),
    "length with a space before the colon": post(b"Content-Length : 2"),
    "length twice the same": post(b"Content-Length: 2\r\nContent-Length: 2"),
    "length twice different": post(b"Content-Length: 2\r\nContent-Length: 60", b"{}" + SECRET),
    "length and chunked": post(b"Content-Length: 2\r\nTransfer-Encoding: chunked", CHUNKS),
    "chunked and length": post(b"Transfer-Encoding: chunked\r\nContent-Length: 2", CHUNKS),
    "length and chunked, smuggling": post(
        b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n" + SECRET
    ),
    "coding x": chunked(CHUNKS, b"Transfer-Encoding: xchunked"),
    "coding chunked, then identity": chunked(CHUNKS, b"Transfer-Encoding: chunked, identity"),
    "coding identity": chunked(b"{}", b"Transfer-Encoding: identity"),
    "coding chunked, then gzip": chunked(CHUNKS, b"Transfer-Encoding: chunked, gzip"),
    "coding chunked twice in one": chunked(CHUNKS, b"Transfer-Encoding: chunked, chunked"),
    "coding twice": chunked(CHUNKS, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    "coding twice, chunked last": chunked(CHUNKS, b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked"),
    "coding with a space before the colon": chunked(CHUNKS, b"Transfer-Encoding : chunked"),
    "coding with a tab before the colon": chunked(CHUNKS, b"Transfer-Encoding\t: chunked"),
    "coding with a vertical tab": chunked(CHUNKS, b"Transfer-Encoding: \x0bchunked"),
    "coding quoted": chunked(CHUNKS, b'Transfer-Encoding: "chunked"'),
    "coding on a folded line": chunked(CHUNKS, b"Transfer-Encoding:\r\n chunked"),
    "coding with nul": chunked(CHUNKS, b"Transfer-Encoding: chunked\0"),
    "coding in http 1.0": post(
        b"Transfer-Encoding: chunked\r\nContent-Length: 2", CHUNKS, line=b"POST /chat/session HTTP/1.0"
    ),
    "chunk size of words": chunked(b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk size negative": chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
    "chunk size with plus": chunked(b"+2\r\n{}\r\n0\r\n\r\n"),
    "chunk size with 0x": chunked(b"0x2\r\n{}\r\n0\r\n\r\n"),
    "chunk size beyond 64 bits": chunked(b"1" + b"0" * 16 + b"\r\n{}\r\n0\r\n\r\n"),
    "chunk size empty": chunked(b"\r\n{}\r\n0\r\n\r\n"),
    "chunk size after a space": chunked(b" 2\r\n{}\r\n0\r\n\r\n"),
    "chunk size before a bare line feed": chunked(b"2\n{}\r\n0\r\n\r\n"),
    "chunk longer than it says": chunked(b"2\r\n{}xx\r\n0\r\n\r\n"),
    "chunk ended by a bare line feed": chunked(b"2\r\n{}\n0\r\n\r\n"),
    "chunk extension with a bare line feed": chunked(b"2;a\n{}\r\n0\r\n\r\n"),
    "trailer without colon": chunked(b"2\r\n{}\r\n0\r\nx\r\n\r\n"),
    "trailer of 100 kB": chunked(b"2\r\n{}\r\n0\r\nx: " + b"a" * 100_000 + b"\r\n\r\n"),
    "lines end with line feeds": get().replace(b"\r\n", b"\n"),
    "lines end with carriage returns": get().replace(b"\r\n", b"\r"),
    "carriage return in a value": get(b"X-A: a\rb: c\r\n"),
    "carriage return twice": get(b"X-A: a\r\r\n"),
    "folded header": get(b"X-A: a\r\n b\r\n"),
    "folded first header": get(b" X-A: a\r\n", common=b""),
    "nul in a name": get(b"X-\0A: a\r\n"),
    "nul in a value": get(b"X-A: a\0b\r\n"),
    "nul in the target": get(line=b"GET /\0 HTTP/1.1"),
    "control character in a name": get(b"X-\x01A: a\r\n"),
    "space in a name": get(b"X A: a\r\n"),
    "no name": get(b": a\r\n"),
    "no colon": get(b"X-A\r\n"),
    "brackets in a name": get(b"X[A]: a\r\n"),
    "letters of another script in a name": get("X-é: a\r\n".encode()),
    "header of 100 kB": get(b"X-A: " + b"a" * 100_000 + b"\r\n"),
    "name of 100 kB": get(b"X" * 100_000 + b": a\r\n"),
    "10,000 headers": get(b"".join(b"X-%d: a\r\n" % n for n in range(10_000))),
    "request line of 64 kB": get(line=b"GET /" + b"a" * 65_536 + b" HTTP/1.1"),
    "method of 64 kB": get(line=b"G" * 65_536 + b" / HTTP/1.1"),
    "method unknown": get(line=b"STEAL / HTTP/1.1"),
    "method in small letters": get(line=b"get / HTTP/1.1"),
    "http 0.9": b"GET /\r\n\r\n",
    "http 9.9": get(line=b"GET / HTTP/9.9"),
    "http 2.0 by its name": get(line=b"GET / HTTP/2.0"),
    "http 2 by its preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http without version": get(line=b"GET / HTTP/"),
    "http in small letters": get(line=b"GET / http/1.1"),
    "another protocol": get(line=b"GET / ICE/1.1"),
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "noise": bytes(range(128, 256)) * 8 + b"\r\n\r\n",
    "nothing but blank lines": b"\r\n" * 5 + b"x\r\n\r\n",
    "no target": get(line=b"GET HTTP/1.1"),
    "a space too many": get(line=b"GET / x HTTP/1.1"),
    "target without slash": get(line=b"GET alive HTTP/1.1"),
    "target of an authority": get(line=b"GET shop.example:443 HTTP/1.1"),
    "a tunnel": get(line=b"CONNECT shop.example:443 HTTP/1.1") + SECRET,
    "no host": get(common=b"Connection: close\r\n"),
    "two hosts": get(b"Host: other.example\r\n"),
    "host with spaces": get(common=b"Host: shop.example other.example\r\nConnection: close\r\n"),
    "host with a path": get(common=b"Host: shop.example/alive\r\nConnection: close\r\n"),
    "host with a user": get(common=b"Host: a@shop.example\r\nConnection: close\r\n"),
    "old websocket": get(b"Upgrade: websocket\r\nSec-WebSocket-Key1: 1 2\r\n"),
}  # fmt: skip

# Behind a body there is more: whatever is answered, nothing but the first is.
SMUGGLING: dict[str, bytes] = {
    "behind a body shorter than it says": post(b"Content-Length: %d" % (2 + len(SECRET)), b"{}" + SECRET),
    "behind the last chunk, connection closed": chunked(CHUNKS + SECRET),
    "behind a closed connection": get() + SECRET,
    "in a header": get(b"X-A: a\r\n\tGET /alive HTTP/1.1\r\n"),
    "in a chunk's extension": chunked(b"2;" + SECRET.replace(b"\r\n", b" ") + b"\r\n{}\r\n0\r\n\r\n"),
    "behind an upgrade to something else": get(
        b"Upgrade: h2c\r\nHTTP2-Settings: AAAA\r\n", common=HOST + b"Connection: Upgrade, close\r\n"
    )
    + SECRET,
    "behind a websocket that is refused": get(
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
        line=b"GET /chat/socket HTTP/1.1",
        common=HOST + b"Connection: Upgrade, close\r\n",
    )
    + SECRET,
}


class Heard:
    """What came back on a connection."""

    def __init__(self, data: bytes, closed: bool) -> None:
        self.data, self.closed = data, closed

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in re.findall(rb"^HTTP/1\.[01] (\d{3}) ", self.data, re.MULTILINE)]


async def talk(
    port: int, data: bytes, *, seconds: float = SOON, half_closed: bool = False, until: bytes | None = None
) -> Heard:
    """Send, and hear until the server closes, has said `until`, or the time is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard, closed = b"", False
    try:
        writer.write(data)
        if half_closed:
            writer.write_eof()
        end = time.monotonic() + seconds
        while not closed and (until is None or until not in heard) and (left := end - time.monotonic()) > 0:
            try:
                part = await asyncio.wait_for(reader.read(65536), left)
            except asyncio.TimeoutError:
                break
            heard += part
            closed = not part
    except ConnectionError:
        closed = True
    finally:
        writer.transport.abort()
    return Heard(heard, closed)


@pytest.fixture(autouse=True)
def customers_are_answered(echo: Echo) -> Iterator[None]:
    """Whatever a stranger does, the next one is answered at once, and the server has not died of it."""
    assert echo.process
    before = echo.process.pid
    yield
    begun = time.monotonic()
    request = urllib.request.Request(f"{echo.url}/chat/session", b'{"language": "en"}')
    with urllib.request.urlopen(request, timeout=SOON) as response:
        assert json.load(response)["token"]
    assert time.monotonic() - begun < SOON / 2
    assert echo.process.pid == before and echo.process.poll() is None


@pytest.mark.parametrize("case", REFUSED)
async def test_refused(echo: Echo, case: str) -> None:
    heard = await talk(echo.port, REFUSED[case])
    assert heard.closed, heard.data
    assert len(heard.statuses) <= 1 and all(400 <= status < 500 for status in heard.statuses), heard.data
    assert ANSWERED not in heard.data


@pytest.mark.parametrize("case", SMUGGLING)
async def test_nothing_is_smuggled(echo: Echo, case: str) -> None:
    heard = await talk(echo.port, SMUGGLING[case])
    assert heard.closed and len(heard.statuses) <= 1 and ANSWERED not in heard.data, heard.data


async def test_a_megabyte_of_chunk_extensions(echo: Echo) -> None:
    heard = await talk(echo.port, chunked(b"2;" + b"a" * 3_000_000 + b"\r\n{}\r\n0\r\n\r\n"))
    assert heard.closed and all(status < 500 for status in heard.statuses)


async def test_what_is_well_is_answered(echo: Echo) -> None:
    async def statuses(data: bytes, **more: bool) -> list[int]:
        heard = await talk(echo.port, data, **more)
        assert heard.closed, heard.data
        return heard.statuses

    assert await statuses(get(common=HOST) * 2 + get()) == [200] * 3, "pipelined"
    assert await statuses(get(line=b"GET http://shop.example/alive HTTP/1.1")) == [200], "absolute form"
    assert await statuses(get(line=b"GET / HTTP/1.0", common=b"")) == [200], "no host needed in HTTP/1.0"
    assert await statuses(b"\r\n" + get()) == [200], "a blank line before"
    assert await statuses(post(b"Content-Length: 2")) == [200]
    assert await statuses(chunked(CHUNKS)) == [200]
    assert await statuses(chunked(b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\nX-A: a\r\n\r\n")) == [200]
    assert await statuses(get(), half_closed=True) in ([200], []), "half closed"


# --- slow ---------------------------------------------------------------------------------------------------


async def drip(port: int, head: bytes, slowly: bytes) -> tuple[float, Heard]:
    """Send the rest a byte a second; how long we were let, and what was said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = time.monotonic()
    writer.write(head)
    heard = b""
    try:
        for at in range(len(slowly)):
            writer.write(slowly[at : at + 1])
            await writer.drain()
            try:
                part = await asyncio.wait_for(reader.read(65536), 1)
            except asyncio.TimeoutError:
                continue
            heard += part
            if not part:
                break
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
    return time.monotonic() - begun, Heard(heard, True)


async def test_the_slow_are_cut_off(echo: Echo) -> None:
    slow = b"a" * 60
    cases = {
        "request line": drip(echo.port, b"GET /", slow),
        "header": drip(echo.port, b"GET / HTTP/1.1\r\n" + HOST + b"X-A: ", slow),
        "second request": drip(echo.port, get(common=HOST), b"GET /" + slow),
        "body": drip(echo.port, post(b"Content-Length: 100"), slow),
        "chunk": drip(echo.port, chunked(b"64\r\n"), slow),
        "chunk without an end": drip(echo.port, chunked(b"2\r\n{}"), b"\r\n"),
        "body nobody wants": drip(
            echo.port, post(b"Content-Length: 100", b"", line=b"POST /none HTTP/1.1"), slow
        ),
        "blank lines": drip(echo.port, b"", b"\r\n" * 30),
    }
    longest = max(framing.HEAD_SECONDS, request_body.JSON_SECONDS) + framing.LINGER_SECONDS + SOON
    for name, (seconds, heard) in zip(cases, await asyncio.gather(*cases.values()), strict=True):
        assert seconds < longest, name
        allowed = (200, 404, 405) if name in ("second request", "body nobody wants") else (400, 408)
        assert all(status in allowed for status in heard.statuses), (name, heard.data)


async def test_the_silent_are_cut_off(echo: Echo) -> None:
    longest = max(framing.HEAD_SECONDS, request_body.JSON_SECONDS) + framing.LINGER_SECONDS + SOON
    cases = {
        "half a head": b"GET / HTTP/1.1\r\nHost:",
        "half a body": post(b"Content-Length: 100"),
        "no body": post(b"Content-Length: 100", b""),
        "no last chunk": chunked(b"2\r\n{}\r\n"),
        "half a chunk size": chunked(b"2"),
        "body larger than the world": post(b"Content-Length: 9223372036854775807"),
        "leave to go on asked": post(b"Content-Length: 100\r\nExpect: 100-continue", b""),
    }
    heard = await asyncio.gather(*(talk(echo.port, data, seconds=longest) for data in cases.values()))
    for name, each in zip(cases, heard, strict=True):
        assert each.closed, name
        assert all(status in (100, 400, 408, 413) for status in each.statuses), (name, each.data)


async def test_half_closed_in_the_middle(echo: Echo) -> None:
    for data in (b"GET / HT", post(b"Content-Length: 100"), chunked(b"2\r\n{}\r\n")):
        heard = await talk(echo.port, data, half_closed=True)
        assert heard.closed and all(400 <= status < 500 for status in heard.statuses)


# --- sockets ------------------------------------------------------------------------------------------------

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"


def shake(headers: bytes, *, method: bytes = b"GET", common: bytes = UPGRADE) -> bytes:
    return method + b" /chat/socket HTTP/1.1\r\n" + common + headers + b"\r\n"


HANDSHAKES: dict[str, bytes] = {
    "no key": shake(VERSION),
    "empty key": shake(VERSION + b"Sec-WebSocket-Key: \r\n"),
    "short key": shake(VERSION + b"Sec-WebSocket-Key: YQ==\r\n"),
    "key that is no base64": shake(VERSION + b"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!\r\n"),
    "no version": shake(KEY),
    "version 99": shake(KEY + b"Sec-WebSocket-Version: 99\r\n"),
    "version of words": shake(KEY + b"Sec-WebSocket-Version: new\r\n"),
    "no upgrade": shake(KEY + VERSION, common=HOST + b"Connection: Upgrade\r\n"),
    "no connection": shake(KEY + VERSION, common=HOST + b"Upgrade: websocket\r\n"),
    "upgrade to something else": shake(KEY + VERSION, common=UPGRADE.replace(b"websocket", b"websockets")),
    "posted": shake(KEY + VERSION + b"Content-Length: 0\r\n", method=b"POST"),
}


@pytest.mark.parametrize("case", HANDSHAKES)
async def test_handshake_refused(echo: Echo, case: str) -> None:
    heard = await talk(echo.port, HANDSHAKES[case], until=b"\r\n\r\n")
    assert len(heard.statuses) == 1 and 400 <= heard.statuses[0] < 500, heard.data


def frame(opcode: int, payload: bytes = b"", *, fin: int = 1, rsv: int = 0, masked: bool = True, size: bytes = b"") -> bytes:  # fmt: skip
    length = len(payload)
    if not size:
        size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length)
    mask = b"\1\2\3\4" if masked else b""
    body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if masked else payload
    return bytes([fin << 7 | rsv << 4 | opcode, size[0] | masked << 7]) + size[1:] + mask + body


HELLO = json.dumps({"type": "hello", "token": "x"}).encode()
FRAMES: dict[str, bytes] = {
    "no mask": frame(1, HELLO, masked=False),
    "no mask on the second": frame(9, b"a") + frame(1, HELLO, masked=False),
    "no mask on a ping": frame(9, b"a", masked=False),
    "reserved bit 1": frame(1, HELLO, rsv=4),
    "reserved bit 2": frame(1, HELLO, rsv=2),
    "reserved bit 3": frame(1, HELLO, rsv=1),
    "reserved opcode 3": frame(3, HELLO),
    "reserved opcode 11": frame(11),
    "fragmented ping": frame(9, b"a", fin=0),
    "fragmented close": frame(8, struct.pack(">H", 1000), fin=0),
    "ping too long": frame(9, b"a" * 126),
    "frame of 1 MB": frame(1, b"", size=b"\x7f" + struct.pack(">Q", 2**20)),
    "frame of 2**62": frame(1, b"", size=b"\x7f" + struct.pack(">Q", 2**62)),
    "frame of 2**64 - 1": frame(1, b"", size=b"\x7f" + b"\xff" * 8),
    "fragments of 1 MB": frame(1, b"a" * 60_000, fin=0) + frame(0, b"a" * 60_000, fin=0) * 20,
    "continuation of nothing": frame(0, HELLO),
    "a new message within a message": frame(1, b"a", fin=0) + frame(1, HELLO),
    "text that is no text": frame(1, b"\xff\xfe"),
    "close with one byte": frame(8, b"a"),
    "close with a forbidden code": frame(8, struct.pack(">H", 1005)),
    "close with a reason that is no text": frame(8, struct.pack(">H", 1000) + b"\xff"),
    "a request instead of a frame": SECRET,
}  # fmt: skip


@pytest.mark.parametrize("case", FRAMES)
async def test_frames_refused(echo: Echo, case: str) -> None:
    heard = await talk(echo.port, shake(KEY + VERSION) + FRAMES[case])
    assert heard.closed and heard.statuses[:1] == [101], heard.data
    frames = heard.data.partition(b"\r\n\r\n")[2]
    assert ANSWERED not in frames and b'"type"' not in frames, frames
    if frames[:1] == b"\x8a":  # the answer to a ping before
        frames = frames[2 + frames[1] :]
    assert frames[:1] in (b"", b"\x88"), frames


async def test_frames_byte_by_byte(echo: Echo) -> None:
    """A careful client's frames may be cut anywhere."""
    reader, writer = await asyncio.open_connection("127.0.0.1", echo.port)
    for byte in shake(KEY + VERSION) + frame(9, b"a" * 125) + frame(1, os.urandom(4).hex().encode() * 40):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    heard = b""
    while b'"bad_request"' not in heard and (part := await asyncio.wait_for(reader.read(65536), SOON)):
        heard += part
    assert b"\x8a\x7d" + b"a" * 125 in heard and b'"bad_request"' in heard
    writer.close()


async def test_a_customer_after_all_that(echo: Echo) -> None:
    begun = time.monotonic()
    async with Client(echo.url) as customer:
        assert (await customer.say("hi")).replies[0]["text"] == "echo hi"
    assert time.monotonic() - begun < SOON


async def test_a_socket_whose_handler_fails_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    """There is no second answer behind the handshake, and the fault is in the log."""

    async def fails(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        raise ValueError("a fault of ours")

    app = make_app()
    app.router.add_get("/chat/socket", fails)
    runner = web.AppRunner(app)
    await runner.setup()
    (port,) = free_ports(1)
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        heard = await talk(port, shake(KEY + VERSION) + frame(8, struct.pack(">H", 1000)))
    finally:
        await runner.cleanup()
    assert heard.closed and heard.statuses == [101]
    assert heard.data.partition(b"\r\n\r\n")[2][:1] == b"\x88"
    assert [record.getMessage() for record in caplog.records] == ["GET /chat/socket could not be answered"]
