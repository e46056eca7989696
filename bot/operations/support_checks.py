"""What `python -m bot doctor` says of people who answer: when, who, where, and what becomes of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import sqlalchemy as sa
import yaml

from bot.finding import Finding, one_line
from bot.settings import LANGUAGES, ROOT, redis_url
from bot.support import owner_settings
from bot.support.accounts import agents as accounts
from bot.support.accounts import presence
from bot.support.handoff import announcements
from bot.support.integrations import registry, settings
from bot.support.integrations.tickets import outbox
from bot.support.integrations.tickets import registry as ticket_registry
from bot.support.integrations.tickets.base import Target
from bot.support.opening_hours import Hours
from bot.support.owner_settings import HandoffSettings
from shop.customers import agent_agreement
from storage import database, events
from storage.backoff import Later, Refused
from storage.timeouts import within

SECONDS = 15.0  # for an answer from outside


def handoff() -> Iterator[Finding]:
    """The owner's file: does it make sense, is it switched on, when do people answer?"""
    file = owner_settings.path()
    try:
        current = owner_settings.load(file)
    except ValueError as error:
        yield Finding(
            "bad",
            f"when a person takes over: {one_line(error)}",
            f"put {file} right: until then a running assistant keeps its last good state",
        )
        return
    if not current.enabled:
        yield Finding("note", f"customers get no person (enabled: false in {file.name})")
        return
    if strange := _strange_slots(current):
        yield Finding(
            "note",
            f"{file.name}: return_slots: {', '.join(strange)} is no slot of domain.yml",
            "what agents agree on there is lost",
        )
    for group in current.groups:
        yield from _hours(group, current.hours_of(group), current)


def _strange_slots(current: HandoffSettings) -> list[str]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return sorted(set(current.return_slots) - set(domain.get("slots") or {}) - set(agent_agreement.FIELDS))


def _hours(group: str, hours: Hours, current: HandoffSettings) -> Iterator[Finding]:
    if group != current.default_group and group not in current.group_hours:
        return  # the shop's, which were told
    who = "people answer" if group == current.default_group else f"the group {group} answers"
    now = datetime.now(timezone.utc)
    if hours.always:
        yield Finding("ok", f"hours: {who} at any time")
    elif hours.is_open(now):
        yield Finding("ok", f"hours: {who} now ({hours.zone_name})")
    elif (back := hours.next_opening(now)) is not None:
        yield Finding("ok", f"hours: {who} again {announcements.back('en', back, now)}")
    else:
        yield Finding(
            "bad",
            f"hours: {who} at no time",
            f"write opening hours into {owner_settings.path().name}, or: always",
        )


def desk() -> Iterator[Finding]:
    """Our own desk: accounts, groups, who is there. Or the desk outside: does it answer?"""
    current = _current()
    if current is None:
        return
    if settings.desk_name() != "own":
        yield from _outside()
        return
    if not database.healthy():
        return  # which is told elsewhere
    outside = tuple(f"{name}." for name in settings.desks() if name != "own")
    known = accounts.listing(active=True) if _tables("agents") else []
    agents = [each for each in known if not each.login.startswith(outside)]
    if not agents:
        yield Finding(
            "note",
            "nobody can sign in to the desk: who asks for a person is asked for an e-mail",
            "python -m bot agent add LOGIN",
        )
        return
    there = presence.everyone()
    online = sum(there.get(agent.id) == "online" for agent in agents)
    yield Finding("ok", f"desk: who may sign in at /desk: {len(agents)}, who is there now: {online}")
    for group in current.groups:
        if not any(group in agent.groups for agent in agents):
            yield Finding(
                "note",
                f"nobody is in the group {group}: who is sent there is asked for an e-mail",
                f"python -m bot agent change LOGIN --groups {group}",
            )
    spoken = {language for agent in agents for language in agent.languages}
    if current.require_language and (silent := sorted(set(LANGUAGES) - spoken)):
        yield Finding(
            "note",
            f"nobody speaks {', '.join(silent)}, and a conversation waits for somebody who does",
            "python -m bot agent change LOGIN --languages en,zh; or assignment: language: prefer",
        )


