"""The slots that actions read and write, and the form of those that hold more than a word; a test holds the
names beside `domain.yml`.
"""

from __future__ import annotations

from typing import Literal, TypedDict

SlotName = Literal[
    "language", "criteria", "shown", "focus", "photo", "pending", "misses", "failures", "complaints",
    "agreed", "agent_note", "order_id", "email", "order_task", "height", "weight", "usual_size", "size_for",
]  # fmt: skip


class Photo(TypedDict, total=False):
    """The customer's last photo, and what was seen on it."""

    id: str
    waiting: bool  # its message could not be answered yet
    asked: bool  # which of two things it shows was asked already
    parts: list[str]  # of a dressed person, each with products
    part: str | None  # the one that the talk is about


class Shown(TypedDict, total=False):
    """The products last shown, in their order: ordinals point into it and "more" continues it."""

    ids: list[str]
    mode: str  # search, photo, similar, popular, look
    product: str | None  # that they are like, or go with
    next: int  # offset of the next page
    total: int
    why: dict[str, list[str]]  # id → codes of reasons
    rows: int  # how many rows of products, where there are several
    seen: list[str]  # in all rows so far
    stepped: bool  # by a price below or above the last


class SizeFor(TypedDict, total=False):
    """What a size is asked for."""

    product: str
    category: str
