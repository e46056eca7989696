"""What customers send: from the inbox through the photo door to the dialogue or the desk.

One update of a customer after the other: the next one is taken when the turn of this one is over, whichever
process takes it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from actions.shop import database
from actions.shop.errors import Unavailable as DatabaseAway
from bot import messages, photos, reads
from bot.backoff import CHAT, delay
from bot.channels import dialogue
from bot.channels.base import Unavailable
from bot.channels.incoming import Incoming
from bot.channels.messengers import consent, drawing, inbox, outbox, people
from bot.channels.messengers.calls import Later, Refused
from bot.channels.messengers.inbox import Job
from bot.channels.messengers.people import Person
from bot.channels.messengers.post import GIVE_UP
from bot.channels.messengers.update import Attachment, Update
from bot.channels.presses import NotOffered, press
from bot.channels.texts import language_hint, say
from bot.messages import Draft, Message
from bot.photos import PhotoRefused
from bot.waiting import within
from bot.worker import Worker

if TYPE_CHECKING:
    from bot.channels.messengers.base import Messenger

logger = logging.getLogger(__name__)

TRIES = 8  # of an update that fails in a way nobody foresaw
INTRODUCTION = 3.0  # seconds that a customer's profile may take
PHOTO_TRIES = 5  # then the customer is told that the photo did not arrive
REPORT_TRIES = 3  # of a report on a message that we do not know (yet)
START = "/greet"


class Arrivals:
    """Works off one messenger's inbox."""

    def __init__(self, messenger: Messenger) -> None:
        self.messenger = messenger
        name = messenger.platform
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
            person = await asyncio.to_thread(self._who, job.update)
            done = await self._take(person, job) if person is not None else [job]
        except (Later, Unavailable, DatabaseAway) as error:
            logger.warning("%s: a message is tried again later: %s", name, dialogue.short(error))
            await self._later(job, error)
        except Exception as error:
            if job.attempts < TRIES:
                logger.exception("%s: a message could not be taken in", name)
                await self._later(job, error)
            else:
                logger.error("%s: a message was given up: %s", name, dialogue.short(error))
                await asyncio.to_thread(inbox.failed, job, dialogue.short(error))
        else:
            await asyncio.to_thread(inbox.done, done)
            self._worker.wake()

    def _who(self, update: Update) -> Person | None:
        """Who it is; None for a report on a stranger, to whom somebody else has written. Synchronous."""
        name = self.messenger.platform
        if update.kind in ("read", "failed", "move"):
            return people.find(name, update.address)
        return people.meet(name, update.address, language=update.language, name=update.name)

    async def _later(self, job: Job, error: Exception) -> None:
        wait = delay(job.attempts, CHAT, getattr(error, "after", None))
        await asyncio.to_thread(inbox.later, job, wait, dialogue.short(error))
        self._worker.wake_in(wait)

    # --- one update -----------------------------------------------------------------------------------------

    async def _take(self, person: Person, job: Job) -> list[Job]:
        """Work it off; returns the jobs that are done with it (its album)."""
        update = job.update
        if update.kind == "read":
            await self._read(person, update)
        elif update.kind == "leave":
            await asyncio.to_thread(people.left, person)
        elif update.kind == "move":
            await self._move(person, update)
        elif update.kind == "failed":
            await self._failed(person, job)
        elif update.kind == "delete":
            text = say("deleted", person.language)
            await asyncio.to_thread(messages.redact, person.conversation, update.about or "", text)
        else:
            await asyncio.to_thread(people.heard, person)
            self.messenger.post.wake()
            person = await self._introduced(person)
            asyncio.create_task(self._notice(person, update))  # noqa: RUF006  # a courtesy: nothing depends on it
            return [job, *await self._talk(person, job)]
        return [job]

    async def _introduced(self, person: Person) -> Person:
        """The person with what the platform knows of him."""
        if person.language or person.name:
            return person
        try:
            language, name = await within(INTRODUCTION, self.messenger.introduce(person))
        except Exception as error:
            logger.debug("%s: a customer is not introduced: %s", person.channel, type(error).__name__)
            return person
        if not language and not name:
            return person
        return await asyncio.to_thread(
            people.meet, person.channel, person.address, language=language, name=name
        )

    async def _talk(self, person: Person, job: Job) -> list[Job]:
        update = job.update
        if update.kind == "join":
            if not await self.messenger.opened(person, update):
                return []
            await self._say(
                Incoming(
                    person.conversation,
                    say("start", self._language(person, update)),
                    language=person.language,
                    message_id=update.id,
                    payload=START,
                )
            )
            return []
        if not self.messenger.message_limit.allow(person.conversation):
            raise Later("many messages in a short time", after=5.0)
        if update.kind == "press":
            if not await self._turned(person, update):
                await self._press(person, update, update.data or "")
            return []
        if await self._typed_choice(person, update) or await self._about_consent(person, update):
            return []
        album = await asyncio.to_thread(inbox.album, job)
        await self._message(person, job, [each.update for each in album])
        return album

    async def _message(self, person: Person, job: Job, album: list[Update]) -> None:
        update = job.update
        wanted = [photo for each in (update, *album) for photo in each.photos][: inbox.MOST]
        kept, refused = await self._photos(person, job, wanted)
        if update.text.strip() or kept:
            ident = update.id if update.kind == "message" else f"{update.id}:edited"
            await self._say(
                Incoming(
                    person.conversation,
                    update.text,
                    photos=tuple(kept),
                    language=person.language,
                    message_id=ident,
                )
            )
        for code in dict.fromkeys(refused):
            await self._tell(person, update, code)
        strange = next((each.kind for each in update.attachments if each.kind != "photo"), None)
        if strange is not None:
            await self._strange(person, update, strange)

    async def _photos(
        self, person: Person, job: Job, wanted: list[Attachment]
    ) -> tuple[list[str], list[str]]:
        """Ids of the photos that came through the door, and the codes of the refusals."""
        kept, refused = [], []
        for attachment in wanted:
            try:
                data = await self.messenger.fetch(person, attachment)
                kept.append(await photos.admit(person.conversation, data))
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

    async def _strange(self, person: Person, update: Update, kind: str) -> None:
        """A voice note, a sticker, …: the desk sees that it came; the customer is told what we take."""
        body = {"text": say(f"sent_{kind}", self._language(person, update)), "media": kind}
        await asyncio.to_thread(self._keep, person, Draft("customer", body, f"{update.id}:{kind}"))
        await self._tell(person, update, self.messenger.unread.get(kind, "only_text_and_photos"))

    # --- presses --------------------------------------------------------------------------------------------

    async def _typed_choice(self, person: Person, update: Update) -> bool:
        """Where there are no buttons: a number or title of the message shown last is a press."""
        text = update.text.strip()
        short = 0 < len(text) <= 60 and "\n" not in text
        if self.messenger.limits.choices != "numbers" or not short or update.attachments:
            return False
        last = await asyncio.to_thread(dialogue.last_said, person.conversation)
        if last is None:
            return False
        choice = drawing.chosen(await self.messenger.shown(last), text)
        if choice is None:
            return False
        await self._press(person, update, choice.token)
        return True

    async def _press(self, person: Person, update: Update, token: str) -> None:
        if token.startswith("#") and token[1:].isdigit() and update.about:
            token = await self._numbered(person, update.about, int(token[1:])) or ""
        place = drawing.read_token(token)
        seq = place[0] if place is not None else None
        try:
            if place is None:
                raise NotOffered
            pressed = await press(
                self.messenger,
                person.conversation,
                place[0],
                place[2],
                place[1],
                language=person.language,
                message_id=update.id,
            )
        except NotOffered:
            seq = None
            await self._tell(person, update, "not_offered")
        if update.kind == "press":
            asyncio.create_task(self._courtesy(self.messenger.pressed(person, update, seq)))  # noqa: RUF006
        if seq is not None:
            await self._say(pressed.incoming, retry=pressed.retry, offer=pressed.offer)

    async def _turned(self, person: Person, update: Update) -> bool:
        try:
            return await self.messenger.turn_page(person, update)
        except Refused as error:  # the message is gone, or too old to be changed
            logger.info("%s: a page could not be turned: %s", self.messenger.platform, error)
            return True

    async def _numbered(self, person: Person, about: str, number: int) -> str | None:
        """The token of a message's choice by its number (a reaction 2️⃣)."""
        seq = await self.messenger.message_there(person, about)
        message = await asyncio.to_thread(messages.get, person.conversation, seq) if seq else None
        if message is None:
            return None
        choices = drawing.numbered(await self.messenger.shown(message))
        return choices[number - 1].token if 0 < number <= len(choices) else None

    # --- to the channel -------------------------------------------------------------------------------------

    async def _say(self, incoming: Incoming, **options: object) -> None:
        """Store a message and wait until its turn is over."""
        stored, _ = await self.messenger.receive(incoming, **options)  # type: ignore[arg-type]
        if stored.answered:
            return
        await self.messenger.turn(stored)
        again = await asyncio.to_thread(messages.get, stored.conversation, stored.seq)
        if again is not None and not again.answered:
            raise Later("a message was stored but not answered yet")

    async def _about_consent(self, person: Person, update: Update) -> bool:
        agreed = consent.wish(update.text) if not update.attachments else None
        if agreed is None:
            return False
        body = {"text": update.text.strip()}
        await asyncio.to_thread(self._keep, person, Draft("customer", body, update.id))
        await asyncio.to_thread(people.consents, person, agreed)
        await self._tell(person, update, "consent_given" if agreed else "consent_taken")
        return True

    async def _tell(self, person: Person, update: Update, code: str) -> None:
        """Say something that the dialogue has no part in; once, also while a person has the conversation."""
        text = say(code, self._language(person, update))
        draft = Draft("system", {"text": text}, f"{update.id}:{code}")
        await asyncio.to_thread(self._keep, person, draft)
        await self.messenger.post.nudge(person.conversation)

    def _keep(self, person: Person, draft: Draft) -> Message | None:
        """Store a message that needs no answer, once. Synchronous."""
        with database.session() as connection:
            messages.lock(connection, person.conversation, self.messenger.platform)
            ident = draft.client_id
            if ident is not None and messages.by_client_id(connection, person.conversation, ident):
                return None
            return messages.append(connection, person.conversation, [draft], self.messenger.platform)[0]

    def _language(self, person: Person, update: Update) -> str | None:
        return language_hint(update.text) or person.language

    async def _read(self, person: Person, update: Update) -> None:
        seq = await self.messenger.message_there(person, update.about or "")
        if seq:
            await asyncio.to_thread(reads.mark, person.conversation, "customer", seq)
        elif update.data and update.data.isdigit():  # up to a time, in seconds since 1970
            found = await asyncio.to_thread(
                outbox.sent_until, self.messenger.platform, person.conversation, int(update.data)
            )
            if found:
                await asyncio.to_thread(reads.mark, person.conversation, "customer", found)

    async def _failed(self, person: Person, job: Job) -> None:
        """What the platform had taken from us did not arrive after all."""
        update, name = job.update, self.messenger.platform
        known = await asyncio.to_thread(
            outbox.undelivered,
            name,
            person.conversation,
            update.about or "",
            update.text,
            wait=update.data == "closed",
            again=GIVE_UP.total_seconds() / 3600 if update.data == "later" else 0,
        )
        if not known:
            if job.attempts < REPORT_TRIES:
                raise Later("the platform reports of a message that is still being sent", after=2.0)
            logger.info("%s: a message that is not ours, or long gone, did not arrive", name)
            return
        logger.error("%s: a message of %s did not arrive: %s", name, person.conversation, update.text)
        self.messenger.post.wake()

    async def _move(self, person: Person, update: Update) -> None:
        if not await asyncio.to_thread(people.moved, person, update.data or ""):
            logger.info("%s: a customer's new address is known already", self.messenger.platform)

    async def _notice(self, person: Person, update: Update) -> None:
        await self._courtesy(self.messenger.noticed(person, update))

    async def _courtesy(self, doing: object) -> None:
        try:
            await doing  # type: ignore[misc]
        except Exception as error:
            logger.debug("%s: a courtesy failed: %s", self.messenger.platform, type(error).__name__)
