"""Another package adds a messenger, a desk, a ticket system and a catalogue format; a broken one costs only itself."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import yaml

from bot.channels.runtime import configured
from bot.settings import SettingError
from bot.support import owner_settings
from bot.support.integrations import registry
from bot.support.integrations.tickets import registry as ticket_registry
from shop.errors import ImportFailed
from shop.importing.catalogue_files import open_source
from storage import plugins

MODULE = """
from bot.channels.telegram import Telegram
from bot.support.integrations.base import Desk
from bot.support.integrations.tickets.base import Target
from shop.importing.catalogue_files import CatalogueRow


class Pigeon(Telegram):
    platform, title = "pigeon", "Pigeon post"


class Counter(Desk):
    name = "counter"


class Drawer(Target):
    name = "drawer"

    async def send(self, ticket, parent, photos, progress):
        return "1"


def lines(file):
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        yield CatalogueRow(number, {"id": line})
"""
ENTRY_POINTS = """
[shop_assistant.messengers]
pigeon = little_plugin:Pigeon
owl = little_plugin:Owl

[shop_assistant.desks]
counter = little_plugin:Counter
nowhere = no_such_module:Desk

[shop_assistant.tickets]
drawer = little_plugin:Drawer
nowhere = no_such_module:Target

[shop_assistant.catalogue_sources]
txt = little_plugin:lines
xml = no_such_module:rows
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package as an installer leaves it: a module, and what it registers."""
    site = tmp_path / "site"
    information = site / "little_plugin-1.2.dist-info"
    information.mkdir(parents=True)
    (site / "little_plugin.py").write_text(MODULE)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: little-plugin\nVersion: 1.2\n")
    (information / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(site))
    for name in ("SHOP_DESK", "SHOP_TICKETS", "SHOP_HANDOFF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(owner_settings, "_known", {})  # SHOP_DESK is read together with the owner's file


def test_what_is_registered() -> None:
    assert plugins.names(plugins.DESKS) == ("counter", "nowhere")
    assert plugins.find(plugins.DESKS, "own") is None, "ours are in tables of their own"


def test_a_broken_one_is_named_and_the_others_stay(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert set(plugins.load(plugins.DESKS)) == {"counter"}
    (told,) = caplog.messages
    assert "nowhere" in told and "little-plugin 1.2" in told and "no_such_module" in told


@pytest.mark.parametrize(
    ("desk", "complaint"),
    [
        ("nowhere", r"SHOP_DESK=nowhere: .*little-plugin 1\.2.*no_such_module"),
        ("zendesk", "SHOP_DESK must be one of own, chatwoot, counter, nowhere"),
    ],
)
def test_a_desk_that_is_none(desk: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DESK", desk)
    with pytest.raises(SettingError, match=complaint):
        registry.make()


def test_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DESK", "counter")
    assert registry.make().name == "counter"
    assert registry.make("own").name == "own"


def test_a_ticket_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TICKETS", "drawer")
    target = ticket_registry.make()
    assert target is not None and target.name == "drawer"
    monkeypatch.setenv("SHOP_TICKETS", "nowhere")
    with pytest.raises(SettingError, match=r"SHOP_TICKETS=nowhere: .*little-plugin 1\.2"):
        ticket_registry.make()
    monkeypatch.setenv("SHOP_TICKETS", "none")
    assert ticket_registry.make() is None


@pytest.mark.parametrize("name", ["pigeon", "little_plugin.Pigeon"])
def test_a_messenger(name: str, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials.yml"
    block = {name: {"token": "1:a", "secret": "s"}, "telegram": {"token": "2:b", "secret": "s"}}
    entries = {"bot.dialogue.internal_channel.InternalChannel": {"messengers": block}}
    credentials.write_text(yaml.safe_dump(entries, sort_keys=False))
    assert [each.title for each in configured.messengers(credentials)] == ["Pigeon post", "Telegram"]


def test_each_of_ours_has_its_platforms_name() -> None:
    assert {name: configured.kind_of(name).platform for name in configured.PLATFORMS} == {
        name: name for name in configured.PLATFORMS
    }


def test_a_messenger_that_is_none() -> None:
    with pytest.raises(SettingError, match=r"owl .*little-plugin 1\.2.*Owl"):
        configured.kind_of("owl")
    with pytest.raises(SettingError, match=r"no messenger raven; there are: .*telegram.*pigeon"):
        configured.kind_of("raven")
    with pytest.raises(SettingError, match=r"no messenger bot\.channels\.slack\.Raven"):
        configured.kind_of("bot.channels.slack.Raven")


def test_a_catalogue_format(tmp_path: Path) -> None:
    (tmp_path / "catalogue.TXT").write_text("p1\np2\n")
    assert [row.fields["id"] for row in open_source(tmp_path / "catalogue.TXT").rows()] == ["p1", "p2"]
    (tmp_path / "catalogue.xml").write_text("<x/>")
    with pytest.raises(ImportFailed, match=r"xml .*little-plugin 1\.2.*no_such_module"):
        open_source(tmp_path / "catalogue.xml")
    (tmp_path / "catalogue.pdf").write_text("")
    with pytest.raises(ImportFailed, match=r"none of \.jsonl, \.csv, \.ndjson, \.txt, \.xml"):
        open_source(tmp_path / "catalogue.pdf")
