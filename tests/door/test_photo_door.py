"""The photo door of the running assistant against odd and hostile files."""

from __future__ import annotations

import io
import time

import aiohttp
import pytest
from PIL import Image

from bot.operations.client import Client
from tests.conftest import Server
from tests.door.hostile import EITHER, REFUSED, SECRET, TAKEN, picture, save

SECONDS = 20.0


async def post(customer: Client, data: bytes, **headers: str) -> tuple[int, dict]:
    """Send a file to the door; returns the status and the answer."""
    assert customer._http
    all_headers = {
        "Authorization": f"Bearer {customer.token}",
        "Content-Type": "application/octet-stream",
        **headers,
    }
    async with customer._http.post(f"{customer.url}/chat/photos", data=data, headers=all_headers) as response:
        return response.status, await response.json()


async def fetch(customer: Client, photo: str, token: str | None = None) -> tuple[int, bytes, str]:
    assert customer._http
    address = f"{customer.url}/chat/photos/{photo}"
    async with customer._http.get(address, params={"token": token or customer.token}) as response:
        return response.status, await response.read(), response.content_type


async def test_there_are_enough_files() -> None:
    assert len(TAKEN) + len(REFUSED) + len(EITHER) >= 60


@pytest.mark.parametrize("name", TAKEN)
async def test_taken(ready: Server, name: str) -> None:
    async with Client(ready.url) as customer:
        status, answer = await post(customer, TAKEN[name]())
        assert status == 201, answer
        assert answer["url"] == f"/chat/photos/{answer['photo']}" and len(answer["photo"]) >= 20
        status, data, kind = await fetch(customer, answer["photo"])
        assert (status, kind) == (200, "image/jpeg")
        image = Image.open(io.BytesIO(data))
        assert image.format == "JPEG" and image.mode == "RGB" and max(image.size) <= 1280
        assert not image.getexif() and not image.info.get("comment")
        assert SECRET not in data and b"script" not in data and b"PK\x03\x04" not in data
        if name == "jpeg rotated by exif":
            assert image.size == (240, 320)


@pytest.mark.parametrize("name", REFUSED)
async def test_refused(ready: Server, name: str) -> None:
    async with Client(ready.url, language="zh") as customer:
        begin = time.monotonic()
        status, answer = await post(customer, REFUSED[name](), **{"X-Language": "zh"})
        assert status in (413, 422), answer
        assert answer["code"] and any("\u4e00" <= c <= "\u9fff" for c in answer["text"])
        assert time.monotonic() - begin < SECONDS
    assert ready.healthy()


@pytest.mark.parametrize("name", EITHER)
async def test_either(ready: Server, name: str) -> None:
    async with Client(ready.url) as customer:
        begin = time.monotonic()
        status, answer = await post(customer, EITHER[name]())
        assert status in (201, 413, 422) and (answer.get("text") or answer.get("photo"))
        assert time.monotonic() - begin < SECONDS
    assert ready.healthy()


async def test_as_a_form(ready: Server) -> None:
    data = save(picture(), "JPEG")
    async with Client(ready.url) as customer:
        assert customer._http
        bearer = {"Authorization": f"Bearer {customer.token}"}
        for field, name in (
            ("photo", "a.jpg"),
            ("file", "../../etc/passwd\u202egpj.exe"),
            ("photo", "照片.jpg"),
        ):
            form = aiohttp.FormData()
            form.add_field("other", "words")
            form.add_field(field, data, filename=name, content_type="text/html")
            async with customer._http.post(f"{ready.url}/chat/photos", data=form, headers=bearer) as response:
                assert response.status == 201, await response.text()
        for body, kind in (
            (data, "multipart/form-data"),
            (data, "multipart/form-data; boundary=nowhere"),
            (b"--x\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
            (
                b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\nwords\r\n--x--",
                'multipart/form-data; boundary="x"',
            ),
        ):
            status, answer = await post(customer, body, **{"Content-Type": kind})
            assert status == 422 and answer["text"]


async def test_only_the_owner_sees_it(ready: Server) -> None:
    async with Client(ready.url) as owner, Client(ready.url) as stranger:
        photo = await owner.upload(save(picture(), "JPEG"))
        assert (await fetch(owner, photo))[0] == 200
        assert (await fetch(owner, photo, stranger.token))[0] == 404
        for token in ("x", "a.b.c", (owner.token or "")[:-4] + "AAAA"):
            assert (await fetch(owner, photo, token))[0] == 401
        assert owner._http
        async with owner._http.get(f"{ready.url}/chat/photos/{photo}") as response:
            assert response.status == 401
        assert (await fetch(owner, "unknown"))[0] == 404
        turn = await stranger.say("look", photo)
        assert turn.error and turn.error["code"] == "photo_gone"


async def test_without_a_session(ready: Server) -> None:
    async with aiohttp.ClientSession() as http:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
            async with http.post(f"{ready.url}/chat/photos", data=b"x", headers=headers) as response:
                assert response.status == 401 and (await response.json())["text"]


async def test_many_at_once(ready: Server) -> None:
    import asyncio

    files = [TAKEN["jpeg large"](), REFUSED["png bomb"](), TAKEN["png"]()] * 4
    async with Client(ready.url) as customer:
        answers = await asyncio.gather(*(post(customer, data) for data in files))
        assert [status for status, _ in answers] == [201, 413, 201] * 4
        assert (await customer.say("hello")).replies
