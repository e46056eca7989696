"""What the doctor says of the people who answer, with real neighbours: a mail server, a help desk, a Redis."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiosmtpd.controller import Controller

from bot.finding import Finding
from bot.operations import doctor, support_checks
from bot.support import handoff
from bot.support.accounts import agents, passwords, presence
from bot.support.integrations.tickets import outbox
from bot.support.opening_hours import DAYS
from storage import database, events
from tests.door.conftest import Redis
from tests.support.integrations.conftest import Customer
from tests.support.integrations.fake_chatwoot import ACCOUNT, INBOX, TOKEN, FakeChatwoot

GOOD = "correct horse battery 7"
OWN: dict[str, Any] = {
    "desk": "own",
    "groups": {"service": {"en": "Service"}, "orders": {"en": "Orders"}},
    "hours": "always",
}


@pytest.fixture
def owner(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """Our own desk, nobody there yet."""
    monkeypatch.setenv("SHOP_HANDOFF", str(tmp_path / "handoff.yml"))
    monkeypatch.setattr(passwords, "COST", 8)
    for name in ("SHOP_DESK", "SHOP_TICKETS", "SHOP_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    return Owner(tmp_path / "handoff.yml")


class Owner:
    """Edits the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.writes()

    def writes(self, **changes: Any) -> None:
        self.file.write_text(yaml.safe_dump({**OWN, **changes}, sort_keys=False), encoding="utf-8")


def told(check: str) -> list[tuple[str, str]]:
    """The level and the words of each finding; what is not well says what to do."""
    found: list[Finding] = list(support_checks.CHECKS[check]())
    assert all(each.remedy or each.level == "ok" or "enabled: false" in each.what for each in found)
    return [(each.level, each.what) for each in found]


def said(check: str) -> tuple[str, str]:
    """The only finding."""
    (found,) = told(check)
    return found


# --- when -------------------------------------------------------------------------------------------------------------


def test_hours(owner: Owner) -> None:
    assert said("handoff") == ("ok", "hours: people answer at any time")
    owner.writes(hours={"timezone": "Europe/Berlin", "week": dict.fromkeys(DAYS, "00:00-24:00")})
    assert said("handoff") == ("ok", "hours: people answer now (Europe/Berlin)")
    owner.writes(hours={"week": {}, "special": {"2099-01-02": "09:00-10:00"}})
    assert said("handoff") == ("bad", "hours: people answer at no time"), "more than a year is never"
    tomorrow = datetime.now(timezone.utc).date() + timedelta(days=1)
    owner.writes(hours={"week": {}, "special": {tomorrow: "09:00-10:00"}})
    assert said("handoff") == ("ok", "hours: people answer again tomorrow at 09:00 (UTC)")
    owner.writes(hours="always", groups={"service": {}, "orders": {"hours": {"week": {}}}})
    assert told("handoff")[1] == ("bad", "hours: the group orders answers at no time")


def test_a_file_that_makes_no_sense(owner: Owner) -> None:
    owner.writes(timers={"wait_at_most": "soon"})
    level, words = said("handoff")
    assert level == "bad" and "wait_at_most must be a number" in words
    assert told("desk") == told("tickets") == [], "it was told once"
    owner.file.write_text("groups: [", encoding="utf-8")
    assert said("handoff")[0] == "bad"


def test_switched_off(owner: Owner) -> None:
    owner.writes(enabled=False)
    level, words = said("handoff")
    assert level == "note" and "no person" in words
    assert told("desk") == told("tickets") == []


def test_a_slot_that_rasa_does_not_know(owner: Owner) -> None:
    owner.writes(return_slots={"usual_size": {}, "colour": {}, "shoe_siz": {}})
    assert told("handoff")[0] == ("note", "handoff.yml: return_slots: shoe_siz is no slot of domain.yml")


# --- who --------------------------------------------------------------------------------------------------------------


def test_people(owner: Owner) -> None:
    assert said("desk")[0] == "note" and "nobody can sign in" in said("desk")[1]
    agents.add("olga", "Olga", GOOD, role="owner", groups=["service"])
    anna = agents.add("anna", "Anna", GOOD, groups=["service"], languages=["en"])
    presence.connect(anna.id, "p", "c")
    assert told("desk") == [
        ("ok", "desk: who may sign in at /desk: 2, who is there now: 1"),
        ("note", "nobody is in the group orders: who is sent there is asked for an e-mail"),
    ]
    agents.change(anna.id, groups=["service", "orders"])
    assert len(told("desk")) == 1
    owner.writes(assignment={"language": "require"})
    assert len(told("desk")) == 1, "Olga speaks both"
    agents.change(agents.by_login("olga").id, languages=["en"])  # type: ignore[union-attr]
    assert told("desk")[1][1].startswith("nobody speaks zh")


