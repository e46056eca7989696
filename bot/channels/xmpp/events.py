"""What XMPP's stanzas say to us, as updates where it is something that a customer does. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree.ElementTree import Element

from bot.channels.base.api_client import Gone, Later, Refused
from bot.channels.base.update import Attachment, Media, Update
from bot.channels.xmpp import names as ns
from bot.channels.xmpp.names import bare, child, local, name_of, own, resource

# OMEMO in all versions, OpenPGP (XEP-0373, XEP-0027), and the mark of any other (XEP-0380).
_ENCRYPTED = (
    (ns.OMEMO, "encrypted"), ("urn:xmpp:omemo:1", "encrypted"), ("urn:xmpp:omemo:2", "encrypted"),
    ("urn:xmpp:openpgp:0", "openpgp"), ("jabber:x:encrypted", "x"), ("urn:xmpp:eme:0", "encryption"),
)  # fmt: skip
_ENDINGS: dict[str, Media] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "gif", "bmp", "heic", "avif"), "photo"),
    **dict.fromkeys(("oga", "ogg", "opus", "m4a", "mp3", "aac", "amr", "wav", "flac"), "voice"),
    **dict.fromkeys(("mp4", "webm", "mov", "mkv", "3gp", "avi", "ogv"), "video"),
}
_TYPES: dict[str, Media] = {"image": "photo", "audio": "voice", "video": "video"}
_KEYCAP = re.compile(r"([1-9])\ufe0f?\u20e3")
_WEAK = 16  # characters: a shorter id may be a counter that begins anew with every session of an old client
_LONGEST = 200  # characters of an id that is kept as it is
_NAME = 80  # characters of a customer's name

# What an error says of the one whom a message was for (RFC 6120, 8.3.3).
_GONE = frozenset((
    "item-not-found", "gone", "service-unavailable", "forbidden", "not-allowed", "not-authorized",
    "subscription-required", "registration-required",
))  # fmt: skip
_LATER = frozenset((
    "remote-server-timeout", "remote-server-not-found", "recipient-unavailable", "resource-constraint",
    "internal-server-error", "not-acceptable",
))  # fmt: skip


def update_of(message: Element, *, nick: str | None = None) -> Update | None:
    """What a message reports to us; None for nothing. Those of type "error" are not for here.

    `nick` is our own in the room that it comes from, None for one that was written to us alone. In a room
    only that is for us which names us or answers us.
    """
    sender = message.get("from", "")
    group = nick is not None
    if message.get("type") == "headline" or (group and resource(sender) in ("", nick)):
        return None
    address = sender if group else bare(sender)
    ident = _ident(message, group)
    read = child(message, ns.MARKERS, "displayed", "acknowledged")
    if read is not None:
        about = read.get("id", "")
        return None if group else Update(f"{address}|read.{_short(about)}", address, "read", about=about)
    if taken_back := _retracted(message):
        return Update(f"{address}|{ident}", address, "delete", about=f"{address}|{_short(taken_back)}")
    reactions = child(message, ns.REACTIONS, "reactions")
    if reactions is None:
        return _content(message, address, ident, nick)
    numbers = _KEYCAP.findall("".join(each.text or "" for each in reactions))
    if not numbers or group:
        return None
    return Update(f"{address}|{ident}", address, "press", data=f"#{numbers[-1]}", about=reactions.get("id"))


def _content(message: Element, address: str, ident: str, nick: str | None) -> Update | None:
    """Something that was written or sent."""
    group = nick is not None
    text = _text(message)
    secret = any(child(message, space, name) is not None for space, name in _ENCRYPTED)
    if secret or text.startswith(("?OTR", "aesgcm://")):
        return None if group else _unreadable(message, address, text)
    attachments = tuple(_attachments(message))
    for each in attachments:
        text = text.replace(each.ref, "").strip()
    if nick is not None:
        if not _for_us(message, text, nick):
            return None
        text = without_name(text, nick)
    if not text and not attachments:
        return None
    edited = child(message, ns.CORRECT, "replace")
    about = edited.get("id") if edited is not None else None
    name = resource(address) if group else message.findtext(f"{{{ns.NICK}}}nick") or local(address)
    return Update(
        f"{address}|{ident}",
        address,
        kind="edit" if edited is not None else "message",
        text=text,
        attachments=attachments,
        data=ident if child(message, ns.MARKERS, "markable") is not None and not group else None,
        about=f"{address}|{_short(about)}" if about else None,
        language=message.get(ns.LANG),
        name=name[:_NAME] or None,
        in_group=group,
    )


def _unreadable(message: Element, address: str, text: str) -> Update | None:
    """Something encrypted was said: the same update for a whole day, so that it is answered once."""
    omemo = child(message, ns.OMEMO, "encrypted")
    if omemo is not None and child(omemo, ns.OMEMO, "payload") is None and not text:
        return None  # devices exchange their keys: nothing was said
    ident = f"{address}|encrypted.{_today()}"
    return Update(ident, address, attachments=(Attachment("encrypted"),), name=local(address)[:_NAME] or None)


def _attachments(message: Element) -> Iterator[Attachment]:
    """Files by their addresses, each once."""
    seen = set()
    for url, kind in (*_shared(message), *_out_of_band(message)):
        if url and url not in seen:
            seen.add(url)
            yield Attachment(kind, url)


def _out_of_band(message: Element) -> Iterator[tuple[str, Media]]:
    for each in message.iterfind(f"{{{ns.OOB}}}x"):
        url = (each.findtext(f"{{{ns.OOB}}}url") or "").strip()
        yield url, media_of(url)


def _shared(message: Element) -> Iterator[tuple[str, Media]]:
    for each in message.iterfind(f"{{{ns.FILE_SHARING}}}file-sharing"):
        source = each.find(f"{{{ns.FILE_SHARING}}}sources/{{{ns.URL_DATA}}}url-data")
        kind = each.findtext(f"{{{ns.FILE}}}file/{{{ns.FILE}}}media-type") or ""
        if source is not None:
            url = source.get("target", "").strip()
            yield url, _TYPES.get(kind.split("/")[0].strip().casefold()) or media_of(url)


def media_of(url: str) -> Media:
    """What an address leads to, by its ending."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "file"
    return _ENDINGS.get(path.rpartition(".")[2].casefold(), "file")


