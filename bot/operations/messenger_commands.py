"""`python -m bot messengers`: which are on, what could not be delivered, and sending it again."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bot.finding import one_line


def configure(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "messengers", help="which messengers are on, what could not be delivered, send it again"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("check", help="ask each platform whether the credentials work and it can reach us")
    actions.add_parser("letters", help="list the messages that could not be delivered, and why")
    actions.add_parser("waiting", help="list the messages that wait to be delivered")
    resend = actions.add_parser("resend", help="send undelivered messages again")
    resend.add_argument("ids", nargs="*", type=int, metavar="NUMBER", help="from `letters` (default: all)")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit code."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.operations.messenger_checks import checks
    from storage.errors import Unavailable

    if options.action in ("letters", "waiting", "resend"):
        try:
            return _letters(options)
        except (Unavailable, SQLAlchemyError) as error:
            print(f"The database cannot be used: {one_line(error)}", file=sys.stderr)
            return 1
    bad = 0
    marks = {"ok": "✓", "note": "·", "bad": "✗"}
    for check in checks(ask=options.action == "check"):
        print(f"{marks[check.level]} {check.what}")
        if check.remedy:
            print(f"    → {check.remedy}")
        bad += check.level == "bad"
    return 1 if bad else 0


def _letters(options: argparse.Namespace) -> int:
    from bot.channels.runtime import outbox
    from storage import database

    database.migrate()
    if options.action == "resend":
        print(f"{outbox.resend(options.ids or None)} messages are sent again.")
        return 0
    dead = options.action == "letters"
    found = outbox.undelivered_messages(dead=dead)
    for each in found:
        print(
            f"{each.id:>6}  {each.created:%Y-%m-%d %H:%M}  {each.channel:<12} {each.address:<24} "
            f"message {each.seq}, {each.attempts} tries: {each.failed or each.error or 'not tried yet'}"
        )
    if not found:
        print("None." if dead else "Nothing waits.")
    elif dead:
        print("\nSend them again:  python -m bot messengers resend [NUMBER …]", file=sys.stderr)
    return 0
