"""The website's channel: session, photo door, socket and pages, mounted at the root of Rasa's own server.

The protocol is described in docs/architecture.md. A client connects, says hello with its token and the number
of the last message it has seen, gets what it missed, and from then on every event as it happens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from bot.channels.runtime import tables as messengers
from bot.channels.web.client_session import serve_socket
from bot.channels.web.live_updates import Live
from bot.channels.web.signals import PER_MINUTE
from bot.conversation import messages, photos, sessions
from bot.conversation.messages import Message
from bot.conversation.sessions import Session, TokenError
from bot.conversation.texts import say
from bot.door import pages, uploads
from bot.door.headers import caller, origin_allowed, secure
from bot.door.rate_limits import RateLimit
from bot.door.sockets import Hub
from bot.operations import support_routes
from bot.settings import LANGUAGES, MAX_FRAME, redis_url, settings
from bot.support.accounts import tables as agents
from bot.turns import message_events
from bot.turns.channel import Channel

logger = logging.getLogger(__name__)


class WebBlueprint(Blueprint):
    """A blueprint that also takes Rasa's own page ("Hello from Rasa") and sets limits on the whole server."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Mount the routes; called by Rasa."""
        super().register(app, options)
        app.config.WEBSOCKET_MAX_SIZE = MAX_FRAME
        app.config.REQUEST_MAX_SIZE = uploads.MAX_BODY
        app.config.FALLBACK_ERROR_FORMAT = "text"
        app.register_middleware(_before_routes, "request")
        app.register_middleware(_secure, "response")
        support_routes.mount(app, self.ctx.channel)


async def _before_routes(request: Request) -> HTTPResponse | None:
    # Rasa has its own route for "/", and a second one is refused; so ours answers before routing.
    if request.path == "/" and request.method in ("GET", "HEAD"):
        return await pages.page(request, "index")
    # Before the handshake: a page that may not talk to us gets no socket at all.
    if request.path == "/chat/socket" and not origin_allowed(request, settings()):
        return refuse(403, "bad_origin", uploads.browser_language(request))
    return None


async def _secure(request: Request, response: Any) -> None:
    if response is not None:
        secure(response)


