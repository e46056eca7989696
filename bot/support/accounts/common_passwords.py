"""Passwords that are guessed first: what zxcvbn finds in few tries, a common word, a person's numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn
from zxcvbn.matching import RANKED_DICTIONARIES

# Common in a shop or in China, and in none of zxcvbn's dictionaries.
_WORDS = frozenset(
    """
    adminadmin customerservice mima nihao passphrase passwordpassword servicedesk superuser taobao tencent
    testtest thepassword trustnoi woaiwojia woaizhongguo wodemima
    """.split()  # noqa: SIM905
)
_TRIES = 6.5  # powers of ten: what is guessed in fewer is refused
_LONGEST = 72  # characters that zxcvbn looks at; it takes longer with the square of them
_PHONE = 12  # digits alone up to this length are a birthday or a telephone number
_LEET = str.maketrans("0134578@$!", "oieastbasi")


def is_guessable(password: str) -> bool:
    """Whether the password is among those that are tried first."""
    text = _fold(password)
    if not text or (text.isdigit() and len(text) <= _PHONE):
        return True
    word = bare(password)
    if word in _WORDS or any(word in dictionary for dictionary in RANKED_DICTIONARIES.values()):
        return True
    return float(zxcvbn(text[:_LONGEST])["guesses_log10"]) < _TRIES


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
