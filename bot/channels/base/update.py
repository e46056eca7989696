"""What a platform reports, in one form: a message, a press, an edit, …; kept as JSON until worked off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["message", "press", "edit", "delete", "join", "leave", "read", "failed", "move"]
KINDS: tuple[Kind, ...] = (
    "message", "press", "edit", "delete", "join", "leave", "read", "failed", "move",
)  # fmt: skip
Media = Literal["photo", "voice", "video", "sticker", "file", "place", "contact", "encrypted"]
KEPT_DAYS = 14  # for so long what comes again is known
MOST_PHOTOS = 10  # of one message; an album that is larger is cut


@dataclass(frozen=True)
class Attachment:
    """Something that came with a message; `ref` is what the platform's `fetch` needs to get a photo."""

    kind: Media
    ref: str = ""


@dataclass(frozen=True)
class Update:
    """One thing that happened at the platform.

    id           the platform's own, unique in the messenger: what comes twice is worked off once
    address      whom to answer: a customer, or a customer in a group (see `in_group`)
    kind         message; press (of a button); edit, delete (of an earlier message); join (opened the chat,
                 came back); leave (blocked us, left); read (up to a message of ours); failed (a message of
                 ours that the platform had taken did not arrive); move (the customer has another address now)
    text         what was written; of an edit the new text; of a failure why
    data         of a press: the token of the button (see `drawing.Choice`); of a message: what the platform
                 needs to mark it as read; of a failure: "closed" if it is only too late, "later" if it may
                 work later; of a move: the new address
    about        the platform's id of the message that is meant: edited, deleted, read, failed, pressed,
                 quoted
    language     the customer's, where the platform tells ("en-GB", "zh_CN")
    name         how the customer is called there
    in_group     the message was said in a group, to us
    """

    id: str
    address: str
    kind: Kind = "message"
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    data: str | None = None
    about: str | None = None
    language: str | None = None
    name: str | None = None
    in_group: bool = False

    @property
    def photos(self) -> tuple[Attachment, ...]:
        """The photos among the attachments, `MOST_PHOTOS` at most."""
        return tuple(each for each in self.attachments if each.kind == "photo")[:MOST_PHOTOS]

    def body(self) -> dict[str, Any]:
        """The form of the inbox."""
        return {key: _storable(value) for key, value in asdict(self).items() if value}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Update:
        """From the form of the inbox."""
        attachments = tuple(Attachment(**each) for each in body.get("attachments") or ())
        return cls(**{**body, "attachments": attachments})


def _storable(value: Any) -> Any:
    """Without what a database takes in no text: NUL, halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {key: _storable(each) for key, each in value.items()}
    return value
