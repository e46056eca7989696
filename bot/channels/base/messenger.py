"""The base of every messenger; see the package. A platform's file subclasses `Messenger`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.base import webhook
from bot.channels.base.api_client import Client
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Shown
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Heard
from bot.channels.runtime import contacts, outbox, service
from bot.channels.runtime.arrivals import Arrivals
from bot.channels.runtime.contacts import Person
from bot.channels.runtime.delivery import Post
from bot.conversation.messages import Message
from bot.conversation.replies import Reply
from bot.door.rate_limits import RateLimit
from bot.finding import Finding
from bot.settings import settings
from bot.support import handoff
from bot.turns import message_events
from bot.turns.channel import Channel
from storage import database, events

logger = logging.getLogger(__name__)

Check = Finding
Piece = dict[str, Any]  # what one call to the platform sends; JSON-able, the platform's own form


@dataclass(frozen=True)
class Limits:
    """What a platform can show and how fast.

    text          characters of one text
    choices       "buttons": its own; "numbers": none, so choices are numbered and may be typed
    window_hours  how long after the customer's last message we may write; None: always
    per_second    messages a second, over all customers
    """

    text: int
    choices: Literal["buttons", "numbers"] = "buttons"
    window_hours: float | None = None
    per_second: float = 20.0


class Messenger(Channel):
    """See the package.

    A platform's file gives `platform` (its name, as in addresses and tables), `title` (as people call it),
    `limits`, reads its credentials in `__init__`, and implements `hear`, `fetch`, `draw`, `send`; and what
    else of the below it can do better than nothing.
    """

    platform: ClassVar[str]
    title: ClassVar[str]
    limits: ClassVar[Limits]
    # What is said to an attachment that we cannot use (a code of `bot.conversation.texts`), where it is not
    # the usual sentence.
    unread: ClassVar[Mapping[str, str]] = {}

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self.client = Client()
        self.arrivals = Arrivals(self)
        self.post = Post(self)
        self.message_limit = RateLimit(settings().messages_per_minute)
        self._courtesies: set[asyncio.Task[None]] = set()
        self._turns: dict[tuple[str, int], list[asyncio.Future[None]]] = {}

    # --- for the platform -----------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        """What a call of the platform reports, and its answer; no input or output here. Raises
        `webhook.Forged` if the call is not proven to be the platform's, `webhook.Malformed` for nonsense.

        A message in a group is reported only if it is for us (we are named, or answered), with an address of
        the group and the customer together.
        """
        raise NotImplementedError

    def body_limit(self, call: Call) -> int:
        """The most bytes of a call's body that are read; the call comes without it. More than usual only for
        one that is proven by then.
        """
        return webhook.MAX_BODY

    async def fetch(self, person: Person, attachment: Attachment) -> bytes:
        """The bytes of a photo; see `download.fetch`. Raises `PhotoRefused`, `Later`, `Refused`, `Gone`."""
        raise NotImplementedError

    def draw(self, shown: Shown, person: Person, language: str) -> list[Piece]:
        """A message as the platform shows it best: one piece for each call that `send` makes. The same
        message gives the same pieces again. No input or output here.
        """
        raise NotImplementedError

    async def send(self, person: Person, piece: Piece, key: str) -> str | Sequence[str] | None:
        """Send a piece; the platform's id of it, if it has one, or several. `key` is the same when it is sent
        again: platforms that know such keys drop the double. Raises `Later`, `Refused`, `Gone`.
        """
        raise NotImplementedError

    def window_hours(self, message: Message) -> float | None:
        """How long after the customer's last message this one may be sent; None: always."""
        return self.limits.window_hours

    async def introduce(self, person: Person) -> tuple[str | None, str | None]:
        """The customer's language and name, where the platform tells them only to who asks: asked while we
        know neither. May fail.
        """
        return None, None

    async def opened(self, person: Person, update: Update) -> bool:
        """A chat was opened, or we were invited to one: do what the platform wants for that. Whether to greet
        there. Raises `Later`.
        """
        return True

    def ready(self) -> bool:
        """Whether this process can send. Where only one has the connection to the platform, the others leave
        the outbox to it; who is ready again calls `post.wake`.
        """
        return True

    async def noticed(self, person: Person, update: Update) -> None:
        """A message has come, and is looked at now: mark it as read, where the platform can. May fail."""

    async def pressed(self, person: Person, update: Update, seq: int | None) -> None:
        """A button of message `seq` was pressed (None: one that is not offered any more): tell the platform
        so, perhaps take the buttons away. May fail.
        """

    async def turn_page(self, person: Person, update: Update) -> bool:
        """Whether a press only changes what is shown there (another page of a list), and that is done:
        nothing is said. Raises as `send` does.
        """
        return False

    async def show_typing(self, person: Person, on: bool) -> None:
        """Show or hide that somebody writes, where the platform can. May fail."""

    async def connect(self) -> None:
        """What has to be done once at the start (register the webhook, connect a stream). Runs in the
        background; `Later` is tried again, `Refused` is logged. Returning means: done.
        """

    async def disconnect(self) -> None:
        """The server stops."""

    async def check(self) -> list[Finding]:
        """For the doctor: do the credentials work, can the platform reach us? Asks the platform."""
        return []

    def add_routes(self, blueprint: Blueprint) -> None:
        """The addresses that the platform calls. Unless told otherwise one: `/webhooks/<platform>/webhook`.

        Use `route`.
        """
        self.route(blueprint, "/webhook", "GET", "POST")

    def route(self, blueprint: Blueprint, path: str, *methods: str) -> None:
        """Take calls at a path (below `/webhooks/<platform>`): `hear` gets them."""
        for method in methods:

            async def take(request: Request, **parts: str) -> HTTPResponse:
                return await webhook.answer(self, request)

            name = f"{method}{path}".replace("/", "_").replace("<", "").replace(">", "").replace(":", "_")
            blueprint.add_route(take, path, methods=(method,), stream=True, name=name)

    # --- Rasa's side ----------------------------------------------------------------------------------------

    @classmethod
    def name(cls) -> str:
        return cls.platform

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Messenger:
        """Called by Rasa with the entries of `credentials.yml`; raises `SettingError`."""
        return cls(Fields(cls.platform, credentials))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; called by Rasa with the function that answers a message."""
        self.handle = on_new_message
        blueprint = Blueprint(f"messenger_{self.platform}")

        @blueprint.listener("before_server_start")
        async def start(app: Sanic, loop: Any) -> None:
            self.tracker_store = lambda: app.ctx.agent.tracker_store
            self.lock_store = lambda: getattr(app.ctx.agent, "lock_store", None)
            service.of(app).join(self)

        @blueprint.listener("after_server_start")
        async def started(app: Sanic, loop: Any) -> None:
            await service.of(app).start()

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, loop: Any) -> None:
            await service.of(app).stop()

        self.add_routes(blueprint)
        return blueprint

    async def keep(self, updates: Sequence[Update]) -> None:
        """Keep what the platform reported and have it worked off; raises if it cannot be kept."""
        await webhook.keep(self, updates)

    # --- the channel's side ---------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The base of our own addresses, as the platform and its customers see them."""
        return settings().address

    async def deliver(self, conversation: str, stored: Sequence[Message]) -> None:
        await self.post.nudge(conversation)

    async def refresh(self, conversation: str) -> None:
        await self.post.nudge(conversation)

    async def typing(self, conversation: str, on: bool) -> None:
        try:
            person = await asyncio.to_thread(contacts.of, conversation)
            if person is not None and not person.gone:
                await self.show_typing(person, on)
        except Exception as error:
            logger.debug("%s: typing could not be shown: %s", self.platform, type(error).__name__)

    async def writing(self, address: str, on: bool) -> None:
        """The customer at an address writes, or has stopped: who has the conversation at the desk is told.
        May fail.
        """
        await asyncio.to_thread(_tell_desk, self.platform, address, on)

    async def done(self, message: Message) -> None:
        for waiting in self._turns.pop((message.conversation, message.seq), []):
            if not waiting.done():
                waiting.set_result(None)

    async def turn(self, message: Message) -> None:
        """Until the turn of a stored message is over."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.setdefault((message.conversation, message.seq), []).append(waiting)
        await waiting

    def courtesy(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do it in the background; nothing depends on it, so it may fail."""

        async def do() -> None:
            try:
                await doing
            except Exception as error:
                logger.debug("%s: a courtesy failed: %s", self.platform, type(error).__name__)

        task = asyncio.create_task(do())
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def push(self, conversation: str, replies: Sequence[Reply]) -> list[Message]:
        """The same as any channel's, for customers who have agreed to messages that we begin."""
        person = await asyncio.to_thread(contacts.of, conversation)
        if person is None or not person.consent:
            logger.info("%s: nothing is said unasked without the customer's consent", self.platform)
            return []
        return await super().push(conversation, replies)

    async def pieces(self, person: Person, message: Message) -> list[Piece]:
        """What `draw` makes of a stored message."""
        (event,) = await message_events.events(self, [message])
        shown = Shown.of(event, self.address)
        return self.draw(shown, person, await asyncio.to_thread(contacts.spoken, person))

    async def shown(self, message: Message) -> Shown:
        """What a stored message shows."""
        (event,) = await message_events.events(self, [message])
        return Shown.of(event, self.address)

    async def message_there(self, person: Person, remote: str) -> int | None:
        """Which message of ours a message there shows, or None."""
        return await asyncio.to_thread(outbox.sent_as, self.platform, person.conversation, remote)


def _tell_desk(platform: str, address: str, on: bool) -> None:
    person = contacts.find(platform, address)
    if person is None or handoff.open_of(person.conversation) is None:
        return  # nobody looks
    with database.session() as connection:
        events.publish(
            connection, "typing", {"conversation": person.conversation, "who": "customer", "on": on}
        )
