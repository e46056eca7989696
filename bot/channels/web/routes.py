"""The addresses of the website's chat: session, photos, socket.

The protocol is described in docs/architecture.md. A client connects, says hello with its token and the number
of the last message it has seen, gets what it missed, and from then on every event as it happens.
"""

from __future__ import annotations

import functools
import logging
from typing import Any

from aiohttp import web

from bot.channels.web.channel import WebChannel
from bot.channels.web.client_session import serve_socket
from bot.conversation import photo_intake, sessions
from bot.conversation.sessions import Session, TokenError
from bot.conversation.texts import say
from bot.door import answers, request_body, uploads
from bot.door.headers import caller, origin_allowed
from bot.door.websocket import WebSocket
from bot.settings import LANGUAGES, settings

logger = logging.getLogger(__name__)


def add_routes(app: web.Application, channel: WebChannel) -> None:
    """Add the routes."""
    app.router.add_post("/chat/session", functools.partial(_session, channel))
    app.router.add_post("/chat/photos", functools.partial(_upload, channel))
    app.router.add_get("/chat/photos/{photo}", _photo)
    app.router.add_get("/chat/socket", functools.partial(_socket, channel))


async def _socket(channel: WebChannel, request: web.Request) -> web.StreamResponse:
    # Before the handshake: a page that may not talk to us gets no socket at all.
    if not origin_allowed(request, settings()):
        return refuse(403, "bad_origin", uploads.browser_language(request))
    socket = await WebSocket.accept(request)
    await serve_socket(channel, socket)
    return socket.response


async def _session(channel: WebChannel, request: web.Request) -> web.Response:
    body = await _json_object(request)
    language = body.get("language") if body else None
    language = language if language in LANGUAGES else uploads.browser_language(request)
    if body is None:
        return refuse(400, "bad_request", language)
    if not origin_allowed(request, settings()):
        return refuse(403, "bad_origin", language)
    try:
        session = sessions.renew(sessions.read(body.get("token")), language)
    except TokenError:
        if not channel.session_limit.allow(caller(request, settings())):
            return refuse(429, "too_many_sessions", language, retry_after=60)
        session = sessions.start(language)
    return answers.data(
        {
            "token": session.token,
            "conversation": session.conversation,
            "language": session.language,
            "expires": session.expires,
        },
        headers={"Cache-Control": "no-store"},
    )


async def _upload(channel: WebChannel, request: web.Request) -> web.Response:
    language = uploads.browser_language(request)
    if not origin_allowed(request, settings()):
        return refuse(403, "bad_origin", language)
    try:
        session = bearer(request)
    except TokenError:
        return refuse(401, "bad_token", language)
    language = uploads.page_language(request) or session.language
    if not channel.photo_limit.allow(session.conversation):
        return refuse(429, "too_many_photos", language, retry_after=60)
    try:
        photo = await photo_intake.admit(session.conversation, await uploads.receive(request))
    except photo_intake.PhotoRefused as error:
        return refuse(413 if error.code in ("too_large", "too_many_pixels") else 422, error.code, language)
    except Exception:
        logger.exception("A photo could not be stored")
        return refuse(503, "unavailable", language)
    return answers.data({"photo": photo, "url": f"/chat/photos/{photo}"}, 201)


async def _photo(request: web.Request) -> web.Response:
    photo = request.match_info["photo"]
    try:
        owner = sessions.photo_owner(request.query.get("token"))
    except TokenError:
        return refuse(401, "bad_token", uploads.browser_language(request))
    try:
        stored = await photo_intake.fetch(photo, owner) if len(photo) <= 100 else None
    except Exception:
        return refuse(503, "unavailable", uploads.browser_language(request))
    if stored is None:
        return refuse(404, "photo_gone", uploads.browser_language(request))
    return web.Response(
        body=stored.data,
        content_type="image/jpeg",
        headers={
            "Cache-Control": "private, max-age=86400",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def bearer(request: web.Request) -> Session:
    """The session of an Authorization header; raises `TokenError`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenError("no token")
    return sessions.read(token.strip())


def refuse(status: int, code: str, language: str | None, *, retry_after: int | None = None) -> web.Response:
    """A refusal that a person can read."""
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(retry_after)} if retry_after else {})}
    return answers.data({"code": code, "text": say(code, language)}, status, headers=headers)


async def _json_object(request: web.Request) -> dict[str, Any] | None:
    """The object that was sent; {} where nothing was, None where something else was."""
    if not request.can_read_body:
        return {}
    try:
        body = await request_body.read_json(request)
    except ValueError:
        return None
    except request_body.TooLarge:
        raise web.HTTPRequestEntityTooLarge(request_body.MAX_JSON) from None
    return body if isinstance(body, dict) else None
