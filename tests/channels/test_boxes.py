"""Inbox and outbox: once, in order, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

import pytest

from bot.channels.base.contact import Person
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
def person(echo: Echo) -> Iterator[Person]:
    yield contacts.meet(CHANNEL, uuid4().hex)
    for box in ("messenger_inbox", "messenger_outbox", "messenger_sent", "messenger_people"):
        sql(f"DELETE FROM {box} WHERE channel = :c", c=CHANNEL)


def update(person: Person, text: str = "x", **more: object) -> Update:
    return Update(str(next(_numbers)), person.address, text=text, **more)  # type: ignore[arg-type]


def photo(person: Person, text: str = "") -> Update:
    return update(person, text, attachments=(Attachment("photo", "r"),))


def test_what_comes_twice_is_kept_once(person: Person) -> None:
    one = update(person)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: inbox.put(CHANNEL, [one]), range(16))) == 1
    job = inbox.take(CHANNEL)
    assert job is not None and job.update == one
    inbox.done([job])
    assert inbox.put(CHANNEL, [one]) == 0 and inbox.take(CHANNEL) is None
    assert sql("SELECT body FROM messenger_inbox WHERE channel = :c", c=CHANNEL) == [(None,)]


def test_one_after_the_other(person: Person) -> None:
    other = contacts.meet(CHANNEL, uuid4().hex)
    inbox.put(CHANNEL, [update(person, "1"), update(person, "2"), update(other, "3")])
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


def test_who_dies_loses_it(person: Person) -> None:
    inbox.put(CHANNEL, [update(person)])
    job = inbox.take(CHANNEL)
    assert job and inbox.take(CHANNEL) is None
    sql("UPDATE messenger_inbox SET leased = now() - interval '1 s' WHERE id = :i", i=job.id)
    again = inbox.take(CHANNEL)
    assert again and again.id == job.id


def test_what_was_not_reported_takes_its_place(person: Person) -> None:
    opened, one, two, three = update(person, "opened"), *(update(person, text) for text in "123")
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


def test_what_never_works_lets_the_next_one_through(person: Person) -> None:
    inbox.put(CHANNEL, [update(person, "1"), update(person, "2")])
    job = inbox.take(CHANNEL)
    assert job
    inbox.failed(job, "broken")
    assert (following := inbox.take(CHANNEL)) and following.update.text == "2"


def test_an_album_is_one_message(person: Person) -> None:
    inbox.put(
        CHANNEL, [photo(person, "these"), photo(person), photo(person), update(person, "and?"), photo(person)]
    )
    sql("UPDATE messenger_inbox SET due = now() WHERE channel = :c", c=CHANNEL)
    job = inbox.take(CHANNEL)
    assert job and len(inbox.album(job)) == 2


def test_photos_wait_for_each_other(person: Person) -> None:
    inbox.put(CHANNEL, [photo(person)])
    assert inbox.take(CHANNEL) is None


def talk(person: Person, *texts: str, sender: str = "bot") -> None:
    messages.add(person.conversation, [Draft(sender, {"text": text}) for text in texts], channel=CHANNEL)


def test_the_outbox_has_each_message_once(person: Person) -> None:
    messages.receive(person.conversation, Draft("customer", {"text": "hi"}, "1"), channel=CHANNEL)
    talk(person, "a", "b")
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: outbox.fill(person.conversation), range(16))) == 2
    talk(person, "c", sender="agent")
    assert outbox.catch_up(CHANNEL) == 1 and outbox.catch_up(CHANNEL) == 0
    seqs = []
    while job := outbox.take(CHANNEL):
        assert outbox.take(CHANNEL) is None
        seqs.append(job.seq)
        outbox.arrived(job, 1, [f"r{job.seq}"])
        outbox.done(job)
    assert seqs == [2, 3, 4]
    assert outbox.sent_as(CHANNEL, person.conversation, "r3") == 3
    assert outbox.sent_as(CHANNEL, "another", "r3") is None
    assert outbox.remotes_of(CHANNEL, person.conversation, 4) == ["r4"]


def test_pieces_that_have_arrived_are_not_sent_again(person: Person) -> None:
    talk(person, "a")
    outbox.fill(person.conversation)
    job = outbox.take(CHANNEL)
    assert job and job.sent == 0
    outbox.arrived(job, 2, ["r"])
    outbox.drop(job)
    assert (again := outbox.take(CHANNEL)) and again.sent == 2


def test_dead_letters(person: Person) -> None:
    talk(person, "a", "b")
    outbox.fill(person.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.failed(job, "the platform says no")
    following = outbox.take(CHANNEL)
    assert following and following.seq == 2
    outbox.done(following)
    (letter,) = outbox.letters(CHANNEL)
    assert (letter.seq, letter.failed, letter.address) == (1, "the platform says no", person.address)
    assert outbox.letters("other") == [] and outbox.resend([letter.id]) == 1 and outbox.letters(CHANNEL) == []
    assert (again := outbox.take(CHANNEL)) and again.seq == 1


def test_what_waits_for_the_customer(person: Person) -> None:
    talk(person, "a")
    outbox.fill(person.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.wait(job, person, "closed")
    assert outbox.take(CHANNEL) is None
    assert [letter.error for letter in outbox.letters(CHANNEL, dead=False)] == ["closed"]
    contacts.heard(person)
    again = outbox.take(CHANNEL)
    assert again and again.attempts == 1 and again.created > job.created  # waiting was no trying
    outbox.wait(again, person, "closed")  # but he has written since `person` was read
    assert outbox.take(CHANNEL)


def test_erasing_forgets_what_was_said(person: Person) -> None:
    talk(person, "a", "b")
    outbox.fill(person.conversation)
    job = outbox.take(CHANNEL)
    assert job
    outbox.arrived(job, 1, ["r"])
    contacts.consents(person, True)
    personal_data.forget(person.conversation)
    assert outbox.take(CHANNEL) is None and outbox.sent_as(CHANNEL, person.conversation, "r") is None
    after = contacts.of(person.conversation)
    assert after is not None and not after.consent and after.name is None
    talk(person, "deleted")  # the answer, with numbers from the beginning
    assert outbox.fill(person.conversation) == 1


def test_the_same_address_is_the_same_person(person: Person) -> None:
    assert contacts.meet(CHANNEL, person.address).conversation == person.conversation
    assert contacts.meet("other", person.address).conversation != person.conversation
    sql("DELETE FROM messenger_people WHERE channel = 'other'")
