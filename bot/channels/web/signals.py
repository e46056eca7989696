"""What a customer's page tells besides messages: that he types, what he has read, that he would rather have
the assistant back, and how it was.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.channels.web.channel import WebChannel
from bot.channels.web.handoff_status import now
from bot.conversation import receipts
from bot.conversation.incoming import clean
from bot.door.sockets import Socket
from bot.support import handoff
from bot.turns.channel import NotStored
from storage import database, events

logger = logging.getLogger(__name__)

KINDS = ("typing", "read", "cancel_handoff", "rate")


class Malformed(ValueError):
    """A frame that makes no sense."""


class TooMany(Exception):
    """One frame too many in a short time."""


async def take(
    channel: WebChannel,
    conversation: str,
    socket: Socket,
    kind: str,
    frame: dict[str, Any],
    ident: str | None,
) -> None:
    """Handle one frame of `KINDS`. Raises `Malformed`, `TooMany`, `NotStored`."""
    if not channel.signal_limit.allow(conversation):
        if kind == "rate":  # it is sent again until it is answered
            raise TooMany
        return
    if kind == "typing":
        await _typing(channel, conversation, frame)
    elif kind == "read":
        await _read(conversation, frame)
    elif kind == "cancel_handoff":
        await _cancel(channel, conversation, socket)
    else:
        await _rate(conversation, socket, frame, ident)


async def _typing(channel: WebChannel, conversation: str, frame: dict[str, Any]) -> None:
    on = frame.get("on")
    if not isinstance(on, bool):
        raise Malformed
    if channel.live_updates.status_notifier.state(conversation) == "bot":
        return  # nobody looks
    event = {"conversation": conversation, "who": "customer", "on": on}
    try:
        await asyncio.to_thread(_publish, event)
    except Exception as error:
        logger.info("That a customer types could not be told: %s", type(error).__name__)


def _publish(event: dict[str, Any]) -> None:
    with database.session() as connection:
        events.publish(connection, "typing", event)


async def _read(conversation: str, frame: dict[str, Any]) -> None:
    seq = _whole(frame.get("seq"))
    try:
        await asyncio.to_thread(receipts.mark, conversation, "customer", min(seq, 2**31 - 1))
    except Exception as error:
        logger.info("What a customer has read could not be noted: %s", type(error).__name__)


async def _cancel(channel: WebChannel, conversation: str, socket: Socket) -> None:
    if not await channel.cancel_handoff(conversation):
        # Nobody is waited for: a person has it already, or nobody any more. The page is told how it stands.
        view = await asyncio.to_thread(now, conversation)
        socket.send({"type": "handoff", **view.frame})


async def _rate(conversation: str, socket: Socket, frame: dict[str, Any], ident: str | None) -> None:
    number, stars, comment = _whole(frame.get("handoff")), _whole(frame.get("stars")), frame.get("comment")
    if ident is None or not (comment is None or isinstance(comment, str)):
        raise Malformed
    words = clean(comment) if comment else None
    try:
        await asyncio.to_thread(handoff.rate, conversation, number, stars, words)
    except handoff.HandoffError:
        raise Malformed from None
    except Exception as error:
        raise NotStored from error
    socket.send({"type": "ack", "id": ident, "seq": 0})


def _whole(value: object) -> int:
    """A number that a row may have; raises `Malformed`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise Malformed
    return value
