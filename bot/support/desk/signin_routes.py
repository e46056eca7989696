"""In and out of the desk, and who one is.

POST api/sign-in {login, password}    the cookie, {agent, csrf}     POST api/sign-out
POST api/password {password, new}     signs out everywhere          GET  api/me
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.door.headers import caller
from bot.support.accounts import agents, desk_sessions, signin
from bot.support.accounts.desk_sessions import Session
from bot.support.desk.refusals import Refused, refusal
from bot.support.desk.route_guard import Visit, answered, body_of, check_origin, data, signed_in
from bot.support.desk.security import drop_cookie, set_cookie
from bot.support.desk.server import DeskServer
from bot.support.desk.welcome import desk_settings, myself
from storage import database, events

LONGEST_LOGIN, LONGEST_PASSWORD = 200, 1000


def routes(desk: DeskServer) -> web.RouteTableDef:
    """The routes."""
    table = web.RouteTableDef()

    @table.post("/desk/api/sign-in")
    async def sign_in(request: web.Request) -> web.Response:
        async def work(language: str) -> web.Response:
            check_origin(desk, request)
            address = caller(request, desk.settings)
            if not desk.sign_in_limit.allow(address):
                raise Refused("locked", retry_after=30)
            body = await body_of(request)
            login, password = _text(body, "login", LONGEST_LOGIN), _text(body, "password", LONGEST_PASSWORD)
            session = await asyncio.to_thread(signin.sign_in, login, password, address)
            response = data(_me(session))
            set_cookie(response, request, desk.settings, session.token)
            return response

        return await answered(request, work)

    @table.post("/desk/api/sign-out")
    @signed_in(desk, change=True)
    async def sign_out(request: web.Request, visit: Visit) -> web.Response:
        await asyncio.to_thread(_sign_out, visit)
        response = web.Response(status=204)
        drop_cookie(response, request, desk.settings)
        return response

    @table.post("/desk/api/password")
    @signed_in(desk, change=True)
    async def password(request: web.Request, visit: Visit) -> web.Response:
        body = await body_of(request)
        old, new = _text(body, "password", LONGEST_PASSWORD), _text(body, "new", LONGEST_PASSWORD)
        try:
            await asyncio.to_thread(signin.confirm, visit.agent, old, caller(request, desk.settings))
        except Exception as error:
            refused = refusal(error)
            # 401 means "signed out" everywhere else.
            raise Refused(
                refused.code,
                403 if refused.status == 401 else refused.status,
                retry_after=refused.retry_after,
            ) from error
        await asyncio.to_thread(agents.set_password, visit.agent.id, new, by=visit.agent)
        response = web.Response(status=204)
        drop_cookie(response, request, desk.settings)
        return response

    @table.get("/desk/api/me")
    @signed_in(desk)
    async def me(request: web.Request, visit: Visit) -> web.Response:
        return data({**_me(visit.session), "settings": await asyncio.to_thread(desk_settings)})

    return table


def _sign_out(visit: Visit) -> None:
    desk_sessions.end(visit.session.token)
    # The pages of this session, in all processes, look whether it still holds.
    with database.session() as connection:
        events.publish(connection, "account", {"agent": visit.agent.id, "signed_out": False})


def _me(session: Session) -> dict[str, Any]:
    return {"agent": myself(session.agent), "csrf": session.csrf}


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        raise Refused("bad_request")
    return value
