"""What can go wrong with accounts: a stable code, for pages to word in their language, and plain English."""

from __future__ import annotations


class AgentError(ValueError):
    """Base of all: something a person can put right. `code` is stable, the text is plain English."""

    code = "agent_error"

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        if code:
            self.code = code


class PasswordRefused(AgentError):
    """A password that must not be taken. Codes: too_short, too_long, common, like_login."""


class AccountRefused(AgentError):
    """An account that cannot be made or changed so.

    Codes: bad_login, login_taken, bad_name, bad_role, bad_group, bad_language, bad_load, first_owner,
    last_owner.
    """


class UnknownAgent(AgentError):
    """There is no such account."""

    code = "unknown_agent"


class NotAllowed(AgentError):
    """The role does not allow it."""

    code = "not_allowed"


class SignInRefused(AgentError):
    """No such login, wrong password or no longer active: which of them is never told."""

    code = "refused"


class Locked(AgentError):
    """Too many failed attempts; `seconds` until the next may be made (for Retry-After)."""

    code = "locked"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many failed attempts. Please try again in {seconds} seconds.")
        self.seconds = seconds


class CannedRefused(AgentError):
    """A canned reply that cannot be stored.

    Codes: bad_shortcut, bad_language, bad_title, bad_text, bad_placeholder, bad_group, shortcut_taken.
    """


class UnknownCanned(AgentError):
    """There is no such canned reply (any more)."""

    code = "unknown_canned"
