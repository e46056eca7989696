"""Pages, files and the demo shop's data, as a browser gets them."""

from __future__ import annotations

import re

import aiohttp
import pytest

from tests.conftest import ROOT, Server
from tests.door.conftest import ORIGIN, Echo

BUILT = (ROOT / "bot" / "web" / "dist" / "widget.js").exists()
needs_widget = pytest.mark.skipif(not BUILT, reason="the widget is not built (make run builds it)")


async def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(url, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, {k.lower(): v for k, v in response.headers.items()}, await response.read()


def policy(headers: dict[str, str]) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@needs_widget
@pytest.mark.parametrize("path", ["/", "/shop/p0001", "/shop/checkout", "/chat/"])
async def test_pages_are_locked_up(echo: Echo, path: str) -> None:
    status, headers, body = await get(f"{echo.url}{path}")
    assert (
        status == 200
        and headers["content-type"].startswith("text/html")
        and b"<!doctype html>" in body.lower()
    )
    rules = policy(headers)
    assert (
        rules["default-src"] == "'none'"
        and rules["script-src"] == "'self'"
        and rules["object-src"] == "'none'"
    )
    assert rules["base-uri"] == "'none'" and "unsafe" not in rules["connect-src"]
    framed = path == "/chat/"
    assert (ORIGIN in rules["frame-ancestors"]) is framed and ("x-frame-options" in headers) is not framed
    assert headers["x-content-type-options"] == "nosniff" and "referrer-policy" in headers
    assert not re.search(rb"<script(?![^>]*\ssrc=)|\son\w+=|style=\"", body), "nothing inline"
    assert not re.search(rb"(src|href)=\"(https?:)?//", body), "nothing from elsewhere"


async def test_ours_is_the_front_page(echo: Echo) -> None:
    _, _, body = await get(f"{echo.url}/")
    assert b"Hello from Rasa" not in body


@needs_widget
async def test_files_are_cached_and_packed(echo: Echo) -> None:
    status, headers, plain = await get(f"{echo.url}/widget.js", **{"Accept-Encoding": "identity"})
    assert status == 200 and headers["content-type"].startswith("text/javascript")
    assert headers["cross-origin-resource-policy"] == "cross-origin" and "content-encoding" not in headers
    async with (
        aiohttp.ClientSession(auto_decompress=True) as http,
        http.get(f"{echo.url}/widget.js", headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert response.headers["Content-Encoding"] == "gzip" and await response.read() == plain
    status, _, body = await get(f"{echo.url}/widget.js", **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/../secret",
        "/pictures/..%2fsecret",
        "/pictures/%2e%2e/secret",
        "/pictures/%2fetc%2fpasswd",
        "/pictures/..%5c..%5cx.webp",
        "/pictures/none.webp",
        "/pictures/a.webp%00.png",
        "/pictures/.htaccess",
        "/chat/assets/../../package.json",
        "/chat/assets/..%2f..%2fpackage.json",
        "/chat/assets/",
        "/chat/photos/",
        "/conversations/x/tracker",
        "/webhooks/rest/webhook",
        "/model",
    ],
)
async def test_nothing_else_is_served(echo: Echo, path: str) -> None:
    import socket

    # By hand: clients tidy addresses up before they send them.
    with socket.create_connection(("127.0.0.1", echo.port), 10) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{echo.port}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk
    status = int(answer.split(b" ")[1])
    assert status in (400, 401, 404), answer[:300]
    assert b"Traceback" not in answer and str(ROOT).encode() not in answer


# --- the demo shop, with its catalogue -------------------------------------------------------------------------------


async def data(server: Server, path: str, status: int = 200) -> dict:
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}{path}") as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_products(ready: Server) -> None:
    everything = await data(ready, "/shop/products.json")
    assert everything["total"] > 200 and len(everything["products"]) == 24
    product = everything["products"][0]
    assert product["title"]["en"] and product["title"]["zh"] and product["price"]["en"]
    status, headers, body = await get(f"{ready.url}{product['picture']}")
    assert status == 200 and headers["content-type"] == "image/webp" and len(body) > 1000
    assert "max-age" in headers["cache-control"]
    second = await data(ready, "/shop/products.json?page=2")
    assert {p["id"] for p in second["products"]}.isdisjoint(p["id"] for p in everything["products"])
    dresses = await data(ready, "/shop/products.json?category=dress")
    assert dresses["products"] and {p["category"]["id"] for p in dresses["products"]} == {"dress"}
    black = await data(ready, "/shop/products.json?category=shoes&colour=Black")
    assert 0 < black["total"] < everything["total"]
    named = await data(ready, f"/shop/products.json?q={product['brand'].replace(' ', '+')}")
    assert named["products"] and named["products"][0]["brand"] == product["brand"]


@pytest.mark.parametrize(
    "query",
    [
        "category=nonsense",
        "colour=x%27--",
        "page=99999999999",
        "page=-1",
        "page=x",
        "size=0",
        "q=%00%ff",
        "q=%27%3B+DROP+TABLE+products",
        "q=" + "x" * 3000,
    ],
)
async def test_odd_queries(ready: Server, query: str) -> None:
    assert "products" in await data(ready, f"/shop/products.json?{query}")


async def test_product(ready: Server) -> None:
    (first, *_) = (await data(ready, "/shop/products.json"))["products"]
    product = await data(ready, f"/shop/products/{first['id']}.json")
    assert product["description"]["zh"] and product["sizes"] and product["similar"]
    assert await data(ready, "/shop/products/nonsense.json", 404) == {"code": "not_found"}


async def test_checkout_needs_our_signature(ready: Server) -> None:
    assert await data(ready, "/shop/cart.json?cart=forged", 403) == {"code": "bad_token"}
    async with aiohttp.ClientSession() as http:
        for body, status in (({"cart": "x", "email": "a@b.example"}, 403), ([1], 400), ({}, 400)):
            async with http.post(f"{ready.url}/shop/order", json=body) as response:
                assert response.status == status


async def test_health(ready: Server) -> None:
    assert await data(ready, "/health") == {"status": "ok", "model": True, "database": True, "actions": True}
