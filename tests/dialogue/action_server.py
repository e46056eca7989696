"""A real action server that does as it is told, and a channel that wants to know of failures."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from aiohttp import web
from rasa.core.channels.channel import CollectingOutputChannel


class Ended(BaseException):
    """As the channel ends a turn: not to be swallowed."""


class Output(CollectingOutputChannel):
    """A channel that wants to know."""

    def action_failed(self, action: str, error: BaseException) -> None:
        raise Ended(action) from error


class ActionServer:
    """A real one on a free port; `answer` says what it does."""

    def __init__(self) -> None:
        self.answer: Callable[[web.Request, dict[str, Any]], Any] = lambda request, body: {}
        self.url = ""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        made = self.answer(request, await request.json())
        if inspect.isawaitable(made):
            made = await made
        return made if isinstance(made, web.StreamResponse) else web.json_response(made)


def rejection(request: web.Request, body: Any) -> web.Response:
    return web.json_response({"action_name": body["next_action"], "error": "not now"}, status=400)
