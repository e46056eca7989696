"""What customers send: from the inbox through the photo door to the dialogue or the desk.

One update of a customer after the other: the next one is taken when the turn of this one is over, whichever
process takes it.
"""

from __future__ import annotations

import asyncio
import logging

from bot.channels.base.api_client import Later, Refused
from bot.channels.base.contact import Contact
from bot.channels.base.update import Attachment, Update
from bot.channels.runtime import consent, contacts, delivery_reports, inbox
from bot.channels.runtime.choices import Choices
from bot.channels.runtime.inbox import Job
from bot.channels.runtime.messenger_channel import MessengerChannel
from bot.channels.runtime.reception import Reception, language
from bot.conversation import photo_intake
from bot.conversation.bodies import Body
from bot.conversation.incoming import Incoming
from bot.conversation.messages import Draft
from bot.conversation.photo_intake import PhotoRefused
from bot.conversation.redaction import redact
from bot.conversation.texts import say
from bot.door.rate_limits import RateLimit
from bot.settings import settings
from bot.turns import answering
from bot.turns.channel import NotStored
from storage.backoff import CHAT, delay
from storage.errors import Unavailable
from storage.lease_worker import Worker
from storage.timeouts import within

logger = logging.getLogger(__name__)

TRIES = 8  # of an update that fails in a way nobody foresaw
INTRODUCTION = 3.0  # seconds that a customer's profile may take
PHOTO_TRIES = 5  # then the customer is told that the photo did not arrive
START = "/greet"


