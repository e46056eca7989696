"""The groups that conversations are handed to, as the owner lists them in `bot/support/handoff.yml`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.support.accounts.errors import AgentError


def known() -> tuple[str, ...]:
    """The names of the groups, in the owner's order. Raises `ValueError` if the file was never good."""
    from bot.support.owner_settings import settings  # here: the hand-over's room imports this one

    return tuple(settings().groups)


def checked(groups: Sequence[str], error: type[AgentError]) -> list[str]:
    """The groups without repetition; raises `error` (code bad_group) for one that is not listed."""
    valid = known()
    for group in groups:
        if group not in valid:
            raise error(f"There is no group {group!r}; the groups are: {', '.join(valid)}.", "bad_group")
    return list(dict.fromkeys(groups))
