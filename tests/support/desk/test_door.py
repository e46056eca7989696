"""In and out of the desk: cookies, CSRF, Origin, lock-out; and nobody through another door."""

from __future__ import annotations

import aiohttp
import pytest
import sqlalchemy as sa
from yarl import URL

from bot.operations.client import Client
from bot.settings import Settings
from bot.support.accounts import agents
from bot.support.accounts import desk_sessions as agent_sessions
from storage import database
from tests.support.desk.conftest import PASSWORD, SHOP, DeskProcess, World


async def test_the_cookie_is_for_the_desk_alone(world: World) -> None:
    async with world.fresh("anna") as anna:
        answer = await anna.sign_in()
        cookie = answer.headers["Set-Cookie"]
        for part in ("desk_session=", "HttpOnly", "SameSite=Strict", "Path=/desk"):
            assert part.lower() in cookie.lower()
        assert "secure" not in cookie.lower(), "this is plain http"
        assert answer.headers["Cache-Control"] == "no-store"
        assert set(answer) == {"agent", "csrf"} and "password" not in answer["agent"]


async def test_behind_https_the_cookie_is_secure(world: World) -> None:
    from bot.support.desk.security import is_https

    class Request:
        scheme, host = "http", "shop.example"
        headers: dict[str, str] = {}

    plain = Settings()
    assert not is_https(Request(), plain)
    proxied = Request()
    proxied.headers = {"x-forwarded-proto": "https"}
    assert not is_https(proxied, plain), "anybody can write that"
    assert is_https(proxied, Settings(trust_proxy=True))
    assert is_https(Request(), Settings(public_url="https://shop.example"))


async def test_the_page_is_strict(world: World) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{world.server.url}/desk", allow_redirects=False) as response,
    ):
        assert response.status == 302 and response.headers["Location"] == "/desk/"
    async with aiohttp.ClientSession() as http, http.get(f"{world.server.url}/desk/") as response:
        assert response.status in (200, 503)
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/desk/assets/../desk.ts", "/desk/assets/%2e%2e%2frouters.py", "/desk/assets/none.js"):
        async with aiohttp.ClientSession() as http, http.get(world.server.url + path) as response:
            assert response.status == 404


async def test_who_is_refused_learns_nothing(world: World) -> None:
    async with world.page() as page:
        wrong = await page.post("sign-in", {"login": "anna", "password": "wrong horse 99"})
        nobody = await page.post("sign-in", {"login": "nobody-at-all", "password": "wrong horse 99"})
        assert (wrong.status, dict(wrong)) == (nobody.status, dict(nobody))
        assert wrong.status == 401 and wrong["code"] == "refused"
        for body in ({}, {"login": 1, "password": 2}, {"login": "x" * 300, "password": "y"}, [1]):
            assert (await page.post("sign-in", body)).status == 400
    async with world.page(language="zh") as page:
        answer = await page.post("sign-in", {"login": "anna", "password": "wrong horse 99"})
        assert "密码" in answer["text"]


async def test_lock_out(world: World) -> None:
    agents.add("locked", "Locked", PASSWORD, groups=["service"])
    async with world.page() as page:
        statuses = []
        for _ in range(6):
            answer = await page.post("sign-in", {"login": "locked", "password": "not the one 1"})
            statuses.append(answer.status)
        assert statuses == [401] * 5 + [429]
        assert int(answer.headers["Retry-After"]) >= 1 and answer["code"] == "locked"
        right = await page.post("sign-in", {"login": "locked", "password": PASSWORD})
        assert right.status == 429, "the right password does not help while it is locked"
    with database.session() as connection:  # others sign in from the same address
        connection.execute(sa.text("DELETE FROM agent_attempts WHERE NOT good"))


async def test_sign_in_from_another_site(world: World) -> None:
    async with world.page() as page:
        body = {"login": "anna", "password": PASSWORD}
        for origin in ("https://evil.example", SHOP, "null"):
            answer = await page.post("sign-in", body, headers={"Origin": origin})
            assert answer.status == 403 and "Set-Cookie" not in answer.headers
        # A form of another site can post this type only.
        async with page.http.post(
            f"{page.url}/desk/api/sign-in", data='{"login": "anna"}', headers={"Content-Type": "text/plain"}
        ) as response:
            assert response.status == 400


