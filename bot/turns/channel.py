"""The base of every channel: from any platform's message to answers, in order, each once, whatever breaks.

A channel subclasses `Channel`: it turns its platform's messages into `Incoming`, calls `receive`, and draws
stored messages in `deliver`. Everything between is here:

    receive ── store (doubles found by message id) ──► one queue a conversation ──► is it the bot's to answer?
    ──► the dialogue ──► store replies, if it still is ──► deliver

A turn that fails (the action server or the database is away, an action raised, nothing was said) leaves no
trace in the dialogue: the customer gets an apology with a button that sends the same message again. While a
person has the conversation (`bot.support.handoff`), or is waited for, the bot is not asked and says nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from bot.conversation import messages
from bot.conversation.bodies import Body, OfferBody, to_send_again, without_empty
from bot.conversation.incoming import Incoming, clean
from bot.conversation.messages import Draft, Message
from bot.conversation.replies import Reply
from bot.conversation.texts import language_hint, say
from bot.dialogue.port import Dialogue, TurnFailed
from bot.settings import MAX_TEXT
from bot.turns import answering, handoff_answers, router
from bot.turns.answering import BotAnswer, short
from bot.turns.locks import TurnLocks
from bot.turns.queue import Queue

logger = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)  # between attempts while the database is away


class NotStored(Exception):
    """The message could not be stored (the database is away): it is not acknowledged, the client sends it
    again.
    """


class Channel:
    """Base class of our input channels; see the module."""

    # Whether the channel shows by itself who has the conversation, with a way back to the assistant, and five
    # stars to choose from. Where it cannot, messages get buttons (see `bot.turns.message_events`).
    banner = False
    stars = False

    dialogue: Dialogue
    locks: TurnLocks

    def __init__(self) -> None:
        self._queue = Queue(self._turn)

    def connect_dialogue(self, dialogue: Dialogue, locks: TurnLocks) -> None:
        """Who answers, and the locks that all channels of the process share; before the first message."""
        self.dialogue = dialogue
        self.locks = locks

    def name(self) -> str:
        """The channel's name: in tables, and for responses that only it gets."""
        raise NotImplementedError

    # --- for the subclass -----------------------------------------------------------------------------------

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        """Show stored messages to the customer."""
        raise NotImplementedError

    async def refresh(self, conversation: str) -> None:
        """Show what others have stored (a hand-over announces itself)."""

    async def typing(self, conversation: str, on: bool) -> None:
        """Show or hide that the bot is at work."""

    async def done(self, message: Message) -> None:
        """The turn of a customer's message is over."""

    async def trouble(self, message: Message, text: str) -> None:
        """The database is away: tell the customer without storing anything."""

    async def erased(self, conversation: str, before: int) -> None:
        """The customer had everything deleted that was said before message `before`."""

    # --- in -------------------------------------------------------------------------------------------------

    async def receive(
        self, incoming: Incoming, *, retry: int | None = None, offer: OfferBody | None = None
    ) -> tuple[Message, bool]:
        """Store a customer's message and see that it gets answered; returns it and whether it is new. It
        comes back as answered if a person has the conversation: then it is for the person.

        `retry` names an earlier message whose content is sent again, `offer` ({reply, take}) the bot's
        message whose offer of a person is taken or left. Raises `NotStored`.
        """
        body = _body(incoming)
        if offer:
            body["offer"] = offer
        hint = None if incoming.payload or retry or offer else language_hint(body.get("text") or "")
        try:
            async with self._queue.storing(incoming.sender):
                if retry is not None:
                    earlier = await asyncio.to_thread(messages.get, incoming.sender, retry)
                    if earlier is not None and earlier.sender == "customer":
                        body["again"] = to_send_again(earlier.body)
                message, new = await asyncio.to_thread(
                    messages.receive,
                    incoming.sender,
                    Draft("customer", body, incoming.message_id, answered=False),
                    channel=self.name(),
                    language=hint,
                )
                if not message.answered:
                    self._queue.put(message)
        except Exception as error:
            logger.error("A message could not be stored: %s", short(error))
            raise NotStored from error
        if new and message.answered and handoff_answers.is_cancel(body.get("text") or ""):
            await self.cancel_handoff(incoming.sender)
        return message, new

    async def cancel_handoff(self, conversation: str) -> bool:
        """The customer would rather have the assistant than wait for a person; False if nobody is waited for.
        Raises `NotStored`.
        """
        try:
            cancelled = await asyncio.to_thread(router.cancel, conversation)
        except Exception as error:
            logger.error("A hand-over could not be cancelled: %s", short(error))
            raise NotStored from error
        await self.refresh(conversation)
        return cancelled

    async def resume(self, conversation: str) -> None:
        """Answer what was stored and not answered when the server went away."""
        for message in await asyncio.to_thread(messages.unanswered, conversation):
            self._queue.put(message)

    async def push(self, conversation: str, replies: Sequence[Reply]) -> list[Message]:
        """Store and deliver what the bot says without being asked (a reminder); nothing while a person has
        the conversation.
        """
        stored = await asyncio.to_thread(router.push, conversation, list(replies), self.name())
        await self.deliver(conversation, stored)
        return stored

    # --- one turn -------------------------------------------------------------------------------------------

    async def _turn(self, message: Message) -> None:
        try:
            async with contextlib.AsyncExitStack() as at_end:
                await self._answer(message, at_end)
        except Exception:
            logger.exception("The answer to message %s could not be given", message.seq)
        await self.done(message)

    async def _answer(self, message: Message, at_end: contextlib.AsyncExitStack) -> None:
        """Answer one message: once, however often the database goes away in between."""
        said: BotAnswer | None = None
        for wait in (*RETRY_SECONDS, None):
            try:
                async with self.locks.lock(message.conversation):
                    if said is None or said.failed:
                        # An apology is not kept: when the database is back, the answer may work.
                        said = await self._ask(message, at_end)
                    if said is not None:
                        await self._store(message, said)
                return
            except Exception as error:
                logger.error("A turn could not be stored: %s", short(error))
                if wait is None:
                    return  # it stays unanswered in the database; `resume` finds it
                await self.trouble(message, say("unavailable", answering.spoken(message)))
                await asyncio.sleep(wait)

    async def _ask(self, message: Message, at_end: contextlib.AsyncExitStack) -> BotAnswer | None:
        """What the bot says to a message; None if it is not the bot's to answer, or answered already."""
        question = await asyncio.to_thread(router.before, message, self.name())
        if question is None:
            await self.refresh(message.conversation)
            return None
        await self.typing(message.conversation, True)
        at_end.push_async_callback(self.typing, message.conversation, False)
        if question.after_a_person:
            try:
                await self.dialogue.tell(message.conversation)
            except TurnFailed as error:  # it stays untold until the next turn
                logger.error("The dialogue could not be told what a person settled: %s", error)
        return await answering.ask(self.dialogue, question.message, self.name())

    async def _store(self, message: Message, said: BotAnswer) -> None:
        answer = await asyncio.to_thread(router.store, message, said, self.name())
        if said.wish is not None or answer.silent or not answer.stored:
            await self.refresh(message.conversation)
        await self.deliver(message.conversation, answer.stored)
        if answer.erased:
            # The customer had their data deleted in this turn: the dialogue remembers what was said, too.
            await self.dialogue.erase(message.conversation)
            await self.erased(message.conversation, message.seq)


def _body(incoming: Incoming) -> Body:
    return without_empty(
        {
            "text": clean(incoming.text),
            "photo": incoming.photos[0] if incoming.photos else "",
            "photos": list(incoming.photos) if len(incoming.photos) > 1 else [],
            "cut": len(incoming.text.strip()) > MAX_TEXT,
            "payload": incoming.payload or "",
            "language": incoming.language or "",
        }
    )
