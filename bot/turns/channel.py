"""The base of every channel: from any platform's message to answers, in order, each once, whatever breaks.

A channel subclasses `Channel`: it turns its platform's messages into `Incoming`, calls `receive`, and draws
stored messages in `deliver`. Everything between is here:

    receive ── store (doubles found by message id) ──► one queue a conversation ──► is it the bot's to answer?
    ──► Rasa ──► store replies, if it still is ──► deliver

A turn that fails (the action server or the database is away, an action raised, nothing was said) leaves no
trace in Rasa's tracker: the customer gets an apology with a button that sends the same message again. While a
person has the conversation (`bot.support.handoff`), or is waited for, the bot is not asked and says nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from rasa.core.channels import channel as rasa_channel
from rasa.core.channels.channel import UserMessage

from bot.conversation import messages
from bot.conversation.incoming import Incoming, clean
from bot.conversation.messages import Draft, Message
from bot.conversation.replies import Reply
from bot.conversation.texts import language_hint, say
from bot.dialogue.internal_channel import OutputChannel, PushChannel, TurnFailed
from bot.settings import MAX_TEXT
from bot.turns import answering, handoff_answers, router
from bot.turns.answering import Said, short
from bot.turns.locks import ShopLockStore
from bot.turns.queue import Queue
from bot.turns.router import AGAIN

logger = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)  # between attempts while the database is away


class Unavailable(Exception):
    """The message could not be stored (the database is away): it is not acknowledged, the client sends it
    again.
    """


class Channel(rasa_channel.InputChannel):
    """Base class of our input channels; see the module."""

    # Whether the channel shows by itself who has the conversation, with a way back to the assistant, and five
    # stars to choose from. Where it cannot, messages get buttons (see `bot.turns.message_events`).
    banner = False
    stars = False

    def __init__(self) -> None:
        self.handle: Callable[[UserMessage], Awaitable[Any]] | None = None  # Rasa's, set by `blueprint`
        self.tracker_store: Callable[[], Any] = lambda: None
        self.lock_store: Callable[[], Any] = lambda: None
        self._own_locks = ShopLockStore()
        self._queue = Queue(self._turn)

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

    def get_output_channel(self) -> OutputChannel:
        """Rasa's way to speak without being asked."""
        return PushChannel(self)

    # --- in -------------------------------------------------------------------------------------------------

    async def receive(
        self, incoming: Incoming, *, retry: int | None = None, offer: dict[str, Any] | None = None
    ) -> tuple[Message, bool]:
        """Store a customer's message and see that it gets answered; returns it and whether it is new. It
        comes back as answered if a person has the conversation: then it is for the person.

        `retry` names an earlier message whose content is sent again, `offer` ({reply, take}) the bot's
        message whose offer of a person is taken or left. Raises `Unavailable`.
        """
        body = _body(incoming) | ({"offer": offer} if offer else {})
        hint = None if incoming.payload or retry or offer else language_hint(body.get("text") or "")
        try:
            async with self._queue.storing(incoming.sender):
                if retry is not None:
                    earlier = await asyncio.to_thread(messages.get, incoming.sender, retry)
                    if earlier is not None and earlier.sender == "customer":
                        body["again"] = {part: earlier.body[part] for part in AGAIN if part in earlier.body}
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
            raise Unavailable from error
        if new and message.answered and handoff_answers.is_cancel(body.get("text") or ""):
            await self.cancel_handoff(incoming.sender)
        return message, new

    async def cancel_handoff(self, conversation: str) -> bool:
        """The customer would rather have the assistant than wait for a person; False if nobody is waited for.
        Raises `Unavailable`.
        """
        try:
            cancelled = await asyncio.to_thread(router.cancel, conversation)
        except Exception as error:
            logger.error("A hand-over could not be cancelled: %s", short(error))
            raise Unavailable from error
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
        said: Said | None = None
        for wait in (*RETRY_SECONDS, None):
            try:
                async with self._lock(message.conversation):
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

    async def _ask(self, message: Message, at_end: contextlib.AsyncExitStack) -> Said | None:
        """What the bot says to a message; None if it is not the bot's to answer, or answered already."""
        question = await asyncio.to_thread(router.before, message, self.name())
        if question is None:
            await self.refresh(message.conversation)
            return None
        assert self.handle is not None, "blueprint() was not called"
        await self.typing(message.conversation, True)
        at_end.push_async_callback(self.typing, message.conversation, False)
        if question.after_a_person:
            await self._remember(message.conversation)
        return await answering.ask(self.handle, question.message, self.name())

    async def _store(self, message: Message, said: Said) -> None:
        answer = await asyncio.to_thread(router.store, message, said, self.name())
        if said.wish is not None or answer.silent or not answer.stored:
            await self.refresh(message.conversation)
        await self.deliver(message.conversation, answer.stored)
        if answer.erased:
            # The customer had their data deleted in this turn: Rasa's events hold what was said, too.
            store = self.tracker_store()
            if hasattr(store, "erase"):
                await store.erase(message.conversation)
            await self.erased(message.conversation, message.seq)

    async def _remember(self, conversation: str) -> None:
        """Let the dialogue know what a person has settled with the customer."""
        store, locks = self.tracker_store(), self.lock_store() or self._own_locks
        if hasattr(store, "tell"):
            async with locks.lock(conversation):
                await store.tell(conversation)

    @contextlib.asynccontextmanager
    async def _lock(self, conversation: str) -> AsyncIterator[None]:
        """One turn of a conversation at a time. Rasa takes the same lock inside; only ours allows that."""
        locks = self.lock_store()
        async with (locks if isinstance(locks, ShopLockStore) else self._own_locks).lock(conversation):
            yield


def _body(incoming: Incoming) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": clean(incoming.text),
        "photo": incoming.photos[0] if incoming.photos else None,
        "photos": list(incoming.photos) if len(incoming.photos) > 1 else None,
        "cut": len(incoming.text.strip()) > MAX_TEXT,
        "payload": incoming.payload,
        "language": incoming.language,
    }
    return {key: value for key, value in body.items() if value}


__all__ = ("Channel", "OutputChannel", "PushChannel", "TurnFailed", "Unavailable")
