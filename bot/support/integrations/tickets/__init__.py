"""Tickets: what becomes of a conversation to which nobody could come.

base      Ticket, and the interface `Target` of ticket systems;  registry  which there are
helpdesk  django-helpdesk by its REST interface;  mail  e-mail to the shop's service address
outbox    tickets are stored first and sent from there, once
sending   opens the tickets that are due and sends them, in every server process
"""

from __future__ import annotations

from bot.support.integrations.tickets.base import Ticket
from bot.support.integrations.tickets.sending import Tickets

__all__ = ("Ticket", "Tickets")
