"""Canned replies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from actions.replies.owner_texts import TextFile
from bot.settings import LANGUAGES, ROOT
from bot.support.accounts import canned_replies
from bot.support.accounts.agents import Agent
from bot.support.accounts.canned_replies import Canned
from bot.support.accounts.errors import AgentError, CannedRefused, NotAllowed, UnknownCanned
from tests.support.accounts.conftest import at_once, sql

Make = Callable[..., Agent]
REPLY = {"shortcut": "hi", "language": "en", "title": "Greeting", "text": "Hello, this is {agent}."}


# --- the starter set ---------------------------------------------------------------------------------------------------


def test_the_starter_set_is_whole() -> None:
    content = yaml.safe_load((ROOT / "bot" / "support" / "canned.yml").read_text(encoding="utf-8"))
    assert 12 <= len(content) <= 20
    for shortcut, entry in content.items():
        assert set(entry) - {"group"} == set(LANGUAGES), shortcut
        both = [set(canned_replies._PLACEHOLDER.findall(entry[language]["text"])) for language in LANGUAGES]
        assert both[0] == both[1], f"{shortcut}: the languages differ in their placeholders"
        assert len({entry[language]["title"] for language in LANGUAGES}) == 2
    canned_replies.load_starters()
    assert len(canned_replies.listing()) == 2 * len(content), "every one can be taken"


def test_loaded_once_into_an_empty_table(owner: Agent) -> None:
    canned_replies.load_starters()
    before = canned_replies.listing()
    canned_replies.delete(before[0].id, by=owner)
    canned_replies.load_starters()
    assert canned_replies.listing() == before[1:], "what the shop removed stays removed"


def test_loaded_by_several_processes_at_once() -> None:
    counts = at_once(6, lambda _: canned_replies.load_starters())
    assert sorted(counts)[:5] == [0] * 5 and sorted(counts)[5] == len(canned_replies.listing()) > 0  # type: ignore[type-var]


def test_a_slip_in_the_file_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "canned.yml"
    for text, count in (
        ("hi: {en: {title: A, text: Hello}, zh: {title: B, text: '{nix}'}}", 1),
        ("hi: {en: {title: A, text: Hello}}\nHI: {en: {title: B, text: Again}}", 1),
        ("hi: {en: {title: A}}\nho: {group: nix, en: {title: B, text: Ho}}\nha: {en: {title: C, text: Ha}}", 1),
        ("hi: [no", 0), ("hi: there", 0), ("- list", 0), ("hi: {en: text}", 0), ("", 0),
    ):  # fmt: skip
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(canned_replies, "_STARTERS", TextFile(file))
        sql("TRUNCATE canned_replies")
        with caplog.at_level(logging.WARNING):
            assert canned_replies.load_starters() == count, text
    assert "{nix}" in caplog.text
    monkeypatch.setattr(canned_replies, "_STARTERS", TextFile(tmp_path / "none.yml"))
    sql("TRUNCATE canned_replies")
    assert canned_replies.load_starters() == 0


# --- editing -----------------------------------------------------------------------------------------------------------


def test_save_change_delete(owner: Agent) -> None:
    made = canned_replies.save(None, **REPLY, by=owner)
    assert canned_replies.listing() == [made] and made.placeholders == ("agent",)
    changed = canned_replies.save(made.id, **{**REPLY, "text": "Hi!", "group": "orders"}, by=owner)
    assert canned_replies.listing() == [changed] == [Canned(made.id, "hi", "en", "Greeting", "Hi!", "orders")]
    assert canned_replies.delete(made.id, by=owner) and not canned_replies.delete(made.id, by=owner)
    with pytest.raises(UnknownCanned):
        canned_replies.save(made.id, **REPLY, by=owner)


def test_one_shortcut_a_language_and_group() -> None:
    first = canned_replies.save(None, **REPLY)
    canned_replies.save(None, **{**REPLY, "language": "zh"})
    own = canned_replies.save(None, **{**REPLY, "group": "orders"})
    for values in (REPLY, {**REPLY, "shortcut": " /HI "}, {**REPLY, "shortcut": "ｈｉ"}):
        with pytest.raises(CannedRefused) as refused:
            canned_replies.save(None, **values)
        assert refused.value.code == "shortcut_taken"
    with pytest.raises(CannedRefused):
        canned_replies.save(own.id, **REPLY)
    assert canned_replies.save(first.id, **{**REPLY, "title": "Still mine"}).title == "Still mine"
    results = at_once(4, lambda _: canned_replies.save(None, **{**REPLY, "shortcut": "bye"}))
    assert sum(isinstance(result, Canned) for result in results) == 1
    assert sum(isinstance(result, CannedRefused) for result in results) == 3


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("bad_shortcut", {"shortcut": "two words"}), ("bad_shortcut", {"shortcut": "/"}),
        ("bad_shortcut", {"shortcut": "x" * 31}), ("bad_shortcut", {"shortcut": "a{b"}),
        ("bad_language", {"language": "de"}), ("bad_title", {"title": " "}), ("bad_title", {"title": "x" * 81}),
        ("bad_text", {"text": " \n"}), ("bad_text", {"text": "x" * 4001}), ("bad_text", {"text": "a\0b"}),
        ("bad_placeholder", {"text": "Dear {customer}"}), ("bad_placeholder", {"text": "{agent.__class__}"}),
        ("bad_placeholder", {"text": "{}"}), ("bad_placeholder", {"text": "{agent!r}"}),
        ("bad_group", {"group": "nix"}), ("bad_group", {"group": ""}),
    ],
)  # fmt: skip
def test_refused(code: str, values: dict) -> None:
    with pytest.raises(AgentError) as refused:
        canned_replies.save(None, **{**REPLY, **values})
    assert refused.value.code == code and canned_replies.listing() == []


def test_shortcuts_may_be_chinese() -> None:
    assert (
        canned_replies.save(None, shortcut="问候", language="zh", title="问候", text="您好").shortcut
        == "问候"
    )


def test_who_may_edit(owner: Agent, make: Make) -> None:
    agent, lead = make("anna"), make("lena", "lead")
    made = canned_replies.save(None, **REPLY, by=lead)
    for call in (
        lambda: canned_replies.save(None, **{**REPLY, "shortcut": "x"}, by=agent),
        lambda: canned_replies.save(made.id, **REPLY, by=agent),
        lambda: canned_replies.delete(made.id, by=agent),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert canned_replies.listing() == [made]


def test_who_may_use(owner: Agent, make: Make) -> None:
    for group in (None, "orders", "style"):
        canned_replies.save(None, **{**REPLY, "group": group})
        canned_replies.save(None, **{**REPLY, "group": group, "language": "zh"})

    def groups(agent: Agent | None, language: str | None = "en") -> list[str | None]:
        return [each.group for each in canned_replies.listing(agent, language=language)]

    assert groups(make("anna", groups=["orders"])) == [None, "orders"]
    assert groups(make("ben", groups=["service"])) == [None]
    assert (
        groups(owner) == [None, "orders", "style"] == groups(None) == groups(make("lena", "lead", groups=[]))
    )
    assert len(groups(owner, None)) == 6


# --- filling -----------------------------------------------------------------------------------------------------------


def test_what_a_reply_is_filled_with(owner: Agent) -> None:
    english = canned_replies.values_for(owner, "en", customer_language="zh", order="A-17")
    chinese = canned_replies.values_for(owner, "zh", customer_language="zh")
    text = "{agent}, {customer_language}, {order}, {shop_name}, {return_days}"
    assert canned_replies.fill(text, english) == "Owen, Chinese, A-17, Larkfield, 30"
    assert canned_replies.fill(text, chinese) == "Owen, 中文, {order}, Larkfield, 30", (
        "what is not known stays to be seen"
    )
    assert canned_replies.values_for(owner, "de")["hours"] == english["hours"]


def test_values_are_never_read_as_placeholders(owner: Agent) -> None:
    values = {"agent": "{order} {0.__class__}", "order": "7", "empty": ""}
    assert canned_replies.fill("{agent} {order} {empty} {agent.name} {{order}}", values) == (
        "{order} {0.__class__} 7 {empty} {agent.name} {7}"
    )


def test_every_starter_can_be_filled(owner: Agent) -> None:
    canned_replies.load_starters()
    for each in canned_replies.listing():
        values = canned_replies.values_for(owner, each.language, customer_language="en", order="A-17")
        assert "{" not in canned_replies.fill(each.text, values), each


def test_the_shops_facts_are_known() -> None:
    known = canned_replies.known_placeholders("en")
    assert {"agent", "customer_language", "order", "shop_name", "hours", "email"} <= set(known)
    assert known == canned_replies.known_placeholders("zh")
