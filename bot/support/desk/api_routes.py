"""What the desk's page asks for: conversations, products, search, suggestions, the lead's figures.

GET api/conversations/ID     GET api/conversations/ID/messages?before=SEQ     GET api/search?q=&page=
GET api/products?q=&language=     GET api/suggest/ID     GET api/lead?hours=
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.incoming import clean
from bot.dialogue import suggestions
from bot.settings import LANGUAGES
from bot.support.desk import access, figures, message_search, product_search, views
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import Visit, data, signed_in

if TYPE_CHECKING:
    from bot.support.desk.server import DeskServer

LONGEST_QUERY = 200  # characters
_MOST = 2**31 - 1


def add_routes(blueprint: Blueprint, desk: DeskServer) -> None:
    """Add the routes."""

    @blueprint.get("/api/conversations/<ident:str>")
    @signed_in(desk)
    async def conversation(request: Request, visit: Visit, ident: str) -> HTTPResponse:
        return data(await asyncio.to_thread(views.conversation, visit.agent, ident, visit.language))

    @blueprint.get("/api/conversations/<ident:str>/messages")
    @signed_in(desk)
    async def messages(request: Request, visit: Visit, ident: str) -> HTTPResponse:
        before = _whole(request, "before", None)
        seen = await asyncio.to_thread(access.conversation, visit.agent, ident)
        return data(await asyncio.to_thread(views.page, seen.conversation, visit.language, before))

    @blueprint.get("/api/products")
    @signed_in(desk, action="answer")
    async def product_list(request: Request, visit: Visit) -> HTTPResponse:
        named = request.args.get("language")
        language = named if named in LANGUAGES else visit.language
        return data({"products": await asyncio.to_thread(product_search.find, _query(request), language)})

    @blueprint.get("/api/search")
    @signed_in(desk, action="search")
    async def find(request: Request, visit: Visit) -> HTTPResponse:
        page = _whole(request, "page", 1) or 1
        return data(await asyncio.to_thread(message_search.find, visit.agent, _query(request), page))

    @blueprint.get("/api/suggest/<ident:str>")
    @signed_in(desk, action="suggest")
    async def suggestion(request: Request, visit: Visit, ident: str) -> HTTPResponse:
        if not desk.suggest_limit.allow(str(visit.agent.id)):
            raise Refused("too_many", retry_after=5)
        seen = await asyncio.to_thread(access.conversation, visit.agent, ident)
        agent = getattr(request.app.ctx, "agent", None)
        return data(await suggestions.suggestion(agent, seen.conversation, seen.channel))

    @blueprint.get("/api/lead")
    @signed_in(desk, action="figures")
    async def lead(request: Request, visit: Visit) -> HTTPResponse:
        hours = _whole(request, "hours", 24) or 24
        return data(await asyncio.to_thread(figures.figures, min(hours, figures.MOST_HOURS)))


def _query(request: Request) -> str:
    return clean(request.args.get("q") or "")[:LONGEST_QUERY]


def _whole(request: Request, name: str, default: int | None) -> int | None:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not 0 < int(text[:12]) <= _MOST:
        raise Refused("bad_request")
    return int(text[:12])
