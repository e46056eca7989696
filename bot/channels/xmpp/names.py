"""The names of XMPP: its extensions' namespaces (https://xmpp.org/extensions/), parts of addresses. Pure."""

from __future__ import annotations

from xml.etree.ElementTree import Element

STREAM = "jabber:component:accept"  # XEP-0114: of everything that a component's stream carries
CHAT_STATES = "http://jabber.org/protocol/chatstates"  # XEP-0085
CORRECT = "urn:xmpp:message-correct:0"  # XEP-0308
DELAY = "urn:xmpp:delay"  # XEP-0203
ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas"  # RFC 6120
FALLBACK = "urn:xmpp:fallback:0"  # XEP-0428
FILE = "urn:xmpp:file:metadata:0"  # XEP-0446
FILE_SHARING = "urn:xmpp:sfs:0"  # XEP-0447
HINTS = "urn:xmpp:hints"  # XEP-0334
IDS = "urn:xmpp:sid:0"  # XEP-0359
INVITATION = "jabber:x:conference"  # XEP-0249
MARKERS = "urn:xmpp:chat-markers:0"  # XEP-0333
MUC = "http://jabber.org/protocol/muc"  # XEP-0045
MUC_USER = "http://jabber.org/protocol/muc#user"
NICK = "http://jabber.org/protocol/nick"  # XEP-0172
OMEMO = "eu.siacs.conversations.axolotl"  # XEP-0384, as most clients have it
OOB = "jabber:x:oob"  # XEP-0066
PING = "urn:xmpp:ping"  # XEP-0199
QUICK = "urn:xmpp:tmp:quick-response"  # XEP-0439
REACTIONS = "urn:xmpp:reactions:0"  # XEP-0444
RECEIPTS = "urn:xmpp:receipts"  # XEP-0184
REFERENCE = "urn:xmpp:reference:0"  # XEP-0372
REPLY = "urn:xmpp:reply:0"  # XEP-0461
RETRACT = "urn:xmpp:message-retract:1"  # XEP-0424
OLD_RETRACT = "urn:xmpp:message-retract:0"  # in an apply-to of FASTEN (XEP-0422)
FASTEN = "urn:xmpp:fasten:0"
URL_DATA = "http://jabber.org/protocol/url-data"  # XEP-0103
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MOST = 400  # bytes of half an address: what is longer, no index of the database holds


def bare(jid: str) -> str:
    """An address without the part that names a device, or an occupant of a room."""
    return jid.split("/", 1)[0]


def resource(jid: str) -> str:
    """That part, or ''."""
    return jid.partition("/")[2]


def local(jid: str) -> str:
    """The part before the server, or ''."""
    return bare(jid).rpartition("@")[0]


def too_long(jid: str) -> bool:
    """Whether an address is longer than we keep."""
    return any(len(part.encode()) > MOST for part in (bare(jid), resource(jid)))


def name_of(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child(stanza: Element, namespace: str, *names: str) -> Element | None:
    """The first of these children that there is."""
    found = (stanza.find(f"{{{namespace}}}{name}") for name in names)
    return next((each for each in found if each is not None), None)


def own(stanza: Element, name: str) -> Element | None:
    """A child that belongs to the stanza itself; servers write its namespace in one of two ways."""
    found = child(stanza, STREAM, name)
    return found if found is not None else child(stanza, "jabber:client", name)
