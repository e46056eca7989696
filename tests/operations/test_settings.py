"""The settings: one list of them, from which the guide, the help and the doctor's complaints are made."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bot.operations import doctor, settings
from bot.settings import SettingError, Settings, redis_url
from bot.support.integrations.settings import MailSettings
from storage.environment import variables
from storage.settings import StorageSettings, database_url, secret, var_name
from tests.conftest import ROOT

ROOMS = ("storage", "shop", "vision", "bot", "actions")
GUIDES = ("README.md", "README.zh.md", "docs/architecture.md", "docs/how-to", "docs/desks")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SHOP_"):
            monkeypatch.delenv(name)


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)


def guides() -> Iterator[Path]:
    for name in GUIDES:
        yield from [ROOT / name] if name.endswith(".md") else (ROOT / name).rglob("*.md")


def names_in(path: Path) -> set[str]:
    """The names of settings in a text; "SHOP_SMTP_…" is none."""
    return set(re.findall(r"\bSHOP_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))


def test_the_guide_is_up_to_date() -> None:
    """If it is not: python -m bot settings --markdown > docs/settings.md"""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings.markdown()


def test_no_setting_is_read_past_its_section() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sources()}
    assert [path for path, text in texts.items() if re.search(r"(environ|getenv)\b[^\n]*SHOP_", text)] == []
    declaring = {path.name for path, text in texts.items() if re.search(r"\benv=\"SHOP_", text)}
    assert declaring == {"settings.py", "owner_settings.py", "environment.py"}  # the last's example


def test_every_name_that_is_told_is_a_setting() -> None:
    told = {name: path for path in (*sources(), *guides()) for name in names_in(path)}
    assert len(told) > 40
    assert {name: path for name, path in told.items() if name not in settings.known()} == {}


def test_every_setting_is_explained_once() -> None:
    sections = set(settings.SECTIONS.values())
    parts = get_type_hints(settings.AllSettings).values()
    assert {next(iter(get_args(part)), part) for part in parts} == sections
    for section in sections:
        assert section.__doc__
        for each in variables(section):
            assert each.description and each.values, each.name
    names = [each.name for section in sections for each in variables(section)]
    assert {name for name in names if names.count(name) > 1} == {"SHOP_ALLOW_HTTP"}  # of both neighbours


def test_what_is_no_setting() -> None:
    given = {
        "SHOP_PROT": "1",
        "SHOP_PORT": "1",
        "SHOP_TELEGRAM_TOKEN": "t",
        "SHOP_SERVICE_HOST": "x",
        "PATH": "",
    }
    assert list(settings.unknown(given)) == [("SHOP_PROT", "SHOP_PORT"), ("SHOP_SERVICE_HOST", None)]


def test_the_doctor_tells_of_slips(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (doctor._names, doctor._settings))
    assert doctor.doctor() == 0
    monkeypatch.setenv("SHOP_SERVICE_HOST", "10.0.0.1")
    assert doctor.doctor() == 0
    monkeypatch.setenv("SHOP_PROT", "5006")
    monkeypatch.setenv("SHOP_PHOTO_DAYS", "a week")
    capsys.readouterr()
    assert doctor.doctor() == 1
    assert capsys.readouterr().out.splitlines()[:4] == [
        "✗ SHOP_PROT is no setting; did you mean SHOP_PORT?",
        "· SHOP_SERVICE_HOST is no setting",
        "    → docs/settings.md lists them all",
        "✗ a setting is wrong: SHOP_PHOTO_DAYS must be a whole number, not 'a week'",
    ]


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {name for name, each in settings.known().items() if each.secret}
    assert {"SHOP_SECRET", "SHOP_DATABASE_URL", "SHOP_REDIS_URL", "SHOP_SMTP_PASSWORD"} < hidden
    for name in hidden:
        monkeypatch.setenv(name, "redis://:correct-horse-battery@staple")
    for name, value in {
        "SHOP_DESK": "chatwoot", "SHOP_CHATWOOT_URL": "https://chat.example.com", "SHOP_CHATWOOT_ACCOUNT": "1",
        "SHOP_CHATWOOT_INBOX": "2", "SHOP_CHATWOOT_KEY": "correct-horse-battery-staple", "SHOP_PORT": "5077",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    listing, everything = settings.listing(), repr(settings.AllSettings.read())
    assert "correct-horse" not in listing + everything
    assert "5077" in listing and "5077" in everything and listing.count("(secret)") == len(hidden)


def test_only_what_is_in_use_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = settings.AllSettings.read()
    assert everything.mail is None and everything.chatwoot is None
    monkeypatch.setenv("SHOP_TICKETS", "Mail")
    with pytest.raises(SettingError) as raised:
        settings.AllSettings.read()
    assert str(raised.value) == (
        "SHOP_SMTP_HOST is needed for SHOP_TICKETS=mail; SHOP_TICKETS_TO is needed for SHOP_TICKETS=mail"
    )
    monkeypatch.setenv("SHOP_SMTP_HOST", "mail.example.com")
    monkeypatch.setenv("SHOP_TICKETS_TO", "service@example.com")
    monkeypatch.setenv("SHOP_SMTP_SECURITY", "TLS")
    expected = {"host": "mail.example.com", "security": "tls", "port": 465, "sender": "service@example.com"}
    assert settings.AllSettings.read().mail == MailSettings(to="service@example.com", **expected)


def test_the_environment_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert var_name() == str(ROOT / "var") and database_url() is None and redis_url() is None
    monkeypatch.setenv("SHOP_VAR", "/tmp/one")
    assert var_name() == "/tmp/one"
    monkeypatch.setenv("SHOP_VAR", " ")
    assert var_name() == str(ROOT / "var"), "a blank one is none"
    monkeypatch.setenv("SHOP_SECRET", " spaces belong to a key ")
    assert secret() == " spaces belong to a key "
    assert StorageSettings.read() is StorageSettings.read(), "what was read once is not checked again"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SHOP_PORT", "http", "must be a whole number, not 'http'"),
        ("SHOP_PORT", "0", "must lie between 1 and 65535, not 0"),
        ("SHOP_PORT", "５００５", "must be a whole number, not '５００５'"),
        ("SHOP_DIALOGUES", "33", "must lie between 1 and 32, not 33"),
        ("SHOP_TRUST_PROXY", "perhaps", "must be one of 1, 0, not 'perhaps'"),
        ("SHOP_PUBLIC_URL", "shop.example", "must be an http(s) address, not 'shop.example'"),
    ],
)
def test_what_makes_no_sense_is_told(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as raised:
        Settings.read()
    assert str(raised.value) == f"{name} {told}"


def test_all_of_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PORT", "x")
    monkeypatch.setenv("SHOP_ALLOWED_ORIGINS", "https://good.example, bad")
    with pytest.raises(SettingError, match=r"SHOP_PORT .*; SHOP_ALLOWED_ORIGINS: 'bad' is no origin"):
        Settings.read()


def test_the_workers_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read().dialogue_urls == ("http://127.0.0.1:5056",)
    monkeypatch.setenv("SHOP_DIALOGUES", "2")
    monkeypatch.setenv("SHOP_DIALOGUE_PORT", "6000")
    assert Settings.read().dialogue_urls == ("http://127.0.0.1:6000", "http://127.0.0.1:6001")
    assert not Settings().given("port") and Settings.read().given("dialogue_port")
