"""What the shop's owner sets for desks and tickets: environment variables, read when they are needed.

A value that makes no sense raises `SettingError`, which names the variable and what it takes.
"""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, root_validator, validator

from bot.settings import listed
from bot.support import owner_settings
from storage import plugins
from storage.environment import Section, SettingError

DESKS = ("own", "chatwoot")  # ours; a package may bring more
TICKETS = ("none", "helpdesk", "mail")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"starttls": 587, "tls": 465, "none": 25}


def desks() -> tuple[str, ...]:
    """The desks that may be named: ours and those of installed packages."""
    return DESKS + plugins.names(plugins.DESKS)


def desk_name() -> str:
    """Where people answer: `SHOP_DESK`, or what bot/support/handoff.yml says."""
    try:
        name = owner_settings.settings().desk
    except ValueError as error:
        raise SettingError(str(error)) from error
    if name not in DESKS and name not in desks():
        raise SettingError(f"SHOP_DESK must be one of {', '.join(desks())}, not {name!r}")
    return name


class TicketSettings(Section):
    """What becomes of customers for whom nobody is there."""

    guide: ClassVar[str] = "desks/tickets.md"

    target: str = Field(
        "none",
        env="SHOP_TICKETS",
        description="where tickets go: none, helpdesk, mail, or what a package brings",
    )

    @validator("target")
    def _known(cls, value: str) -> str:
        name = value.lower()
        if name not in TICKETS and name not in (others := plugins.names(plugins.TICKETS)):
            raise SettingError(f"SHOP_TICKETS must be one of {', '.join(TICKETS + others)}, not {value!r}")
        return name


def tickets_name() -> str:
    """Where tickets go (`SHOP_TICKETS`: none, helpdesk, mail)."""
    return TicketSettings.read().target


class Neighbour(Section):
    """A system that we call by HTTP, with a secret."""

    allow_http: bool = Field(
        False, env="SHOP_ALLOW_HTTP", description="let the address be http:// where the way there is private"
    )
    url: str

    @validator("url", check_fields=False)
    def _address(cls, value: str, values: dict[str, Any]) -> str:
        """Without a slash at its end; plain http only where nobody can listen in."""
        name, parts = cls.__fields__["url"].field_info.extra["env"], urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise SettingError(f"{name} must be an address like https://desk.example.com, not {value!r}")
        if parts.username or parts.password:
            raise SettingError(f"{name} must not hold a password; there are variables of their own for that")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and not values.get("allow_http"):
            raise SettingError(
                f"{name} must begin with https://: a secret travels with every call. "
                "Set SHOP_ALLOW_HTTP=1 if the way there is private."
            )
        return value.rstrip("/")


