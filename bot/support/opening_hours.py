"""When people answer: opening hours in the shop's time zone, with holidays and days of their own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = 400  # days ahead in which the next opening is looked for
_SPAN = re.compile(r"^(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)$")
_ZONE = re.compile(r"^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$")
_YEARLY = re.compile(r"^(\d\d)-(\d\d)$")

Span = tuple[int, int]  # minutes since midnight; the end is beyond 1440 where it is on the next day


@dataclass(frozen=True)
class Hours:
    """Opening hours. `always` makes the rest meaningless."""

    zone: tzinfo = timezone.utc
    zone_name: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()  # (month, day)
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    always: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether people answer at a moment (with a time zone)."""
        return self.always or any(begin <= at < end for begin, end in self._around(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """The next beginning of a span after a moment, in the shop's time; None if none is in sight."""
        if self.always:
            return None
        day = at.astimezone(self.zone).date()
        for ahead in range(-1, HORIZON):
            starts = [begin for begin, _ in self._spans(day + timedelta(days=ahead)) if begin > at]
            if starts:
                return min(starts).astimezone(self.zone)
        return None

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = at.astimezone(self.zone).date()
        for ahead in (-1, 0, 1):  # a span of yesterday may last until today
            yield from self._spans(day + timedelta(days=ahead))

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.special:
            spans = self.special[day]
        elif day in self.holidays or (day.month, day.day) in self.yearly:
            spans = ()
        else:
            spans = self.week[day.weekday()]
        for begin, end in spans:
            yield self._moment(day, begin), self._moment(day, end)

    def _moment(self, day: date, minutes: int) -> datetime:
        # As the clock on the wall shows it, whatever it jumps on that day; compared as moments, so in UTC.
        later, minutes = divmod(minutes, 1440)
        wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=self.zone)
        return (wall + timedelta(days=later)).astimezone(timezone.utc)


def parse(data: Any) -> Hours:
    """From the form of `bot/support/handoff.yml`; raises `ValueError` with what is wrong."""
    if data == "always" or data is None:
        return Hours(always=True)
    if not isinstance(data, Mapping):
        raise ValueError("hours: write 'always', or timezone, week, holidays and special")
    if unknown := set(data) - {"timezone", "week", "holidays", "special"}:
        raise ValueError(f"hours: {sorted(map(str, unknown))} is unknown")
    name = str(data.get("timezone") or "UTC")
    week: list[tuple[Span, ...]] = [()] * 7
    for day, spans in (data.get("week") or {}).items():
        if day not in DAYS:
            raise ValueError(f"hours: {day!r} is no day; the days are {', '.join(DAYS)}")
        week[DAYS.index(day)] = _parse_spans(spans)
    single, yearly = set(), set()
    for each in data.get("holidays") or ():
        if match := _YEARLY.match(str(each)):
            yearly.add((int(match[1]), int(match[2])))
            _date(f"2000-{each}")
        else:
            single.add(_date(each))
    special = {_date(day): _parse_spans(spans) for day, spans in (data.get("special") or {}).items()}
    return Hours(_zone(name), name, tuple(week), frozenset(single), frozenset(yearly), special)


def _parse_spans(data: Any) -> tuple[Span, ...]:
    if data in (None, "closed", [], ""):
        return ()
    spans = []
    for text in data if isinstance(data, list) else [data]:
        match = _SPAN.match(str(text).strip())
        if not match:
            raise ValueError(f"hours: {text!r} is no span; write 09:00-18:00")
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if begin >= 1440 or end > 1440 or int(match[2]) > 59 or int(match[4]) > 59:
            raise ValueError(f"hours: {text!r} is no time of the day")
        spans.append((begin, end if end > begin else end + 1440))
    return tuple(sorted(spans))


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"hours: {value!r} is no day; write 2026-12-25 or 12-25") from None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    # A machine without the system's table of time zones: pytz (Rasa brings it) carries the same files.
    try:
        import pytz

        if not _ZONE.match(name):
            raise ValueError
        with (Path(pytz.__file__).with_name("zoneinfo") / name).open("rb") as file:
            return ZoneInfo.from_file(file, name)
    except (ImportError, OSError, ValueError):
        raise ValueError(f"hours: there is no time zone {name!r}; write for example Europe/Berlin") from None