async def test_a_desk_outside(owner: Owner, fake: FakeChatwoot, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.writes(desk="chatwoot")
    with pytest.raises(support_checks.settings.SettingError, match="SHOP_CHATWOOT_SECRET"):
        told("desk")
    for name, value in {
        "URL": fake.url, "ACCOUNT": str(ACCOUNT), "INBOX": str(INBOX), "TOKEN": TOKEN, "SECRET": "secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SHOP_CHATWOOT_{name}", value)
    level, words = await asyncio.to_thread(said, "desk")
    assert level == "ok" and words.startswith("desk: chatwoot answers, ")
    monkeypatch.setenv("SHOP_CHATWOOT_TOKEN", "another")
    level, words = await asyncio.to_thread(said, "desk")
    assert level == "bad" and "SHOP_CHATWOOT_TOKEN" in words
    monkeypatch.setenv("SHOP_CHATWOOT_URL", "http://127.0.0.1:9")
    assert (await asyncio.to_thread(said, "desk"))[0] == "bad"


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_no_ticket_system(owner: Owner, customer: Customer) -> None:
    level, words = said("tickets")
    assert level == "note" and "stays here" in words
    asks_and_leaves_an_email(customer)
    assert said("tickets") == ("bad", "customers who wait for an answer by e-mail while nobody is told: 1")
    owner.writes(desk="chatwoot")
    assert said("tickets") == ("ok", "who finds nobody there stays pending in chatwoot")


def asks_and_leaves_an_email(customer: Customer) -> None:
    assert customer.asks().state == "offline_ticket", "nobody is there"
    assert handoff.leave_email(customer.handoff.id, customer.says("ann@example.com"))


@contextmanager
def mail_server(port: int = 0) -> Iterator[Controller]:
    class Post:
        async def handle_DATA(self, *_: object) -> str:
            raise AssertionError("nothing is sent")

    from tests.conftest import free_ports

    running = Controller(Post(), hostname="127.0.0.1", port=port or free_ports(1)[0])
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_mail(owner: Owner, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TICKETS", "mail")
    with pytest.raises(support_checks.settings.SettingError, match="SHOP_SMTP_HOST"):
        told("tickets")
    with mail_server() as server:
        for name, value in {
            "SHOP_SMTP_HOST": "127.0.0.1", "SHOP_SMTP_PORT": str(server.port), "SHOP_SMTP_SECURITY": "none",
            "SHOP_TICKETS_TO": "service@shop.example",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        assert told("tickets") == [("ok", "tickets go out by mail")]
        monkeypatch.setenv("SHOP_SMTP_SECURITY", "starttls")  # which this one cannot
        level, words = said("tickets")
        assert level == "bad" and "SHOP_SMTP_SECURITY" in words
        monkeypatch.setenv("SHOP_SMTP_SECURITY", "none")
        asks_and_leaves_an_email(customer)
        outbox.dead(outbox.open_for(customer.handoff, "mail"), "no")
        assert told("tickets")[1] == ("bad", "tickets that were given up: 1")
    level, words = told("tickets")[0]
    assert level == "bad" and "ConnectionRefused" in words


async def test_processes(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("processes") == []
    listeners = [events.Listener() for _ in range(2)]
    try:
        await listeners[0].start()
        assert told("processes") == [], "one needs no Redis"
        await listeners[1].start()
        level, words = said("processes")
        assert level == "bad" and words.startswith("server processes without a Redis: 2")
    finally:
        for listener in listeners:
            await listener.stop()


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_redis(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = Redis(tmp_path)
    monkeypatch.setenv("SHOP_REDIS_URL", redis.url)
    try:
        assert said("processes") == ("ok", "Redis answers: several server processes may run")
    finally:
        redis.stop()
    assert said("processes")[0] == "bad"
    monkeypatch.setenv("SHOP_REDIS_URL", "somewhere")
    with pytest.raises(support_checks.settings.SettingError, match="SHOP_REDIS_URL"):
        told("processes")


def test_they_are_part_of_the_whole(owner: Owner, capsys: pytest.CaptureFixture[str]) -> None:
    doctor.doctor()
    printed = capsys.readouterr().out
    assert "· nobody can sign in to the desk" in printed and "✓ hours: people answer at any time" in printed
    assert "SHOP_TICKETS" in printed and "could not be looked at" not in printed
    owner.writes(desk="phone")
    doctor.doctor()
    assert "✗ a setting is wrong: SHOP_DESK must be one of own, chatwoot" in capsys.readouterr().out


def test_without_a_database(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it is away is told elsewhere; nothing else is claimed."""
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql://x@127.0.0.1:9/x")
    assert told("handoff") == [("ok", "hours: people answer at any time")]
    assert told("desk") == told("processes") == []
    assert [level for level, _ in told("tickets")] == ["note"]
    database.dispose()
