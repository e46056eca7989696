"""Passwords of agents: scrypt hashes that carry their parameters, and which passwords are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.support.accounts.common_passwords import is_guessable, is_made_of
from bot.support.accounts.errors import PasswordRefused
from storage.errors import Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 256
# OWASP's choice for 32 MB: about a quarter of a second. Raise them here; older hashes are made anew at
# sign-in.
COST, BLOCK, PARALLEL = 15, 8, 3
_SALT, _KEY = 16, 32
_MAX_MEMORY = 512 * 2**20  # no stored hash may ask for more

# Each check holds 32 MB and a core: a flood of sign-ins must take neither the machine's memory nor all its
# cores.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT = 20.0  # seconds that a check waits for its turn

_FORM = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)")


@dataclass(frozen=True)
class _Hash:
    cost: int
    block: int
    parallel: int
    salt: bytes
    key: bytes

    @classmethod
    def parse(cls, text: str) -> _Hash:
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError("not a password hash of ours")
        cost, block, parallel = (int(number) for number in found.groups()[:3])
        return cls(cost, block, parallel, *(_decode(part) for part in found.groups()[3:]))

    def __str__(self) -> str:
        parameters = f"ln={self.cost},r={self.block},p={self.parallel}"
        return f"$scrypt${parameters}${_encode(self.salt)}${_encode(self.key)}"

    def matches(self, password: str) -> bool:
        key = _derive(password, self.salt, self.cost, self.block, self.parallel, len(self.key))
        return hmac.compare_digest(key, self.key)


def hash_password(password: str) -> str:
    """The text to store: `$scrypt$ln=…,r=…,p=…$salt$key`."""
    salt = secrets.token_bytes(_SALT)
    key = _derive(password, salt, COST, BLOCK, PARALLEL, _KEY)
    return str(_Hash(COST, BLOCK, PARALLEL, salt, key))


def verify(password: str, stored: str | None) -> bool:
    """Whether a password is the one that was hashed.

    None stands for a login that does not exist: it takes as long and is never right.
    """
    if len(password) > MAX_LENGTH:
        password = ""  # never right, and as much work
    if stored is None:
        _Hash.parse(_nobody()).matches(password)
        return False
    return _Hash.parse(stored).matches(password)


def outdated(stored: str) -> bool:
    """Whether a hash costs a guesser less than today's parameters would, and should be made anew."""
    known = _Hash.parse(stored)
    memory, today = known.block << known.cost, BLOCK << COST
    return memory < today or memory * known.parallel < today * PARALLEL


def check(password: str, login: str, name: str = "") -> None:
    """Refuse a password that is short, among the commonest, or made of the login or the name.

    Raises `PasswordRefused`.
    """
    if len(_normal(password)) < MIN_LENGTH:
        raise PasswordRefused(f"The password must have at least {MIN_LENGTH} characters.", "too_short")
    if len(password) > MAX_LENGTH:
        raise PasswordRefused(f"The password may have at most {MAX_LENGTH} characters.", "too_long")
    if is_made_of(password, (login, login.split("@")[0], name)):
        raise PasswordRefused("The password is too much like the login or the name.", "like_login")
    if is_guessable(password):
        raise PasswordRefused(
            "That password is among those that are guessed first. "
            "Three or four unrelated words make a good one.",
            "common",
        )


def _normal(password: str) -> str:
    # A Chinese input method may send full-width letters, a Mac decomposed accents: the same keys, one
    # password.
    return unicodedata.normalize("NFKC", password)


def _derive(password: str, salt: bytes, cost: int, block: int, parallel: int, length: int) -> bytes:
    if not _AT_ONCE.acquire(timeout=_WAIT):
        raise Unavailable("too many people sign in at once")
    try:
        return hashlib.scrypt(
            _normal(password).encode("utf-8", "surrogatepass"),
            salt=salt,
            n=1 << cost,
            r=block,
            p=parallel,
            maxmem=_MAX_MEMORY,
            dklen=length,
        )
    finally:
        _AT_ONCE.release()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has, for logins that do not exist."""
    return str(_Hash(COST, BLOCK, PARALLEL, secrets.token_bytes(_SALT), secrets.token_bytes(_KEY)))


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
