"""Tickets in a real django-helpdesk: opened through its REST interface and read back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from bot.support import handoff
from bot.support.integrations.settings import HelpdeskSettings
from bot.support.integrations.tickets import Tickets, outbox
from bot.support.integrations.tickets.helpdesk import Helpdesk
from storage import backoff
from tests.support.integrations.conftest import Customer, picture, until
from tests.support.integrations.helpdesk_server import PASSWORD, TOKEN, USER, HelpdeskServer
from tests.support.integrations.proxy import Proxy


@pytest.fixture(scope="module")
def helpdesk() -> Iterator[HelpdeskServer]:
    server = HelpdeskServer()
    server.start()
    yield server
    server.close()


def settings(helpdesk: HelpdeskServer, **changes: Any) -> HelpdeskSettings:
    return HelpdeskSettings(**{"url": helpdesk.url, "queue": 1, "token": TOKEN, **changes})


@pytest.fixture
async def tickets(
    helpdesk: HelpdeskServer, shop: object, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tickets]:
    monkeypatch.setattr(backoff, "TICKET", (0.1,) * 12)
    running = Tickets(Helpdesk(settings(helpdesk)))
    yield running
    await running.stop()


async def get(helpdesk: HelpdeskServer, path: str) -> dict[str, Any]:
    headers = {"Authorization": f"Token {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{helpdesk.url}/api/{path}") as answer,
    ):
        assert answer.status == 200
        return await answer.json()


async def count(helpdesk: HelpdeskServer) -> int:
    return int((await get(helpdesk, "tickets/"))["count"])


def offline(customer: Customer, *pictures: bytes, email: str | None = "ann@example.com") -> handoff.Handoff:
    """A conversation to which nobody came; the customer leaves an e-mail."""
    customer.says("Where is order ORD-1? It is ticket #1 for me.", *pictures)
    customer.hears("Let me see.")
    customer.asks("I want a person")
    found = customer.ends_offline()
    if email:
        left = handoff.leave_email(found.id, customer.says(email))
        assert left is not None
    return customer.handoff


async def sent(number: int = 1) -> list[outbox.Ticket]:
    """Wait until so many tickets are sent."""
    await until(lambda: sum(t.state == "sent" for t in outbox.listing(everything=True)) == number, 30)
    return outbox.listing(everything=True)


async def test_a_ticket_with_photos(helpdesk: HelpdeskServer, tickets: Tickets, customer: Customer) -> None:
    before = await count(helpdesk)
    photos = [picture(colour) for colour in (10, 120, 230)]
    found = offline(customer, *photos)
    assert found.ticket is None
    tickets.start()
    (ticket,) = await sent()
    assert customer.handoff.ticket == ticket.reference == f"T{ticket.id:04}"
    there = await get(helpdesk, f"tickets/{ticket.remote}/")
    assert there["queue"] == 1
    assert there["priority"] == 3
    assert there["submitter_email"] == "ann@example.com"
    assert there["title"].startswith("Chat: asked for a person – I want a person")
    text = there["description"]
    assert "Asked for a person." in text
    assert "E-mail: ann@example.com" in text
    assert "Customer: Where is order ORD-1? It is ticket # 1 for me." in text
    assert "Assistant: Let me see." in text
    assert ticket.mark in text
    opened, more = there["followup_set"]
    assert opened["comment"] == text
    (first,) = opened["followupattachment_set"]
    assert helpdesk.file(first["file"]) == photos[0]
    assert first["mime_type"] == "image/jpeg"
    assert [helpdesk.file(each["file"]) for each in more["followupattachment_set"]] == photos[1:]
    assert more["public"] is False
    # Looked at again, nothing happens twice.
    assert tickets.open_due() == 0
    assert await count(helpdesk) == before + 1

    # Something is added later.
    outbox.follow_up(ticket, "The customer called.", photos=ticket.photos[:1])
    tickets.wake()
    await sent(2)
    *_, added = (await get(helpdesk, f"tickets/{ticket.remote}/"))["followup_set"]
    assert added["comment"].startswith("The customer called.")
    assert len(added["followupattachment_set"]) == 1


async def test_an_email_that_comes_late(
    helpdesk: HelpdeskServer, tickets: Tickets, customer: Customer
) -> None:
    customer.language = "zh"
    found = offline(customer, email=None)
    tickets.start()
    (ticket,) = await sent()
    there = await get(helpdesk, f"tickets/{ticket.remote}/")
    assert not there["submitter_email"]
    assert "邮箱：顾客未留下" in there["description"]
    assert handoff.leave_email(found.id, customer.says("bob@example.com")) is not None
    tickets.wake()
    await sent(2)
    there = await get(helpdesk, f"tickets/{ticket.remote}/")
    assert there["submitter_email"] == "bob@example.com"
    assert "顾客补充了邮箱：bob@example.com" in there["followup_set"][-1]["comment"]


@pytest.mark.parametrize("lose", [["before"], ["after"], ["after", "before", "after"]], ids=str)
async def test_lost_answers_make_no_second_ticket(
    helpdesk: HelpdeskServer,
    shop: object,
    customer: Customer,
    lose: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "TICKET", (0.1,) * 12)
    before = await count(helpdesk)
    async with Proxy(helpdesk.port) as proxy:
        proxy.lose = list(lose)
        there = settings(helpdesk, url=helpdesk.url.replace(str(helpdesk.port), str(proxy.port)))
        tickets = Tickets(Helpdesk(there))
        offline(customer, picture(), picture(50))
        tickets.start()
        (ticket,) = await sent()
        await tickets.stop()
    assert ticket.attempts > 1
    assert await count(helpdesk) == before + 1
    known = await get(helpdesk, f"tickets/{ticket.remote}/")
    assert [len(each["followupattachment_set"]) for each in known["followup_set"]] == [1, 1]


async def test_the_help_desk_is_away(helpdesk: HelpdeskServer, tickets: Tickets, customer: Customer) -> None:
    before = await count(helpdesk)
    helpdesk.stop()
    offline(customer)
    tickets.start()
    await until(lambda: outbox.listing() and outbox.listing()[0].error)
    await tickets.stop()  # and we are restarted meanwhile
    helpdesk.start()
    again = Tickets(Helpdesk(settings(helpdesk)))
    again.start()
    others = Tickets(Helpdesk(settings(helpdesk)))  # another process
    others.start()
    await sent()
    await again.stop()
    await others.stop()
    assert await count(helpdesk) == before + 1


async def test_refused_given_up_and_sent_again(
    helpdesk: HelpdeskServer, shop: object, customer: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    tickets = Tickets(Helpdesk(settings(helpdesk, queue=77)))
    offline(customer)
    tickets.start()
    await until(lambda: any(t.state == "dead" for t in outbox.listing()))
    await tickets.stop()
    from bot.operations import ticket_commands as commands

    parse = _parser(commands)
    assert commands.run(parse(["tickets", "list"])) == 0
    shown = capsys.readouterr().out
    assert "dead" in shown and "ann@example.com" in shown and "Invalid pk" in shown
    assert commands.run(parse(["tickets", "resend", "T9999"])) == 1
    assert commands.run(parse(["tickets", "resend", "x"])) == 2
    number = outbox.listing()[0].reference
    assert commands.run(parse(["tickets", "resend", number])) == 0
    mended = Tickets(Helpdesk(settings(helpdesk)))
    mended.start()
    await sent()
    await mended.stop()
    capsys.readouterr()
    assert commands.run(parse(["tickets", "list"])) == 0
    assert "Every ticket is sent." in capsys.readouterr().out
    assert commands.run(parse(["tickets", "list", "--all"])) == 0
    assert "there: " in capsys.readouterr().out


def _parser(commands: Any) -> Any:
    import argparse

    parser = argparse.ArgumentParser()
    commands.configure(parser.add_subparsers(dest="command"))
    return parser.parse_args


async def test_ways_to_sign_in(helpdesk: HelpdeskServer, shop: object, customer: Customer) -> None:
    offline(customer)
    ticket = outbox.open_for(customer.handoff, "helpdesk")
    wrong = Helpdesk(settings(helpdesk, token="no such token"))
    with pytest.raises(backoff.Later, match="401"):
        await wrong.send(ticket, None, [], _nothing)
    with pytest.raises(backoff.Later, match="401"):
        await wrong.check()
    await wrong.close()
    right = Helpdesk(settings(helpdesk, token="", user=USER, password=PASSWORD))
    before = await count(helpdesk)
    await right.check()
    assert await count(helpdesk) == before
    assert int(await right.send(ticket, None, [], _nothing)) > 0
    await right.close()


async def _nothing(_: str) -> None:
    await asyncio.sleep(0)


async def test_a_ticket_is_erased(helpdesk: HelpdeskServer, shop: object, customer: Customer) -> None:
    from bot.support.integrations import erasure

    offline(customer)
    outbox.open_for(customer.handoff, "helpdesk")
    erasure.forget(customer.conversation)
    assert outbox.listing(everything=True) == []


async def test_old_tickets_are_forgotten(
    helpdesk: HelpdeskServer, tickets: Tickets, customer: Customer
) -> None:
    import sqlalchemy as sa

    from storage import database

    offline(customer)
    tickets.start()
    await sent()
    assert outbox.tidy() == 0
    with database.session() as connection:
        connection.execute(sa.text("UPDATE tickets SET sent = sent - interval '31 days'"))
    assert outbox.tidy() == 1
    (ticket,) = outbox.listing(everything=True)
    assert ticket.body == "" and ticket.email is None and ticket.remote
    assert outbox.late_emails() == 0
