"""The pages speak of what is there: every link, file, folder, command; the table of rooms is that of the contracts."""

from __future__ import annotations

import importlib.util
import os
import re
from functools import lru_cache
from pathlib import Path

import pytest

from bot.__main__ import parser
from tests import rooms
from tests.conftest import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("README.md")]
TOLD = "CHANGELOG.md"  # tells what was
FILE = re.compile(r"[\w./-]*\w\.(?:css|html|in|json|md|mjs|py|toml|ts|txt|ya?ml)")
HOUSES = ("actions", "bot", "changes", "data", "docs", "shop", "storage", "tests", "vision")
# What a recipe makes, what is built or lies in SHOP_VAR, what another program has.
NOT_OURS = {
    "actions/service/gift_wrap.py", "yaml_catalogue.py", "products.yaml", "changes/gift-wrap.added.md",
    "vocabulary.json", "ejabberd.yml", "homeserver.yaml", "shop-registration.yaml",
}  # fmt: skip


@lru_cache(maxsize=1)
def files() -> set[Path]:
    """Every file of the houses, but what was built."""
    found = set()
    for house in HOUSES:
        for folder, below, names in os.walk(ROOT / house):
            below[:] = [name for name in below if name not in ("__pycache__", "dist", "node_modules")]
            found |= {Path(folder, name).relative_to(ROOT) for name in names}
    return found


def is_there(name: str) -> bool:
    """Whether a file or folder is one of ours: by its path from the root, or, said shorter, by the path's end."""
    parts = Path(name).parts
    return (ROOT / name).exists() or any(path.parts[-len(parts) :] == parts for path in files())


def named(text: str) -> set[str]:
    """The files and folders that stand in backticks; `{en,zh}` stands for each."""
    found = set()
    for words in re.findall(r"`([^`\n]+)`", text):
        for word in words.split():
            choices = re.search(r"\{([\w,]+)\}", word)
            for choice in choices[1].split(",") if choices else [""]:
                path = word.replace(choices[0], choice) if choices else word
                if FILE.fullmatch(path) or re.fullmatch(rf"(?:{'|'.join(HOUSES)})/[\w./-]*", path):
                    found.add(path)
    return found


def modules(text: str) -> set[str]:
    """The modules that stand in backticks, also with a name of theirs behind."""
    return set(re.findall(rf"`((?:{'|'.join(HOUSES)})(?:\.[a-z_]+)+)\b", text)) - set(named(text))


def is_module(name: str) -> bool:
    """Whether it is a module or package, or a name of a module."""
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file() or path.parent.with_suffix(".py").is_file()


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_what_a_page_names_is_there(page: str) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link}
    assert {link for link in links if not (path.parent / link).exists()} == set()
    if page != TOLD:
        assert {name for name in named(text) - NOT_OURS if "NAME" not in name and not is_there(name)} == set()
        assert {name for name in modules(text) if not is_module(name)} == set()


def test_every_command_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    (commands,) = (each for each in parser()._actions if each.dest == "command")
    found = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8") if page.name != TOLD else ""
        for module, word in re.findall(r"python -m ([a-z_.]*[a-z_])(?: ([a-z][a-z-]*))?", text):
            found += 1
            assert importlib.util.find_spec(module), f"{page.name}: python -m {module}"
            assert module != "bot" or not word or word in (commands.choices or ()), (
                f"{page.name}: python -m bot {word}"
            )
        for target in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.M):
            found += 1
            assert target in targets, f"{page.name}: make {target}"
    assert found > 80


def test_the_table_of_rooms_is_up_to_date() -> None:
    """If it is not: python -m tests.rooms --write"""
    text = rooms.PAGE.read_text(encoding="utf-8")
    assert rooms.written(text) == text


def test_every_file_of_a_walk_is_there() -> None:
    text = (ROOT / "docs" / "walks.md").read_text(encoding="utf-8")
    lists = [block[1:] for block in text.split("```")[1::2] if block.startswith("\n")]
    assert len(lists) == 4
    for block in lists:
        room = ""
        for line in block.splitlines():
            room = next((word for word in line.split() if word.endswith("/")), room)
            for name in re.findall(r"[\w-]+\.py", line):
                assert (ROOT / room / name).is_file(), f"{room}{name}"
    drawn = set(re.findall(r"\b(?:actions|bot|shop|storage|vision)/[\w/]+(?:\.py)?", text))
    assert len(drawn) > 40
    assert {name for name in drawn if not is_there(name)} == set()


def test_there_are_pages() -> None:
    assert len(PAGES) > 25 and Path(ROOT / "README.md") in PAGES