def _text(message: Element) -> str:
    """What was written, without a quotation that only says what is answered."""
    body = own(message, "body")
    text = (body.text or "") if body is not None else ""
    for each in message.iterfind(f"{{{ns.FALLBACK}}}fallback"):
        part = child(each, ns.FALLBACK, "body")
        if each.get("for") == ns.REPLY and part is not None:
            start, end = _number(part.get("start")), _number(part.get("end"))
            if 0 <= start < end <= len(text):
                text = f"{text[:start]}{text[end:]}"
                break
    return text.strip()


def _for_us(message: Element, text: str, nick: str) -> bool:
    """Whether a message in a room names us, or answers us."""
    answered = child(message, ns.REPLY, "reply")
    if answered is not None and resource(answered.get("to", "")) == nick:
        return True
    us = (f"xmpp:{bare(message.get('to', ''))}", f"xmpp:{bare(message.get('from', ''))}/{nick}")
    named = any(each.get("uri") in us for each in message.iterfind(f"{{{ns.REFERENCE}}}reference"))
    return named or _called(nick).search(text) is not None


def without_name(text: str, nick: str) -> str:
    """What was said, without our name and what stands around it."""
    return _called(nick).sub("", text, count=1).strip(" \t\n,:，：")


def _called(nick: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_])@?{re.escape(nick)}(?![A-Za-z0-9_])", re.IGNORECASE)


def _retracted(message: Element) -> str:
    """The id of the message that is taken back, or ''."""
    retract = child(message, ns.RETRACT, "retract")
    if retract is not None:
        return retract.get("id", "")
    applied = child(message, ns.FASTEN, "apply-to")
    if applied is not None and child(applied, ns.OLD_RETRACT, "retract") is not None:
        return applied.get("id", "")
    return ""


