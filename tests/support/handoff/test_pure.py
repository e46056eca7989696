"""What needs no database: settings, rules, assignment, waiting times, summary, words."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT
from bot.support import owner_settings
from bot.support.handoff import announcements, triggers
from bot.support.handoff.assignment import Candidate, choose
from bot.support.handoff.queue_estimates import Pace, estimate
from bot.support.handoff.summary import summary
from bot.support.handoff.triggers import Facts
from bot.support.owner_settings import RuleSpec, load
from shop.settings import HANDOFF as DEFAULT
from tests.support.handoff.conftest import HANDOFF

# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_shipped_file() -> None:
    current = load(DEFAULT)
    assert (
        current.default_group == "service"
        and not current.hours.always
        and current.desk in ("own", "chatwoot")
    )
    for table in (current.groups, current.close_reasons, current.return_slots):
        assert table and all(names.get("en") and names.get("zh") for names in table.values())
    assert current.group_name("orders", "zh") == "订单与退换货" and current.group_name("x", "en") == "x"
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    assert all(f"\n  {slot}:" in domain for slot in current.return_slots), "slots that Rasa knows"


def test_the_rules_in_the_comments_are_right(tmp_path: Path) -> None:
    lines = DEFAULT.read_text(encoding="utf-8").splitlines()
    first = lines.index("# - name: full cart")
    last = next(number for number in range(first, len(lines)) if not lines[number].startswith("#"))
    told = [line.removeprefix("#") for line in lines[first:last]]
    file = tmp_path / "handoff.yml"
    file.write_text(
        "\n".join([*lines[:first], *(f" {line}" for line in told), *lines[last:]]), encoding="utf-8"
    )
    assert [rule.name for rule in load(file).rules][-2:] == ["full cart", "regular customer"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "mapping"),
        ("a: [", "cannot be read"),
        ("hours: always", "at least one group"),
        ("groups: [a]\nnonsense: 1", "unknown"),
        ("groups: [a]\ntimers: {gone: 1}", "timers"),
        ("groups: [a]\ntimers: {gone_after: soon}", "gone_after"),
        ("groups: [a]\nhours: {week: {mon: 9}}", "span"),
        ("groups: [a]\nassignment: {language: maybe}", "language"),
        ("groups: [a]\nassignment: {automatic: [1]}", "automatic"),
        ("groups: [a]\nenabled: perhaps", "enabled"),
        ("groups: [a]\npriorities: {angry: 3}", "reason"),
        ("groups: [a]\nrules: [{name: x}]", "when it fits"),
        ("groups: [a]\nrules: [{name: x, keywords: [y], group: b}]", "no group"),
        ("groups: [a]\nrules: [{name: x, cart_from: much}]", "amount"),
        ("groups: [a]\nrules: [{keywords: [y]}]", "name"),
        ("groups: [a]\nrules: [{name: x, keyword: [y]}]", "unknown"),
        ("groups: [a]\nrules: [{name: x, keywords: [y], ask: perhaps}]", "ask"),
        ("groups: [a]\nprofile: sometimes", "profile"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "handoff.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        load(file)


def test_a_slip_keeps_the_last_good_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "handoff.yml"
    monkeypatch.setenv("SHOP_HANDOFF", str(file))
    with pytest.raises(ValueError):
        owner_settings.settings()
    file.write_text(HANDOFF, encoding="utf-8")
    assert owner_settings.settings().timers.wait_at_most == 900
    file.write_text(HANDOFF.replace("wait_at_most: 900", "wait_at_most: soon"), encoding="utf-8")
    assert owner_settings.settings().timers.wait_at_most == 900 and "wait_at_most" in caplog.text
    file.write_text(HANDOFF.replace("wait_at_most: 900", "wait_at_most: 60"), encoding="utf-8")
    assert owner_settings.settings().timers.wait_at_most == 60
    file.unlink()
    assert owner_settings.settings().timers.wait_at_most == 60


def test_switched_off(tmp_path: Path) -> None:
    file = tmp_path / "handoff.yml"
    for text, enabled in (("", True), ("enabled: true", True), ("enabled: false", False)):
        file.write_text(f"groups: [a]\n{text}", encoding="utf-8")
        assert load(file).enabled is enabled


def test_the_desk_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "handoff.yml"
    file.write_text("groups: [a]\ndesk: own", encoding="utf-8")
    monkeypatch.setenv("SHOP_DESK", "Chatwoot")
    assert load(file).desk == "chatwoot"


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I will call my Lawyer!", "lawyer"),
        ("two lawyers", None),
        ("legal\n  action", "legal action"),
        ("我要打12315", "12315"),
        ("order 9123150", None),
        ("我会找律师的", "律师"),
        ("", None),
    ],
)
def test_keywords(text: str, found: str | None) -> None:
    assert triggers.keyword(text, ("lawyer", "legal action", "12315", "律师")) == found


def test_rules() -> None:
    rules = (
        RuleSpec("legal", keywords=("lawyer",), priority=5),
        RuleSpec("full cart", cart_from=Decimal(500), ask=False, group="style"),
        RuleSpec("regular", orders_from=3, spent_from=Decimal(100), emails=frozenset({"ann@example.com"})),
        RuleSpec("both", keywords=("urgent",), cart_from=Decimal(50)),
    )

    def name(**facts: Any) -> str | None:
        rule = triggers.first(Facts(**facts), rules)
        return rule.name if rule else None

    assert name() is None and name(text="hello", cart=Decimal(499)) is None
    assert name(text="my lawyer", cart=Decimal(900)) == "legal"
    assert name(cart=Decimal(500)) == "full cart"
    assert name(orders=3, spent=Decimal(99)) is None and name(orders=2, spent=Decimal(100)) is None
    assert name(orders=3, spent=Decimal(100)) == "regular"
    assert name(emails=frozenset({"Ann@Example.com "})) == "regular"
    assert name(text="urgent") is None and name(text="urgent", cart=Decimal(60)) == "both"
    rule = triggers.first(Facts(cart=Decimal(500)), rules)
    assert rule is not None and (rule.reason, rule.ask, rule.group) == ("cart", False, "style")
    assert triggers.needs_cart(rules) and triggers.needs_orders(rules)
    assert not triggers.needs_cart(rules[:1]) and not triggers.needs_orders(rules[:2])


# --- assignment -------------------------------------------------------------------------------------------------------


def candidate(
    number: int,
    load: int = 0,
    *,
    max_load: int = 4,
    groups: Any = ("service",),
    languages: Any = ("en", "zh"),
) -> Candidate:
    return Candidate(number, groups, languages, max_load, load)


def test_who_gets_it() -> None:
    def chosen(
        *candidates: Candidate, group: str = "service", language: str | None = "en", **more: Any
    ) -> int | None:
        found = choose(group, language, candidates, **more)
        return found.id if found else None

    assert chosen() is None
    assert chosen(candidate(1, 2), candidate(2, 1)) == 2, "the least busy"
    assert chosen(candidate(1), candidate(2)) == 1, "the first of equals"
    assert chosen(candidate(1, 4), candidate(2, 0, max_load=0)) is None, "nobody beyond what he can"
    assert chosen(candidate(1, 1, max_load=2), candidate(2, 2, max_load=8)) == 2, "by what each can"
    assert chosen(candidate(1), group="orders") is None
    assert chosen(candidate(1), candidate(2), not_again={1}) == 2
    assert chosen(candidate(1), not_again={1}) is None
    english = candidate(1, languages=("en",))
    assert chosen(english, candidate(2, 3), language="zh") == 2, (
        "who speaks the language goes before who is free"
    )
    assert chosen(english, language="zh") == 1, "better than nobody"
    assert chosen(english, language="zh", require_language=True) is None
    assert chosen(english, language=None, require_language=True) == 1


def test_nobody_is_overloaded() -> None:
    generator = random.Random(4)
    for _ in range(200):
        candidates = [candidate(number, max_load=generator.randint(0, 4)) for number in range(5)]
        given = 0
        while (found := choose("service", "en", candidates)) is not None:
            found.load += 1
            given += 1
        assert given == sum(each.max_load for each in candidates)
        assert all(each.load == each.max_load for each in candidates)


# --- waiting times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "pace", "minutes"),
    [
        (1, Pace(handling=8, response=0.5, free=2, slots=6), 1),
        (2, Pace(handling=8, response=1.2, free=2, slots=6), 2),
        (3, Pace(handling=12, response=1, free=2, slots=6), 3),  # one of six conversations must end
        (8, Pace(handling=12, response=1, free=2, slots=6), 15),  # 13, told as 15
        (1, Pace(handling=8, response=None, free=2, slots=6), None),
        (3, Pace(handling=None, response=1, free=2, slots=6), None),
        (2, Pace(handling=None, response=1, free=2, slots=6), 1),
        (1, Pace(handling=8, response=1, free=0, slots=0), None),
    ],
)
def test_estimate(place: int, pace: Pace, minutes: int | None) -> None:
    assert estimate(place, pace) == minutes


def test_nobody_behind_is_told_less() -> None:
    pace = Pace(handling=7, response=1.5, free=1, slots=5)
    told = [estimate(place, pace) for place in range(1, 40)]
    assert told == sorted(told, key=lambda each: each or 0)


# --- summary ----------------------------------------------------------------------------------------------------------


def test_summary() -> None:
    packet = {
        "reason": "complaint",
        "language": "zh",
        "mood": "angry",
        "turns": [
            {"from": "customer", "text": "旧的"},
            {"from": "customer", "text": "鞋子 {坏了} " + "啊" * 300},
            {"from": "bot", "text": "抱歉"},
        ],
        "photos": [{"id": "p", "seen": {"en": "black boots", "zh": "黑色靴子"}}, {"id": "q", "seen": None}],
        "shown": [
            {"id": str(n), "title": {"en": f"Boot {n}", "zh": f"靴{n}"}, "price": {"en": "$5", "zh": "5美元"}}
            for n in range(5)
        ],
        "cart": {"count": 2, "total": {"en": "$10.00", "zh": "10美元"}},
        "orders": [{"id": "A1", "status": "shipped"}],
        "profile_words": {"en": "size 42", "zh": "42码"},
        "before": 1,
    }
    found = summary(packet)
    quote = "鞋子 {坏了} " + "啊" * 300
    quote = quote[:199] + "…"
    assert found["en"] == (
        f"Complains. Sounds angry. Last wrote: “{quote}”. Writes Chinese. Photos sent: 2 (black boots). "
        "Was shown: Boot 0 ($5); Boot 1 ($5); Boot 2 ($5) (+2). Cart: 2 pcs, $10.00. Last order: A1, shipped. "
        "Known tastes: size 42. Was with a person before: 1×."
    )
    assert found["zh"].startswith("投诉。语气愤怒。最后说：") and "最近订单：A1，已发货。" in found["zh"]
    assert summary({}) == {"en": "Asked for a person.", "zh": "要求人工服务。"}


# --- words ------------------------------------------------------------------------------------------------------------


def test_words_are_complete() -> None:
    for key, found in announcements.TEXTS.items():
        assert set(found) == {"en", "zh"}, key
        fields = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in found.values()]
        assert fields[0] == fields[1], key


def test_queue_in_words() -> None:
    assert announcements.queue("en", 1, None) == "You are next."
    assert announcements.queue("en", 3, 5) == "You are number 3 in the queue. It takes about 5 min."
    assert announcements.queue("zh", 3, 5) == "您排在第3位。预计等待约5分钟。"
    assert announcements.queue("fr", 1, 2) == "You are next. It takes about 2 min."
    assert announcements.say("en", "here", name="{x} <b>") == "{x} <b> is with you now."
