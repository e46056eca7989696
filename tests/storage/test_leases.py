"""Work under leases: once, in the order of each key, whoever dies."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storage.leases import LONGEST, Leases
from tests.storage.conftest import sql

JOBS = Leases("jobs", seconds=30, gives="id, name, attempts", of="desk", key="person", order="seq")
PLAIN = Leases("jobs", seconds=30, gives="id, name", first="due")
MARKS = Leases(
    "jobs",
    seconds=30,
    gives="desk, name",
    waiting="error IS NOT NULL",
    finished="error = nullif(error, :seen)",
    identity=("desk", "name"),
)


@pytest.fixture(autouse=True)
def table(empty: None) -> None:
    sql(
        """
        CREATE TABLE jobs (id serial PRIMARY KEY, desk text NOT NULL, person text NOT NULL, seq integer NOT NULL,
            name text NOT NULL, attempts integer NOT NULL DEFAULT 0,
            due timestamptz NOT NULL DEFAULT clock_timestamp(), leased timestamptz, done timestamptz, failed text,
            error text)
        """
    )


def put(*names: str, desk: str = "d") -> None:
    """Jobs named after their person and their place: "ann1"."""
    for name in names:
        sql(
            "INSERT INTO jobs (desk, person, seq, name) VALUES (:d, :p, :s, :n)",
            d=desk,
            p=name[:3],
            s=int(name[3:]),
            n=name,
        )


def take(queue: Leases = JOBS, of: str | None = "d") -> Any:
    row = queue.take(of)
    assert row is not None
    return row


def test_the_order_of_each_key() -> None:
    put("ann2", "bob1", "ann1", "bob2")
    bob, ann = take(), take()
    assert (bob.name, ann.name) == ("bob1", "ann1") and JOBS.take("d") is None
    JOBS.done(ann)
    assert take().name == "ann2" and JOBS.take("d") is None
    JOBS.done(bob)
    assert take().name == "bob2"


def test_whose_work_it_is() -> None:
    put("ann1", desk="c")
    put("ann2")
    assert take().name == "ann2", "another desk's does not come before"
    assert JOBS.take("e") is None and take(of="c").name == "ann1"


def test_again_later() -> None:
    put("ann1", "ann2", "bob1")
    ann = take()
    JOBS.later(ann, 60, "away" * LONGEST)
    assert sql("SELECT leased, length(error) FROM jobs WHERE id = :id", id=ann.id) == [(None, LONGEST)]
    assert take().name == "bob1" and JOBS.take("d") is None
    sql("UPDATE jobs SET due = now() WHERE id = :id", id=ann.id)
    again = take()
    assert again.id == ann.id and again.attempts == 2
    JOBS.later(again, -1)
    assert sql("SELECT length(error) FROM jobs WHERE id = :id", id=ann.id) == [(LONGEST,)], "not told anew"
    JOBS.done(take())
    assert sql("SELECT error, done IS NULL, leased FROM jobs WHERE id = :id", id=ann.id) == [
        (None, False, None)
    ]


def test_given_up_it_lets_the_next_one_through() -> None:
    put("ann1", "ann2", "bob1")
    for name in ("ann1", "ann2"):
        job = take()
        assert job.name == name
        JOBS.failed(job, "why")
    assert [row.name for row in JOBS.listing("w.name", JOBS.dead, "d")] == ["ann1", "ann2"]
    assert JOBS.listing("w.name", JOBS.dead, "e") == []
    assert [row.name for row in JOBS.listing("w.name", JOBS.waiting)] == ["bob1"]


def test_who_dies_loses_it_and_who_works_holds_it() -> None:
    put("ann1", "ann2")
    job = take()
    sql("UPDATE jobs SET leased = now() + interval '1 second' WHERE id = :id", id=job.id)
    JOBS.hold(job)
    assert sql("SELECT leased > now() + interval '20 seconds' FROM jobs WHERE id = :id", id=job.id) == [
        (True,)
    ]
    assert JOBS.take("d") is None
    sql("UPDATE jobs SET leased = now() WHERE id = :id", id=job.id)
    assert take().id == job.id
    JOBS.drop(job)
    assert take().attempts == 3


def test_each_once_by_many_at_once() -> None:
    put(*(f"p{person:02}{seq}" for person in range(10) for seq in range(1, 6)))
    order: dict[str, list[str]] = {}

    def work(_: int) -> Counter[str]:
        taken: Counter[str] = Counter()
        while JOBS.listing("w.id", JOBS.waiting):
            if (job := JOBS.take("d")) is not None:
                taken[job.name] += 1
                order.setdefault(job.name[:3], []).append(job.name)
                JOBS.done(job)
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = sum(pool.map(work, range(6)), Counter())
    assert len(taken) == 50 and set(taken.values()) == {1}
    assert all(names == sorted(names) for names in order.values())


def test_without_a_key() -> None:
    put("ann1", "ann2")
    sql("UPDATE jobs SET due = now() - interval '1 hour' WHERE name = 'ann2'")
    assert [take(PLAIN, None).name, take(PLAIN, None).name] == ["ann2", "ann1"]


def test_marks_that_come_again() -> None:
    """What is never finished: it is looked at whenever there is a reason, and one that came meanwhile stays."""
    put("ann1", "bob1")
    assert MARKS.take() is None
    sql("UPDATE jobs SET error = 'one' WHERE name = 'ann1'")
    mark = take(MARKS, None)
    assert mark.name == "ann1" and MARKS.take() is None
    sql("UPDATE jobs SET error = 'two' WHERE name = 'ann1'")
    MARKS.done(mark, seen="one")
    MARKS.done(take(MARKS, None), seen="two")
    assert MARKS.take() is None


def test_several_are_finished_at_once() -> None:
    put("ann1", "ann2", "bob1")
    rows = JOBS.listing("w.id", JOBS.waiting)
    JOBS.done()
    JOBS.done(*rows[:2])
    assert [row.id for row in JOBS.listing("w.id", JOBS.waiting)] == [rows[2].id]
