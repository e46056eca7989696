"""Who talks to us at a messenger: an address there, a conversation here.

All functions are synchronous; call them in a thread.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from bot.channels.base.contact import Contact
from bot.settings import DEFAULT_LANGUAGE, LANGUAGES
from storage import database

_COLUMNS = "channel, address, conversation, language, name, heard, gone, consent"


def language_of(tag: str | None) -> str | None:
    """The language of ours that a platform's tag means ("zh-Hans", "en_GB"), or None."""
    code = (tag or "").replace("_", "-").split("-")[0].casefold()
    return code if code in LANGUAGES else None


def meet(channel: str, address: str, *, language: str | None = None, name: str | None = None) -> Contact:
    """The person of an address, made if there is none: under a conversation's id that cannot be guessed."""
    with database.session() as connection:
        row = connection.execute(
            sa.text(
                f"""
                INSERT INTO messenger_people (channel, address, conversation, language, name)
                VALUES (:channel, :address, :conversation, :language, :name)
                ON CONFLICT (channel, address) DO UPDATE SET
                    language = coalesce(excluded.language, messenger_people.language),
                    name = coalesce(excluded.name, messenger_people.name)
                RETURNING {_COLUMNS}
                """
            ),
            {
                "channel": channel,
                "address": address,
                "conversation": f"{channel}-{secrets.token_urlsafe(18)}",
                "language": language_of(language),
                "name": name,
            },
        ).one()
        return Contact(**row._mapping)


def find(channel: str, address: str) -> Contact | None:
    """The person of an address; None for a stranger."""
    statement = sa.text(f"SELECT {_COLUMNS} FROM messenger_people WHERE channel = :h AND address = :a")
    with database.session() as connection:
        row = connection.execute(statement, {"h": channel, "a": address}).first()
        return Contact(**row._mapping) if row else None


def known(channel: str, address: str) -> bool:
    """Whether we have met the person of an address."""
    return find(channel, address) is not None


def of(conversation: str) -> Contact | None:
    """The person of a conversation; None where it is no messenger's."""
    statement = sa.text(f"SELECT {_COLUMNS} FROM messenger_people WHERE conversation = :c")
    with database.session() as connection:
        row = connection.execute(statement, {"c": conversation}).first()
        return Contact(**row._mapping) if row else None


def spoken(contact: Contact) -> str:
    """The language to speak where the message does not tell: as the customer wrote last, else his
    platform's.
    """
    statement = sa.text("SELECT language FROM conversations WHERE id = :c")
    with database.session() as connection:
        written = connection.execute(statement, {"c": contact.conversation}).scalar()
    return written or contact.language or DEFAULT_LANGUAGE


def heard(contact: Contact) -> None:
    """The customer wrote: he is there, and what waited for the platform's window may go out."""
    with database.session() as connection:
        values = {"c": contact.conversation}
        connection.execute(
            sa.text(
                "UPDATE messenger_people SET heard = clock_timestamp(), gone = false WHERE conversation = :c"
            ),
            values,
        )
        connection.execute(
            sa.text(
                """
                -- Waiting was no trying: the day after which a message is given up begins now.
                UPDATE messenger_outbox
                SET due = clock_timestamp(), created = clock_timestamp(), attempts = 0
                WHERE conversation = :c AND done IS NULL AND failed IS NULL AND due = 'infinity'
                """
            ),
            values,
        )


def left(contact: Contact, gone: bool = True) -> None:
    """The customer blocked us or left (or came back): nothing is sent there any more, and it takes a new
    consent to be written to unasked.
    """
    _set(contact, "gone = :value, consent = consent AND NOT :value", gone)


def moved(contact: Contact, address: str) -> bool:
    """The person has another address there now (a new telephone number); False if somebody has that one."""
    statement = sa.text(
        """
        UPDATE messenger_people SET address = :a WHERE conversation = :c AND NOT EXISTS (
            SELECT 1 FROM messenger_people o WHERE o.channel = messenger_people.channel AND o.address = :a)
        """
    )
    with database.session() as connection:
        return bool(connection.execute(statement, {"a": address, "c": contact.conversation}).rowcount)


def consents(contact: Contact, consent: bool) -> None:
    """The customer agrees to messages that we begin, or takes it back."""
    _set(contact, "consent = :value", consent)


def _set(contact: Contact, change: str, value: bool) -> None:
    statement = sa.text(f"UPDATE messenger_people SET {change} WHERE conversation = :c")
    with database.session() as connection:
        connection.execute(statement, {"c": contact.conversation, "value": value})