class WebChannel(Channel):
    """See the module; `credentials.yml` names this class."""

    banner = True
    stars = True

    def __init__(self) -> None:
        super().__init__()
        self.settings = settings()
        self.hub = Hub()
        self.message_limit = RateLimit(self.settings.messages_per_minute)
        self.photo_limit = RateLimit(self.settings.photos_per_minute)
        self.session_limit = RateLimit(self.settings.sessions_per_minute)
        self.signal_limit = RateLimit(PER_MINUTE)
        self.live = Live(self.hub, self._draw)
        self.listener = self.live.listener  # the process's one; the desk hears it, too
        self._sweeper: asyncio.Task[None] | None = None
        self._is_warm = False

    @classmethod
    def name(cls) -> str:
        return "web"

    def url_prefix(self) -> str:
        """An absolute path: Rasa joins it to /webhooks/, so this mounts us at the root."""
        return "/"

    # --- out ------------------------------------------------------------------------------------------------

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        if stored:
            await self.live.feed.show(conversation, stored)

    async def refresh(self, conversation: str) -> None:
        await self.live.feed.show(conversation)

    async def _draw(self, stored: Sequence[Message]) -> list[dict[str, Any]]:
        return [{"type": "event", **event} for event in await message_events.events(self, stored)]

    async def typing(self, conversation: str, on: bool) -> None:
        self.hub.send(conversation, {"type": "typing", "on": on, "who": "bot"})

    async def done(self, message: Message) -> None:
        self.hub.send(message.conversation, {"type": "done", "id": message.client_id})

    async def trouble(self, message: Message, text: str) -> None:
        frame = {"type": "error", "code": "unavailable", "text": text, "id": message.client_id}
        self.hub.send(message.conversation, frame)

    async def erased(self, conversation: str, before: int) -> None:
        if not self.listener.connected:  # else the event says it, here and everywhere
            await self.live.feed.erased(conversation, before)

    # --- routes ---------------------------------------------------------------------------------------------

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; called by Rasa with the function that answers a message."""
        self.handle = on_new_message
        blueprint = WebBlueprint("shop_web")
        blueprint.ctx.channel = self

        @blueprint.listener("before_server_start")
        async def start(app: Sanic, loop: Any) -> None:
            self.tracker_store = lambda: app.ctx.agent.tracker_store
            self.lock_store = lambda: getattr(app.ctx.agent, "lock_store", None)
            app.config.GRACEFUL_SHUTDOWN_TIMEOUT = (
                2.0  # sockets are never idle; clients come back by themselves
            )
            await asyncio.to_thread(_migrate)
            await self.live.start()
            self._sweeper = asyncio.create_task(photos.sweep())

        @blueprint.listener("after_server_start")
        async def warm(app: Sanic, loop: Any) -> None:
            app.add_task(self._warm(app))

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, loop: Any) -> None:
            if self._sweeper:
                self._sweeper.cancel()
            await self.live.stop()

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await self._health(request)

        @blueprint.post("/chat/session")
        async def session(request: Request) -> HTTPResponse:
            return self._session(request)

        @blueprint.post("/chat/photos", stream=True)
        async def upload(request: Request) -> HTTPResponse:
            return await self._upload(request)

        @blueprint.get("/chat/photos/<photo:str>")
        async def photo(request: Request, photo: str) -> HTTPResponse:
            return await self._photo(request, photo)

        @blueprint.websocket("/chat/socket")
        async def socket(request: Request, ws: Any) -> None:
            await serve_socket(self, ws)

        pages.add_routes(blueprint)
        return blueprint

    async def _warm(self, app: Sanic) -> None:
        # Encoder, word lists and matchers are loaded with the first message: let it not be a customer's.
        agent = app.ctx.agent
        if not agent.is_ready():
            return
        for text in ("hello, a red dress under 50", "你好，想买一条红色连衣裙"):
            try:
                await agent.parse_message(text)
            except Exception as error:
                logger.warning("Warming up failed: %s", error)
        self._is_warm = True

    async def _health(self, request: Request) -> HTTPResponse:
        """200 when a message would be answered; else 503 with what is missing. Asked by the supervisor and
        proxies.
        """
        agent = getattr(request.app.ctx, "agent", None)
        model = bool(self._is_warm and agent is not None and agent.is_ready())
        database, actions = await asyncio.gather(
            asyncio.to_thread(pages.database_answers), pages.actions_answer(self.settings.actions_url)
        )
        parts = {"model": model, "database": database, "actions": actions}
        if redis_url():
            parts["redis"] = await self._own_locks.healthy()
        return json(
            {"status": "ok" if all(parts.values()) else "degraded", **parts},
            200 if all(parts.values()) else 503,
        )

    def _session(self, request: Request) -> HTTPResponse:
        body = _json_object(request)
        language = body.get("language") if body else None
        language = language if language in LANGUAGES else uploads.browser_language(request)
        if body is None:
            return refuse(400, "bad_request", language)
        if not origin_allowed(request, self.settings):
            return refuse(403, "bad_origin", language)
        try:
            session = sessions.renew(sessions.read(body.get("token")), language)
        except TokenError:
            if not self.session_limit.allow(caller(request, self.settings)):
                return refuse(429, "too_many_sessions", language, retry_after=60)
            session = sessions.start(language)
        return json(
            {
                "token": session.token,
                "conversation": session.conversation,
                "language": session.language,
                "expires": session.expires,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _upload(self, request: Request) -> HTTPResponse:
        language = uploads.browser_language(request)
        if not origin_allowed(request, self.settings):
            return refuse(403, "bad_origin", language)
        try:
            session = bearer(request)
        except TokenError:
            return refuse(401, "bad_token", language)
        language = uploads.page_language(request) or session.language
        if not self.photo_limit.allow(session.conversation):
            return refuse(429, "too_many_photos", language, retry_after=60)
        try:
            photo = await photos.admit(session.conversation, await uploads.receive(request))
        except photos.PhotoRefused as error:
            return refuse(
                413 if error.code in ("too_large", "too_many_pixels") else 422, error.code, language
            )
        except Exception:
            logger.exception("A photo could not be stored")
            return refuse(503, "unavailable", language)
        return json({"photo": photo, "url": f"/chat/photos/{photo}"}, 201)

    async def _photo(self, request: Request, photo: str) -> HTTPResponse:
        try:
            owner = sessions.photo_owner(request.args.get("token"))
        except TokenError:
            return refuse(401, "bad_token", uploads.browser_language(request))
        try:
            stored = await photos.fetch(photo, owner) if len(photo) <= 100 else None
        except Exception:
            return refuse(503, "unavailable", uploads.browser_language(request))
        if stored is None:
            return refuse(404, "photo_gone", uploads.browser_language(request))
        return raw(
            stored.data,
            content_type="image/jpeg",
            headers={
                "Cache-Control": "private, max-age=86400",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )


def bearer(request: Request) -> Session:
    """The session of an Authorization header; raises `TokenError`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenError("no token")
    return sessions.read(token.strip())


def refuse(status: int, code: str, language: str | None, *, retry_after: int | None = None) -> HTTPResponse:
    """A refusal that a person can read."""
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(retry_after)} if retry_after else {})}
    return json({"code": code, "text": say(code, language)}, status, headers=headers, ensure_ascii=False)


def _migrate() -> None:
    messages.migrate()
    agents.migrate()  # the hand-over asks who is there, whether the desk's pages are mounted or not
    messengers.migrate()


def _json_object(request: Request) -> dict[str, Any] | None:
    if not request.body:
        return {}
    try:
        body = request.json
    except Exception:  # sanic's InvalidUsage, and what ujson raises on broken surrogates
        return None
    return body if isinstance(body, dict) else None