async def test_without_a_session(world: World) -> None:
    handoff = world.waits()
    async with world.page() as page:
        for path in (
            "me", "canned", "agents", "lead", "search?q=a", "products", f"conversations/{handoff.conversation}",
            f"conversations/{handoff.conversation}/messages", f"suggest/{handoff.conversation}",
            f"photos/abc?conversation={handoff.conversation}",
        ):  # fmt: skip
            answer = await page.call("GET", path)
            assert (answer.status, answer["code"]) == (401, "signed_out"), path
        for method, path in (
            ("POST", "sign-out"), ("POST", "password"), ("POST", "canned"), ("PUT", "canned/1"),
            ("DELETE", "canned/1"), ("POST", "agents"), ("POST", "agents/1"),
            ("POST", f"photos?conversation={handoff.conversation}"),
        ):  # fmt: skip
            assert (await page.call(method, path, {})).status == 401, path
        assert (await page.get("nothing/here")).status == 404
        await page.connect(wait=False)
        assert await page.closed() in (4401, 1006)  # shut at once: the reason may not get through any more


async def test_a_forged_cookie(world: World) -> None:
    async with world.page() as page:
        for cookie in ("x", "", "a" * 5000, "desk", "é"):
            headers = {"Cookie": f"desk_session={cookie}"}
            async with page.http.get(f"{page.url}/desk/api/me", headers=headers) as response:
                assert response.status in (400, 401)


async def test_an_expired_session(world: World) -> None:
    async with world.fresh("anna") as anna:
        token = next(c.value for c in anna.http.cookie_jar if c.key == "desk_session")
        with database.session() as connection:
            connection.execute(
                sa.text("UPDATE agent_sessions SET expires = clock_timestamp() WHERE token_hash = :h"),
                {"h": agent_sessions._hash(token)},
            )
        assert (await anna.get("me")).status == 401
        answer = await anna.request("read", conversation="x", seq=1)
        assert answer["code"] == "signed_out"
        assert await anna.closed() == 4401


async def test_changes_need_the_csrf_token(world: World) -> None:
    async with world.fresh("lea") as lea, world.fresh("anna") as anna:
        for token in (None, "", "x" * 64, anna.csrf):
            answer = await lea.post("canned", {}, headers={"X-CSRF-Token": token})
            assert (answer.status, answer["code"]) == (403, "bad_csrf")
        assert (await lea.post("canned", {})).status == 400, "with it the door is open"


async def test_changes_come_from_the_desks_own_page(world: World) -> None:
    async with world.fresh("lea") as lea:
        for origin in ("https://evil.example", SHOP, "null", "http://127.0.0.1:1"):
            answer = await lea.post("canned", {}, headers={"Origin": origin})
            assert (answer.status, answer["code"]) == (403, "bad_origin")
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await lea.http.ws_connect(f"{lea.url}/desk/socket", headers={"Origin": origin})
            assert refused.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await lea.http.ws_connect(f"{lea.url}/desk/socket")  # browsers always name their page


async def test_signing_out_closes_what_is_open(world: World) -> None:
    async with world.fresh("anna") as anna:
        answer = await anna.post("sign-out")
        assert answer.status == 204 and "max-age=0" in answer.headers["Set-Cookie"].lower()
        assert await anna.closed() == 4401
        assert (await anna.get("me")).status == 401


async def test_signing_out_closes_the_pages_of_other_processes(world: World, second: DeskProcess) -> None:
    async with world.page("anna") as anna, second.page() as other:
        other.token = anna.token  # the same browser, by way of a load balancer
        await other.open()
        other.http.cookie_jar.update_cookies({"desk_session": anna.token}, URL(f"{other.url}/desk/"))
        await other.connect()
        await anna.post("sign-out")
        assert await other.closed() == 4401 and await anna.closed() == 4401


async def test_signing_out_leaves_other_browsers_alone(world: World) -> None:
    async with world.fresh("anna") as one, world.fresh("anna") as other:
        await one.post("sign-out")
        await one.closed()
        assert (await other.get("me")).status == 200
        await other.do("ping")


