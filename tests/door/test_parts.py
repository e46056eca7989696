"""The channel's small parts, each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.conversation import sessions
from bot.conversation.incoming import clean, for_dialogue
from bot.conversation.photo_intake import PhotoRefused
from bot.conversation.replies import Reply, offered
from bot.conversation.texts import TEXTS, language_hint, say
from bot.dialogue import models
from bot.door import static_files
from bot.door.rate_limits import RateLimit
from bot.door.uploads import from_form
from bot.operations.talk import ScriptError, read_script


@pytest.fixture(autouse=True)
def _own_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", "a secret of the tests that is long enough to sign")
    settings.secret.cache_clear()
    yield
    settings.secret.cache_clear()


def test_clean() -> None:
    assert clean("a\x00b\x1b[31mc\r\nd\te") == "ab[31mc\nd\te"
    assert clean("\u202eabc\u2066\ufeff") == "abc"
    assert clean("👨‍👩‍👧 \ud83d x") == "👨‍👩‍👧  x"
    assert clean("a\n\n\n\n\nb") == "a\n\nb"
    assert len(clean("x" * 50_000)) == settings.MAX_TEXT


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("/restart", "restart"), (" / / a", "a"), ("a/b", "a/b"), ("24/7", "24/7"), ("//", ""), ("\n/x", "x")],
)
def test_for_dialogue(typed: str, kept: str) -> None:
    assert for_dialogue(typed) == kept


def test_language_hint() -> None:
    assert language_hint("红色 dress") == "zh"
    assert language_hint("dress") == "en"
    assert language_hint("M") is None and language_hint("👍 42") is None


def test_every_text_is_there_in_every_language() -> None:
    for code, texts in TEXTS.items():
        assert set(texts) == set(settings.LANGUAGES), code
        assert say(code, "fr", n=1, address="x") == say(code, "en", n=1, address="x")


def test_reply_of_rasas_response() -> None:
    reply = Reply.from_response(
        {
            "text": " hi ",
            "buttons": [{"title": "A", "payload": "/a"}, {"title": ""}, "nonsense"],
            "image": "javascript:alert(1)",
            "custom": {"cards": [{"id": "p1", "title": "T", "url": "//evil.example"}, {"id": "p2"}, 5]},
        }
    )
    assert reply.text == "hi" and reply.picture is None
    assert [button.payload for button in reply.buttons] == ["/a"]
    assert [card.id for card in reply.cards] == ["p1"] and reply.cards[0].url is None
    assert not Reply.from_response({}) and not Reply.from_response({"custom": [1]})
    body = reply.body()
    found = offered(body, 0)
    assert found is not None and found.payload == "/a"
    for button, card in ((1, None), (0, 0), (0, 5), (True, None), ("0", None), (None, None), (0, True)):
        assert offered(body, button, card) is None


def test_sessions() -> None:
    session = sessions.start("zh")
    assert sessions.read(session.token) == session
    assert sessions.photo_owner(session.token) == session.conversation
    photo = sessions.photo_token(session.conversation, session.expires)
    assert sessions.photo_owner(photo) == session.conversation
    with pytest.raises(sessions.TokenError):
        sessions.read(photo)  # it shows photos; it must not speak
    for wrong in (None, "", 5, "x.y.z", session.token + "x", "é" * 30):
        with pytest.raises(sessions.TokenError):
            sessions.read(wrong)


def test_rate_limit() -> None:
    now = [0.0]
    limit = RateLimit(3, clock=lambda: now[0], max_keys=2)
    assert [limit.allow("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allow("b")
    now[0] = 20.0  # a third of a minute: one more
    assert [limit.allow("a") for _ in range(2)] == [True, False]
    limit.allow("c")  # keys are bounded: the longest unused is forgotten
    assert len(limit._buckets) == 2
    assert all(RateLimit(0).allow("a") for _ in range(100))


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "..",
        ".",
        "",
        "a/b.png",
        "a\\b.png",
        ".hidden.png",
        "a.png\0",
        "a.exe",
        "a",
        "%2e%2e",
        "x" * 200 + ".png",
    ],
)
def test_no_way_out_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "inside" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "inside" / "own.png").write_bytes(b"x")
    assert static_files.find(name, tmp_path / "inside") is None
    assert static_files.find("link.png", tmp_path / "inside") is None
    assert (
        static_files.find("own.png", tmp_path / "none", tmp_path / "inside")
        == tmp_path / "inside" / "own.png"
    )


def test_form() -> None:
    kind = "multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = (
        part % (b"x", b"", b"1") + part % (b"photo", b'; filename="\xff.jpg"', b"DA\r\n--TA") + b"--b--\r\n"
    )
    assert from_form(body, kind) == b"DA\r\n--TA"
    for wrong in (b"", b"--b--", part % (b"x", b"", b"1")):
        with pytest.raises(PhotoRefused):
            from_form(wrong, kind)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_PORT", "http"),
        ("SHOP_PORT", "99999"),
        ("SHOP_PUBLIC_URL", "shop.example"),
        ("SHOP_ALLOWED_ORIGINS", "a; b"),
    ],
)
def test_wrong_settings_are_told(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingError, match=name):
        settings.settings.__wrapped__()


def test_script(tmp_path: Path) -> None:
    script = tmp_path / "script.yml"
    (tmp_path / "a.jpg").write_bytes(b"x")
    script.write_text("- say: hi\n- {photo: a.jpg, say: this}\n- button: Yes\n- wait: 0.5\n")
    assert [next(iter(step)) for step in read_script(script)] == ["say", "photo", "button", "wait"]
    for wrong in (
        "say: x",
        "- {}",
        "- {say: a, button: b}",
        "- {photo: none.jpg}",
        "- {wait: long}",
        "- 5",
        "[",
    ):
        script.write_text(wrong)
        with pytest.raises(ScriptError):
            read_script(script)


def test_fingerprint_follows_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "ROOT", tmp_path)
    (tmp_path / "data/nlu/en").mkdir(parents=True)
    seen = {models.fingerprint()}
    for path, text in (("config.yml", "a"), ("data/nlu/en/greet.yml", "b"), ("data/nlu/en/greet.yml", "c")):
        (tmp_path / path).write_text(text)
        seen.add(models.fingerprint())
    (tmp_path / "data/nlu/en/notes.txt").write_text("not a source")
    assert len(seen) == 4 and models.fingerprint() in seen
