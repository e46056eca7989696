"""What the owner decides about the hand-over: `handoff.yml` beside this room, or the file that `SHOP_HANDOFF`
names.

Read again when it changes. A file that makes no sense is logged and the last good one stays in use, so that a
slip of the editor never leaves customers without a person.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from bot.settings import DEFAULT_LANGUAGE
from bot.support import opening_hours
from bot.support.opening_hours import Hours
from shop.settings import handoff_path
from storage.environment import Section

logger = logging.getLogger(__name__)

REASONS = ("asked", "misses", "complaint", "failure", "keyword", "cart", "vip", "stepped_in")
PROFILE = ("asked", "always", "never")

Names = Mapping[str, str]  # by language


class DeskSettings(Section):
    """What bot/support/handoff.yml says of the desk may be said here, too."""

    desk: str = Field(
        "",
        env="SHOP_DESK",
        shown="as bot/support/handoff.yml says",
        description="own (the page /desk) or chatwoot",
    )


@dataclass(frozen=True)
class Timers:
    """In seconds."""

    accept_within: float = 60
    gone_after: float = 60
    wait_at_most: float = 900
    nobody_after: float = 120
    ticket_after: float = 600


@dataclass(frozen=True)
class Waits:
    """How many conversations a waiting time is told from."""

    samples: int = 20
    least: int = 3
    days: int = 30


@dataclass(frozen=True)
class RuleSpec:
    """An owner's rule as written; see `bot.support.handoff.triggers`."""

    name: str
    keywords: tuple[str, ...] = ()
    cart_from: Decimal | None = None
    orders_from: int | None = None
    spent_from: Decimal | None = None
    emails: frozenset[str] = frozenset()
    ask: bool = True
    group: str | None = None
    priority: int = 0


@dataclass(frozen=True)
class HandoffSettings:
    """The whole file."""

    enabled: bool = True  # whether the assistant hands conversations over at all
    desk: str = "own"
    groups: Mapping[str, Names] = field(default_factory=lambda: {"service": {"en": "Service", "zh": "客服"}})
    hours: Hours = field(default_factory=lambda: Hours(always=True))
    group_hours: Mapping[str, Hours] = field(default_factory=dict)
    timers: Timers = Timers()
    automatic: bool = True
    require_language: bool = False
    waits: Waits = Waits()
    priorities: Mapping[str, int] = field(default_factory=dict)
    rules: tuple[RuleSpec, ...] = ()
    profile: str = "asked"
    return_slots: Mapping[str, Names] = field(default_factory=dict)
    close_reasons: Mapping[str, Names] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def default_group(self) -> str:
        """The group that gets what no rule sends elsewhere."""
        return next(iter(self.groups))

    def hours_of(self, group: str) -> Hours:
        """A group's own hours, or the shop's."""
        return self.group_hours.get(group, self.hours)

    def group_name(self, group: str, language: str | None) -> str:
        """What customers and agents call a group."""
        names = self.groups.get(group, {})
        return names.get(language or DEFAULT_LANGUAGE) or names.get(DEFAULT_LANGUAGE) or group


_lock = threading.Lock()
_known: dict[Path, tuple[tuple[int, int], HandoffSettings]] = {}


def path() -> Path:
    """The file in use."""
    return handoff_path()


def settings() -> HandoffSettings:
    """The settings as the file says now; costs a look at its time. Raises `ValueError` only if it was never
    good.
    """
    file = path()
    with _lock:
        found = _known.get(file)
        try:
            stat = file.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            if found:
                return found[1]
            raise ValueError(f"{file.name} cannot be read: {error.strerror}") from error
        if found and found[0] == stamp:
            return found[1]
        try:
            new = load(file)
        except ValueError as error:
            if not found:
                raise
            logger.error("%s: its last good state stays in use: %s", file.name, error)
            new = found[1]
        _known[file] = (stamp, new)
        return new


