"""A server of WeChat's interface that checks what WeChat's checks, and a customer of it. Calls to us are encrypted by
wechatpy: safe mode, as an account of a shop should have it."""

from __future__ import annotations

import io
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from aiohttp import web
from PIL import Image
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.channels.driver import Driver, Request, Seen
from tests.channels.fake import Failure, Fake

APP_ID, SECRET, TOKEN = "wx0123456789abcdef", "a-secret-of-the-test", "a-token-of-the-test"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PATH = "/webhooks/wechat/webhook"
ALLOWED = 5  # messages after one of the customer's


class Wrong(Exception):
    """What WeChat would not take: its error code."""

    def __init__(self, code: int, why: str, *, ours: bool = True) -> None:
        super().__init__(f"{code} {why}")
        self.code = code
        self.ours = ours  # a mistake, not a state of affairs


class Bytes(Exception):
    """An answer that is no JSON."""

    def __init__(self, data: bytes) -> None:
        self.data = data


def need(condition: object, code: int, why: str) -> None:
    if not condition:
        raise Wrong(code, why)


@dataclass
class WeChatApi(Fake):
    """WeChat's side. `chats` holds what each customer was shown."""

    chats: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    left: dict[str, int] = field(default_factory=dict)  # how many messages a customer may still be sent
    closed: set[str] = field(default_factory=set)  # customers of more than 48 hours ago
    gone: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    typing: list[tuple[str, str]] = field(default_factory=list)
    menus: bool = True  # test accounts have none
    whitelisted: bool = True
    verified: bool = True
    tokens: Any = field(default_factory=lambda: count(1))
    numbers: Any = field(default_factory=lambda: count(1))
    asked: list[bool] = field(default_factory=list)  # for a token: by force?
    token: str = "token-0"
    refused: set[str] = field(default_factory=set)  # given, and yet not taken
    dns: list[dict[str, str]] = field(
        default_factory=lambda: [{"ip": "192.0.2.1", "real_operator": "UNICOM"}]
    )
    quota: dict[str, int] = field(
        default_factory=lambda: {"daily_limit": 500000, "used": 1, "remain": 499999}
    )

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/cgi-bin/stable_token", self.stable_token)
        app.router.add_get("/mmbiz/{name}", self.picture)
        for method, path, handler in (
            ("POST", "/message/custom/{what:send|typing}", self.message),
            ("POST", "/media/upload", self.upload),
            ("GET", "/media/get", self.media),
            ("POST", "/callback/check", self.reachable),
            ("POST", "/openapi/quota/get", self.quotas),
        ):
            app.router.add_route(method, f"/cgi-bin{path}", self._with_token(handler))

    def _with_token(self, handler: Any) -> Any:
        async def checked(request: web.Request) -> web.Response:
            raw = await request.read() if request.content_type == "application/json" else b""
            try:
                token = request.query.get("access_token")
                if token != self.token or token in self.refused:
                    raise Wrong(
                        40001, "invalid credential, access_token is invalid or not latest", ours=False
                    )
                need(b"\\u" not in raw, 40033, "invalid charset")  # would be shown as it stands
                return web.json_response({"errcode": 0, "errmsg": "ok", **(await handler(request))})
            except Wrong as error:
                if error.ours:
                    self.problems.append(str(error))
                return web.json_response({"errcode": error.code, "errmsg": f"{error} rid: 1"})
            except Bytes as found:
                return web.Response(body=found.data, content_type="image/jpeg")

        return checked

    def failed(self, failure: Failure) -> web.Response:
        if failure.status >= 500:
            return web.Response(status=failure.status, text="told to fail")
        if failure.status == 401:
            self.expire()
        code = {429: 45011, 401: 42001, 400: 45002, 403: 43004}[failure.status]
        return web.json_response({"errcode": code, "errmsg": "told to fail rid: 1"})

    def expire(self) -> None:
        """The token holds no longer."""
        self.token = f"token-{next(self.tokens)}"

    async def stable_token(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if not self.whitelisted:
            why = "invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7, not in whitelist rid: 1"
            return web.json_response({"errcode": 40164, "errmsg": why})
        if (wanted.get("appid"), wanted.get("secret")) != (APP_ID, SECRET):
            return web.json_response({"errcode": 40125, "errmsg": "invalid appsecret rid: 1"})
        if wanted.get("grant_type") != "client_credential":
            return web.json_response({"errcode": 40002, "errmsg": "invalid grant_type rid: 1"})
        self.asked.append(bool(wanted.get("force_refresh")))
        if self.asked[-1]:
            self.expire()
        return web.json_response({"access_token": self.token, "expires_in": 7200})

    async def message(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        need(re.fullmatch(r"o[\w-]{27}", body["touser"]), 40003, "invalid openid")
        if request.match_info["what"] == "typing":
            need(body["command"] in ("Typing", "CancelTyping"), 45072, "invalid command")
            self.typing.append((body["touser"], body["command"]))
        else:
            self._take(body["touser"], body)
        return {}

    def _take(self, customer: str, body: dict[str, Any]) -> None:
        if customer in self.gone:
            raise Wrong(43004, "require subscribe", ours=False)
        if customer in self.closed:
            raise Wrong(45015, "response out of time limit or subscription is canceled", ours=False)
        if self.left.get(customer, 0) < 1:
            raise Wrong(45047, "out of response count limit", ours=False)
        seen = getattr(self, f"do_{body['msgtype']}")(body[body["msgtype"]])
        need(set(body) == {"touser", "msgtype", body["msgtype"]}, 47001, f"data format error: {list(body)}")
        self.left[customer] -= 1
        self.chats[customer].append(seen)

    def do_text(self, text: dict[str, Any]) -> dict[str, Any]:
        need(text["content"].strip(), 44004, "empty content")
        need(len(text["content"].encode()) <= 2048, 45002, "content size out of limit")
        plain = re.sub(r'<a href="https?://[^"]+">(.*?)</a>', r"\1", text["content"])
        need("<a" not in plain and "</a" not in plain, 45166, "a link that is cut")
        return {"text": plain}

    def do_image(self, image: dict[str, Any]) -> dict[str, Any]:
        if image["media_id"] not in self.uploads:
            raise Wrong(40007, "invalid media_id", ours=False)
        return {"text": "", "pictures": 1}

    def do_news(self, news: dict[str, Any]) -> dict[str, Any]:
        need(len(news["articles"]) == 1, 45008, "article size out of limit")
        (article,) = news["articles"]
        need(0 < len(article["title"]) <= 64, 45003, "title size out of limit")
        need(len(article["description"]) <= 120, 45004, "description size out of limit")
        need(article["url"].startswith(("http://", "https://")), 40066, "invalid url")
        need(not article["picurl"] or article["picurl"].endswith(".jpg"), 45006, "invalid picurl")
        text = f"{article['title']}\n{article['description']}\n{article['url']}"
        return {"text": text, "cards": (article["title"],), "pictures": int(bool(article["picurl"]))}

    def do_msgmenu(self, menu: dict[str, Any]) -> dict[str, Any]:
        if not self.menus:
            raise Wrong(40200, "invalid account type", ours=False)
        rows = menu["list"]
        need(menu["head_content"].strip(), 40035, "invalid parameter")
        need(1 <= len(rows) <= 10, 40035, "invalid parameter: list")
        need(all(row["id"] and len(row["id"].encode()) <= 64 for row in rows), 40035, "invalid id")
        need(
            all(row["content"] and len(row["content"].encode()) <= 128 for row in rows),
            40035,
            "invalid content",
        )
        size = len(json.dumps(menu, ensure_ascii=False).encode())
        need(size <= 4096 and len(menu["head_content"].encode()) <= 1024, 45002, "content size out of limit")
        return {"text": menu["head_content"], "menu": rows, "tail": menu.get("tail_content", "")}

    async def upload(self, request: web.Request) -> dict[str, Any]:
        need(request.query.get("type") == "image", 40004, "invalid media type")
        file = (await request.post())["media"]
        assert isinstance(file, web.FileField)
        data = file.file.read()
        need(len(data) <= 10 * 2**20, 45001, "media size out of limit")
        Image.open(io.BytesIO(data)).verify()
        ident = f"media-{next(self.numbers)}"
        self.uploads[ident] = data
        return {"type": "image", "media_id": ident, "created_at": int(time.time())}

    async def media(self, request: web.Request) -> dict[str, Any]:
        data = self.files.get(request.query["media_id"])
        if data is None:
            raise Wrong(40007, "invalid media_id", ours=False)
        raise Bytes(data)

    async def picture(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["name"])
        return (
            web.Response(body=data, content_type="image/jpeg")
            if data is not None
            else web.Response(status=404)
        )

    async def reachable(self, request: web.Request) -> dict[str, Any]:
        need((await request.json())["action"] in ("dns", "ping", "all"), 40201, "invalid action")
        ping = [
            {"ip": each["ip"], "from_operator": "UNICOM", "package_loss": "0%", "time": "23ms"}
            for each in self.dns
        ]
        return {"dns": self.dns, "ping": ping}

    async def quotas(self, request: web.Request) -> dict[str, Any]:
        need(
            (await request.json())["cgi_path"] == "/cgi-bin/message/custom/send", 76003, "cgi_path not found"
        )
        if not self.verified:
            raise Wrong(48001, "api unauthorized", ours=False)
        return {"quota": self.quota}


def xml(**values: object) -> str:
    """A message as WeChat writes them."""
    rows = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in values.items()
    )
    return f"<xml>{rows}</xml>"


def signature(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def query(at: int | None = None, **more: str) -> dict[str, str]:
    """What stands in the address of a call, signed."""
    timestamp, nonce = str(at or int(time.time())), "1372623149"
    return {"signature": signature(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, **more}


def encrypted(message: str, at: int | None = None, *, app_id: str = APP_ID) -> Request:
    """A call in safe mode, encrypted and signed by wechatpy."""
    proof = query(at, openid="o", encrypt_type="aes")
    crypto = WeChatCrypto(TOKEN, AES_KEY, app_id)
    crypto._id = app_id
    sealed = crypto.encrypt_message(message, proof["nonce"], proof["timestamp"])
    found = {
        name: re.search(rf"<{name}><!\[CDATA\[(.*?)\]\]></{name}>", sealed)
        for name in ("Encrypt", "MsgSignature")
    }
    assert all(found.values())
    body = f"<xml><ToUserName>gh_shop</ToUserName><Encrypt>{escape(found['Encrypt'][1])}</Encrypt></xml>"  # type: ignore[index]
    proof["msg_signature"] = found["MsgSignature"][1]  # type: ignore[index]
    return Request(f"{PATH}?{urlencode(proof)}", body.encode(), {"Content-Type": "text/xml"})


class WeChatDriver(Driver):
    name = "wechat"
    channel = "bot.channels.wechat.WeChat"
    abilities = frozenset(("several", "voice", "join", "leave", "forged", "fail", "press"))
    sends = "/message/custom/send"
    fake: WeChatApi

    def __init__(self) -> None:
        super().__init__()
        self.fake = WeChatApi()
        self._count = count(1)

    def credentials(self) -> dict[str, Any]:
        # The suite's sentences are English ones.
        return {
            "app_id": APP_ID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "api_url": self.fake.url, "language": "en",
        }  # fmt: skip

    def customer(self) -> str:
        return f"o{next(self._count):027d}"

    def report(self, customer: str, kind: str, **more: object) -> str:
        """A message as WeChat would report it; the customer may be written to again."""
        self.fake.left[customer] = ALLOWED
        self.fake.gone.discard(customer)
        self.fake.closed.discard(customer)
        values: dict[str, object] = {
            "ToUserName": "gh_shop", "FromUserName": customer, "CreateTime": int(time.time()), "MsgType": kind, **more,
        }  # fmt: skip
        if kind != "event":
            values["MsgId"] = 23_000_000_000_000_000 + next(self._count)
        return xml(**values)

    async def say(self, customer: str, text: str) -> None:
        await self.deliver(self.genuine(customer, text))

    def genuine(self, customer: str, text: str) -> Request:
        return encrypted(self.report(customer, "text", Content=text))

    async def photos(self, customer: str, photos: list[bytes], text: str = "") -> None:
        for data in photos:
            ident = f"photo-{next(self._count)}.jpg"
            self.fake.files[ident] = data
            url = f"{self.fake.url}/mmbiz/{ident}"
            await self.deliver(encrypted(self.report(customer, "image", PicUrl=url, MediaId=ident)))

    async def press(self, customer: str, title: str) -> None:
        for message in reversed(self.fake.chats[customer]):
            for row in message.get("menu", []):
                if row["content"].split(". ", 1)[1] == title:
                    await self.tap(customer, row["content"], row["id"])
                    return
        raise AssertionError(f"no choice {title!r}: {self.seen(customer)}")

    async def tap(self, customer: str, content: str, ident: str) -> None:
        """Tap a row of a menu."""
        message = self.report(customer, "text", Content=content, bizmsgmenuid=ident)
        self.fake.left[customer] = 3
        await self.deliver(encrypted(message))

    async def voice(self, customer: str) -> None:
        await self.deliver(encrypted(self.report(customer, "voice", MediaId="v", Format="amr")))

    async def event(self, customer: str, event: str, key: str = "") -> None:
        message = self.report(customer, "event", Event=event, EventKey=key)
        self.fake.left[customer] = 3
        await self.deliver(encrypted(message))

    async def join(self, customer: str) -> None:
        await self.event(customer, "subscribe")

    async def leave(self, customer: str) -> None:
        await self.event(customer, "unsubscribe")
        self.fake.gone.add(customer)

    def seen(self, customer: str) -> list[Seen]:
        return [_seen(message) for message in self.fake.chats[customer]]

    def forged(self, customer: str) -> list[Request]:
        message = self.report(customer, "text", Content="echo forged")
        genuine = encrypted(message)
        other = encrypted(self.report(customer, "text", Content="echo forged, too"))
        no_proof = Request(PATH, genuine.body, genuine.headers)
        return [
            no_proof,
            Request(genuine.path.replace("timestamp=1", "timestamp=2"), genuine.body, genuine.headers),
            Request(genuine.path, other.body, genuine.headers),
            Request(f"{PATH}?{urlencode(query())}", message.encode(), genuine.headers),  # not encrypted
            Request(f"{PATH}?{urlencode(query())}", genuine.body, genuine.headers),  # no msg_signature
            encrypted(message, int(time.time()) - 301),
            encrypted(message, int(time.time()) + 301),
            encrypted(message, app_id="wxffffffffffffffff"),
        ]


def _seen(message: dict[str, Any]) -> Seen:
    buttons = tuple(row["content"].split(". ", 1)[1] for row in message.get("menu", []))
    return Seen(message["text"], message.get("cards", ()), buttons, message.get("pictures", 0))
