"""Photos on the desk: a customer's for those who may see the conversation, an agent's through the same door.

GET  api/photos/ID?conversation=ID        POST api/photos?conversation=ID → 201 {photo}
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.conversation import photo_intake
from bot.door import uploads
from bot.support.desk import access
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import Visit, data, signed_in
from bot.support.desk.server import DeskServer


def routes(desk: DeskServer) -> web.RouteTableDef:
    """The routes."""
    table = web.RouteTableDef()

    @table.get("/desk/api/photos/{photo}")
    @signed_in(desk)
    async def show(request: web.Request, visit: Visit, photo: str) -> web.Response:
        seen = await asyncio.to_thread(access.conversation, visit.agent, request.query.get("conversation"))
        stored = await photo_intake.fetch(photo, seen.conversation) if len(photo) <= 100 else None
        if stored is None:
            raise Refused("photo_gone")
        return web.Response(
            body=stored.data,
            content_type="image/jpeg",
            headers={
                "Cache-Control": "private, max-age=3600",
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
                "Content-Disposition": "inline",
            },
        )

    @table.post("/desk/api/photos")
    @signed_in(desk, change=True, action="answer")
    async def send(request: web.Request, visit: Visit) -> web.Response:
        handoff = await asyncio.to_thread(access.own, visit.agent, request.query.get("conversation"))
        if not desk.photo_limit.allow(str(visit.agent.id)):
            raise Refused("too_many", retry_after=30)
        photo = await photo_intake.admit(handoff.conversation, await uploads.receive(request))
        return data({"photo": photo}, 201)

    return table
