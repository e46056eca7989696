"""Photos on the desk: a customer's for those who may see the conversation, an agent's through the same door.

GET  api/photos/ID?conversation=ID        POST api/photos?conversation=ID → 201 {photo}
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot.conversation import photos
from bot.door import uploads
from bot.support.desk import access
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import Visit, data, signed_in

if TYPE_CHECKING:
    from bot.support.desk.server import DeskServer


def add_routes(blueprint: Blueprint, desk: DeskServer) -> None:
    """Add the routes."""

    @blueprint.get("/api/photos/<photo:str>")
    @signed_in(desk)
    async def show(request: Request, visit: Visit, photo: str) -> HTTPResponse:
        seen = await asyncio.to_thread(access.conversation, visit.agent, request.args.get("conversation"))
        stored = await photos.fetch(photo, seen.conversation) if len(photo) <= 100 else None
        if stored is None:
            raise Refused("photo_gone")
        return raw(
            stored.data,
            content_type="image/jpeg",
            headers={
                "Cache-Control": "private, max-age=3600",
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
                "Content-Disposition": "inline",
            },
        )

    @blueprint.post("/api/photos", stream=True)
    @signed_in(desk, change=True, action="answer")
    async def send(request: Request, visit: Visit) -> HTTPResponse:
        handoff = await asyncio.to_thread(access.own, visit.agent, request.args.get("conversation"))
        if not desk.photo_limit.allow(str(visit.agent.id)):
            raise Refused("too_many", retry_after=30)
        photo = await photos.admit(handoff.conversation, await uploads.receive(request))
        return data({"photo": photo}, 201)
