"""What can go wrong, as codes and facts; whoever talks to a person words them."""

from __future__ import annotations

from typing import Any


class CodedError(Exception):
    """Base of all. `code` is stable and language-free, `facts` fills the sentence that words it."""

    code = "error"

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message or self.code)
        self.facts = facts


class Unavailable(CodedError):
    """The database does not answer just now; the same call may be tried again."""

    code = "unavailable"
