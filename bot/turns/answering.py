"""Asking the dialogue for the answer to a message; an apology where it has none."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.conversation import messages
from bot.conversation.bodies import Body, OfferBody, original
from bot.conversation.incoming import for_dialogue
from bot.conversation.messages import Message
from bot.conversation.replies import Button, PersonWanted, Reply
from bot.conversation.texts import language_hint, say
from bot.dialogue.port import Dialogue, State, Utterance
from bot.settings import MAX_TEXT
from bot.support.owner_settings import settings

logger = logging.getLogger(__name__)

RECENT = 20  # messages among which the bot's last one is looked for


@dataclass(frozen=True)
class BotAnswer:
    """What the bot says: bodies of messages, and whether it wants a person. `failed`: they are an apology."""

    bodies: tuple[Body, ...]
    wish: PersonWanted | None = None
    failed: bool = False


async def ask(dialogue: Dialogue, message: Message, channel: str) -> BotAnswer:
    """What the dialogue answers, or an apology with a button that sends the same message again."""
    body = message.body
    before: list[Reply] = []
    if body.get("cut"):
        before = [Reply(say("cut", spoken(message), n=f"{MAX_TEXT:,}"))]
    body = original(body)
    text = body.get("payload") or for_dialogue(body.get("text") or "")
    photo = body.get("photo")
    if not text:
        if not photo:
            return BotAnswer((Reply(say("empty", spoken(message))).body(),))
        text = "/send_photo"
    state: State = {
        "language": message.body.get("language"),
        "photo": photo,
        "message_id": message.client_id,
    }
    if "photos" in body:
        state["photos"] = body["photos"]
    utterance = Utterance(message.conversation, text, channel, message.client_id)
    try:
        replies = await dialogue.answer(utterance, state)
    except Exception as error:
        logger.error("A turn failed: %s", short(error))
        return await asyncio.to_thread(_apology, message)
    if not replies:
        logger.error("A turn ended without an answer")
        return await asyncio.to_thread(_apology, message)
    bodies = [reply.body() for reply in (*before, *replies)]
    wish = next((reply.handoff for reply in replies if reply.handoff), None)
    return BotAnswer(tuple(body for body in bodies if body), wish)


def _apology(message: Message) -> BotAnswer:
    """The second one in a row offers a person, who does not need what has failed."""
    language = language_of(message)
    last = last_said(message.conversation)
    failures = int(last.body.get("failed") or 0) + 1 if last is not None else 1
    retry = Button(say("retry", language), retry=message.seq)
    if failures == 1 or not settings().enabled:
        body = Reply(say("failed", language), buttons=(retry,)).body()
        return BotAnswer(({**body, "failed": failures},), failed=True)
    take = Button(say("person", language), offer="take")
    body = Reply(say("failed_again", language), buttons=(retry, take)).body()
    offer: OfferBody = {"reason": "failure", "detail": _words(message)}
    return BotAnswer(({**body, "failed": failures, "offer": offer},), failed=True)


def last_said(conversation: str) -> Message | None:
    """The newest message that is not the customer's."""
    recent = messages.history(conversation, limit=RECENT)
    return next((each for each in reversed(recent) if each.sender != "customer"), None)


def language_of(message: Message) -> str | None:
    """In which language to speak, as the customer wrote before; asks the database where the message does not
    tell.
    """
    hint = None
    if "payload" not in message.body and "again" not in message.body:
        hint = language_hint(message.body.get("text") or "")
    return hint or messages.language_of(message.conversation) or message.body.get("language")


def spoken(message: Message) -> str | None:
    """In which language to speak, by the message alone."""
    return language_hint(message.body.get("text") or "") or message.body.get("language")


def _words(message: Message) -> str | None:
    """What the customer typed; None for a button."""
    body = original(message.body)
    return None if body.get("payload") else body.get("text")


def short(error: BaseException) -> str:
    """One line for the log."""
    lines = str(error.__cause__ or error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
