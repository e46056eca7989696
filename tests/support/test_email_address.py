"""E-mail addresses as customers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.support.email_address import checked, find


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        (" Ann.O'Neil+shop@Example.COM ", "Ann.O'Neil+shop@example.com"),
        ("ann＠example。com", "ann@example.com"),
        ("ann@müller.de", "ann@xn--mller-kva.de"),
        ("用户@例子.中国", None),
        ("ann@例子.中国", "ann@xn--fsqu00a.xn--fiqs8s"),
        ("ann@localhost", None),
        ("ann@127.0.0.1", None),
        ("ann@[127.0.0.1]", None),
        ('"ann b"@example.com', None),
        ("ann..b@example.com", None),
        (".ann@example.com", None),
        ("ann@-example.com", None),
        ("ann@example..com", None),
        ("ann@example.c", None),
        ("ann@b@example.com", None),
        ("ann@example.com\nBcc: x@example.com", None),
        ("ann@example.com, bob@example.com", None),
        ("a" * 65 + "@example.com", None),
        ("a@" + "b" * 64 + ".com", None),
        ("a@" + ".".join(["b" * 60] * 5) + ".com", None),
        ("", None),
        ("@", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert checked(text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("It is ann@example.com.", "ann@example.com"),
        ("我的邮箱是ann@example.com谢谢", "ann@example.com"),
        ("邮箱：ann＠example.com。", "ann@example.com"),
        ("<mailto:ann@example.com>", "ann@example.com"),
        ("ann@example.com or ANN@example.com", "ann@example.com"),
        ("ann@example.com or bob@example.com", None),
        ("no @ here", None),
        ("@ann", None),
        ("'ann@example.com'", "ann@example.com"),
        (" mail me: Ann.O'Neil+shop@mail.example.co.uk! ", "Ann.O'Neil+shop@mail.example.co.uk"),
        ("x" * 4000 + "@", None),
    ],
)
def test_addresses_in_sentences(text: str, address: str | None) -> None:
    assert find(text) == address


@given(st.text(max_size=200))
def test_addresses_never_fail(text: str) -> None:
    for found in (checked(text), find(text)):
        assert found is None or (found.isascii() and found.isprintable() and " " not in found)
