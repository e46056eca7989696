"""The base of every channel: from any platform's message to answers, in order, each once, whatever breaks.

A channel subclasses `Channel`: it turns its platform's messages into `Incoming`, calls `receive`, and draws
stored messages in `deliver`. Everything between is here:

    receive ── store (doubles found by message id) ──► one queue a conversation ──► Rasa ──► store replies ──►
    deliver

A turn that fails (the action server or the database is away, an action raised, nothing was said) leaves no
trace in Rasa's tracker: the customer gets an apology with a button that sends the same message again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from rasa.core.channels import channel as rasa_channel
from rasa.core.channels.channel import UserMessage

from bot import messages
from bot.channels.incoming import Incoming, clean, for_dialogue
from bot.channels.replies import Button, Reply
from bot.channels.texts import language_hint, say
from bot.messages import Draft, Message
from bot.settings import MAX_TEXT

logger = logging.getLogger(__name__)

TURN_SECONDS = 60.0  # a turn that takes longer has failed
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)  # between attempts while the database is away


class TurnFailed(BaseException):
    """An action could not be run. Not an `Exception`, so that Rasa does not swallow it and save half a
    turn.
    """


class Unavailable(Exception):
    """The message could not be stored (the database is away): it is not acknowledged, the client sends it
    again.
    """


class OutputChannel(rasa_channel.OutputChannel):
    """Collects what Rasa says in one turn, as replies. The channel's name picks channel-specific
    responses.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for every bubble."""
        reply = Reply.from_response(message)
        if reply:
            self.replies.append(reply)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {"text": text})

    def action_failed(self, action: str, error: BaseException) -> NoReturn:
        """Called when an action could not be run (see `bot.tuning`): ends the turn."""
        raise TurnFailed(action) from error


class PushChannel(OutputChannel):
    """What Rasa says without being asked (reminders, triggered intents): stored and delivered at once."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.name())
        self.owner = channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        reply = Reply.from_response(message)
        if reply:
            await self.owner.push(recipient_id, [reply])


@dataclass
class _Conversation:
    """What this process knows of a conversation while it is being answered."""

    waiting: deque[Message] = field(default_factory=deque)
    seqs: set[int] = field(default_factory=set)  # waiting or being answered
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)  # numbers and queue agree in their order
    task: asyncio.Task | None = None


