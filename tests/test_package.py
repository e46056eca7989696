"""The package as pyproject.toml declares it."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from pathlib import Path

from setuptools.config.pyprojecttoml import read_configuration

from tests.conftest import ROOT

ROOMS = ("storage", "shop", "actions", "bot", "vision")
DECLARED = read_configuration(ROOT / "pyproject.toml", expand=True)


def test_every_package_is_found_and_nothing_else() -> None:
    found = set(DECLARED["tool"]["setuptools"]["packages"])
    meant = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
        if "node_modules" not in path.parts
    }
    assert found == meant and len(found) > 40
    assert all((ROOT / room / "py.typed").is_file() for room in ROOMS)


def test_the_command_is_there() -> None:
    (script,) = DECLARED["project"]["scripts"].items()
    assert script[0] == DECLARED["project"]["name"] == "shop-assistant"
    assert callable(pkgutil.resolve_name(script[1]))


def test_what_it_needs_is_in_the_lock_file() -> None:
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(), re.M))
    wanted = {re.split(r"[<=>\[]", each)[0] for each in DECLARED["project"]["dependencies"]}
    assert len(wanted) > 20 and wanted - {name.replace("_", "-") for name in locked} == set()


def test_the_changes_can_be_gathered() -> None:
    fragments = [path.name for path in (ROOT / "changes").glob("*.*.md")]
    kinds = {each["directory"] for each in DECLARED["tool"]["towncrier"]["type"]}
    assert {name.split(".")[-2] for name in fragments} <= kinds
    towncrier = Path(sys.executable).with_name("towncrier")
    done = subprocess.run(
        [str(towncrier), "build", "--draft", "--version", "9.9.9"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "## 9.9.9 - " in done.stdout
    for name in fragments:
        text = (ROOT / "changes" / name).read_text(encoding="utf-8")
        assert f"- {' '.join(text.split())}" in " ".join(done.stdout.split()), name
