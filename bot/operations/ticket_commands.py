"""`python -m bot tickets list|resend`: the tickets that were not sent yet, and what to do about it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from storage import database
from storage.errors import Unavailable


def configure(commands: Any) -> None:
    """Add the command to those of `python -m bot` (the result of `add_subparsers`)."""
    tickets = commands.add_parser(
        "tickets", help="see the tickets that were not sent yet, and send them again"
    )
    actions = tickets.add_subparsers(dest="tickets_action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what waits and what was given up, with the reason")
    listing.add_argument("--all", action="store_true", help="the sent ones, too")
    resend = actions.add_parser("resend", help="send what was given up once more, and what waits at once")
    resend.add_argument("number", nargs="?", help="only this one, for example T0012 (default: all)")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit code."""
    from bot.support.handoff import store
    from bot.support.integrations import settings
    from bot.support.integrations.tickets import outbox

    try:
        database.migrate()
        if options.tickets_action == "list":
            left = store.tickets_due(1000) if settings.tickets_name() == "none" else []
            return _list(outbox.listing(everything=options.all), left)
        number = _number(options.number)
        if options.number and number is None:
            print(f"{options.number!r} is no number of a ticket.", file=sys.stderr)
            return 2
        count = outbox.resend(number)
    except Unavailable as error:
        print(f"The database does not answer: {error}", file=sys.stderr)
        return 1
    print(f"{count} to be sent; the running assistant does it." if count else "Nothing to send.")
    return 0 if count or number is None else 1


def _list(found: list[Any], left: list[Any]) -> int:
    """`left` are hand-overs to which nobody came while there is no ticket system to tell."""
    if not found and not left:
        print("Every ticket is sent.")
        return 0
    for handoff in left:
        words = " ".join((handoff.detail or "").split())[:80]
        when = f"{handoff.ended:%Y-%m-%d %H:%M} UTC"
        print(f"-      no system  {when}  {handoff.email or '-'}  {words or handoff.reason}")
    if left:
        print("Set SHOP_TICKETS to mail or helpdesk (docs/desks/tickets.md): these are sent, too.")
    for ticket in found:
        when = f"{ticket.created:%Y-%m-%d %H:%M} UTC"
        number = f"T{ticket.id:04}" + (f" (adds to {ticket.reference})" if ticket.parent else "")
        print(f"{number}  {ticket.state:8} {when}  {ticket.target}  {ticket.email or '-'}  {ticket.title}")
        if ticket.state == "sent":
            print(f"       there: {ticket.remote}")
        else:
            print(f"       attempts: {ticket.attempts}  next: {ticket.due:%Y-%m-%d %H:%M} UTC")
        if ticket.error:
            print(f"       {ticket.error}")
    return 0


def _number(text: str | None) -> int | None:
    digits = (text or "").strip().lstrip("Tt")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None
