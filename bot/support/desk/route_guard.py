"""The door of every REST route: who asks, may he, in which language; and every refusal in one form."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.door import answers, request_body
from bot.support.accounts import desk_sessions
from bot.support.accounts.desk_sessions import Session
from bot.support.accounts.roles import Action, Agent, may
from bot.support.desk.page_texts import language_of
from bot.support.desk.refusals import Refused, refusal
from bot.support.desk.security import COOKIE, own_origin, secure
from bot.support.desk.server import DeskServer

MAX_JSON = 64 * 1024  # bytes of a request's body

Handler = Callable[..., Coroutine[Any, Any, web.Response]]


@dataclass(frozen=True)
class Visit:
    """A request of an agent who is signed in."""

    session: Session
    language: str

    @property
    def agent(self) -> Agent:
        return self.session.agent


def signed_in(
    desk: DeskServer, *, change: bool = False, action: Action | None = None
) -> Callable[[Handler], Handler]:
    """Let only agents through: `handler(request, visit, …)`, with the parts of the address by their names.

    A `change` needs the session's CSRF token and comes from the desk's own page; `action` is what the role
    must allow.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.Response:
            async def work(language: str) -> web.Response:
                if change:
                    check_origin(desk, request)
                session = await asyncio.to_thread(desk_sessions.read, request.cookies.get(COOKIE))
                if session is None:
                    raise Refused("signed_out")
                if change and not session.csrf_matches(request.headers.get("x-csrf-token")):
                    raise Refused("bad_csrf")
                if action is not None and not may(session.agent, action):
                    raise Refused("forbidden")
                if not desk.request_limit.allow(str(session.agent.id)):
                    raise Refused("too_many", retry_after=5)
                return await handler(request, Visit(session, language), **request.match_info)

            return await answered(request, work)

        return guarded

    return decorate


async def answered(request: web.Request, work: Callable[[str], Awaitable[web.Response]]) -> web.Response:
    """What `work(language)` answers; whatever it raises becomes a refusal that a person can read."""
    language = language_of(request)
    try:
        response = await work(language)
    except Exception as error:
        refused = refusal(error)
        response = data(refused.body(language), refused.status)
        if refused.retry_after:
            response.headers["Retry-After"] = str(refused.retry_after)
    secure(response)
    return response


def check_origin(desk: DeskServer, request: web.Request) -> None:
    """Browsers name the page on every change; programs name none, and have no cookie by accident."""
    if request.headers.get("origin") is not None and not own_origin(request, desk.settings):
        raise Refused("bad_origin")


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; raises `Refused`."""
    try:
        given = await request_body.read(request, MAX_JSON)
    except request_body.TooLarge:
        raise Refused("too_large") from None
    except request_body.Incomplete:
        raise Refused("bad_request") from None
    # A form of another site can post text, never this type.
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Refused("bad_request")
    try:
        body = json.loads(given)
    except (ValueError, RecursionError):
        raise Refused("bad_request") from None
    if not isinstance(body, dict):
        raise Refused("bad_request")
    return body


def data(body: Any, status: int = 200) -> web.Response:
    """JSON that nobody keeps."""
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return answers.data(body, status, headers=headers)