class Arrivals:
    """Works off one messenger's inbox."""

    def __init__(self, channel: MessengerChannel) -> None:
        self.channel = channel
        self.messenger = channel.messenger
        self.message_limit = RateLimit(settings().messages_per_minute)
        self.reception = Reception(channel)
        self.choices = Choices(channel, self.reception)
        name = self.messenger.platform
        self._worker: Worker[Job] = Worker(
            f"{name} inbox",
            lambda: inbox.take(name),
            self.do,
            hold=inbox.hold,
            drop=inbox.drop,
            hold_every=inbox.LEASE / 3,
            parallel=16,
            every=5.0,
        )

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def wake(self, *, photos: bool = False) -> None:
        """Something came."""
        self._worker.wake()
        if photos:
            self._worker.wake_in(inbox.GATHER + 0.05)

    async def stop(self) -> None:
        """End; what is unfinished is finished by another process, or after the next start."""
        await self._worker.stop()

    async def do(self, job: Job) -> None:
        """Work off one update; never raises."""
        name = self.messenger.platform
        try:
            contact = await asyncio.to_thread(self._who, job.update)
            done = await self._take(contact, job) if contact is not None else [job]
        except (Later, NotStored, Unavailable) as error:
            logger.warning("%s: a message is tried again later: %s", name, answering.short(error))
            await self._later(job, error)
        except Exception as error:
            if job.attempts < TRIES:
                logger.exception("%s: a message could not be taken in", name)
                await self._later(job, error)
            else:
                logger.error("%s: a message was given up: %s", name, answering.short(error))
                await asyncio.to_thread(inbox.failed, job, answering.short(error))
        else:
            await asyncio.to_thread(inbox.done, done)
            self._worker.wake()

    def _who(self, update: Update) -> Contact | None:
        """Who it is; None for a report on a stranger, to whom somebody else has written. Synchronous."""
        name = self.messenger.platform
        if update.kind in delivery_reports.KINDS:
            return contacts.find(name, update.address)
        return contacts.meet(name, update.address, language=update.language, name=update.name)

    async def _later(self, job: Job, error: Exception) -> None:
        wait = delay(job.attempts, CHAT, getattr(error, "after", None))
        await asyncio.to_thread(inbox.later, job, wait, answering.short(error))
        self._worker.wake_in(wait)

    # --- one update -----------------------------------------------------------------------------------------

    async def _take(self, contact: Contact, job: Job) -> list[Job]:
        """Work it off; returns the jobs that are done with it (its album)."""
        update = job.update
        if update.kind == "read":
            await delivery_reports.read(contact, update)
        elif update.kind == "leave":
            await asyncio.to_thread(contacts.left, contact)
        elif update.kind == "move":
            await delivery_reports.move(contact, update)
        elif update.kind == "failed":
            await delivery_reports.failed(self.channel.delivery, contact, job)
        elif update.kind == "delete":
            text = say("deleted", contact.language)
            await asyncio.to_thread(redact, contact.conversation, update.about or "", text)
        else:
            await asyncio.to_thread(contacts.heard, contact)
            self.channel.delivery.wake()
            contact = await self._introduced(contact)
            self.channel.courtesy(self.messenger.noticed(contact, update))
            return [job, *await self._talk(contact, job)]
        return [job]

    async def _introduced(self, contact: Contact) -> Contact:
        """The person with what the platform knows of him."""
        if contact.language or contact.name:
            return contact
        try:
            language, name = await within(INTRODUCTION, self.messenger.introduce(contact))
        except Exception as error:
            logger.debug("%s: a customer is not introduced: %s", contact.channel, type(error).__name__)
            return contact
        if not language and not name:
            return contact
        return await asyncio.to_thread(
            contacts.meet, contact.channel, contact.address, language=language, name=name
        )

    async def _talk(self, contact: Contact, job: Job) -> list[Job]:
        update = job.update
        if update.kind == "join":
            if not await self.messenger.opened(contact, update):
                return []
            await self.reception.say(
                Incoming(
                    contact.conversation,
                    say("start", language(contact, update)),
                    language=contact.language,
                    message_id=update.id,
                    payload=START,
                )
            )
            return []
        if not self.message_limit.allow(contact.conversation):
            raise Later("many messages in a short time", after=5.0)
        if update.kind == "press":
            if not await self.choices.turned(contact, update):
                await self.choices.press(contact, update, update.data or "")
            return []
        if await self.choices.typed(contact, update) or await self._about_consent(contact, update):
            return []
        album = await asyncio.to_thread(inbox.album, job)
        await self._message(contact, job, [each.update for each in album])
        return album

    async def _message(self, contact: Contact, job: Job, album: list[Update]) -> None:
        update = job.update
        wanted = [photo for each in (update, *album) for photo in each.photos][: inbox.MOST]
        kept, refused = await self._photos(contact, job, wanted)
        if update.text.strip() or kept:
            ident = update.id if update.kind == "message" else f"{update.id}:edited"
            await self.reception.say(
                Incoming(
                    contact.conversation,
                    update.text,
                    photos=tuple(kept),
                    language=contact.language,
                    message_id=ident,
                )
            )
        for code in dict.fromkeys(refused):
            await self.reception.tell(contact, update, code)
        strange = next((each.kind for each in update.attachments if each.kind != "photo"), None)
        if strange is not None:
            await self._strange(contact, update, strange)

    async def _photos(
        self, contact: Contact, job: Job, wanted: list[Attachment]
    ) -> tuple[list[str], list[str]]:
        """Ids of the photos that came through the door, and the codes of the refusals."""
        kept, refused = [], []
        for attachment in wanted:
            try:
                data = await self.messenger.fetch(contact, attachment)
                kept.append(await photo_intake.admit(contact.conversation, data))
            except PhotoRefused as error:
                refused.append(error.code)
            except Later:
                if job.attempts < PHOTO_TRIES:
                    raise
                refused.append("photo_not_here")
            except Refused as error:
                logger.warning("%s: a photo could not be fetched: %s", self.messenger.platform, error)
                refused.append("photo_not_here")
        return kept, refused

    async def _strange(self, contact: Contact, update: Update, kind: str) -> None:
        """A voice note, a sticker, …: the desk sees that it came; the customer is told what we take."""
        body: Body = {"text": say(f"sent_{kind}", language(contact, update)), "media": kind}
        await asyncio.to_thread(self.reception.keep, contact, Draft("customer", body, f"{update.id}:{kind}"))
        await self.reception.tell(contact, update, self.messenger.unread.get(kind, "only_text_and_photos"))

    async def _about_consent(self, contact: Contact, update: Update) -> bool:
        wish = consent.wish(update.text) if not update.attachments else None
        if wish is None:
            return False
        body: Body = {"text": update.text.strip()}
        await asyncio.to_thread(self.reception.keep, contact, Draft("customer", body, update.id))
        await asyncio.to_thread(contacts.consents, contact, wish)
        await self.reception.tell(contact, update, "consent_given" if wish else "consent_taken")
        return True
