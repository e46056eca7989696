"""Passwords that are guessed first: the usual words, keys in a row, repetitions, numbers of a person's
life.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What remains of the commonest passwords when capitals, digits and marks around and 0-for-o are taken off.
_WORDS = frozenset(
    """
    password passwort passwords mypassword thepassword passwordpassword passphrase secret topsecret
    changeme letmein welcome admin administrator adminadmin root superuser user username login guest
    master qwerty qwertz azerty iloveyou iloveu loveyou sunshine princess football baseball basketball
    superman batman spiderman dragon monkey shadow starwars pokemon computer internet whatever trustno
    trustnoi michael jennifer charlie liverpool chelsea arsenal samsung google facebook microsoft apple
    android windows default test testing tester testtest demo example sample temporary service servicedesk
    customerservice support helpdesk customer agent assistant shop shopping store company business office
    manager employee summer winter spring autumn january february march april june july august september
    october november december hello helloworld woaini woaiwojia woaizhongguo mima wodemima nihao zhongguo
    beijing shanghai shenzhen guangzhou taobao alibaba tencent
    """.split()  # noqa: SIM905
)
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "qwertzuiop",
    "azertyuiop",
    "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "!qaz@wsx#edc",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)
_RUNS = tuple(row for each in _ROWS for row in (each, each[::-1]))
_RUN = 3  # so many keys in a row are one thing to guess, not three
_LEAST = 6  # things to guess in a password that may pass
_PHONE = 12  # digits alone up to this length are a birthday or a telephone number
_LEET = str.maketrans("0134578@$!", "oieastbasi")


def is_guessable(password: str) -> bool:
    """Whether the password is among those that are tried first."""
    text = _fold(password)
    if text.isdigit() and len(text) <= _PHONE:
        return True
    return bare(password) in _WORDS or _things(_period(text)) < _LEAST


def is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether the password is one of these words, as it stands or with digits and marks around it."""
    text = _fold(password)
    own, stem = {_fold(word) for word in words}, bare(password)
    return text in own or text in {word[::-1] for word in own} or (stem != "" and stem in map(bare, own))


def bare(text: str) -> str:
    """A password as a guesser sees it: small letters, without the digits and marks around, 0-for-o undone."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", _fold(text))
    return re.sub(r"[\W_]", "", core.translate(_LEET))


def _fold(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).casefold())


def _period(text: str) -> str:
    """abcabcabc is abc."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            return text[:size]
    return text


def _things(text: str) -> int:
    """How many things there are to guess: a run of neighbouring keys counts once, a repeated character not
    again.
    """
    count, place = 0, 0
    while place < len(text):
        size = 1
        while place + size < len(text) and any(text[place : place + size + 1] in row for row in _RUNS):
            size += 1
        size = size if size >= _RUN else 1
        count += not (size == 1 and place and text[place] == text[place - 1])
        place += size
    return count
