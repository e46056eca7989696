"""Opening hours: time zones, holidays, the days on which clocks jump."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.support.handoff import announcements
from bot.support.opening_hours import Hours, parse

BERLIN = {
    "timezone": "Europe/Berlin",
    "week": {
        **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00"),
        "sat": ["09:00-12:30", "14:00-16:00"],
    },
    "holidays": ["12-25", "2026-05-01"],
    "special": {"2026-12-24": "09:00-13:00", "2026-12-27": "10:00-11:00"},
}


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-07-01 06:59", False),  # Wednesday, summer: 9:00 is 7:00 UTC
        ("2026-07-01 07:00", True),
        ("2026-07-01 15:59", True),
        ("2026-07-01 16:00", False),
        ("2026-01-14 07:59", False),  # winter: 9:00 is 8:00 UTC
        ("2026-01-14 08:00", True),
        ("2026-07-04 10:29", True),  # Saturday, with a pause
        ("2026-07-04 11:00", False),
        ("2026-07-04 12:00", True),
        ("2026-07-05 10:00", False),  # Sunday
        ("2026-05-01 10:00", False),  # a holiday of that year
        ("2025-12-25 10:00", False),  # of every year
        ("2026-12-25 10:00", False),
        ("2026-12-24 11:59", True),
        ("2026-12-24 12:00", False),
        ("2026-12-27 09:30", True),  # a Sunday that is open
    ],
)
def test_open(moment: str, open_: bool) -> None:
    assert parse(BERLIN).is_open(at(moment)) is open_


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-07-01 10:00", "2026-07-02T09:00:00+02:00"),
        ("2026-07-01 05:00", "2026-07-01T09:00:00+02:00"),
        ("2026-07-04 11:00", "2026-07-04T14:00:00+02:00"),
        ("2026-07-04 20:00", "2026-07-06T09:00:00+02:00"),
        ("2026-04-30 20:00", "2026-05-02T09:00:00+02:00"),
        ("2026-12-24 20:00", "2026-12-26T09:00:00+01:00"),
        (
            "2026-03-28 20:00",
            "2026-03-30T09:00:00+02:00",
        ),  # the clock jumps on Sunday: 9:00 is 7:00 UTC again
        ("2026-10-24 20:00", "2026-10-26T09:00:00+01:00"),
    ],
)
def test_next_opening(moment: str, opens: str) -> None:
    found = parse(BERLIN).next_opening(at(moment))
    assert found is not None and found.isoformat() == opens
    assert parse(BERLIN).is_open(found) and not parse(BERLIN).is_open(found - timedelta(seconds=1))


def test_over_midnight_and_the_night_that_is_shorter() -> None:
    night = parse({"timezone": "Europe/Berlin", "week": {"sat": "20:00-04:00"}})
    # 28 March 2026, 20:00 = 19:00 UTC; the 29th, 4:00 = 2:00 UTC, since 2:00 to 3:00 does not exist.
    assert night.is_open(at("2026-03-28 19:00")) and night.is_open(at("2026-03-29 01:59"))
    assert not night.is_open(at("2026-03-29 02:00"))
    # In autumn the same night is an hour longer.
    assert night.is_open(at("2026-10-25 02:59")) and not night.is_open(at("2026-10-25 03:00"))
    in_the_gap = parse({"timezone": "Europe/Berlin", "week": {"sun": "02:30-05:00"}})
    assert in_the_gap.is_open(at("2026-03-29 01:30")) and not in_the_gap.is_open(at("2026-03-29 00:59"))


def test_the_other_side_of_the_world() -> None:
    auckland = parse({"timezone": "Pacific/Auckland", "week": {"mon": "08:00-24:00"}})
    assert auckland.is_open(at("2026-06-28 20:00")), "there it is Monday already"
    assert not auckland.is_open(at("2026-06-29 12:00"))
    found = auckland.next_opening(at("2026-06-29 12:00"))
    assert found is not None and found.isoformat() == "2026-07-06T08:00:00+12:00"


def test_never_and_always() -> None:
    never = parse({"timezone": "UTC", "week": {}})
    assert not never.is_open(at("2026-06-28 20:00")) and never.next_opening(at("2026-06-28 20:00")) is None
    for data in ("always", None):
        assert (
            parse(data).is_open(at("2026-06-28 20:00"))
            and parse(data).next_opening(at("2026-06-28 20:00")) is None
        )


@pytest.mark.parametrize(
    "data",
    [
        {"timezone": "Europe/Nowhere"},
        {"timezone": "../../etc/passwd"},
        {"week": {"monday": "09:00-18:00"}},
        {"week": {"mon": "9-18"}},
        {"week": {"mon": "09:00-25:00"}},
        {"week": {"mon": "09:70-18:00"}},
        {"holidays": ["13-40"]},
        {"holidays": ["christmas"]},
        {"special": {"12-25": "09:00-10:00"}},
        {"hours": 1},
        "sometimes",
    ],
)
def test_what_makes_no_sense(data: object) -> None:
    with pytest.raises(ValueError, match="hours"):
        parse(data)


def test_a_zone_that_the_system_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    from zoneinfo import ZoneInfoNotFoundError

    from bot.support import opening_hours as hours

    class Missing:
        from_file = hours.ZoneInfo.from_file

        def __new__(cls, name: str) -> Missing:
            raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(hours, "ZoneInfo", Missing)
    assert isinstance(found := parse(BERLIN), Hours)
    assert found.is_open(at("2026-07-01 07:00")) and not found.is_open(at("2026-01-14 07:59"))


def test_in_words() -> None:
    hours = parse(BERLIN)
    for moment, en, zh in (
        ("2026-07-01 05:00", "today at 09:00 (CEST, UTC+2)", "今天 09:00 (CEST, UTC+2) "),
        ("2026-07-01 20:00", "tomorrow at 09:00 (CEST, UTC+2)", "明天 09:00 (CEST, UTC+2) "),
        ("2026-07-04 20:00", "on Monday at 09:00 (CEST, UTC+2)", "周一 09:00 (CEST, UTC+2) "),
    ):
        back = hours.next_opening(at(moment))
        assert back is not None
        assert (announcements.back("en", back, at(moment)), announcements.back("zh", back, at(moment))) == (
            en,
            zh,
        )
    far = datetime(2027, 1, 4, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert announcements.back("en", far, at("2026-07-01 05:00")) == "on 4 Jan at 09:00 (UTC-3:30)"
    assert announcements.back("zh", far, at("2026-07-01 05:00")) == "1月4日 09:00 (UTC-3:30) "
