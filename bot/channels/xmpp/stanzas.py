"""XMPP's stanzas as we write them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement

from bot.channels.xmpp.names import (
    CHAT_STATES,
    ERRORS,
    HINTS,
    IDS,
    MARKERS,
    MUC,
    OOB,
    QUICK,
    RECEIPTS,
    STREAM,
)


def ident_of(key: str) -> str:
    """The id of a message of ours: the same for the same piece, and nothing can be told from it."""
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def said(
    sender: str,
    to: str,
    body: str,
    *,
    ident: str,
    group: bool = False,
    picture: bool = False,
    responses: Sequence[Sequence[str]] = (),
) -> Element:
    """A message with a text. `picture`: the text is the address of a picture, which is shown. `responses`:
    values and titles that can be pressed where the client knows how (XEP-0439 wants the choices in the text,
    too, and has no way to ask whether it does).
    """
    message = _message(sender, to, "groupchat" if group else "chat", ident)
    SubElement(message, f"{{{STREAM}}}body").text = printable(body)
    if picture:
        SubElement(SubElement(message, f"{{{OOB}}}x"), f"{{{OOB}}}url").text = printable(body)
    for value, label in responses:
        SubElement(message, f"{{{QUICK}}}response", {"value": printable(value), "label": printable(label)})
    SubElement(message, f"{{{IDS}}}origin-id", {"id": ident})
    if not group:
        SubElement(message, f"{{{CHAT_STATES}}}active")
        SubElement(message, f"{{{MARKERS}}}markable")
    return message


def writing(sender: str, to: str, on: bool) -> Element:
    """That somebody writes, or has stopped."""
    message = _message(sender, to)
    SubElement(message, f"{{{CHAT_STATES}}}{'composing' if on else 'paused'}")
    SubElement(message, f"{{{HINTS}}}no-store")
    return message


def receipt(sender: str, message: Element) -> Element:
    """That a message has arrived, and is kept."""
    answer = _message(sender, message.get("from", ""))
    SubElement(answer, f"{{{RECEIPTS}}}received", {"id": message.get("id", "")})
    SubElement(answer, f"{{{HINTS}}}store")
    return answer


def displayed(sender: str, to: str, ident: str) -> Element:
    """That a message is looked at."""
    message = _message(sender, to)
    SubElement(message, f"{{{MARKERS}}}displayed", {"id": ident})
    SubElement(message, f"{{{HINTS}}}store")
    return message


def error(sender: str, stanza: Element, kind: str, condition: str) -> Element:
    """That a message was not taken: `kind` "wait" (try again) or "cancel"."""
    answer = Element(stanza.tag, {"from": sender, "to": stanza.get("from", ""), "type": "error"})
    if stanza.get("id"):
        answer.set("id", stanza.get("id", ""))
    SubElement(SubElement(answer, f"{{{STREAM}}}error", {"type": kind}), f"{{{ERRORS}}}{condition}")
    return answer


def presence(sender: str, to: str, kind: str = "") -> Element:
    """A presence of a type; '' for: here."""
    found = Element(f"{{{STREAM}}}presence", {"from": sender, "to": to})
    if kind:
        found.set("type", kind)
    return found


def entering(sender: str, room: str, nick: str, *, password: str = "", seconds: int = 0) -> Element:
    """Entering a room, with what was said there in so many seconds before."""
    found = presence(sender, f"{room}/{nick}")
    wish = SubElement(found, f"{{{MUC}}}x")
    SubElement(wish, f"{{{MUC}}}history", {"seconds": str(seconds)} if seconds else {"maxstanzas": "0"})
    if password:
        SubElement(wish, f"{{{MUC}}}password").text = password
    return found


def plain_room(sender: str, room: str) -> Element:
    """A new room that is waiting for its settings gets the usual ones."""
    found = Element(f"{{{STREAM}}}iq", {"from": sender, "to": room, "type": "set", "id": uuid4().hex})
    SubElement(SubElement(found, f"{{{MUC}#owner}}query"), "{jabber:x:data}x", {"type": "submit"})
    return found


def printable(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and not _unwritable(ord(each))))


def _unwritable(code: int) -> bool:
    return 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)


def _message(sender: str, to: str, kind: str = "chat", ident: str = "") -> Element:
    attributes = {"from": sender, "to": to, "type": kind, "id": ident or uuid4().hex}
    return Element(f"{{{STREAM}}}message", attributes)
