"""Hashes and the passwords that are refused."""

from __future__ import annotations

import hashlib
import statistics
import threading
import time
import unicodedata
from pathlib import Path

import pytest

from bot.support.accounts import passwords
from bot.support.accounts.errors import PasswordRefused
from storage.errors import Unavailable
from tests.support.accounts.conftest import GOOD


def test_a_hash_knows_its_password_and_no_other() -> None:
    stored = passwords.hash_password(GOOD)
    assert passwords.verify(GOOD, stored)
    for wrong in (GOOD + " ", GOOD.upper(), "", GOOD[:-1]):
        assert not passwords.verify(wrong, stored), wrong
    assert GOOD not in stored and stored != passwords.hash_password(GOOD), "each has its own salt"


def test_the_parameters_stand_in_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$scrypt$ln=8,r=8,p=1$")
    assert not passwords.outdated(stored)
    monkeypatch.setattr(passwords, "COST", 9)
    assert passwords.outdated(stored) and passwords.verify(GOOD, stored), "old hashes stay good until renewed"
    stronger = passwords.hash_password(GOOD)
    assert stronger.startswith("$scrypt$ln=9,r=8,p=1$") and not passwords.outdated(stronger)
    monkeypatch.setattr(passwords, "PARALLEL", 2)
    assert passwords.outdated(stronger)
    monkeypatch.setattr(passwords, "COST", 8)
    monkeypatch.setattr(passwords, "PARALLEL", 1)
    assert not passwords.outdated(stronger), "never made weaker"


def test_the_key_is_scrypt_of_the_standard() -> None:
    """RFC 7914, section 12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1)."""
    key = (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
    salt, encoded = passwords._encode(b"SodiumChloride"), passwords._encode(bytes.fromhex(key))
    assert passwords.verify("pleaseletmein", f"$scrypt$ln=14,r=8,p=1${salt}${encoded}")


def test_real_parameters_cost_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 15)
    monkeypatch.setattr(passwords, "PARALLEL", 3)
    begin = time.perf_counter()
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$scrypt$ln=15,r=8,p=3$") and time.perf_counter() - begin > 0.05


def test_the_shipped_parameters_are_those_of_owasp() -> None:
    source = Path(passwords.__file__).read_text(encoding="utf-8")  # the fixture lowers them in memory
    assert "COST, BLOCK, PARALLEL = 15, 8, 3" in source


def test_nobody_takes_as_long_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 13)
    passwords._nobody.cache_clear()
    try:
        stored = passwords.hash_password(GOOD)
        assert not passwords.verify(GOOD, None)  # makes the stand-in once
        times: dict[str | None, list[float]] = {stored: [], None: []}
        for _ in range(9):
            for known, spent in times.items():
                begin = time.perf_counter()
                passwords.verify("something wrong", known)
                spent.append(time.perf_counter() - begin)
        somebody, nobody = statistics.median(times[stored]), statistics.median(times[None])
        assert 0.6 < nobody / somebody < 1.6, (somebody, nobody)
    finally:
        passwords._nobody.cache_clear()


def test_the_same_keys_are_the_same_password() -> None:
    stored = passwords.hash_password("Grüße an 12 Möwen")
    assert passwords.verify(unicodedata.normalize("NFD", "Grüße an 12 Möwen"), stored)
    assert passwords.verify("Ｇrüße an １２ Möwen", stored), "a Chinese input method sends full-width letters"


def test_endless_passwords_cost_no_more() -> None:
    stored = passwords.hash_password(GOOD)
    assert not passwords.verify("x" * 5_000_000, stored)
    assert not passwords.verify("\ud800" * 20, stored), "half a surrogate pair is a wrong password, no crash"


@pytest.mark.parametrize("stored", ["", "plain", "$scrypt$ln=8,r=8,p=1$abc", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_of_ours_is_an_error(stored: str) -> None:
    with pytest.raises(ValueError):
        passwords.verify(GOOD, stored)


def test_a_flood_waits_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than two at a time hold memory and a core; who waits too long is told to come again."""
    busy, most, real = 0, 0, hashlib.scrypt
    guard = threading.Lock()

    def counted(*arguments: object, **values: object) -> bytes:
        nonlocal busy, most
        with guard:
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        try:
            return real(*arguments, **values)  # type: ignore[arg-type]
        finally:
            with guard:
                busy -= 1

    monkeypatch.setattr(hashlib, "scrypt", counted)
    threads = [threading.Thread(target=passwords.hash_password, args=(GOOD,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2

    monkeypatch.setattr(passwords, "_WAIT", 0.05)
    with passwords._AT_ONCE, passwords._AT_ONCE, pytest.raises(Unavailable):
        passwords.hash_password(GOOD)


REFUSED = {
    "too_short": ["", "short", "blue lamp", "我们的服务台"],
    "too_long": ["ab cd ef gh " * 30],
    "like_login": [
        "anna.berg99", "Anna.Berg!!!!", "annaberg2024", "  anna.berg  1", "moc.elpmaxe@greb.anna",
        "anna.berg@example.com", "Anna Bergmann", "annabergmann1",
    ],
    "common": [
        "1234567890", "0987654321", "password123", "Password 123", "P@ssw0rd2024", "qwertyuiop", "qwerty12345",
        "1q2w3e4r5t", "q1w2e3r4t5y6", "1qaz2wsx3edc", "asdfghjkl;", "!@#$%^&*()", "aaaaaaaaaa", "abcabcabcabc",
        "passwordpassword", "13812345678", "19900214001", "5201314520", "woaini1314520", "iloveyou123",
        "Welcome2024!", "abcd1234efgh", "1234567890abc", "administrator1", "changeme!!!", "ｐａｓｓｗｏｒｄ１２３",
        " " * 12, "Woaizhongguo88", "customer service 1", "Beijing2008!", "monkeymonkey", "password" * 30, "zzzz" * 60,
    ],
}  # fmt: skip


@pytest.mark.parametrize(("code", "password"), [(code, each) for code in REFUSED for each in REFUSED[code]])
def test_refused(code: str, password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        passwords.check(password, "anna.berg@example.com", "Anna Bergmann")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery",
        "k7#Vq9!zTw",
        "8492615277130",
        "我们的服务台很好用的",
        "annapurna seen twice",
        "x9" * 3 + "-Qm4",
    ],
)
def test_taken(password: str) -> None:
    passwords.check(password, "anna.berg@example.com", "Anna Bergmann")
