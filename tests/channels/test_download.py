"""Fetching a photo from a platform: only there, never from inside, never too much."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.base import download
from bot.channels.base.api_client import Gone, Later, Refused
from bot.conversation.photo_intake import PhotoRefused
from bot.settings import MAX_PHOTO


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    asked: list[tuple[str, str | None]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.path, request.headers.get("Authorization")))
        path = request.match_info["path"]
        if path == "photo":
            return web.Response(body=b"bytes")
        if path == "large":
            return web.Response(body=b"x" * (MAX_PHOTO + 1))
        if path == "endless":
            response = web.StreamResponse()
            response.enable_chunked_encoding()
            await response.prepare(request)
            for _ in range(MAX_PHOTO // 2**20 + 2):
                await response.write(b"x" * 2**20)
            return response
        if path.isdigit():
            return web.Response(status=int(path))
        raise web.HTTPFound(
            {"here": "/photo", "away": "https://evil.example/x", "inside": "http://10.0.0.1/x",
             "file": "file:///etc/passwd", "round": "/round", "none": ""}[path]
        )  # fmt: skip

    app = web.Application()
    app.router.add_get("/{path}", answer)
    async with TestServer(app) as running:
        running.asked = asked  # type: ignore[attr-defined]
        yield running


def url(server: TestServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}/{path}"


async def fetch(server: TestServer, path: str) -> bytes:
    return await download.fetch(
        url(server, path),
        hosts=(".platform.example",),
        trusted=("127.0.0.1",),
        headers={"Authorization": "Bearer t"},
    )


async def test_a_photo(server: TestServer) -> None:
    assert await fetch(server, "photo") == b"bytes"
    assert await fetch(server, "here") == b"bytes"
    assert server.asked == [("/photo", "Bearer t"), ("/here", "Bearer t"), ("/photo", "Bearer t")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("away", Refused), ("inside", Refused), ("file", Refused), ("round", Refused), ("403", Refused),
        ("404", Gone), ("410", Gone), ("429", Later), ("500", Later),
    ],
)  # fmt: skip
async def test_what_is_refused(server: TestServer, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await fetch(server, path)


@pytest.mark.parametrize("path", ["large", "endless"])
async def test_too_large(server: TestServer, path: str) -> None:
    with pytest.raises(PhotoRefused, match="too_large"):
        await fetch(server, path)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/x", "https://169.254.169.254/meta",
        "https://[::1]/x", "https://evil.example/x", "https://platform.example.evil.example/x",
        "http://cdn.platform.example/x", "https://cdn.platform.example:8443/x", "ftp://cdn.platform.example/x",
        "//cdn.platform.example/x", "", "x", "https://",
    ],
)  # fmt: skip
async def test_only_the_platforms_hosts(address: str) -> None:
    with pytest.raises(Refused):
        await download.fetch(address, hosts=(".platform.example", "platform.example"))


async def test_a_name_that_means_an_address_inside() -> None:
    with pytest.raises(Later):  # not resolved: the platform's name cannot stand for our own network
        await download.fetch("https://localhost/x", hosts=("localhost",))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.1.1", False),
        ("::1", False),
        ("x", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert download.is_public(address) is public
