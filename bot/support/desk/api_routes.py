"""What the desk's page asks for: conversations, products, search, suggestions, the lead's figures.

GET api/conversations/ID     GET api/conversations/ID/messages?before=SEQ     GET api/search?q=&page=
GET api/products?q=&language=     GET api/suggest/ID     GET api/lead?hours=
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.conversation.incoming import clean
from bot.settings import LANGUAGES
from bot.support.desk import access, figures, message_search, product_search, views
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import Visit, data, signed_in
from bot.support.desk.server import DeskServer

LONGEST_QUERY = 200  # characters
_MOST = 2**31 - 1


def routes(desk: DeskServer) -> web.RouteTableDef:
    """The routes."""
    table = web.RouteTableDef()

    @table.get("/desk/api/conversations/{ident}")
    @signed_in(desk)
    async def conversation(request: web.Request, visit: Visit, ident: str) -> web.Response:
        return data(await asyncio.to_thread(views.conversation, visit.agent, ident, visit.language))

    @table.get("/desk/api/conversations/{ident}/messages")
    @signed_in(desk)
    async def messages(request: web.Request, visit: Visit, ident: str) -> web.Response:
        before = _whole(request, "before", None)
        seen = await asyncio.to_thread(access.conversation, visit.agent, ident)
        return data(await asyncio.to_thread(views.page, seen.conversation, visit.language, before))

    @table.get("/desk/api/products")
    @signed_in(desk, action="answer")
    async def product_list(request: web.Request, visit: Visit) -> web.Response:
        named = request.query.get("language")
        language = named if named in LANGUAGES else visit.language
        return data({"products": await asyncio.to_thread(product_search.find, _query(request), language)})

    @table.get("/desk/api/search")
    @signed_in(desk, action="search")
    async def find(request: web.Request, visit: Visit) -> web.Response:
        page = _whole(request, "page", 1) or 1
        return data(await asyncio.to_thread(message_search.find, visit.agent, _query(request), page))

    @table.get("/desk/api/suggest/{ident}")
    @signed_in(desk, action="suggest")
    async def suggestion(request: web.Request, visit: Visit, ident: str) -> web.Response:
        if not desk.suggest_limit.allow(str(visit.agent.id)):
            raise Refused("too_many", retry_after=5)
        seen = await asyncio.to_thread(access.conversation, visit.agent, ident)
        return data(await desk.dialogue.suggest(seen.conversation, seen.channel))

    @table.get("/desk/api/lead")
    @signed_in(desk, action="figures")
    async def lead(request: web.Request, visit: Visit) -> web.Response:
        hours = _whole(request, "hours", 24) or 24
        return data(await asyncio.to_thread(figures.figures, min(hours, figures.MOST_HOURS)))

    return table


def _query(request: web.Request) -> str:
    return clean(request.query.get("q") or "")[:LONGEST_QUERY]


def _whole(request: web.Request, name: str, default: int | None) -> int | None:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not 0 < int(text[:12]) <= _MOST:
        raise Refused("bad_request")
    return int(text[:12])