def _outside() -> Iterator[Finding]:
    desk = registry.make()  # a setting that makes no sense is the doctor's to tell
    try:
        count = asyncio.run(within(SECONDS, desk.check()))
    except (Later, Refused, asyncio.TimeoutError) as error:
        yield Finding(
            "bad",
            f"{desk.name} cannot be used: {one_line(error)}",
            "see docs/desks; what customers write is kept until it answers",
        )
        return
    if count == 0:
        yield Finding("bad", f"{desk.name}: nobody is in the inbox", "add agents to it there")
    else:
        who = f", agents in the inbox: {count}" if count else ""
        yield Finding("ok", f"desk: {desk.name} answers{who}")


def tickets() -> Iterator[Finding]:
    """What becomes of those to whom nobody came: is there a ticket system, does it take tickets?"""
    if _current() is None:
        return
    name = settings.tickets_name()
    waiting = _waiting() if _tables("handoffs") else 0
    desk = settings.desk_name()
    if name == "none" and desk != "own":
        yield Finding("ok", f"who finds nobody there stays pending in {desk}")
        return
    if name == "none":
        yield Finding(
            "bad" if waiting else "note",
            f"customers who wait for an answer by e-mail while nobody is told: {waiting}"
            if waiting
            else "who finds nobody there is asked for an e-mail, which then stays here",
            "set SHOP_TICKETS to mail or helpdesk: what was left until then is sent, too",
        )
        return
    target = ticket_registry.make()
    assert target is not None
    try:
        asyncio.run(within(SECONDS, _checked(target)))
    except (Later, Refused, asyncio.TimeoutError) as error:
        yield Finding(
            "bad",
            f"tickets cannot be sent by {name}: {one_line(error)}",
            "they wait, and are sent when it works again",
        )
    else:
        yield Finding("ok", f"tickets go out by {name}")
    dead = [ticket for ticket in outbox.listing() if ticket.state == "dead"] if _tables("tickets") else []
    if dead:
        yield Finding(
            "bad",
            f"tickets that were given up: {len(dead)}",
            "python -m bot tickets list says why; then: python -m bot tickets resend",
        )


async def _checked(target: Target) -> None:
    try:
        await target.check()
    finally:
        await target.close()


def processes() -> Iterator[Finding]:
    """Several server processes need a Redis, that one turn of a conversation goes on at a time."""
    if url := redis_url():
        from bot.turns.locks import TurnLocks

        if asyncio.run(within(SECONDS, TurnLocks(url=url).healthy())):
            yield Finding("ok", "Redis answers: several server processes may run")
        else:
            yield Finding(
                "bad", "Redis (SHOP_REDIS_URL) does not answer: nobody is answered", "start it, or unset it"
            )
        return
    if not database.healthy():
        return
    with database.session() as connection:
        running = events.listeners(connection)
    if running > 1:
        yield Finding(
            "bad",
            f"server processes without a Redis: {running}; two may answer one conversation at once",
            "set SHOP_REDIS_URL for all of them",
        )


CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "handoff": handoff, "desk": desk, "tickets": tickets, "processes": processes,
}  # fmt: skip


def _current() -> HandoffSettings | None:
    """The settings, if people answer at all; what is wrong with them `handoff` has told."""
    try:
        current = owner_settings.load(owner_settings.path())
    except ValueError:
        return None
    return current if current.enabled else None


def _tables(name: str) -> bool:
    """Whether a table is there: the first start makes them."""
    if not database.healthy():
        return False
    with database.session() as connection:
        query = sa.text("SELECT to_regclass(:name) IS NOT NULL")
        return bool(connection.execute(query, {"name": name}).scalar_one())


def _waiting() -> int:
    with database.session() as connection:
        query = sa.text(
            "SELECT count(*) FROM handoffs WHERE state = 'offline_ticket' AND ticket IS NULL AND NOT erased "
            "AND email IS NOT NULL"
        )
        return int(connection.execute(query).scalar_one())