def _ident(message: Element, group: bool) -> str:
    """By what a message is known, to us and to those that take it back: in a room the room's id, else the
    sender's. The same when it is sent again.
    """
    if group:
        room = bare(message.get("from", ""))
        for each in message.iterfind(f"{{{ns.IDS}}}stanza-id"):
            if each.get("by") == room and each.get("id"):
                return _short(each.get("id", ""))
    origin = child(message, ns.IDS, "origin-id")
    if origin is not None and origin.get("id"):
        return _short(origin.get("id", ""))
    ident = message.get("id", "")
    if not ident:
        return uuid4().hex
    if len(ident) < _WEAK:
        said = hashlib.blake2b(_text(message).encode("utf-8", "replace"), digest_size=8).hexdigest()
        return f"{ident}.{said}.{_today()}"
    return _short(ident)


def chat_state(message: Element) -> str:
    """What a message tells of its sender: composing, paused, active, inactive, gone; '' for nothing."""
    return next((name_of(each) for each in message if each.tag.startswith(f"{{{ns.CHAT_STATES}}}")), "")


def wants_receipt(message: Element) -> bool:
    """Whether the sender wants to know that the message has arrived."""
    return child(message, ns.RECEIPTS, "request") is not None and bool(message.get("id"))


def invitation(message: Element) -> tuple[str, str] | None:
    """The room that we are invited to, and its password ('' for none); None if we are not."""
    direct = child(message, ns.INVITATION, "x")
    if direct is not None and direct.get("jid"):
        return bare(direct.get("jid", "")), direct.get("password", "")
    by_room = child(message, ns.MUC_USER, "x")
    if by_room is not None and child(by_room, ns.MUC_USER, "invite") is not None:
        return bare(message.get("from", "")), by_room.findtext(f"{{{ns.MUC_USER}}}password") or ""
    return None


def said_at(message: Element) -> datetime | None:
    """When a message was said that a room tells us afterwards; None for one of now."""
    for each in message.iterfind(f"{{{ns.DELAY}}}delay"):
        if bare(each.get("from", "")) == bare(message.get("from", "")):
            try:
                at = datetime.fromisoformat(each.get("stamp", "").replace("Z", "+00:00"))
            except ValueError:
                return datetime.fromtimestamp(0, timezone.utc)
            return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return None


def failure(stanza: Element) -> Later | Refused:
    """What a stanza of type "error" means for what we had sent: `Gone`, `Later` or `Refused`."""
    error = own(stanza, "error")
    kind = error.get("type", "") if error is not None else ""
    text = error.findtext(f"{{{ns.ERRORS}}}text") or "" if error is not None else ""
    condition = condition_of(stanza)
    why = (condition or "an unknown error") + (f" ({text[:150]})" if text else "")
    if kind == "wait" or condition in _LATER:
        return Later(why)
    return Gone(why) if condition in _GONE else Refused(why)


def condition_of(stanza: Element) -> str:
    """The condition of an error ("item-not-found"), or ''."""
    error = own(stanza, "error")
    if error is None:
        return ""
    names = (name_of(each) for each in error if each.tag.startswith(f"{{{ns.ERRORS}}}"))
    return next((name for name in names if name != "text"), "")


@dataclass(frozen=True)
class Occupant:
    """Somebody in a room, by the presence that the room sends: `ours` if that is us, the status codes."""

    nick: str
    ours: bool
    there: bool
    codes: frozenset[str]
    new_nick: str
    destroyed: bool


def occupant(presence: Element) -> Occupant:
    """Read the presence of an occupant of a room."""
    about = child(presence, ns.MUC_USER, "x")
    found = about if about is not None else Element("x")
    item = child(found, ns.MUC_USER, "item")
    codes = frozenset(each.get("code", "") for each in found.iterfind(f"{{{ns.MUC_USER}}}status"))
    return Occupant(
        nick=resource(presence.get("from", "")),
        ours="110" in codes,
        there=presence.get("type") is None,
        codes=codes,
        new_nick=item.get("nick", "") if item is not None else "",
        destroyed=child(found, ns.MUC_USER, "destroy") is not None,
    )


def _short(ident: str) -> str:
    if len(ident) <= _LONGEST:
        return ident
    return hashlib.blake2b(ident.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _today() -> str:
    return datetime.now(timezone.utc).date().isoformat()
