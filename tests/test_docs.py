"""The pages speak of what is there: every link, and every file of ours that is named with its path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("README.md")]
ROOMS = "|".join(("actions", "bot", "data", "docs", "shop", "storage", "tests", "vision"))
NEW = {"actions/service/gift_wrap.py"}  # what a recipe makes
MOVED = {"CHANGELOG.md"}  # tells what was


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_what_a_page_names_is_there(page: str) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link}
    assert {link for link in links if not (path.parent / link).exists()} == set()
    if page not in MOVED:
        named = set(re.findall(rf"`((?:{ROOMS})/[\w./-]+\.\w+)`", text)) - NEW
        assert {name for name in named if not (ROOT / name).exists()} == set()


def test_there_are_pages() -> None:
    assert len(PAGES) > 25 and Path(ROOT / "README.md") in PAGES
