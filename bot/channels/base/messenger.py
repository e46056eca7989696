"""The base of every messenger; see the package. A platform's file subclasses `Messenger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bot.channels.base import webhook
from bot.channels.base.api_client import Client
from bot.channels.base.assistant import Assistant
from bot.channels.base.contact import Contact
from bot.channels.base.credentials import Fields
from bot.channels.base.drawing import Piece, Shown
from bot.channels.base.update import Attachment, Update
from bot.channels.base.webhook import Call, Heard
from bot.conversation.messages import Message
from bot.finding import Finding
from bot.settings import settings


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


class Messenger:
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

    # The addresses that the platform calls, below /webhooks/<platform>, with their methods; see `hear`.
    paths: ClassVar[Mapping[str, tuple[str, ...]]] = {"/webhook": ("GET", "POST")}
    # What it shows by itself (see `bot.turns.channel.Channel`).
    banner = False
    stars = False

    assistant: Assistant  # whoever runs the messenger gives it

    def __init__(self, fields: Fields) -> None:
        self.client = Client()

    # --- for the platform -----------------------------------------------------------------------------------

    def hear(self, call: Call) -> Heard:
        """What a call of the platform reports, and its answer; no input or output here. Raises
        `webhook.Forged` if the call is not proven to be the platform's, `webhook.Malformed` for nonsense.

        A message in a group is reported only if it is for us (we are named, or answered), with an address of
        the group and the customer together.
        """
        raise NotImplementedError

    async def for_us(self, updates: Sequence[Update]) -> Sequence[Update]:
        """What is for us of what was reported, where that takes more than the call itself to know. When it
        raises, the platform is to call again.
        """
        return updates

    def body_limit(self, call: Call) -> int:
        """The most bytes of a call's body that are read; the call comes without it. More than usual only for
        one that is proven by then.
        """
        return webhook.MAX_BODY

    async def fetch(self, contact: Contact, attachment: Attachment) -> bytes:
        """The bytes of a photo; see `download.fetch`. Raises `PhotoRefused`, `Later`, `Refused`, `Gone`."""
        raise NotImplementedError

    def draw(self, shown: Shown, contact: Contact, language: str) -> list[Piece]:
        """A message as the platform shows it best: one piece for each call that `send` makes. The same
        message gives the same pieces again. No input or output here.
        """
        raise NotImplementedError

    async def send(self, contact: Contact, piece: Piece, key: str) -> str | Sequence[str] | None:
        """Send a piece; the platform's id of it, if it has one, or several. `key` is the same when it is sent
        again: platforms that know such keys drop the double. Raises `Later`, `Refused`, `Gone`.
        """
        raise NotImplementedError

    def window_hours(self, message: Message) -> float | None:
        """How long after the customer's last message this one may be sent; None: always."""
        return self.limits.window_hours

    async def introduce(self, contact: Contact) -> tuple[str | None, str | None]:
        """The customer's language and name, where the platform tells them only to who asks: asked while we
        know neither. May fail.
        """
        return None, None

    async def opened(self, contact: Contact, update: Update) -> bool:
        """A chat was opened, or we were invited to one: do what the platform wants for that. Whether to greet
        there. Raises `Later`.
        """
        return True

    def ready(self) -> bool:
        """Whether this process can send. Where only one has the connection to the platform, the others leave
        the outbox to it; who is ready again calls `assistant.wake`.
        """
        return True

    async def noticed(self, contact: Contact, update: Update) -> None:
        """A message has come, and is looked at now: mark it as read, where the platform can. May fail."""

    async def pressed(self, contact: Contact, update: Update, seq: int | None) -> None:
        """A button of message `seq` was pressed (None: one that is not offered any more): tell the platform
        so, perhaps take the buttons away. May fail.
        """

    async def turn_page(self, contact: Contact, update: Update) -> bool:
        """Whether a press only changes what is shown there (another page of a list), and that is done:
        nothing is said. Raises as `send` does.
        """
        return False

    async def show_typing(self, contact: Contact, on: bool) -> None:
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

    # --- for everybody --------------------------------------------------------------------------------------

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Messenger:
        """With its entries of `credentials.yml`; raises `SettingError`."""
        return cls(Fields(cls.platform, credentials))

    @property
    def base_url(self) -> str:
        """The base of our own addresses, as the platform and its customers see them."""
        return settings().base_url
