"""The door: sign-in and sessions."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.support.accounts import agents, desk_sessions, lockout, passwords, signin
from bot.support.accounts.agents import Agent, Role
from bot.support.accounts.desk_sessions import IDLE, LONGEST, Session
from bot.support.accounts.errors import Locked, SignInRefused
from tests.support.accounts.conftest import GOOD, Ear, age, at_once, sql

HOME = "192.0.2.1"
NEW = "green door tower 9"
ROOT = Path(__file__).resolve().parents[3]
Make = Callable[..., Agent]


@pytest.fixture
def anna(make: Make) -> Agent:
    return make("anna")


def enter(login: str = "anna", password: str = GOOD, address: str = HOME) -> Session:
    return signin.sign_in(login, password, address)


# --- the door ----------------------------------------------------------------------------------------------------------


def test_the_right_password_opens(anna: Agent) -> None:
    session = enter(" ANNA ")
    assert session.agent == anna
    found = desk_sessions.read(session.token)
    assert found == session and found is not None and found.csrf == session.csrf


def test_everything_else_is_refused_alike(anna: Agent, make: Make) -> None:
    gone = make("gone")
    agents.deactivate(gone.id)
    told = set()
    for login, password in (
        ("anna", NEW),
        ("anna", ""),
        ("nobody", GOOD),
        ("gone", GOOD),
        ("gone", NEW),
        ("", ""),
    ):
        with pytest.raises(SignInRefused) as refused:
            enter(login, password, "192.0.2.9")
        told.add((str(refused.value), refused.value.code))
    assert len(told) == 1
    assert sql("SELECT count(*) FROM agent_sessions") == [(0,)]


def test_unknown_logins_are_as_much_work(anna: Agent, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same scrypt, once, whether the login exists or not: no list of staff by the clock."""
    gone = make("gone")
    agents.deactivate(gone.id)
    work: list[tuple] = []
    real = hashlib.scrypt

    def seen(password: bytes, **values: object) -> bytes:
        work.append((values["n"], values["r"], values["p"], values["dklen"]))
        return real(password, **values)  # type: ignore[arg-type]

    passwords._nobody.cache_clear()
    monkeypatch.setattr(hashlib, "scrypt", seen)
    done = {}
    for login in ("anna", "nobody", "gone", "x" * 5000):
        work.clear()
        with pytest.raises(SignInRefused):
            enter(login, NEW)
        done[login] = list(work)
    assert done["anna"] == done["nobody"] == done["gone"] == done["x" * 5000] and len(done["anna"]) == 1
    work.clear()
    with pytest.raises(SignInRefused):
        enter("gone", GOOD)
    assert work == done["nobody"], "nor for the right password of a shut account"
    passwords._nobody.cache_clear()


def test_known_and_unknown_are_locked_alike(anna: Agent) -> None:
    outcomes: dict[str, list[str]] = {"anna": [], "nobody": []}
    for login, outcome in outcomes.items():
        for _ in range(7):
            try:
                enter(login, NEW, "203.0.113.7")
            except (SignInRefused, Locked) as error:
                outcome.append(error.code)
    assert outcomes["anna"] == outcomes["nobody"] == ["refused"] * 5 + ["locked"] * 2
    with pytest.raises(Locked):
        enter("anna", GOOD, "203.0.113.7")  # the right password does not open a lock
    age("agent_attempts", 5)
    assert enter("anna", GOOD, "203.0.113.7")