class ChatwootSettings(Neighbour):
    """One API-channel inbox of one Chatwoot account, for `SHOP_DESK=chatwoot`."""

    guide: ClassVar[str] = "desks/chatwoot.md"
    needed: ClassVar[str] = "for SHOP_DESK=chatwoot"

    url: str = Field(env="SHOP_CHATWOOT_URL", description="https://chat.example.com")
    account: int = Field(env="SHOP_CHATWOOT_ACCOUNT", ge=1, description="number of the account")
    inbox: int = Field(env="SHOP_CHATWOOT_INBOX", ge=1, description="number of the API inbox")
    token: str = Field(
        env="SHOP_CHATWOOT_TOKEN", repr=False, description="access token of the assistant's account there"
    )
    # Any of these may have signed: so they can be changed without a gap.
    secrets: tuple[str, ...] = Field(
        (),
        env="SHOP_CHATWOOT_SECRET",
        repr=False,
        description="what Chatwoot signs with; while it is changed, the new one and the old",
    )
    key: str = Field(
        "",
        env="SHOP_CHATWOOT_KEY",
        repr=False,
        description="for a Chatwoot before 4.13: the last part of the secret address, at least 24 characters",
    )
    teams: dict[str, int] = Field(
        {}, env="SHOP_CHATWOOT_TEAMS", description="our groups and the teams there: service:3,returns:5"
    )

    @validator("secrets", pre=True)
    def _secrets(cls, value: Any) -> Any:
        return listed(value) if isinstance(value, str) else value

    @validator("key")
    def _key(cls, value: str) -> str:
        if value and (len(value) < 24 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in value)):
            raise SettingError("SHOP_CHATWOOT_KEY must have at least 24 letters, digits, - and _")
        return value

    @validator("teams", pre=True)
    def _teams(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = {}
        for part in listed(value):
            group, _, team = (each.strip() for each in part.partition(":"))
            if not group or not (team.isascii() and team.isdigit() and int(team)):
                raise SettingError(f"SHOP_CHATWOOT_TEAMS must look like service:3,returns:5, not {part!r}")
            found[group] = int(team)
        return found

    @root_validator
    def _signed(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not values.get("secrets") and values.get("key") == "":
            raise SettingError(
                "SHOP_CHATWOOT_SECRET (the secret that Chatwoot signs with) is needed, or, for a Chatwoot "
                "before 4.13, SHOP_CHATWOOT_KEY (the last part of a secret address)"
            )
        return values


class HelpdeskSettings(Neighbour):
    """A django-helpdesk and the account that opens tickets in it, for `SHOP_TICKETS=helpdesk`."""

    guide: ClassVar[str] = "desks/tickets.md"
    needed: ClassVar[str] = "for SHOP_TICKETS=helpdesk"

    url: str = Field(env="SHOP_HELPDESK_URL", description="https://help.example.com")
    queue: int = Field(1, env="SHOP_HELPDESK_QUEUE", ge=1, description="number of the queue")
    token: str = Field("", env="SHOP_HELPDESK_TOKEN", repr=False, description="token of a staff account")
    user: str = Field("", env="SHOP_HELPDESK_USER", description="or the account's name")
    password: str = Field("", env="SHOP_HELPDESK_PASSWORD", repr=False, description="with its password")
    priority: int = Field(
        3, env="SHOP_HELPDESK_PRIORITY", ge=1, le=5, description="of new tickets; 1 is the highest"
    )

    @root_validator
    def _account(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("token"):
            return {**values, "user": "", "password": ""}
        if not values.get("user"):
            raise SettingError(
                "SHOP_HELPDESK_TOKEN, or SHOP_HELPDESK_USER with SHOP_HELPDESK_PASSWORD, is needed "
                "for SHOP_TICKETS=helpdesk"
            )
        if not values.get("password"):
            raise SettingError("SHOP_HELPDESK_PASSWORD is needed with SHOP_HELPDESK_USER")
        return values


class MailSettings(Section):
    """The mail server, and the addresses of the shop's service, for `SHOP_TICKETS=mail`."""

    guide: ClassVar[str] = "desks/tickets.md"
    needed: ClassVar[str] = "for SHOP_TICKETS=mail"

    host: str = Field(env="SHOP_SMTP_HOST", description="the mail server")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        env="SHOP_SMTP_SECURITY",
        description="of the connection; none, with a password, only on this machine",
    )
    port: int = Field(
        None,
        env="SHOP_SMTP_PORT",
        ge=1,
        le=65535,
        shown="587, 465 or 25, by the security",
        description="its port",
    )
    to: str = Field(env="SHOP_TICKETS_TO", description="where tickets go: service@example.com")
    sender: str = Field(
        None,
        env="SHOP_TICKETS_FROM",
        shown="SHOP_TICKETS_TO",
        description="the sender",
    )
    user: str = Field("", env="SHOP_SMTP_USER", description="if the server wants one")
    password: str = Field("", env="SHOP_SMTP_PASSWORD", repr=False, description="with its password")
    ca_file: str = Field(
        "", env="SHOP_SMTP_CA_FILE", description="the certificate authority of a server of your own"
    )

    @validator("security", pre=True)
    def _lower(cls, value: str) -> str:
        return value.lower()

    @validator("port", pre=True, always=True)
    def _port(cls, value: Any, values: dict[str, Any]) -> Any:
        return value or PORTS[values.get("security", "starttls")]

    @validator("to")
    def _to(cls, value: str) -> str:
        return _mailbox("SHOP_TICKETS_TO", value)

    @validator("sender", always=True)
    def _sender(cls, value: str | None, values: dict[str, Any]) -> str | None:
        return _mailbox("SHOP_TICKETS_FROM", value) if value else values.get("to")

    @validator("ca_file")
    def _ca_file(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise SettingError(f"SHOP_SMTP_CA_FILE: there is no file {value}")
        return value

    @root_validator
    def _private(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("user") and not values.get("password"):
            raise SettingError("SHOP_SMTP_PASSWORD is needed with SHOP_SMTP_USER")
        if values.get("user") and values.get("security") == "none" and values.get("host") not in LOOPBACK:
            raise SettingError("SHOP_SMTP_SECURITY=none would send the password for everybody to read")
        return values


def _mailbox(name: str, value: str) -> str:
    try:
        found = Address(addr_spec=value)
        good = bool(found.username and found.domain) and found.addr_spec.isascii()
    except (MessageError, ValueError, IndexError):
        good = False
    if not good:
        raise SettingError(f"{name} must be one e-mail address like service@example.com, not {value!r}")
    return value
