"""What can go wrong with a hand-over, as codes; the pages and channels word them."""

from __future__ import annotations


class HandoffError(Exception):
    """Base of all. `code` is stable."""

    code = "handoff_error"


class Conflict(HandoffError):
    """Somebody was faster: the hand-over has changed since the caller read it. Read again."""

    code = "conflict"


class WrongState(HandoffError):
    """This cannot happen in the state in which the hand-over is."""

    code = "wrong_state"

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event!r} cannot happen in state {state!r}")
        self.state = state
        self.event = event


class NotYours(HandoffError):
    """The agent may not do this: another's conversation, a group that is not his, an account switched off."""

    code = "not_yours"


class NotFound(HandoffError):
    """No such hand-over, conversation, agent or group."""

    code = "not_found"


class BadValue(HandoffError):
    """A value that cannot be meant: six stars, an unknown slot. Its message names it."""

    code = "bad_value"
