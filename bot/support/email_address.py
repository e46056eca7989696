"""Whether something is an e-mail address to which one can write, without asking anybody.

Stricter than what mail allows, as wide as what people have: no quoted names, no bare machines, no addresses
of numbers. Signs of a Chinese input method (＠ 。) count as what is meant.
"""

from __future__ import annotations

import string
import unicodedata

MAX, MAX_LOCAL, MAX_LABEL = 254, 64, 63
_ATOM = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")
_LOCAL = _ATOM | {"."}
_HOST = frozenset(string.ascii_letters + string.digits + "-.")


def checked(text: str) -> str | None:
    """The address, its domain in small letters and without letters beyond ASCII; None if it is none."""
    local, at, domain = _normal(text).strip().rpartition("@")
    if not at or not 1 <= len(local) <= MAX_LOCAL or not set(local) <= _LOCAL or not all(local.split(".")):
        return None
    host = _host(domain)
    if host is None or len(local) + 1 + len(host) > MAX:
        return None
    return f"{local}@{host}"


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


def _host(domain: str) -> str | None:
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or len(labels[-1]) < 2:
        return None
    for label in labels:
        if not 1 <= len(label) <= MAX_LABEL or not set(label) <= _HOST or label[0] == "-" or label[-1] == "-":
            return None
    return host
