"""The guides say what is there: every shortcut, every setting, every state."""

from __future__ import annotations

import re

import pytest

from bot.support.handoff.states import TRANSITIONS, State
from tests.conftest import ROOT

UI = ROOT / "bot" / "web" / "desk" / "shortcuts.ts"


def test_every_shortcut_is_in_the_agents_guide() -> None:
    source = UI.read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "how-to" / "agent.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    told = {key for row in rows for cell in row[:2] for key in re.findall(r"`([^`]+)`", cell)}
    single = re.findall(r'\["(.)", "(\w+)"\]', source[source.index("SINGLE") : source.index("COMPOSER_KEYS")])
    with_alt = re.findall(r'\["\w+", "(Alt .+?)", "(\w+)"\]', source)
    assert len(single) > 15 and len(with_alt) > 5
    missing = {key.upper() for key, _ in single} | {key for key, _ in with_alt}
    assert missing - told == set(), "not in docs/how-to/agent.md"
    there = {key.upper() for key, _ in single} | {key for key, _ in with_alt} | {"Esc"}
    assert {key for key in told if key[:1].isupper() or not key[:1].isalnum()} - there == set(), (
        "not on the page"
    )


@pytest.mark.parametrize(
    ("prefix", "guide"), [("SHOP_CHATWOOT", "chatwoot"), ("SHOP_(?:SMTP|HELPDESK|TICKETS)", "tickets")]
)
def test_every_setting_has_its_line(prefix: str, guide: str) -> None:
    source = (ROOT / "bot" / "support" / "integrations" / "settings.py").read_text(encoding="utf-8")
    known = set(re.findall(rf"\b({prefix}\w*)", source))
    told = set(re.findall(r"SHOP_\w+", (ROOT / "docs" / "desks" / f"{guide}.md").read_text(encoding="utf-8")))
    assert known and known - told == set()


def test_the_drawn_states_are_the_states() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    diagram = text[text.index("stateDiagram-v2") :].split("```")[0]
    drawn = {tuple(pair) for pair in re.findall(r"^ +([\w\[\]*]+) --> (\w+): ", diagram, re.M)}
    meant = {
        ("[*]" if before.value == "bot" else before.value, after.value)
        for (before, _), after in TRANSITIONS.items()
        if before is not after or before is State.ASSIGNED
    }
    assert drawn == meant
