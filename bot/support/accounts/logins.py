"""Logins: how they are written."""

from __future__ import annotations

import re
import unicodedata

_FORM = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,79}")


def normal(login: str) -> str:
    """The one way a login is written: small letters, no blanks around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def valid(login: str) -> bool:
    """Whether an account may be called so (the login in its normal form)."""
    return _FORM.fullmatch(login) is not None
