"""Inbox and outbox: once, in order, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

import pytest

from bot.channels.base.contact import Contact
from bot.channels.base.update import Attachment, Update
from bot.channels.runtime import contacts, inbox, outbox
from bot.conversation import messages
from bot.conversation.messages import Draft
from storage import personal_data
from tests.door.conftest import Echo
from tests.door.handing import sql

CHANNEL = "boxes"  # no messenger of the running server works it off
_numbers = count(1)


@pytest.fixture
def contact(echo: Echo) -> Iterator[Contact]:
    yield contacts.meet(CHANNEL, uuid4().hex)
    for box in ("messenger_inbox", "messenger_outbox", "messenger_sent", "messenger_people"):
        sql(f"DELETE FROM {box} WHERE channel = :c", c=CHANNEL)


def update(contact: Contact, text: str = "x", **more: object) -> Update:
    return Update(str(next(_numbers)), contact.address, text=text, **more)  # type: ignore[arg-type]


def photo(contact: Contact, text: str = "") -> Update:
    return update(contact, text, attachments=(Attachment("photo", "r"),))


def test_what_comes_twice_is_kept_once(contact: Contact) -> None:
    one = update(contact)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: inbox.put(CHANNEL, [one]), range(16))) == 1
    job = inbox.take(CHANNEL)
    assert job is not None and job.update == one
    inbox.done([job])
    assert inbox.put(CHANNEL, [one]) == 0 and inbox.take(CHANNEL) is None
    assert sql("SELECT body FROM messenger_inbox WHERE channel = :c", c=CHANNEL) == [(None,)]


def test_one_after_the_other(contact: Contact) -> None:
    other = contacts.meet(CHANNEL, uuid4().hex)
    inbox.put(CHANNEL, [update(contact, "1"), update(contact, "2"), update(other, "3")])
    first, third = inbox.take(CHANNEL), inbox.take(CHANNEL)
    assert first and third and (first.update.text, third.update.text) == ("1", "3")
    assert inbox.take(CHANNEL) is None  # the second waits for the first
    inbox.later(first, 60, "away")
    assert inbox.take(CHANNEL) is None
    sql("UPDATE messenger_inbox SET due = now() - interval '1 s' WHERE id = :i", i=first.id)
    again = inbox.take(CHANNEL)
    assert again and again.update.text == "1" and again.attempts == 2
    inbox.done([again])
    second = inbox.take(CHANNEL)
    assert second and second.update.text == "2"


def test_who_dies_loses_it(contact: Contact) -> None:
    inbox.put(CHANNEL, [update(contact)])
    job = inbox.take(CHANNEL)
    assert job and inbox.take(CHANNEL) is None
    sql("UPDATE messenger_inbox SET leased = now() - interval '1 s' WHERE id = :i", i=job.id)
    again = inbox.take(CHANNEL)
    assert again and again.id == job.id


def test_what_was_not_reported_takes_its_place(contact: Contact) -> None:
    opened, one, two, three = update(contact, "opened"), *(update(contact, text) for text in "123")
    inbox.put(CHANNEL, [opened, two])
    job = inbox.take(CHANNEL)
    assert job and job.update == opened
    assert inbox.arrange(CHANNEL, [one, two])
    inbox.put(CHANNEL, [three, one])
    assert not inbox.arrange(CHANNEL, [one, two])  # nothing to do: what came meanwhile keeps its place
    assert not inbox.arrange(CHANNEL, [])
    inbox.done([job])
    for expected in (one, two, three):
        job = inbox.take(CHANNEL)
        assert job and job.update == expected
        assert not inbox.arrange(CHANNEL, [expected])  # worked on
        inbox.done([job])
        assert not inbox.arrange(CHANNEL, [expected])  # done
    assert inbox.take(CHANNEL) is None


def test_what_never_works_lets_the_next_one_through(contact: Contact) -> None:
    inbox.put(CHANNEL, [update(contact, "1"), update(contact, "2")])
    job = inbox.take(CHANNEL)
    assert job
    inbox.failed(job, "broken")
    assert (following := inbox.take(CHANNEL)) and following.update.text == "2"


def test_an_album_is_one_message(contact: Contact) -> None:
    inbox.put(
        CHANNEL,
        [photo(contact, "these"), photo(contact), photo(contact), update(contact, "and?"), photo(contact)],
    )
    sql("UPDATE messenger_inbox SET due = now() WHERE channel = :c", c=CHANNEL)
    job = inbox.take(CHANNEL)
    assert job and len(inbox.album(job)) == 2


def test_photos_wait_for_each_other(contact: Contact) -> None:
    inbox.put(CHANNEL, [photo(contact)])
    assert inbox.take(CHANNEL) is None


def talk(contact: Contact, *texts: str, sender: str = "bot") -> None:
    messages.add(contact.conversation, [Draft(sender, {"text": text}) for text in texts], channel=CHANNEL)


def test_the_outbox_has_each_message_once(contact: Contact) -> None:
    messages.receive(contact.conversation, Draft("customer", {"text": "hi"}, "1"), channel=CHANNEL)
    talk(contact, "a", "b")
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: outbox.fill(contact.conversation), range(16))) == 2
    talk(contact, "c", sender="agent")
    assert outbox.catch_up(CHANNEL) == 1 and outbox.catch_up(CHANNEL) == 0
    seqs = []
    while job := outbox.take(CHANNEL):
        assert outbox.take(CHANNEL) is None
        seqs.append(job.seq)
        outbox.arrived(job, 1, [f"r{job.seq}"])
        outbox.done(job)
    assert seqs == [2, 3, 4]
    assert outbox.sent_as(CHANNEL, contact.conversation, "r3") == 3
    assert outbox.sent_as(CHANNEL, "another", "r3") is None
    assert outbox.remotes_of(CHANNEL, contact.conversation, 4) == ["r4"]


def test_pieces_that_have_arrived_are_not_sent_again(contact: Contact) -> None:
    talk(contact, "a")
    outbox.fill(contact.conversation)
    job = outbox.take(CHANNEL)
    assert job and job.sent == 0
    outbox.arrived(job, 2, ["r"])
    outbox.drop(job)
    assert (again := outbox.take(CHANNEL)) and again.sent == 2


def test_dead_letters(contact: Contact) -> None:
    talk(contact, "a", "b")
    outbox.fill(contact.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.failed(job, "the platform says no")
    following = outbox.take(CHANNEL)
    assert following and following.seq == 2
    outbox.done(following)
    (letter,) = outbox.undelivered_messages(CHANNEL)
    assert (letter.seq, letter.failed, letter.address) == (1, "the platform says no", contact.address)
    assert (
        outbox.undelivered_messages("other") == []
        and outbox.resend([letter.id]) == 1
        and outbox.undelivered_messages(CHANNEL) == []
    )
    assert (again := outbox.take(CHANNEL)) and again.seq == 1


def test_what_waits_for_the_customer(contact: Contact) -> None:
    talk(contact, "a")
    outbox.fill(contact.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.wait(job, contact, "closed")
    assert outbox.take(CHANNEL) is None
    assert [letter.error for letter in outbox.undelivered_messages(CHANNEL, dead=False)] == ["closed"]
    contacts.heard(contact)
    again = outbox.take(CHANNEL)
    assert again and again.attempts == 1 and again.created > job.created  # waiting was no trying
    outbox.wait(again, contact, "closed")  # but he has written since `contact` was read
    assert outbox.take(CHANNEL)


def test_erasing_forgets_what_was_said(contact: Contact) -> None:
    talk(contact, "a", "b")
    outbox.fill(contact.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.arrived(job, 1, ["r"])
    contacts.consents(contact, True)
    personal_data.forget(contact.conversation)
    assert outbox.take(CHANNEL) is None and outbox.sent_as(CHANNEL, contact.conversation, "r") is None
    after = contacts.of(contact.conversation)
    assert after is not None and not after.consent and after.name is None
    talk(contact, "deleted")  # the answer, with numbers from the beginning
    assert outbox.fill(contact.conversation) == 1


def test_the_same_address_is_the_same_person(contact: Contact) -> None:
    assert contacts.meet(CHANNEL, contact.address).conversation == contact.conversation
    assert contacts.meet("other", contact.address).conversation != contact.conversation
    sql("DELETE FROM messenger_people WHERE channel = 'other'")
