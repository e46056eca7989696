"""What the shop's owner sets for desks and tickets: environment variables, read when they are needed.

A value that makes no sense raises `bot.settings.SettingError`, which names the variable and what it takes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import SettingError

DESKS = ("own", "chatwoot")
TICKETS = ("none", "helpdesk", "mail")
SECURITIES = ("starttls", "tls", "none")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def text(name: str, default: str = "") -> str:
    """A variable without the spaces around it."""
    return os.environ.get(name, "").strip() or default


def required(name: str, why: str) -> str:
    """A variable that must be set; `why` completes "… is needed"."""
    value = text(name)
    if not value:
        raise SettingError(f"{name} is needed {why}")
    return value


def number(name: str, value: str, *, low: int = 1, high: int = 2**53) -> int:
    """A whole number out of a variable's text."""
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingError(f"{name} must be a whole number between {low} and {high}, not {value!r}")
    return int(value)


def choice(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first is the default."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def address(name: str, value: str) -> str:
    """An http(s) address without a slash at its end; plain http only where nobody can listen in."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"{name} must be an address like https://desk.example.com, not {value!r}")
    if parts.username or parts.password:
        raise SettingError(f"{name} must not hold a password; there are variables of their own for that")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and text("SHOP_ALLOW_HTTP") != "1":
        raise SettingError(
            f"{name} must begin with https://: a secret travels with every call. "
            "Set SHOP_ALLOW_HTTP=1 if the way there is private."
        )
    return value.rstrip("/")


def desk_name() -> str:
    """Where people answer: `SHOP_DESK`, or what data/handoff.yml says."""
    from bot.support.handoff.settings import settings as handoff

    try:
        name = handoff().desk
    except ValueError as error:
        raise SettingError(str(error)) from error
    if name not in DESKS:
        raise SettingError(f"SHOP_DESK must be one of {', '.join(DESKS)}, not {name!r}")
    return name


def tickets_name() -> str:
    """Where tickets go (`SHOP_TICKETS`: none, helpdesk, mail)."""
    return choice("SHOP_TICKETS", TICKETS)


@dataclass(frozen=True)
class ChatwootSettings:
    """One API-channel inbox of one Chatwoot account."""

    url: str
    account: int
    inbox: int
    token: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # any of these may have signed (rotation)
    key: str = field(default="", repr=False)  # the last part of the secret address
    teams: dict[str, int] = field(default_factory=dict)  # our group → Chatwoot's team

    @classmethod
    def read(cls) -> ChatwootSettings:
        """From the environment."""
        why = "for SHOP_DESK=chatwoot"
        secrets = tuple(filter(None, (part.strip() for part in text("SHOP_CHATWOOT_SECRET").split(","))))
        key = text("SHOP_CHATWOOT_KEY")
        if not secrets and not key:
            raise SettingError(
                "SHOP_CHATWOOT_SECRET (the secret that Chatwoot signs with) is needed, or, for a Chatwoot "
                "before 4.13, SHOP_CHATWOOT_KEY (the last part of a secret address)"
            )
        if key and (len(key) < 24 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in key)):
            raise SettingError("SHOP_CHATWOOT_KEY must have at least 24 letters, digits, - and _")
        return cls(
            url=address("SHOP_CHATWOOT_URL", required("SHOP_CHATWOOT_URL", why)),
            account=number("SHOP_CHATWOOT_ACCOUNT", required("SHOP_CHATWOOT_ACCOUNT", why)),
            inbox=number("SHOP_CHATWOOT_INBOX", required("SHOP_CHATWOOT_INBOX", why)),
            token=required("SHOP_CHATWOOT_TOKEN", why),
            secrets=secrets,
            key=key,
            teams=_teams("SHOP_CHATWOOT_TEAMS"),
        )


def _teams(name: str) -> dict[str, int]:
    found = {}
    for part in filter(None, (item.strip() for item in text(name).split(","))):
        group, colon, team = part.partition(":")
        if not colon or not group.strip():
            raise SettingError(f"{name} must look like service:3,returns:5, not {part!r}")
        found[group.strip()] = number(name, team.strip())
    return found


@dataclass(frozen=True)
class HelpdeskSettings:
    """A django-helpdesk and the account that opens tickets in it."""

    url: str
    queue: int
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    priority: int = 3

    @classmethod
    def read(cls) -> HelpdeskSettings:
        """From the environment."""
        why = "for SHOP_TICKETS=helpdesk"
        token, user = text("SHOP_HELPDESK_TOKEN"), text("SHOP_HELPDESK_USER")
        if not token and not user:
            raise SettingError(
                f"SHOP_HELPDESK_TOKEN, or SHOP_HELPDESK_USER with SHOP_HELPDESK_PASSWORD, is needed {why}"
            )
        return cls(
            url=address("SHOP_HELPDESK_URL", required("SHOP_HELPDESK_URL", why)),
            queue=number("SHOP_HELPDESK_QUEUE", text("SHOP_HELPDESK_QUEUE", "1")),
            token=token,
            user="" if token else user,
            password="" if token else required("SHOP_HELPDESK_PASSWORD", "with SHOP_HELPDESK_USER"),
            priority=number("SHOP_HELPDESK_PRIORITY", text("SHOP_HELPDESK_PRIORITY", "3"), high=5),
        )


@dataclass(frozen=True)
class MailSettings:
    """The mail server, and the addresses of the shop's service."""

    host: str
    port: int
    security: str
    to: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @classmethod
    def read(cls) -> MailSettings:
        """From the environment."""
        why = "for SHOP_TICKETS=mail"
        security = choice("SHOP_SMTP_SECURITY", SECURITIES)
        host = required("SHOP_SMTP_HOST", why)
        user = text("SHOP_SMTP_USER")
        if user and security == "none" and host not in LOOPBACK:
            raise SettingError("SHOP_SMTP_SECURITY=none would send the password for everybody to read")
        ca_file = text("SHOP_SMTP_CA_FILE")
        if ca_file and not Path(ca_file).is_file():
            raise SettingError(f"SHOP_SMTP_CA_FILE: there is no file {ca_file}")
        port = {"starttls": "587", "tls": "465", "none": "25"}[security]
        to = _mailbox("SHOP_TICKETS_TO", required("SHOP_TICKETS_TO", why))
        return cls(
            host=host,
            port=number("SHOP_SMTP_PORT", text("SHOP_SMTP_PORT", port), high=65535),
            security=security,
            to=to,
            sender=_mailbox("SHOP_TICKETS_FROM", text("SHOP_TICKETS_FROM", to)),
            user=user,
            password=required("SHOP_SMTP_PASSWORD", "with SHOP_SMTP_USER") if user else "",
            ca_file=ca_file,
        )


def _mailbox(name: str, value: str) -> str:
    try:
        found = Address(addr_spec=value)
        good = bool(found.username and found.domain) and found.addr_spec.isascii()
    except (MessageError, ValueError, IndexError):
        good = False
    if not good:
        raise SettingError(f"{name} must be one e-mail address like service@example.com, not {value!r}")
    return value
