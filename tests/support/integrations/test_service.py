"""The service as a server process has it, with our own desk: nothing to tell, but tickets are opened."""

from __future__ import annotations

import argparse

import pytest

from bot.operations import ticket_commands
from bot.support import handoff
from bot.support.handoff.states import State
from bot.support.integrations.base import AgentMessage, OutsideAgent
from bot.support.integrations.bridge import Bridge
from bot.support.integrations.own_desk import OwnDesk
from bot.support.integrations.service import Service
from bot.support.integrations.tickets import Ticket, Tickets, outbox
from bot.support.integrations.tickets.base import Photo, Progress, Target
from storage import backoff, events
from storage.backoff import Later
from tests.support.integrations.conftest import Customer, until
from tests.support.integrations.test_helpdesk import offline


class Memory(Target):
    """A ticket system that only remembers."""

    name = "memory"

    def __init__(self) -> None:
        self.seen: list[Ticket] = []
        self.fail = 0

    async def send(
        self, ticket: Ticket, parent: Ticket | None, photos: list[Photo], progress: Progress
    ) -> str:
        self.seen.append(ticket)
        if self.fail:
            self.fail -= 1
            raise Later("not now")
        return "1"


async def test_tickets_are_opened_at_once(
    shop: object, customer: Customer, listener: events.Listener
) -> None:
    target = Memory()
    service = Service(OwnDesk(), Tickets(target))
    await service.start(listener)
    offline(customer)
    await until(lambda: target.seen, 3.0)
    await until(lambda: customer.handoff.ticket)
    assert await service.webhook({}, b"{}") == 404
    await service.stop()


async def test_a_ticket_is_given_up_in_the_end(
    shop: object, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "TICKET", (0.01,) * 4)
    target = Memory()
    target.fail = 99
    tickets = Tickets(target)
    offline(customer)
    tickets.start()
    await until(lambda: [t.state for t in outbox.listing()] == ["dead"])
    assert len(target.seen) == 4
    target.fail = 0
    outbox.resend()
    tickets.wake()
    await until(lambda: not outbox.listing())
    assert target.seen[-1].attempts > 1  # it may have arrived: a target looks first
    await tickets.stop()


async def test_without_a_ticket_system_nothing_is_opened(shop: object, customer: Customer) -> None:
    tickets = Tickets(None)
    tickets.start()
    tickets.wake()
    offline(customer)
    assert tickets.open_due() == 0
    await tickets.stop()
    assert customer.handoff.ticket is None


def test_what_nobody_is_told_of_is_listed(
    shop: object, customer: Customer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a ticket system; and sent when there is one."""
    monkeypatch.setenv("SHOP_TICKETS", "none")
    parser = argparse.ArgumentParser()
    ticket_commands.configure(parser.add_subparsers())
    options = parser.parse_args(["tickets", "list"])
    assert ticket_commands.run(options) == 0 and "Every ticket is sent" in capsys.readouterr().out
    offline(customer)
    assert ticket_commands.run(options) == 0
    printed = capsys.readouterr().out
    assert "ann@example.com" in printed and "SHOP_TICKETS" in printed
    assert Tickets(Memory()).open_due() == 1
    assert ticket_commands.run(options) == 0 and "ann@example.com" in capsys.readouterr().out, (
        "as one that waits"
    )


async def test_late_reports_do_not_move_a_hand_over(shop: object, customer: Customer) -> None:
    bridge = Bridge("zendesk")
    ann, bob = OutsideAgent("1", "Ann"), OutsideAgent("2", "Bob")
    customer.asks()
    first = AgentMessage("10", ann, "hello")
    await bridge.agent_said(customer.conversation, first)
    assert customer.handoff.state is State.HUMAN
    agent = customer.handoff.agent
    await bridge.assignee_changed(customer.handoff.id, bob)
    await bridge.agent_said(customer.conversation, first)  # reported again
    assert customer.handoff.agent != agent
    assert customer.handoff.state is State.ASSIGNED
    await bridge.agent_said(customer.conversation, AgentMessage("11", bob, "x" * 9000))
    assert [len(text) for text in customer.seen()] == [5, 4000, 4000, 1000]
    number = customer.handoff.id
    await bridge.returned(number, bob, {"order_id": "ORD-1", "nonsense": 1})
    assert customer.handoff.state is State.RETURNED
    for _ in range(2):
        await bridge.returned(number, bob, {})
        await bridge.assignee_changed(number, ann)
        await bridge.agent_said(customer.conversation, AgentMessage("11", bob, "x" * 9000))
    assert len(customer.seen()) == 4
    assert handoff.open_of(customer.conversation) is None


async def test_people_follow_their_names(shop: object, customer: Customer) -> None:
    from bot.support.accounts import agents
    from bot.support.accounts.errors import AgentError
    from bot.support.accounts.signin import sign_in
    from bot.support.integrations import outside_agents

    number = outside_agents.agent_of("chatwoot", OutsideAgent("5", "Ann"))
    assert outside_agents.agent_of("chatwoot", OutsideAgent("5", "Ann \u202eMiller")) == number
    account = agents.get(number)
    assert account is not None and (account.name, account.login) == ("Ann Miller", "chatwoot.5")
    with pytest.raises(AgentError):
        sign_in("chatwoot.5", "", "127.0.0.1")
