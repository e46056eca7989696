"""`credentials.yml`: which messengers it turns on, and what is said of entries that make no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.channels.runtime import configured
from bot.channels.telegram import Telegram
from bot.settings import SettingError
from tests.conftest import ROOT

HEAD = "bot.dialogue.internal_channel.InternalChannel:\n"


def read(folder: Path, text: str) -> list[configured.Messenger]:
    file = folder / "credentials.yml"
    file.write_text(text, encoding="utf-8")
    return list(configured.messengers(file))


def under(block: str) -> str:
    return f"{HEAD}  messengers:\n    {block}\n"


def test_ours_turns_none_on() -> None:
    assert list(configured.messengers()) == []


def test_every_block_of_ours_is_a_messenger() -> None:
    """With the "# " away, as the file says."""
    text = (ROOT / "credentials.yml").read_text(encoding="utf-8")
    blocks = yaml.safe_load(re.sub(r"^    # ", "    ", text, flags=re.MULTILINE))
    named = blocks[configured.CHANNEL]["messengers"]
    assert set(named) == set(configured.PLATFORMS)
    for name in named:
        assert configured.kind_of(name).platform == name


def test_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", "1:abc")
    for name in ("telegram", "bot.channels.telegram.Telegram"):
        (found,) = read(tmp_path, under(f"{name}: {{token: '${{TEST_TOKEN}}', secret: s3cret}}"))
        assert isinstance(found, Telegram) and found.token == "1:abc" and found.secret == "s3cret"


def test_variables_within_values_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_HOST", "shop.example")
    entry = "xmpp: {component: 'a.${TEST_HOST}', secret: x, uploads: ['https://up.${TEST_HOST}/f']}"
    (found,) = read(tmp_path, under(entry))
    assert found.us.startswith("shop@a.shop.example") and found.uploads == ("https://up.shop.example/f/",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "cannot be read"),
        ("- a\n", "no list of channels"),
        (under("telegram: {token: '${TEST_UNSET}', secret: x}"), "telegram: token: the environment variable ${TEST_UNSET}"),
        (under("telegram: {secret: x}"), "telegram needs token"),
        (under("telegram: x"), "telegram needs its values"),
        (f"{HEAD}  messengers: [telegram]\n", "each needs its name"),
        (under("pigeon: {}"), "no messenger pigeon; there are: instagram, line"),
        (under("bot.channels.telegram.Pigeon: {}"), "no messenger bot.channels.telegram.Pigeon"),
        (under("bot.settings.Settings: {}"), "no messenger bot.settings.Settings"),
        ("bot.channels.telegram.Telegram: {token: x}\n", "write it as telegram under messengers"),
        ("bot.channels.web.channel.WebChannel:\n", "stands at the top"),
    ],
)  # fmt: skip
def test_complaints(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingError, match=re.escape(said)) as complaint:
        read(tmp_path, text)
    assert str(complaint.value).startswith("credentials.yml")
