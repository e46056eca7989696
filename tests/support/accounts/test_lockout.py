"""Failed attempts: who waits, how long, and who does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.support.accounts import lockout
from bot.support.accounts.errors import Locked
from bot.support.accounts.lockout import FIRST_WAIT, FREE_BY_ADDRESS, FREE_BY_LOGIN, LONGEST_WAIT, wait_after
from tests.support.accounts.conftest import age, at_once, sql

ROOT = Path(__file__).resolve().parents[3]


def fail(login: str, address: str, times: int = 1) -> None:
    """So many failures, each after the wait before it is over."""
    for _ in range(times):
        if left := lockout.seconds_left(login, address):
            age("agent_attempts", left)
        lockout.begin(login, address)


def good(login: str, address: str) -> None:
    lockout.succeeded(lockout.begin(login, address))


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(number, 5) for number in range(14)] == [
        0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900,
    ]  # fmt: skip
    assert wait_after(1_000_000, 5) == LONGEST_WAIT == 900


def test_a_login_waits_after_five() -> None:
    for _ in range(FREE_BY_LOGIN):
        lockout.begin("anna", "192.0.2.1")
    with pytest.raises(Locked) as locked:
        lockout.begin("anna", "192.0.2.1")
    assert 0 < locked.value.seconds <= FIRST_WAIT
    assert lockout.seconds_left("ANNA ", "198.51.100.9") > 0, "from everywhere, however it is written"
    lockout.begin("ben", "192.0.2.1")  # others go on

    age("agent_attempts", FIRST_WAIT - 2)
    with pytest.raises(Locked):
        lockout.begin("anna", "192.0.2.1")
    age("agent_attempts", 2)
    lockout.begin("anna", "192.0.2.1")
    with pytest.raises(Locked) as locked:
        lockout.begin("anna", "192.0.2.1")
    assert FIRST_WAIT < locked.value.seconds <= 2 * FIRST_WAIT, "the next wait is twice as long"


def test_knocking_on_makes_it_no_longer() -> None:
    fail("anna", "192.0.2.1", FREE_BY_LOGIN)
    for _ in range(30):
        with pytest.raises(Locked):
            lockout.begin("anna", "192.0.2.1")
    assert lockout.seconds_left("anna", "192.0.2.1") <= FIRST_WAIT
    assert sql("SELECT count(*) FROM agent_attempts") == [(FREE_BY_LOGIN,)]


def test_an_address_waits_after_twenty_logins() -> None:
    for number in range(FREE_BY_ADDRESS):
        lockout.begin(f"guess{number}", "192.0.2.1")
    with pytest.raises(Locked):
        lockout.begin("anna", "192.0.2.1")
    lockout.begin("anna", "192.0.2.2")
    age("agent_attempts", lockout.ADDRESS_WINDOW)
    lockout.begin("anna", "192.0.2.1")


def test_own_success_does_not_cover_guessing_at_others() -> None:
    """Somebody with one account tries the others', and signs in himself in between."""
    for number in range(FREE_BY_ADDRESS):
        if number % 4 == 0:
            good("eve", "192.0.2.1")
        lockout.begin(f"guess{number}", "192.0.2.1")
    with pytest.raises(Locked):
        lockout.begin("anna", "192.0.2.1")


def test_a_shop_behind_one_address_that_mistypes() -> None:
    for number in range(3 * FREE_BY_ADDRESS):
        lockout.begin(f"colleague{number}", "192.0.2.1")
        good(f"colleague{number}", "192.0.2.1")
    lockout.begin("anna", "192.0.2.1")


def test_success_counts_anew() -> None:
    for _ in range(3):
        fail("anna", "192.0.2.1", FREE_BY_LOGIN - 1)
        good("anna", "192.0.2.1")
    fail("anna", "192.0.2.1", FREE_BY_LOGIN - 1)
    assert lockout.seconds_left("anna", "192.0.2.1") == 0


def test_a_stranger_cannot_lock_out_the_staff() -> None:
    good("anna", "192.0.2.1")
    fail("anna", "203.0.113.7", FREE_BY_LOGIN + 6)
    assert lockout.seconds_left("anna", "203.0.113.7") > 60
    assert lockout.seconds_left("anna", "203.0.113.8") > 60, "another address of the stranger"
    good("anna", "192.0.2.1")
    assert lockout.seconds_left("anna", "203.0.113.7") > 60, "her success is not the stranger's"
    fail("anna", "192.0.2.1", FREE_BY_LOGIN)
    assert lockout.seconds_left("anna", "192.0.2.1") > 0, "her own address is counted too"


def test_an_address_is_known_for_a_month() -> None:
    good("anna", "192.0.2.1")
    age("agent_attempts", lockout.KEEP + 1)
    fail("anna", "203.0.113.7", FREE_BY_LOGIN)
    assert lockout.seconds_left("anna", "192.0.2.1") > 0


def test_failures_are_forgotten_after_a_day() -> None:
    fail("anna", "192.0.2.1", FREE_BY_LOGIN + 3)
    age("agent_attempts", lockout.LOGIN_WINDOW)
    assert lockout.seconds_left("anna", "192.0.2.1") == 0
    assert lockout.sweep() == 0
    age("agent_attempts", lockout.KEEP)
    assert lockout.sweep() == FREE_BY_LOGIN + 3


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:bbbb::2]", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("", "unknown"),
        ("x" * 500, "x" * 60),
    ],
)  # fmt: skip
def test_addresses(given: str, counted: str) -> None:
    assert lockout.normal_address(given) == counted


def test_no_login_is_written_down() -> None:
    """People type passwords where the login belongs."""
    lockout.begin("blue lamp river 7", "192.0.2.1")
    lockout.begin("\ud800 strange", "192.0.2.1")
    assert not any("blue" in str(row) for row in sql("SELECT * FROM agent_attempts"))


def test_a_hundred_at_once_are_a_hundred_in_a_row() -> None:
    results = at_once(24, lambda number: lockout.begin("anna", f"192.0.2.{number % 3}"))
    assert sum(isinstance(result, int) for result in results) == FREE_BY_LOGIN
    assert sum(isinstance(result, Locked) for result in results) == 24 - FREE_BY_LOGIN


CLIENT = """
import sys, threading
from bot.support.accounts import lockout
from bot.support.accounts.errors import Locked
taken = []
def one():
    for _ in range(5):
        try:
            taken.append(lockout.begin("anna", sys.argv[1]))
        except Locked:
            pass
sys.stdin.readline()
threads = [threading.Thread(target=one) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(taken))
"""


def test_two_processes_share_the_count() -> None:
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, f"192.0.2.{number}"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    for client in clients:
        assert client.stdin
        client.stdin.write("go\n")
        client.stdin.flush()
    counts = [int(client.communicate(timeout=60)[0]) for client in clients]
    assert sum(counts) == FREE_BY_LOGIN, counts
