"""What `python -m bot doctor` found, in plain words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `level`: ok, note (works, but look at it) or bad (will not work)."""

    level: str
    what: str
    remedy: str = ""


def one_line(error: BaseException) -> str:
    """An error's first line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
