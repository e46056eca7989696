"""Accounts and roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.support.accounts import agents, groups, presence, roles
from bot.support.accounts.agents import ACTIONS, Agent, Role, may, may_manage, sees
from bot.support.accounts.errors import AccountRefused, AgentError, NotAllowed, PasswordRefused, UnknownAgent
from tests.support.accounts.conftest import GOOD, at_once, sql

Make = Callable[..., Agent]


def code_of(call: Callable[[], object]) -> str:
    """The code with which something is refused; "" if it is not."""
    try:
        call()
    except AgentError as error:
        return error.code
    return ""


# --- roles --------------------------------------------------------------------------------------------------------------

TABLE = """
    answer         agent lead owner
    step_in        agent lead owner
    suggest        agent lead owner
    search         agent lead owner
    canned         agent lead owner
    see_all              lead owner
    take_over            lead owner
    edit_canned          lead owner
    figures              lead owner
    manage_agents        lead owner
    manage_all                owner
    settings                  owner
"""


def test_the_table_of_roles(owner: Agent) -> None:
    allowed = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}
    assert set(allowed) == set(ACTIONS), "every action stands in the table"
    for role in Role:
        agent = dataclasses.replace(owner, role=role)
        assert [action for action in ACTIONS if may(agent, action)] == [
            action for action in ACTIONS if role.value in allowed[action]
        ]
        shut = dataclasses.replace(agent, active=False)
        assert not any(may(shut, action) for action in ACTIONS)
    with pytest.raises(KeyError):
        may(owner, "fly")  # type: ignore[arg-type]


def test_who_sees_which_group(owner: Agent) -> None:
    for role, there, elsewhere in (
        (Role.AGENT, True, False),
        (Role.LEAD, True, True),
        (Role.OWNER, True, True),
    ):
        agent = dataclasses.replace(owner, role=role, groups=("orders",))
        assert (sees(agent, "orders"), sees(agent, "service")) == (there, elsewhere)
        shut = dataclasses.replace(agent, active=False)
        assert not sees(shut, "orders") and not sees(shut, "service")


def test_who_looks_after_whom(owner: Agent) -> None:
    managed = {
        role: [other for other in Role if may_manage(dataclasses.replace(owner, role=role), other)]
        for role in Role
    }
    assert managed == {Role.AGENT: [], Role.LEAD: [Role.AGENT], Role.OWNER: list(Role)}


# --- making ------------------------------------------------------------------------------------------------------------


def test_the_first_account_is_an_owners() -> None:
    for role in ("agent", "lead"):
        assert code_of(lambda role=role: agents.add("anna", "Anna", GOOD, role=role)) == "first_owner"
    assert agents.listing() == []
    owner = agents.add("anna", "Anna", GOOD, role="owner")
    assert owner.role is Role.OWNER and owner.active


def test_an_account_as_it_was_made(owner: Agent) -> None:
    agent = agents.add(
        "  Li.Wei@Example.COM ",
        " 李  伟 ",
        GOOD,
        groups=["orders", "service", "orders"],
        languages=["zh"],
        max_load=2,
    )
    assert (agent.login, agent.name, agent.role) == ("li.wei@example.com", "李 伟", Role.AGENT)
    assert (agent.groups, agent.languages, agent.max_load) == (("orders", "service"), ("zh",), 2)
    assert agents.get(agent.id) == agents.by_login("LI.wei@example.com") == agent
    assert agents.by_login("nobody") is None and agents.get(agent.id + 100) is None
    ((stored,),) = sql("SELECT password FROM agents WHERE id = %s", agent.id)
    assert stored.startswith("$scrypt$") and GOOD not in stored
    assert not hasattr(agent, "password")


def test_groups_when_none_are_named(owner: Agent, make: Make) -> None:
    known = groups.known()
    assert len(known) > 1 and owner.groups == make("lena", "lead").groups == known
    assert make("anna").groups == known[:1], "least first: an agent sees what he is given"


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("bad_login", {"login": "an na"}), ("bad_login", {"login": ""}), ("bad_login", {"login": "安娜"}),
        ("bad_login", {"login": "a" * 81}), ("bad_login", {"login": "-anna"}), ("bad_login", {"login": "a\nb"}),
        ("login_taken", {"login": "OWEN"}), ("login_taken", {"login": "ｏｗｅｎ"}),
        ("bad_name", {"name": "  "}), ("bad_name", {"name": "x" * 81}), ("bad_name", {"name": "An\u202ena"}),
        ("bad_name", {"name": "An\0na"}), ("bad_role", {"role": "boss"}), ("bad_group", {"groups": ["nix"]}),
        ("bad_language", {"languages": ["de"]}), ("bad_language", {"languages": []}),
        ("bad_load", {"max_load": -1}), ("bad_load", {"max_load": 51}), ("bad_load", {"max_load": True}),
        ("too_short", {"password": "short"}), ("like_login", {"password": "anna12345678"}),
    ],
)  # fmt: skip
def test_refused(owner: Agent, code: str, values: dict) -> None:
    given = {"login": "anna", "name": "Anna", "password": GOOD, **values}
    assert code_of(lambda: agents.add(**given)) == code
    assert agents.listing() == [owner]


def test_groups_are_the_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "handoff.yml"
    file.write_text("groups: [gifts, repairs]\nhours: always\n", encoding="utf-8")
    monkeypatch.setenv("SHOP_HANDOFF", str(file))
    assert groups.known() == ("gifts", "repairs")
    assert agents.add("owen", "Owen", GOOD, role="owner").groups == ("gifts", "repairs")
    assert code_of(lambda: agents.add("anna", "Anna", GOOD, groups=["service"])) == "bad_group"


# --- changing ----------------------------------------------------------------------------------------------------------


def test_change_what_is_given(make: Make) -> None:
    agent = make("anna")
    assert agents.change(agent.id) == agent
    changed = agents.change(agent.id, name="Anna B.", groups=[], languages=["en"], max_load=0, role="lead")
    assert changed == dataclasses.replace(
        agent, name="Anna B.", groups=(), languages=("en",), max_load=0, role=Role.LEAD
    )
    assert agents.get(agent.id) == changed
    with pytest.raises(AccountRefused):
        agents.change(agent.id, name="Never stored", max_load=-1)
    assert agents.get(agent.id) == changed, "all or nothing"
    with pytest.raises(UnknownAgent):
        agents.change(agent.id + 100, name="Nobody")


def test_the_last_owner_stays(owner: Agent, make: Make) -> None:
    second = make("olga", "owner")
    agents.deactivate(second.id)
    assert code_of(lambda: agents.change(owner.id, role="agent")) == "last_owner"
    assert code_of(lambda: agents.deactivate(owner.id)) == "last_owner"
    assert agents.change(owner.id, role="owner", name="Still here").role is Role.OWNER
    agents.activate(second.id)
    assert agents.change(owner.id, role="agent").role is Role.AGENT
    assert code_of(lambda: agents.deactivate(second.id)) == "last_owner"


def test_two_owners_who_leave_at_once(owner: Agent, make: Make) -> None:
    for number in range(8):
        pair = [owner, make(f"olga{number}", "owner")]
        codes = at_once(
            2, lambda place, pair=pair: code_of(lambda: agents.change(pair[place].id, role="agent"))
        )
        assert sorted(map(str, codes)) == ["", "last_owner"]
        (owner,) = [agent for agent in agents.listing() if agent.role is Role.OWNER]


def test_one_login_made_at_once(owner: Agent) -> None:
    codes = at_once(4, lambda _: code_of(lambda: agents.add("anna", "Anna", GOOD)))
    assert sorted(map(str, codes)) == ["", "login_taken", "login_taken", "login_taken"]


def test_deactivated_and_back(make: Make) -> None:
    agent = make("anna")
    presence.connect(agent.id, "p1", "c1")
    shut = agents.deactivate(agent.id)
    assert not shut.active and presence.status_of(agent.id) == "offline"
    assert [each.login for each in agents.listing(active=False)] == ["anna"]
    assert "anna" not in [each.login for each in agents.listing(active=True)]
    assert agents.by_login("anna") == shut, "what the agent did keeps its name"
    assert agents.activate(agent.id) == agent


# --- who may -----------------------------------------------------------------------------------------------------------


def test_leads_look_after_agents_only(owner: Agent, make: Make) -> None:
    lead, other, agent = make("lena", "lead"), make("ludo", "lead"), make("anna")
    made = agents.add("ben", "Ben", GOOD, by=lead)
    assert agents.change(made.id, name="Benjamin", by=lead).name == "Benjamin"
    agents.deactivate(made.id, by=lead)
    agents.activate(made.id, by=lead)
    agents.set_password(made.id, GOOD + "!", by=lead)
    for call in (
        lambda: agents.add("eve", "Eve", GOOD, role="lead", by=lead),
        lambda: agents.add("eve", "Eve", GOOD, role="owner", by=lead),
        lambda: agents.change(made.id, role="lead", by=lead),
        lambda: agents.change(lead.id, role="owner", by=lead),
        lambda: agents.change(other.id, name="Other", by=lead),
        lambda: agents.deactivate(other.id, by=lead),
        lambda: agents.set_password(owner.id, GOOD + "!", by=lead),
        lambda: agents.change(owner.id, role="agent", by=lead),
        lambda: agents.add("eve", "Eve", GOOD, by=agent),
        lambda: agents.change(agent.id, groups=["orders"], by=agent),
        lambda: agents.set_password(made.id, GOOD + "!", by=agent),
        lambda: agents.deactivate(agent.id, by=dataclasses.replace(lead, active=False)),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert agents.by_login("eve") is None
    agents.change(other.id, role="agent", by=owner)
    agents.set_password(agent.id, GOOD + "?", by=agent)


def test_a_role_that_rose_meanwhile(owner: Agent, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lead sets an agent's password; while it is hashed the agent becomes an owner."""
    lead, agent = make("lena", "lead"), make("anna")
    real = agents.passwords.hash_password

    def slow(password: str) -> str:
        agents.change(agent.id, role="owner", by=owner)
        return real(password)

    monkeypatch.setattr(agents.passwords, "hash_password", slow)
    with pytest.raises(NotAllowed):
        agents.set_password(agent.id, GOOD + "!", by=lead)


def test_a_refused_password_changes_nothing(make: Make) -> None:
    agent = make("anna")
    before = sql("SELECT password FROM agents ORDER BY id")
    for bad in ("short", "anna12345678", "password123"):
        with pytest.raises(PasswordRefused):
            agents.set_password(agent.id, bad)
    with pytest.raises(UnknownAgent):
        agents.set_password(agent.id + 100, GOOD)
    assert sql("SELECT password FROM agents ORDER BY id") == before


def test_roles_are_in_order() -> None:
    assert [role.rank for role in (Role.AGENT, Role.LEAD, Role.OWNER)] == [0, 1, 2]
    assert str(Role.LEAD) == "lead" and roles.Role("owner") is Role.OWNER