def test_a_locked_door_costs_no_work(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(password=NEW)
    monkeypatch.setattr(passwords, "verify", lambda *_: pytest.fail("looked at a password while locked"))
    with pytest.raises(Locked):
        enter()


def test_a_new_password_ends_the_lock(anna: Agent) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(password=NEW)
    agents.set_password(anna.id, NEW)
    assert enter(password=NEW).agent == anna


def test_guessing_at_once_gets_five_tries(anna: Agent) -> None:
    results = at_once(16, lambda number: enter(password=f"wrong guess {number}"))
    assert sum(isinstance(result, SignInRefused) for result in results) == 5
    assert sum(isinstance(result, Locked) for result in results) == 11


def test_an_old_hash_is_made_anew(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = "SELECT password FROM agents WHERE login = 'anna'"
    monkeypatch.setattr(passwords, "COST", 9)
    with pytest.raises(SignInRefused):
        enter(password=NEW)
    assert "ln=8," in sql(stored)[0][0], "not for a wrong password"
    first = enter()
    assert "ln=9," in sql(stored)[0][0]
    assert desk_sessions.read(first.token) and enter(), "the session stands, and the password is the same"


def test_an_old_hash_made_anew_by_several_at_once(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    for cost in (9, 10, 11):
        monkeypatch.setattr(passwords, "COST", cost)
        assert all(isinstance(result, Session) for result in at_once(4, lambda _: enter()))


def test_a_password_changed_meanwhile_leaves_no_session(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old password is checked, then it is changed, then the session would start."""
    real = passwords.verify

    def slow(password: str, stored: str | None) -> bool:
        right = real(password, stored)
        if right:
            agents.set_password(anna.id, NEW)
        return right

    monkeypatch.setattr(passwords, "verify", slow)
    with pytest.raises(SignInRefused):
        enter()
    assert sql("SELECT count(*) FROM agent_sessions") == [(0,)]


def test_deactivated_meanwhile(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    real = passwords.verify

    def slow(password: str, stored: str | None) -> bool:
        agents.deactivate(anna.id)
        return real(password, stored)

    monkeypatch.setattr(passwords, "verify", slow)
    with pytest.raises(SignInRefused):
        enter()


def test_confirm_asks_the_same_way(anna: Agent) -> None:
    signin.confirm(anna, GOOD, HOME)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            signin.confirm(anna, NEW, HOME)
    with pytest.raises(Locked):
        signin.confirm(anna, GOOD, HOME)


# --- sessions ----------------------------------------------------------------------------------------------------------


def test_only_a_hash_of_the_token_is_stored(anna: Agent) -> None:
    session = enter()
    ((stored,),) = sql("SELECT token_hash FROM agent_sessions")
    assert bytes(stored) == hashlib.sha256(session.token.encode()).digest()
    assert session.token not in repr(session) and len(session.token) >= 43
    assert enter().token != session.token


@pytest.mark.parametrize(
    "token", [None, 7, b"x", "", "x", "x" * 201, "x" * 43, "\ud800", "' OR true --", "a\0b"]
)
def test_foreign_tokens(anna: Agent, token: object) -> None:
    enter()
    assert desk_sessions.read(token) is None
    desk_sessions.end(token)
    assert sql("SELECT count(*) FROM agent_sessions") == [(1,)]


def test_the_hash_itself_opens_nothing(anna: Agent) -> None:
    """Who has read the table has no cookie."""
    enter()
    ((stored,),) = sql("SELECT encode(token_hash, 'hex') FROM agent_sessions")
    assert desk_sessions.read(stored) is None


def test_csrf_belongs_to_one_session(anna: Agent) -> None:
    one, other = enter(), enter()
    assert one.csrf_matches(one.csrf) and not one.csrf_matches(other.csrf)
    assert one.csrf != one.token
    for wrong in (None, "", one.csrf[:-1], one.csrf.upper() + "x", "é" * 64, "\ud800", 7, one.token):
        assert not one.csrf_matches(wrong), wrong


def test_it_ends_without_use(anna: Agent) -> None:
    session = enter()
    age("agent_sessions", IDLE - 60)
    assert desk_sessions.read(session.token), "used: it begins to count anew"
    age("agent_sessions", IDLE - 60)
    assert desk_sessions.read(session.token, used=False), "a look is no use …"
    age("agent_sessions", 120)
    assert desk_sessions.read(session.token, used=False) is None, "… so it ends"
    assert desk_sessions.read(session.token) is None


def test_it_ends_after_a_working_day(anna: Agent) -> None:
    session = enter()
    spent = 0
    while spent + IDLE // 2 < LONGEST:
        age("agent_sessions", IDLE // 2)
        spent += IDLE // 2
        assert desk_sessions.read(session.token), f"after {spent} s"
    age("agent_sessions", IDLE // 2)
    assert desk_sessions.read(session.token) is None


def test_expired_ones_are_swept(anna: Agent) -> None:
    old = enter()
    age("agent_sessions", IDLE + 1)
    new = enter()  # sweeps
    assert sql("SELECT count(*) FROM agent_sessions") == [(1,)]
    assert desk_sessions.read(old.token) is None and desk_sessions.read(new.token)
    assert desk_sessions.sweep() == 0


def test_signing_out_ends_this_one(anna: Agent) -> None:
    one, other = enter(), enter()
    desk_sessions.end(one.token)
    assert desk_sessions.read(one.token) is None and desk_sessions.read(other.token)


def test_a_new_password_signs_out_everywhere(anna: Agent, owner: Agent, ear: Ear) -> None:
    tokens = [enter().token for _ in range(3)]
    others = enter("owen").token
    ear.heard()
    agents.set_password(anna.id, NEW)
    assert [desk_sessions.read(token) for token in tokens] == [None] * 3 and desk_sessions.read(others)
    assert ("account", {"agent": anna.id, "signed_out": True}) in ear.heard(), "open pages are told"
    with pytest.raises(SignInRefused):
        enter()


def test_deactivating_signs_out_everywhere(anna: Agent) -> None:
    token = enter().token
    agents.deactivate(anna.id)
    assert desk_sessions.read(token) is None
    agents.activate(anna.id)
    assert desk_sessions.read(token) is None, "not back with the account"


def test_an_account_shut_by_hand_is_shut(anna: Agent) -> None:
    token = enter().token
    sql("UPDATE agents SET active = false WHERE id = %s", anna.id)
    assert desk_sessions.read(token) is None


def test_end_all_but_this_one(anna: Agent, ear: Ear) -> None:
    kept, *others = (enter().token for _ in range(3))
    assert desk_sessions.end_all(anna.id, keep=kept) == 2
    assert desk_sessions.read(kept) and not any(map(desk_sessions.read, others))
    assert desk_sessions.end_all(anna.id) == 1 and desk_sessions.read(kept) is None


def test_a_new_role_holds_at_once(anna: Agent, owner: Agent, ear: Ear) -> None:
    token = enter().token
    ear.heard()
    agents.change(anna.id, role="lead", by=owner)
    found = desk_sessions.read(token)
    assert found and found.agent.role is Role.LEAD
    assert ear.heard() == [("account", {"agent": anna.id, "signed_out": False})]


def test_a_session_holds_in_every_process(anna: Agent) -> None:
    token = enter().token
    read = "import sys; from bot.support.accounts import desk_sessions; s = desk_sessions.read(sys.argv[1]); print(s and s.agent.login, s and s.csrf)"

    def elsewhere() -> str:
        run = subprocess.run(
            [sys.executable, "-c", read, token], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    session = desk_sessions.read(token)
    assert session and elsewhere() == f"anna {session.csrf}"
    agents.set_password(anna.id, NEW)
    assert elsewhere() == "None None"


def test_signing_in_while_the_password_changes(anna: Agent) -> None:
    """Whatever the order, afterwards no session of the old password is left."""
    for number in range(12):
        old, new = (GOOD, NEW) if number % 2 == 0 else (NEW, GOOD)
        change = threading.Thread(target=agents.set_password, args=(anna.id, new))
        change.start()
        at_once(3, lambda number, old=old: enter(password=old, address=f"198.51.100.{number}"))
        change.join()
        assert sql("SELECT count(*) FROM agent_sessions WHERE agent = %s", anna.id) == [(0,)], number
        with pytest.raises((SignInRefused, Locked)):
            enter(password=old, address="198.51.100.77")
        sql("TRUNCATE agent_attempts")
    assert lockout.seconds_left("anna", HOME) == 0
