"""Settings, signatures, Markdown: the pure parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import SettingError
from bot.support.integrations import registry, settings
from bot.support.integrations.chatwoot.plain import plain
from bot.support.integrations.chatwoot.reader import speaker
from bot.support.integrations.chatwoot.signature import genuine, sign
from bot.support.integrations.settings import ChatwootSettings, HelpdeskSettings, MailSettings
from bot.support.integrations.transcripts import one_line

CHATWOOT = {
    "SHOP_CHATWOOT_URL": "https://desk.example.com/",
    "SHOP_CHATWOOT_ACCOUNT": "3",
    "SHOP_CHATWOOT_INBOX": "7",
    "SHOP_CHATWOOT_TOKEN": "token",
    "SHOP_CHATWOOT_SECRET": "new, old",
    "SHOP_CHATWOOT_TEAMS": "service:1, orders:2",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("SHOP_"):
            monkeypatch.delenv(name)


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_chatwoot_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, CHATWOOT)
    read = ChatwootSettings.read()
    assert read.url == "https://desk.example.com"
    assert read.secrets == ("new", "old")
    assert read.teams == {"service": 1, "orders": 2}
    assert "token" not in repr(read) and "old" not in repr(read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_CHATWOOT_URL", ""),
        ("SHOP_CHATWOOT_URL", "desk.example.com"),
        ("SHOP_CHATWOOT_URL", "http://desk.example.com"),
        ("SHOP_CHATWOOT_URL", "https://me:secret@desk.example.com"),
        ("SHOP_CHATWOOT_ACCOUNT", "x"),
        ("SHOP_CHATWOOT_ACCOUNT", "0"),
        ("SHOP_CHATWOOT_INBOX", "٣"),
        ("SHOP_CHATWOOT_TOKEN", " "),
        ("SHOP_CHATWOOT_SECRET", ""),
        ("SHOP_CHATWOOT_KEY", "short"),
        ("SHOP_CHATWOOT_KEY", "with/slash/and-more-than-24-letters"),
        ("SHOP_CHATWOOT_TEAMS", "service"),
    ],
)
def test_chatwoot_settings_that_make_no_sense(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    set_all(monkeypatch, {**CHATWOOT, name: value})
    with pytest.raises(SettingError, match=name):
        ChatwootSettings.read()


def test_mail_and_helpdesk_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="SHOP_SMTP_HOST"):
        MailSettings.read()
    set_all(monkeypatch, {"SHOP_SMTP_HOST": "mail.example.com", "SHOP_TICKETS_TO": "service@example.com"})
    read = MailSettings.read()
    assert (read.port, read.security, read.sender) == (587, "starttls", "service@example.com")
    for wrong in (
        "service@example.com\nBcc: x@example.com",
        "a@b@c",
        "Service <s@example.com>",
        "服务@例子.中国",
    ):
        monkeypatch.setenv("SHOP_TICKETS_TO", wrong)
        with pytest.raises(SettingError, match="SHOP_TICKETS_TO"):
            MailSettings.read()
    monkeypatch.setenv("SHOP_TICKETS_TO", "service@example.com")
    set_all(monkeypatch, {"SHOP_SMTP_SECURITY": "none", "SHOP_SMTP_USER": "u", "SHOP_SMTP_PASSWORD": "p"})
    with pytest.raises(SettingError, match="for everybody to read"):
        MailSettings.read()
    with pytest.raises(SettingError, match="SHOP_HELPDESK_TOKEN"):
        HelpdeskSettings.read()
    set_all(monkeypatch, {"SHOP_HELPDESK_TOKEN": "t", "SHOP_HELPDESK_URL": "https://help.example.com/desk/"})
    assert HelpdeskSettings.read().url == "https://help.example.com/desk"


def test_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(registry.REGISTRY) == set(settings.DESKS)
    assert registry.make("own").name == "own"
    set_all(monkeypatch, CHATWOOT)
    assert registry.make("chatwoot").name == "chatwoot"
    monkeypatch.setenv("SHOP_TICKETS", "zendesk")
    with pytest.raises(SettingError, match="SHOP_TICKETS must be one of none, helpdesk, mail"):
        settings.tickets_name()


def test_signatures() -> None:
    known = ChatwootSettings(url="https://x", account=1, inbox=1, token="t", secrets=("new", "old"))
    body = '{"event":"é"}'.encode()
    good = {"x-chatwoot-TIMESTAMP": "1000", "X-Chatwoot-Signature": sign("old", "1000", body)}
    assert genuine(known, good, body, now=1299.0)
    assert not genuine(known, good, body, now=1301.0)
    assert not genuine(known, good, body, now=699.0)
    assert not genuine(known, good, body + b" ", now=1000.0)
    assert not genuine(known, {**good, "x-chatwoot-TIMESTAMP": "1001"}, body, now=1000.0)
    assert not genuine(known, {**good, "x-chatwoot-TIMESTAMP": "１０００"}, body, now=1000.0)
    assert not genuine(known, {}, body, now=1000.0)
    assert not genuine(known, {**good, "X-Chatwoot-Signature": "sha256=é"}, body, now=1000.0)
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
    expected = "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    assert sign("secret", "1700000000", b"{}") == f"sha256={expected}"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Hello **Ann**,\n\nall is well.", "Hello Ann,\n\nall is well."),
        ("5\\*3 \\_x\\_ C:\\\\dir", "5*3 _x_ C:\\dir"),
        ("one\\\ntwo", "one\ntwo"),
        ("[here](https://a.example/b_c)", "here (https://a.example/b_c)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("![](https://a.example/x.png)", "https://a.example/x.png"),
        ("<https://a.example>", "https://a.example"),
        ("2 ** 3 ** 4 and a*b", "2 ** 3 ** 4 and a*b"),
        ("价格是**￥20**", "价格是￥20"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_markdown(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@given(st.text(max_size=300))
def test_markdown_never_fails(text: str) -> None:
    assert len(plain(text)) <= len(text)


def test_long_markdown_is_quick() -> None:
    import time

    begin = time.monotonic()
    for nasty in ("[" * 100_000, "**" * 50_000, "[a](" * 30_000, "\\" * 100_000, "<http://" * 20_000):
        plain(nasty)
    assert time.monotonic() - begin < 5


def test_who_speaks() -> None:
    user = {"id": 1, "name": "Ann", "type": "user"}
    said = {
        "id": 5,
        "message_type": 1,
        "private": False,
        "sender": user,
        "content": "hi",
        "content_attributes": {},
    }
    assert speaker(said) is not None
    for change in (
        {"message_type": 0},
        {"message_type": 2},
        {"message_type": 3},
        {"private": True},
        {"sender": None},
        {"sender": {**user, "type": "agent_bot"}},
        {"content_attributes": {"deleted": True}},
        {"content_attributes": {"shop_mark": "say:1:2"}},
    ):
        assert speaker({**said, **change}) is None, change


def test_lines() -> None:
    assert one_line("a\r\nb\u2028c\u202edcba\x00") == "a b cdcba"
    assert one_line("x" * 2000, 10) == "x" * 9 + "…"
