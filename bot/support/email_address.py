"""Whether something is an e-mail address to which one can write, without asking anybody.

`email-validator` says what is one. Signs of a Chinese input method (＠ 。) count as what is meant.
"""

from __future__ import annotations

import string
import unicodedata

from email_validator import EmailNotValidError, validate_email

_ATOM = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")
_LOCAL = _ATOM | {"."}
_HOST = frozenset(string.ascii_letters + string.digits + "-.")


def checked(text: str) -> str | None:
    """The address, its domain in small letters and without letters beyond ASCII; None if it is none."""
    try:
        found = validate_email(
            _normal(text).strip(), strict=True, check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    address = found.ascii_email
    # No country and no other top-level domain has one letter only.
    return address if address and len(address.rpartition(".")[2]) > 1 else None


def find(text: str) -> str | None:
    """The one address in a sentence; None if there is none, or several different ones."""
    text = _normal(text)
    found: dict[str, str] = {}
    for at, sign in enumerate(text):
        if sign != "@":
            continue
        start, end = at, at + 1
        while start > 0 and text[start - 1] in _LOCAL:
            start -= 1
        while end < len(text) and (text[end] in _HOST or _foreign_host(text, end)):
            end += 1
        candidate = text[start:end].strip(".-").lstrip("'`*_=/?!&")
        address = checked(candidate)
        if address is not None:
            found.setdefault(address.casefold(), address)
    return next(iter(found.values())) if len(found) == 1 else None


def _foreign_host(text: str, at: int) -> bool:
    """Letters such as ü may stand in a domain; Chinese ones follow an address without a space, so they do
    not.
    """
    return text[at].isalpha() and unicodedata.east_asian_width(text[at]) not in ("W", "F")


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("。", ".")
