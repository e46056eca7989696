"""A Graph API server that checks what Meta's checks; and Meta's calls to us."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from PIL import Image

from tests.channels.driver import Driver, Request
from tests.channels.fake import Failure, Fake

TOKEN = "EAAG-a-token-of-the-test"
SECRET = "0123456789abcdef0123456789abcdef"
VERIFY = "made-up-by-the-owner"
APP = "424242"
VERSION = "v26.0"


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Wrong(Exception):
    """What Meta would not take."""


def need(condition: object, what: str) -> None:
    if not condition:
        raise Wrong(what)


def text_of(value: Any, most: int, what: str) -> None:
    need(isinstance(value, str) and value.strip(), f"{what} is empty")
    need(len(value) <= most, f"{what} is {len(value)} characters long, {most} are allowed")


def only(value: dict[str, Any], required: set[str], optional: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    keys = set(value)
    need(required <= keys, f"{sorted(required - keys)} missing in {value}")
    need(keys <= required | optional, f"{sorted(keys - required - optional)} not known in {value}")


def public(url: str) -> None:
    """An address from which Meta can fetch a picture."""
    need(url.startswith(("https://", "http://")), f"no address: {url}")
    need("127.0.0.1" not in url and "localhost" not in url, f"Meta cannot reach {url}")


@dataclass
class GraphApi(Fake):
    """Meta's side. `chats` holds what each customer sees, the oldest first."""

    chats: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    media: dict[str, bytes] = field(default_factory=dict)  # what customers have sent
    uploaded: dict[str, bytes] = field(default_factory=dict)  # what we have sent
    seen_marks: list[dict[str, Any]] = field(default_factory=list)  # read marks, typing
    hooks: dict[str, dict[str, str]] = field(default_factory=dict)
    subscribed: set[str] = field(default_factory=set)
    refusing: list[dict[str, Any]] = field(default_factory=list)  # errors to answer the next messages with
    numbers: Any = field(default_factory=lambda: count(1000))

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/media/{name}", self.serve)
        app.router.add_route("*", f"/{VERSION}/{{path:.+}}", self.call)

    async def meant(self, failure: Failure, request: web.Request) -> bool:
        if not await super().meant(failure, request):
            return False
        body = await request.read()
        return not (b'"sender_action"' in body or b'"status"' in body)

    def failed(self, failure: Failure) -> web.Response:
        code, kind = {
            400: (100, "OAuthException"),
            401: (190, "OAuthException"),
            403: (200, "OAuthException"),
            429: (613, "OAuthException"),
        }.get(failure.status, (2, "OAuthException"))
        headers = {}
        if failure.after is not None:
            headers["Retry-After"] = str(failure.after)
        return self.error(code, "told to fail", status=failure.status, type=kind, headers=headers)

    def error(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> web.Response:
        error = {
            "message": f"(#{code}) {message}",
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": "A1",
        }
        return web.json_response({"error": {**error, **more}}, status=status, headers=headers)

    async def serve(self, request: web.Request) -> web.Response:
        data = self.media.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def call(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        app_token = f"Bearer {APP}|{SECRET}"
        proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        given = request.headers.get("Authorization")
        if path == f"{APP}/subscriptions":
            if given != app_token:
                return self.error(190, "an app access token is needed", status=401)
        elif given != f"Bearer {TOKEN}":
            self.problems.append(f"{path}: wrong token")
            return self.error(190, f"Malformed access token {given}", status=401)
        elif request.query.get("appsecret_proof") != proof:
            self.problems.append(f"{path}: no proof")
            return self.error(100, "Invalid appsecret_proof provided in the API argument")
        body: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        if request.content_type == "application/json":
            body = await request.json()
        elif request.method == "POST":
            for key, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[key] = value.file.read()
                    Image.open(io.BytesIO(files[key])).verify()
                else:
                    body[key] = value
        try:
            answer = self.answer(request.method, path, dict(request.query), body, files)
        except Wrong as error:
            self.problems.append(f"{request.method} {path}: {error}")
            return self.error(100, f"Invalid parameter: {error}")
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def answer(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any], files: dict[str, bytes]
    ) -> Any:
        """The platform's own."""
        if path == f"{APP}/subscriptions":
            return self.hook(method, body)
        raise Wrong(f"unknown path {path}")

    def hook(self, method: str, body: dict[str, Any]) -> Any:
        if method == "GET":
            return {"data": [{**each, "active": True} for each in self.hooks.values()]}
        only(body, {"object", "callback_url", "verify_token", "fields", "include_values"})
        need(body["callback_url"].startswith("https://"), "callback_url must be https")
        self.hooks[body["object"]] = {"object": body["object"], "callback_url": body["callback_url"]}
        return {"success": True}


class GraphDriver(Driver):
    """What customers of Meta's messengers have in common."""

    fake: GraphApi
    path: str

    def __init__(self) -> None:
        super().__init__()
        self._count = count(1)

    def credentials(self) -> dict[str, Any]:
        return {"token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY, "api_url": self.fake.url}

    def begin(self) -> None:
        super().begin()
        self.fake.refusing.clear()

    @property
    def path(self) -> str:  # type: ignore[no-redef]
        return f"/webhooks/{self.name}/webhook"

    def signed(self, report: dict[str, Any], secret: str = SECRET) -> Request:
        body = json.dumps(report).encode()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, secret)}
        return Request(self.path, body, headers)

    def keep(self, data: bytes, name: str) -> str:
        """What a customer sends, at Meta; its address."""
        self.fake.media[name] = data
        return f"{self.fake.url}/media/{name}"

    def forged(self, customer: str) -> list[Request]:
        genuine = self.genuine(customer, "echo forged")
        sha1 = "sha1=" + hmac.new(SECRET.encode(), genuine.body, hashlib.sha1).hexdigest()
        none = {"Content-Type": "application/json"}
        query = f"?hub.mode=subscribe&hub.challenge=1&hub.verify_token={VERIFY}x"
        return [
            self.signed(json.loads(genuine.body), SECRET[::-1]),
            Request(self.path, genuine.body + b" ", genuine.headers),
            Request(self.path, genuine.body, none),
            Request(self.path, genuine.body, {**none, "X-Hub-Signature-256": ""}),
            Request(self.path, genuine.body, {**none, "X-Hub-Signature": sha1}),
            Request(self.path + query, method="GET"),
            Request(self.path, method="GET"),
        ]


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)