async def test_a_new_password_signs_out_everywhere(world: World) -> None:
    agent = agents.add("pia", "Pia", PASSWORD, groups=["service"])
    async with world.fresh("pia") as pia, world.fresh("pia") as other:
        wrong = await pia.post("password", {"password": "not mine 123", "new": "new horse battery 8"})
        assert wrong.status == 403, "401 would mean: signed out"
        weak = await pia.post("password", {"password": PASSWORD, "new": "pia"})
        assert weak.status == 422 and weak["text"]
        assert (
            await pia.post("password", {"password": PASSWORD, "new": "new horse battery 8"})
        ).status == 204
        assert await other.closed() == 4401 and await pia.closed() == 4401
        pia.password = "new horse battery 8"
        assert (await pia.sign_in()).status == 200
    agents.deactivate(agent.id)


async def test_a_shut_account_is_out_at_once(world: World) -> None:
    agent = agents.add("tom", "Tom", PASSWORD, groups=["service"])
    async with world.fresh("tom") as tom:
        agents.deactivate(agent.id)
        assert await tom.closed() == 4401
        assert (await tom.get("me")).status == 401
        assert (await tom.sign_in()).status == 401


async def test_customers_do_not_reach_the_desk(world: World) -> None:
    handoff = world.waits()
    async with Client(world.server.url) as customer:
        headers = {
            "Authorization": f"Bearer {customer.token}",
            "Cookie": f"desk_session={customer.token}",
            "Origin": world.server.url,
        }
        async with aiohttp.ClientSession(headers=headers) as http:
            for path in (
                "me",
                "lead",
                f"conversations/{handoff.conversation}",
                f"conversations/{customer.conversation}",
            ):
                async with http.get(f"{world.server.url}/desk/api/{path}") as response:
                    assert response.status == 401
            async with http.ws_connect(f"{world.server.url}/desk/socket") as ws:
                await ws.send_json({"type": "hello", "token": customer.token})
                assert (await ws.receive()).type == aiohttp.WSMsgType.CLOSE and ws.close_code == 4401


async def test_agents_do_not_reach_the_customers_doors(world: World) -> None:
    async with world.fresh("olga") as olga:
        cookies = olga.http.cookie_jar.filter_cookies(URL(f"{olga.url}/chat/session"))
        assert "desk_session" not in cookies, "a browser does not even send it"
        token = next(c.value for c in olga.http.cookie_jar if c.key == "desk_session")
        async with olga.http.get(f"{olga.url}/chat/photos/abc?token={token}") as response:
            assert response.status == 401
        async with olga.http.post(
            f"{olga.url}/chat/photos", data=b"x", headers={"Authorization": f"Bearer {token}"}
        ) as response:
            assert response.status == 401


async def test_too_large_a_body(world: World) -> None:
    async with world.fresh("lea") as lea:
        answer = await lea.post("canned", {"text": "x" * 100_000})
        assert (answer.status, answer["code"]) == (413, "too_large")
        deep = "[" * 20_000
        async with lea.http.post(
            f"{lea.url}/desk/api/canned",
            data=deep,
            headers={"X-CSRF-Token": lea.csrf, "Content-Type": "application/json", "Origin": lea.url},
        ) as response:
            assert response.status == 400


async def test_too_many_pages(world: World) -> None:
    async with world.fresh("bob") as bob:
        pages = []
        try:
            for _ in range(11):
                page = world.page("bob")
                await page.open()
                page.http.cookie_jar.update_cookies(
                    {c.key: c.value for c in bob.http.cookie_jar}, URL(page.url + "/desk/")
                )
                pages.append(page)
                await page.connect()
            extra = world.fresh("bob")
            pages.append(extra)
            await extra.open()
            extra.http.cookie_jar.update_cookies(
                {c.key: c.value for c in bob.http.cookie_jar}, URL(extra.url + "/desk/")
            )
            await extra.connect(wait=False)
            assert await extra.closed() == 1008
        finally:
            for page in pages:
                await page.close()