def load(file: Path) -> HandoffSettings:
    """Read and check a file; raises `ValueError` that says what is wrong."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{file.name} must hold a mapping")
    known = {
        "enabled", "desk", "groups", "hours", "timers", "assignment", "waits", "priorities", "rules",
        "profile", "return_slots", "close_reasons", "tags",
    }  # fmt: skip
    if unknown := set(data) - known:
        raise ValueError(f"{file.name}: {sorted(map(str, unknown))} is unknown; known are {sorted(known)}")
    groups, group_hours = _groups(data.get("groups"))
    shop_hours = opening_hours.parse(data.get("hours"))
    assignment = _mapping(data, "assignment")
    priorities = {
        str(key): _whole(value, "priorities") for key, value in _mapping(data, "priorities").items()
    }
    if wrong := set(priorities) - set(REASONS):
        raise ValueError(f"priorities: {sorted(wrong)} is no reason; the reasons are {', '.join(REASONS)}")
    profile = str(data.get("profile") or "asked")
    if profile not in PROFILE:
        raise ValueError(f"profile: one of {', '.join(PROFILE)}, not {profile!r}")
    return HandoffSettings(
        enabled=_choice(data, "enabled", {True: True, False: False}, True),
        desk=DeskSettings.read().desk.lower() or str(data.get("desk") or "own"),
        groups=groups,
        hours=shop_hours,
        group_hours=group_hours,
        timers=Timers(**_numbers(data, "timers", Timers)),
        automatic=_choice(assignment, "automatic", {True: True, False: False}, True),
        require_language=_choice(assignment, "language", {"prefer": False, "require": True}, False),
        waits=Waits(**{name: int(value) for name, value in _numbers(data, "waits", Waits).items()}),
        priorities=priorities,
        rules=tuple(_rule(each, groups) for each in data.get("rules") or ()),
        profile=profile,
        return_slots=_named(data, "return_slots"),
        close_reasons=_named(data, "close_reasons"),
        tags=tuple(str(tag) for tag in data.get("tags") or ()),
    )


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name) or {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{name}: must be a mapping")
    return value


def _groups(data: Any) -> tuple[dict[str, Names], dict[str, Hours]]:
    if isinstance(data, list):
        data = {name: {} for name in data}
    if not data or not isinstance(data, Mapping):
        raise ValueError("groups: at least one group is needed")
    names: dict[str, Names] = {}
    own: dict[str, Hours] = {}
    for group, entry in data.items():
        entry = entry or {}
        if not isinstance(entry, Mapping):
            raise ValueError(f"groups: {group}: write {{en: …, zh: …}}")
        names[str(group)] = {key: str(value) for key, value in entry.items() if key != "hours"}
        if "hours" in entry:
            own[str(group)] = opening_hours.parse(entry["hours"])
    return names, own


def _numbers(data: Mapping[str, Any], name: str, kind: type) -> dict[str, float]:
    values = _mapping(data, name)
    if unknown := set(values) - {each.name for each in fields(kind)}:
        raise ValueError(f"{name}: {sorted(map(str, unknown))} is unknown")
    for key, value in values.items():
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
            raise ValueError(f"{name}: {key} must be a number, not {value!r}")
    return dict(values)


def _choice(data: Mapping[str, Any], name: str, values: Mapping[Any, bool], default: bool) -> bool:
    if name not in data:
        return default
    meant = [value for choice, value in values.items() if choice == data[name]]
    if not meant:
        raise ValueError(f"{name}: one of {list(values)}, not {data[name]!r}")
    return meant[0]


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name}: {value!r} is no whole number")
    return value


def _named(data: Mapping[str, Any], name: str) -> dict[str, Names]:
    return {
        str(key): {str(language): str(text) for language, text in (names or {}).items()}
        for key, names in _mapping(data, name).items()
    }


def _words(data: Any) -> tuple[str, ...]:
    lists = data.values() if isinstance(data, Mapping) else [data]
    return tuple(str(word) for words in lists for word in (words if isinstance(words, list) else [words]))


def _rule(data: Any, groups: Mapping[str, Names]) -> RuleSpec:
    if not isinstance(data, Mapping) or not data.get("name"):
        raise ValueError("rules: each needs a name")
    name = str(data["name"])
    if unknown := set(data) - {each.name for each in fields(RuleSpec)}:
        raise ValueError(f"rules: {name}: {sorted(map(str, unknown))} is unknown")
    if not set(data) & {"keywords", "cart_from", "orders_from", "spent_from", "emails"}:
        raise ValueError(f"rules: {name}: it says of nothing when it fits")
    group = data.get("group")
    if group is not None and group not in groups:
        raise ValueError(f"rules: {name}: there is no group {group!r}")
    ask = data.get("ask", True)
    if not isinstance(ask, bool):
        raise ValueError(f"rules: {name}: ask is true or false")
    orders_from = data.get("orders_from")
    return RuleSpec(
        name=name,
        keywords=_words(data["keywords"]) if data.get("keywords") else (),
        cart_from=_money(data.get("cart_from"), name),
        orders_from=None if orders_from is None else _whole(orders_from, f"rules: {name}"),
        spent_from=_money(data.get("spent_from"), name),
        emails=frozenset(str(each).strip().casefold() for each in data.get("emails") or ()),
        ask=ask,
        group=group,
        priority=_whole(data.get("priority", 0), f"rules: {name}"),
    )


def _money(value: Any, name: str) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"rules: {name}: {value!r} is no amount") from None
