"""What happens in Matrix rooms, as updates: https://spec.matrix.org/latest/client-server-api/. Pure.

Whether a room is a group is known to the homeserver only: here `in_group` says that we are meant by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bot.channels.base.update import Attachment, Media, Update

_MEDIA: dict[str, Media] = {
    "m.image": "photo", "m.audio": "voice", "m.video": "video", "m.file": "file", "m.location": "place",
}  # fmt: skip
_WORDS = (
    "m.text",
    "m.emote",
)  # not m.notice: machines say it, and must not talk to each other
_PILL = re.compile(r"https://matrix\.to/#/((?:@|%40)[^\"'?&/<>\s]+)|matrix:u/([^\"'?&/<>\s]+)")
_KEYCAP = re.compile(r"([1-9])\ufe0f?\u20e3\ufe0f?")
_QUOTED = re.compile(r"(?:^> ?.*\n?)+\n?", re.MULTILINE)


@dataclass(frozen=True)
class Me:
    """How we are called: the user id ("@shop:example.org"), and names that people write instead."""

    user: str
    names: tuple[str, ...]


def address_of(room: str, user: str) -> str:
    """The address of somebody in a room."""
    return f"{room} {user}"


def place_of(address: str) -> tuple[str, str]:
    """Room and user of an address."""
    room, _, user = address.rpartition(" ")
    return room, user


def unreadable(address: str) -> Update:
    """Something encrypted was said: the same update every time, so that it is answered once."""
    return Update(f"encrypted.{address}", address, attachments=(Attachment("encrypted"),))


def read(event: Mapping[str, Any], me: Me) -> Update | None:
    """What an event of a room is to us; None for nothing. Raises `KeyError`, `TypeError`, `ValueError` or
    `AttributeError` for nonsense.
    """
    kind, sender, content = event["type"], event["sender"], event["content"]
    room, ident = event["room_id"], event["event_id"]
    if kind == "m.room.member":
        return _member(ident, room, sender, event["state_key"], content["membership"], me)
    if sender == me.user:
        return None
    address = address_of(room, sender)
    if kind == "m.room.message":
        return _message(ident, address, content, me)
    if kind == "m.reaction":
        return _reaction(ident, address, content)
    if kind == "m.sticker":
        return Update(ident, address, attachments=(Attachment("sticker"),))
    if kind == "m.room.encrypted":
        return unreadable(address)
    if kind == "m.room.redaction":
        about = content.get("redacts") or event.get("redacts")  # in the content from room version 11 on
        return Update(ident, address, "delete", about=str(about)) if about else None
    return None


def receipts(event: Mapping[str, Any], me: Me) -> Iterator[Update]:
    """Who has read up to where; for an event that we did not send, the time tells."""
    if event["type"] != "m.receipt":
        return
    for ident, kinds in event["content"].items():
        for user, mark in kinds.get("m.read", {}).items():
            if user == me.user:
                continue
            address = address_of(event["room_id"], user)
            seconds = str(int(mark.get("ts", 0)) // 1000)
            yield Update(f"read.{ident}.{user}", address, "read", data=seconds, about=ident)


def _member(ident: str, room: str, sender: str, whose: str, membership: str, me: Me) -> Update | None:
    if whose == me.user:
        if sender == me.user:
            return None
        address = address_of(room, sender)
        if membership == "invite":
            return Update(ident, address, "join", in_group=True)
        return Update(ident, address, "leave") if membership in ("leave", "ban") else None
    if membership == "join":
        return Update(ident, address_of(room, whose), "join")
    return Update(ident, address_of(room, whose), "leave") if membership in ("leave", "ban") else None


def _reaction(ident: str, address: str, content: Mapping[str, Any]) -> Update | None:
    relation = content.get("m.relates_to", {})
    number = _number(str(relation.get("key", "")))
    if relation.get("rel_type") != "m.annotation" or number is None:
        return None
    return Update(ident, address, "press", data=f"#{number}", about=relation["event_id"])


def _number(key: str) -> int | None:
    match = _KEYCAP.fullmatch(key)
    return int(match[1]) if match else 10 if key == "🔟" else None


def _message(ident: str, address: str, content: Mapping[str, Any], me: Me) -> Update | None:
    relation = content.get("m.relates_to", {})
    original = relation["event_id"] if relation.get("rel_type") == "m.replace" else None
    if original is not None:
        content = content["m.new_content"]
    # Threads name an event to answer, too, for programs that know no threads.
    quoted = None if relation.get("is_falling_back") else relation.get("m.in_reply_to", {}).get("event_id")
    kind = content.get("msgtype")
    if kind not in _MEDIA and kind not in _WORDS:
        return None
    text = _unquoted(content) if kind in _WORDS else _caption(content)
    mentioned = _mentions_us(content, me)
    plain = _without_name(text, me, mentioned)
    return Update(
        ident,
        address,
        "edit" if original is not None else "message",
        text=plain,
        attachments=tuple(_attachments(content)) if original is None else (),
        about=original or quoted,
        in_group=mentioned or plain != text,
    )


def _attachments(content: Mapping[str, Any]) -> Iterator[Attachment]:
    kind = _MEDIA.get(content["msgtype"])
    if kind is None:
        return
    if "file" in content:  # an encrypted one
        yield Attachment("encrypted")
        return
    picture = str(content.get("info", {}).get("mimetype", "")).startswith("image/")
    yield Attachment("photo" if kind == "file" and picture else kind, str(content.get("url", "")))


def _caption(content: Mapping[str, Any]) -> str:
    """Words with a file: the body, unless it is the file's name."""
    body, name = str(content["body"]), content.get("filename")
    return body if name is not None and name != body else ""


def _unquoted(content: Mapping[str, Any]) -> str:
    """The words, without the quotation that older programs put before an answer."""
    body = str(content["body"])
    if "<mx-reply>" not in str(content.get("formatted_body", "")) and not body.startswith(("> <@", "> * <@")):
        return body
    found = _QUOTED.match(body)
    return body[found.end() :] if found else body


def _mentions_us(content: Mapping[str, Any], me: Me) -> bool:
    """Whether we are mentioned (also as the one who is answered), or linked to."""
    if me.user in content.get("m.mentions", {}).get("user_ids", ()):
        return True
    links = _PILL.finditer(str(content.get("formatted_body", "")))
    return any(unquote(link[1] or f"@{link[2]}") == me.user for link in links)


def _without_name(text: str, me: Me, mentioned: bool) -> str:
    """A text without the name that it calls us by: "@shop" anywhere, or "Shop:" before the rest (also without
    the colon, as programs write it, where we are `mentioned` besides).
    """
    ids = "|".join(re.escape(name) for name in (me.user, *(f"@{each}" for each in me.names)))
    names = "|".join(re.escape(name) for name in me.names)
    at = rf"(?<![\w@])(?:{ids})(?!\w|[:.-]\w)[:,，：]?\s*"
    before = rf"^\s*(?:{names})" + (r"(?![A-Za-z0-9_])[:,，：]?\s*" if mentioned else r"\s*[:,，：]\s*")
    for pattern in (at, before):
        rest, found = re.subn(pattern, "", text, count=1, flags=re.IGNORECASE)
        if found:
            return rest.strip()
    return text
