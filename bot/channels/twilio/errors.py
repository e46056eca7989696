"""What Twilio's error codes mean: in its answers to what we send, and in its reports on what it could not
deliver after all. Pure.
"""

from __future__ import annotations

from bot.channels.base.api_client import Closed, Gone, Later, Refused

_CLOSED = {63016: "WhatsApp takes no message this long after the customer's last one"}
_GONE = {
    21211: "there is no such number",
    21217: "there is no such number",
    21610: "the customer has answered STOP",
    21614: "the number is no mobile one",
    30005: "there is no such number any more",
    30006: "the number is a landline, or its network cannot be reached",
    63003: "there is no such customer on WhatsApp",
    63024: "there is no such customer on WhatsApp",
}
# What may work later, most of it when the owner has mended something; seconds to wait before the next try.
_LATER: dict[int, tuple[str, float | None]] = {
    20003: ("the account SID or the auth token is not accepted (was the token changed?)", None),
    20005: ("the account is not active", 300.0),
    20429: ("too many calls at once", None),
    21408: ("messages to this country are switched off in the account (Geo permissions)", 300.0),
    **dict.fromkeys((21601, 21606, 21659, 21660), ("the number here is not one of the account's", 300.0)),
    21611: ("too many messages wait at Twilio", 60.0),
    **dict.fromkeys((21703, 21704, 21705), ("the messaging service has no sender for this", 300.0)),
    21730: ("Twilio is under maintenance", 300.0),
    30001: ("too many messages wait at Twilio", 60.0),
    30002: ("the account is suspended", 300.0),
    **dict.fromkeys((63002, 63007), ("the number is no WhatsApp sender of the account", 300.0)),
    63018: ("too many messages for WhatsApp", 5.0),
    63038: ("the messages of this day are used up", 1800.0),
}
# Why a message that Twilio had taken was not delivered.
_UNDELIVERED = {
    30003: "the phone is switched off, or out of reach",
    30004: "the message was blocked: the customer or the network takes none from this number",
    30007: "the network took it for spam",
    30008: "the network does not say why",
    30011: "the phone takes no pictures (MMS)",
    30019: "the pictures are too large for the network",
    30034: "the number is not registered for sending in the US (A2P 10DLC)",
    63019: "Twilio could not fetch the picture from this server",
    63021: "WhatsApp does not take such a content",
}


def meaning(code: int, message: str = "", after: float | None = None) -> Refused | Later:
    """The exception that an error code means; `after`: seconds that Twilio asks to wait."""
    why = f"{code} {message}".strip()[:300]
    if code in _CLOSED:
        return Closed(f"{_CLOSED[code]} ({why})")
    if code in _GONE:
        return Gone(f"{_GONE[code]} ({why})")
    if code in _LATER:
        text, wait = _LATER[code]
        return Later(f"{text} ({why})", after or wait)
    text = _UNDELIVERED.get(code, "")
    return Refused(f"{text} ({why})" if text else why)


def answered(status: int, code: int, message: str, after: float | None) -> Refused | Later:
    """The exception that an answer means that is not 2xx."""
    if code:
        found = meaning(code, message, after)
        if isinstance(found, (Later, Gone)):
            return found
    why = f"{status} {code or ''} {message}".strip()[:300]
    if status in (401, 403, 408, 425, 429) or status >= 500:
        return Later(why, after)
    return Refused(why)