class Channel(rasa_channel.InputChannel):
    """Base class of our input channels; see the module."""

    def __init__(self) -> None:
        self.handle: Callable[[UserMessage], Awaitable[Any]] | None = None  # Rasa's, set by `blueprint`
        self.tracker_store: Callable[[], Any] = lambda: None
        self._conversations: dict[str, _Conversation] = {}

    # --- for the subclass -----------------------------------------------------------------------------------

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        """Show stored messages to the customer."""
        raise NotImplementedError

    async def typing(self, conversation: str, on: bool) -> None:
        """Show or hide that the bot is at work."""

    async def done(self, message: Message) -> None:
        """The turn of a customer's message is over."""

    async def trouble(self, message: Message, text: str) -> None:
        """The database is away: tell the customer without storing anything."""

    async def erased(self, conversation: str, before: int) -> None:
        """The customer had everything deleted that was said up to message `before`."""

    def get_output_channel(self) -> OutputChannel:
        """Rasa's way to speak without being asked."""
        return PushChannel(self)

    # --- in -------------------------------------------------------------------------------------------------

    async def receive(self, incoming: Incoming, *, retry: int | None = None) -> tuple[Message, bool]:
        """Store a customer's message and see that it gets answered; returns it and whether it is new.

        `retry` names an earlier message whose content is sent again. Raises `Unavailable`.
        """
        text = clean(incoming.text)
        body: dict[str, Any] = {
            "text": text or None,
            "photo": incoming.photos[0] if incoming.photos else None,
        }
        if len(incoming.photos) > 1:
            body["photos"] = list(incoming.photos)
        if len(incoming.text.strip()) > MAX_TEXT:
            body["cut"] = True
        if incoming.payload:
            body["payload"] = incoming.payload
        if incoming.language:
            body["language"] = incoming.language
        hint = None if incoming.payload or retry else language_hint(text)
        state = self._conversations.setdefault(incoming.sender, _Conversation())
        try:
            async with state.storing:
                if retry is not None:
                    earlier = await asyncio.to_thread(messages.get, incoming.sender, retry)
                    if earlier is not None and earlier.sender == "customer":
                        body["again"] = {
                            k: earlier.body[k]
                            for k in ("text", "photo", "payload", "again")
                            if k in earlier.body
                        }
                message, new = await asyncio.to_thread(
                    messages.receive,
                    incoming.sender,
                    Draft(
                        "customer", {k: v for k, v in body.items() if v}, incoming.message_id, answered=False
                    ),
                    channel=self.name(),
                    language=hint,
                )
                if not message.answered:
                    self._schedule(message)
        except Exception as error:
            self._forget(incoming.sender)
            logger.error("A message could not be stored: %s", _short(error))
            raise Unavailable from error
        self._forget(incoming.sender)
        return message, new

    async def resume(self, conversation: str) -> None:
        """Answer what was stored and not answered when the server went away."""
        for message in await asyncio.to_thread(messages.unanswered, conversation):
            self._schedule(message)

    async def push(self, conversation: str, replies: Sequence[Reply], sender: str = "bot") -> list[Message]:
        """Store and deliver something that is no answer (an agent's message, a reminder)."""
        drafts = [Draft(sender, reply.body()) for reply in replies]
        stored = await asyncio.to_thread(messages.add, conversation, drafts, channel=self.name())
        await self.deliver(conversation, stored)
        return stored

    # --- the queue of a conversation ------------------------------------------------------------------------

    def _schedule(self, message: Message) -> None:
        state = self._conversations.setdefault(message.conversation, _Conversation())
        if message.seq in state.seqs:
            return
        state.seqs.add(message.seq)
        state.waiting.append(message)
        if state.task is None:
            state.task = asyncio.create_task(self._work(message.conversation, state))

    def _forget(self, conversation: str) -> None:
        state = self._conversations.get(conversation)
        if state and state.task is None and not state.waiting and not state.storing.locked():
            del self._conversations[conversation]

    async def _work(self, conversation: str, state: _Conversation) -> None:
        try:
            while state.waiting:
                message = state.waiting.popleft()
                try:
                    await self._turn(message)
                finally:
                    state.seqs.discard(message.seq)
        finally:
            state.task = None
            self._forget(conversation)

    async def _turn(self, message: Message) -> None:
        await self.typing(message.conversation, True)
        try:
            await self._answer(message)
        except Exception:
            logger.exception("The answer to message %s could not be given", message.seq)
        finally:
            await self.typing(message.conversation, False)
        await self.done(message)

    async def _answer(self, message: Message) -> None:
        """Answer one message: once, however often the database goes away in between."""
        asked = False
        for wait in (*RETRY_SECONDS, None):
            try:
                if not asked:  # an apology is not kept: when the database is back, the answer may work
                    replies, asked = await self._ask(message)
                drafts = [Draft("bot", reply.body(), reply_to=message.client_id) for reply in replies]
                answer = await asyncio.to_thread(messages.answer, message, drafts, channel=self.name())
                break
            except Exception as error:
                logger.error("A turn could not be stored: %s", _short(error))
                if wait is None:
                    return  # it stays unanswered in the database; `resume` finds it
                await self.trouble(message, say("unavailable", self._language(message)))
                await asyncio.sleep(wait)
        await self.deliver(message.conversation, answer.stored)
        if answer.erased:
            # The customer had their data deleted in this turn: Rasa's events hold what was said, too.
            store = self.tracker_store()
            if hasattr(store, "erase"):
                await store.erase(message.conversation)
            await self.erased(message.conversation, message.seq)

    async def _ask(self, message: Message) -> tuple[list[Reply], bool]:
        """What Rasa answers and True, or an apology and False."""
        body = message.body
        before: list[Reply] = []
        if body.get("cut"):
            before = [Reply(say("cut", self._language(message), n=f"{MAX_TEXT:,}"))]
        while "again" in body:  # the customer pressed "Try again"
            body = body["again"]
        text = body.get("payload") or for_dialogue(body.get("text") or "")
        photo = body.get("photo")
        if not text:
            if not photo:
                return [Reply(say("empty", self._language(message)))], True
            text = "/send_photo"
        output = OutputChannel(self.name())
        request = UserMessage(
            text,
            output,
            message.conversation,
            input_channel=self.name(),
            message_id=message.client_id,
            metadata={
                "language": message.body.get("language"),
                "photo": photo,
                **({"photos": body["photos"]} if "photos" in body else {}),
                "message_id": message.client_id,
            },
        )
        assert self.handle is not None, "blueprint() was not called"
        try:
            await asyncio.wait_for(self.handle(request), TURN_SECONDS)
        except (Exception, TurnFailed) as error:
            logger.error("A turn failed: %s", _short(error))
            return [await self._apology(message)], False
        if not output.replies:
            logger.error("A turn ended without an answer")
            return [await self._apology(message)], False
        return [*before, *output.replies], True

    async def _apology(self, message: Message) -> Reply:
        language = (
            language_hint(str(message.body.get("text") or "")) if "payload" not in message.body else None
        )
        if language is None or "again" in message.body:
            language = await asyncio.to_thread(
                messages.language_of, message.conversation
            ) or message.body.get("language")
        return Reply(say("failed", language), buttons=(Button(say("retry", language), retry=message.seq),))

    def _language(self, message: Message) -> str | None:
        return language_hint(str(message.body.get("text") or "")) or message.body.get("language")


def _short(error: BaseException) -> str:
    lines = str(error.__cause__ or error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
