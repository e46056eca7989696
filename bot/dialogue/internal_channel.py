"""The one channel that Rasa has: the door asks by it, over loopback, with a secret.

    POST /turn     {conversation, text, channel, id, state}    {"replies": [Rasa's responses]}
    POST /tell     {conversation}                               {"told": number}
    POST /erase    {conversation}                               {"erased": number}
    POST /suggest  {conversation, channel}                      {"text", "cards"}
    GET  /health                                                200 when a turn would be answered

Whoever cuts the line ends the turn: nothing of it is kept, so that it can be begun anew elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels import channel as rasa_channel
from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.dialogue import secret, suggested_answer
from bot.dialogue.output import ActionFailed, CollectedOutput
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

WARM_UP = ("hello, a red dress under 50", "你好，想买一条红色连衣裙")


class InternalChannel(rasa_channel.InputChannel):
    """See the module; `credentials.yml` names this class."""

    def __init__(self) -> None:
        self._warm = False

    @classmethod
    def name(cls) -> str:
        return "door"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InternalChannel:
        """Called by Rasa. What stands under it in `credentials.yml` (the messengers) is the door's."""
        return cls()

    def url_prefix(self) -> str:
        """An absolute path: Rasa joins it to /webhooks/, so this mounts us at the root."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; called by Rasa with the function that answers a message."""
        blueprint = Blueprint("door")
        blueprint.on_request(_only_the_door)

        @blueprint.listener("after_server_start")
        async def warm(app: Sanic, loop: Any) -> None:
            app.add_task(self._warm_up(app))

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return json({"ready": self._warm}, 200 if self._warm else 503)

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            return await _turn(on_new_message, request.json)

        @blueprint.exception(Unavailable)
        async def unavailable(request: Request, error: Exception) -> HTTPResponse:
            return json({"error": "the database does not answer"}, 503)

        @blueprint.post("/tell")
        async def tell(request: Request) -> HTTPResponse:
            store = request.app.ctx.agent.tracker_store
            return json({"told": await store.tell(request.json["conversation"])})

        @blueprint.post("/erase")
        async def erase(request: Request) -> HTTPResponse:
            store = request.app.ctx.agent.tracker_store
            return json({"erased": await store.erase(request.json["conversation"])})

        @blueprint.post("/suggest")
        async def suggest(request: Request) -> HTTPResponse:
            body = request.json
            agent = request.app.ctx.agent
            found = await suggested_answer.suggestion(agent, body["conversation"], body["channel"])
            return json(found, ensure_ascii=False)

        return blueprint

    async def _warm_up(self, app: Sanic) -> None:
        # Encoder, word lists and matchers are loaded with the first message: let it not be a customer's.
        agent = app.ctx.agent
        if not agent.is_ready():
            return
        for text in WARM_UP:
            try:
                await agent.parse_message(text)
            except Exception as error:
                logger.warning("Warming up failed: %s", error)
        self._warm = True


async def _only_the_door(request: Request) -> HTTPResponse | None:
    if request.path == "/health" or secret.proven(request.headers.get(secret.HEADER)):
        return None
    return json({"error": "not the door"}, 401)


async def _turn(answer: Callable[[UserMessage], Awaitable[Any]], body: dict[str, Any]) -> HTTPResponse:
    output = CollectedOutput(body["channel"])
    message = UserMessage(
        body["text"],
        output,
        body["conversation"],
        input_channel=body["channel"],
        message_id=body["id"],
        metadata=body["state"],
    )
    try:
        await answer(message)
    except (Exception, ActionFailed) as error:
        why = _short(error)
        logger.error("A turn failed: %s", why)
        return json({"error": why}, 500)
    return json({"replies": output.responses}, ensure_ascii=False)


def _short(error: BaseException) -> str:
    """One line for the log."""
    lines = str(error.__cause__ or error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
