"""What leads look after: the accounts of agents, and the canned replies that everybody uses.

GET api/agents   POST api/agents {login, name, password, role, groups, languages, max_load}
                 POST api/agents/ID {any of these but the login, active}
GET api/canned   POST api/canned {…}   PUT, DELETE api/canned/ID
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.conversation.incoming import clean
from bot.settings import LANGUAGES
from bot.support.accounts import agents as accounts
from bot.support.accounts import canned_replies
from bot.support.accounts.roles import Agent
from bot.support.desk.refusals import Refused
from bot.support.desk.route_guard import Visit, body_of, data, signed_in
from bot.support.desk.server import DeskServer
from bot.support.desk.welcome import myself

_NUMBER = r"{number:\d{1,9}}"


def routes(desk: DeskServer) -> web.RouteTableDef:
    """The routes."""
    table = web.RouteTableDef()

    @table.get("/desk/api/agents")
    @signed_in(desk, action="manage_agents")
    async def agents(request: web.Request, visit: Visit) -> web.Response:
        return data({"agents": [myself(each) for each in await asyncio.to_thread(accounts.listing)]})

    @table.post("/desk/api/agents")
    @signed_in(desk, change=True, action="manage_agents")
    async def add_agent(request: web.Request, visit: Visit) -> web.Response:
        body = await body_of(request)
        given = {"login": _text(body, "login"), "password": _text(body, "password"), **_account(body)}
        given.setdefault("name", given["login"])
        made = await asyncio.to_thread(lambda: accounts.add(**given, by=visit.agent))
        return data({"agent": myself(made)}, 201)

    @table.post(f"/desk/api/agents/{_NUMBER}")
    @signed_in(desk, change=True, action="manage_agents")
    async def change_agent(request: web.Request, visit: Visit, number: str) -> web.Response:
        body = await body_of(request)
        return data({"agent": myself(await asyncio.to_thread(_change, int(number), body, visit.agent))})

    @table.get("/desk/api/canned")
    @signed_in(desk, action="canned")
    async def replies(request: web.Request, visit: Visit) -> web.Response:
        def work() -> list[dict[str, Any]]:
            values = {language: canned_replies.values_for(visit.agent, language) for language in LANGUAGES}
            return [
                # `text` is for who edits it; `filled` for who sends it: what is left in braces he sees.
                {**asdict(each), "filled": canned_replies.fill(each.text, values[each.language])}
                for each in canned_replies.listing(visit.agent)
            ]

        return data({"canned": await asyncio.to_thread(work)})

    @table.post("/desk/api/canned")
    @signed_in(desk, change=True, action="edit_canned")
    async def add_reply(request: web.Request, visit: Visit) -> web.Response:
        return await _save(None, await body_of(request), visit.agent)

    @table.put(f"/desk/api/canned/{_NUMBER}")
    @signed_in(desk, change=True, action="edit_canned")
    async def change_reply(request: web.Request, visit: Visit, number: str) -> web.Response:
        return await _save(int(number), await body_of(request), visit.agent)

    @table.delete(f"/desk/api/canned/{_NUMBER}")
    @signed_in(desk, change=True, action="edit_canned")
    async def drop_reply(request: web.Request, visit: Visit, number: str) -> web.Response:
        await asyncio.to_thread(lambda: canned_replies.delete(int(number), by=visit.agent))
        return web.Response(status=204)

    return table


async def _save(number: int | None, body: dict[str, Any], agent: Agent) -> web.Response:
    values = {name: clean(_text(body, name)) for name in ("shortcut", "language", "title", "text")}
    group = _text(body, "group") if body.get("group") else None
    saved = await asyncio.to_thread(lambda: canned_replies.save(number, **values, group=group, by=agent))
    return data({"canned": asdict(saved)}, 200 if number else 201)


def _change(number: int, body: dict[str, Any], by: Agent) -> Agent:
    """Everything that is given, one after the other: the first that is refused ends it."""
    steps: list[Callable[[], Agent]] = []
    given = _account(body)
    if given:
        steps.append(lambda: accounts.change(number, **given, by=by))
    if body.get("password"):
        new = _text(body, "password")
        steps.append(lambda: accounts.set_password(number, new, by=by))
    if body.get("active") is not None:
        turn = accounts.activate if body["active"] is True else accounts.deactivate
        steps.append(lambda: turn(number, by=by))
    if not steps:
        raise Refused("bad_request")
    return [step() for step in steps][-1]


def _account(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of an account that are given, of the right kind; their sense is the accounts' matter."""
    given: dict[str, Any] = {}
    for name in ("name", "role"):
        if body.get(name) is not None:
            given[name] = _text(body, name)
    for name in ("groups", "languages"):
        if (value := body.get(name)) is not None:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise Refused("bad_request")
            given[name] = value
    if (load := body.get("max_load")) is not None:
        if not isinstance(load, int) or isinstance(load, bool):
            raise Refused("bad_request")
        given["max_load"] = load
    return given


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > 20_000 or "\0" in value:
        raise Refused("bad_request")
    return value
