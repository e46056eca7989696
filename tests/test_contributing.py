"""The recipes of CONTRIBUTING.md, tried as somebody tries them who has only that page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from shop.importing.catalogue_files import open_source
from tests.conftest import ROOT, clean_environment

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^(?P<how>In|As the new file|At the end of) `(?P<file>[^`]+)`(?:, below `(?P<line>[^`]+)`)?\n```\w+\n(?P<text>.*?)^```$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Step:
    """One block of a recipe: what goes where."""

    how: str
    file: str
    line: str | None
    text: str

    def carry_out(self, root: Path) -> None:
        """Do what the page says."""
        path = root / self.file
        if self.how == "As the new file":
            assert not path.exists()
            path.write_text(self.text, encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        if self.how == "At the end of":
            path.write_text(before + self.text, encoding="utf-8")
            return
        assert self.line is not None
        assert before.splitlines().count(self.line) == 1, f"{self.file} has no one line {self.line!r}"
        path.write_text(
            re.sub(
                rf"^{re.escape(self.line)}\n", lambda found: found[0] + self.text, before, count=1, flags=re.M
            ),
            encoding="utf-8",
        )


def recipe(title: str) -> str:
    """A section of the page."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def steps(title: str) -> Iterator[Step]:
    """The blocks of a section that go into files."""
    for found in BLOCK.finditer(recipe(title)):
        yield Step(found["how"], found["file"], found["line"], found["text"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a recipe changes, apart from the tree: the dialogue's data and actions."""
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("actions", "bot", "data", "shop", "storage", "tests", "vision"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__")
        )
    return tmp_path


def run(command: list[str], folder: Path) -> str:
    """Run a command in a copy of the tree; returns what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(folder / "var") | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def test_every_file_and_folder_named_is_there() -> None:
    new = {step.file for title in ("An intent", "A catalogue format") for step in steps(title)}
    examples = {
        "changes/gift-wrap.added.md",
        "products/products.csv",
        "customer-photos/photos.csv",
        "images/",
    }
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:yml|md|in))`", PAGE)) - new - examples
    assert len(named) > 40
    assert {each for each in named if not (ROOT / each).exists() and "NAME" not in each} == set()


def test_every_command_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", PAGE))
    assert len(targets) >= 8
    assert targets - set(re.findall(r"^([a-z-]+):", makefile, re.M)) == set()
    commands = set(re.findall(r"\bpython -m ((?:bot\.nlu|vision)(?: [a-z][a-z-]*){1,2})", PAGE))
    assert len(commands) >= 7
    for command in sorted(commands):
        run([sys.executable, "-m", *command.split(), "--help"], ROOT)


def test_a_sentence(copy: Path) -> None:
    file = copy / "data" / "nlu" / "en" / "cart.yml"
    Step("In", "data/nlu/en/cart.yml", "    - add to cart", "    - pop it in the bag\n").carry_out(copy)
    assert "pop it in the bag" in file.read_text(encoding="utf-8")
    from rasa.shared.nlu.training_data.loading import load_data

    rows = {each.get("text"): each.get("intent") for each in load_data(str(file)).training_examples}
    assert rows["pop it in the bag"] == "add_to_cart"


def test_an_intent(copy: Path) -> None:
    done = list(steps("An intent"))
    assert len(done) == 11
    for step in done:
        step.carry_out(copy)
    printed = run([str(Path(sys.executable).with_name("rasa")), "data", "validate"], copy)
    assert "No story structure conflicts found" in printed
    assert "ask_gift_wrap" not in printed and "action_gift_wrap" not in printed, "nothing was forgotten"
    said = run(
        [
            sys.executable,
            "-c",
            "import asyncio\n"
            "from rasa_sdk import Tracker\n"
            "from rasa_sdk.executor import CollectingDispatcher\n"
            "from actions.common.action import for_intent\n"
            "import actions.service.gift_wrap\n"
            "message = {'text': 'do you wrap presents', 'intent': {'name': 'ask_gift_wrap'}, 'entities': []}\n"
            "tracker = Tracker('c', {}, message, [], False, None, {}, 'action_listen')\n"
            "dispatcher = CollectingDispatcher()\n"
            "asyncio.run(for_intent('ask_gift_wrap').run(dispatcher, tracker, {}))\n"
            "print(dispatcher.messages[0]['text'])",
        ],
        copy,
    )
    conversation = yaml.safe_load((copy / "tests/conversations/service.yml").read_text(encoding="utf-8"))[-1]
    (expected,) = conversation["steps"][0]["expect"]["says"]
    assert expected in said


def test_an_attribute_is_where_the_page_says() -> None:
    files = {
        file
        for row in recipe("An attribute").splitlines()
        if row.startswith("| ")
        for file in re.findall(r"`([\w./]+\.(?:py|yml))`", row)
    }
    assert len(files) > 12
    assert {
        file for file in files if not re.search(r"\bseasons?\b", (ROOT / file).read_text(encoding="utf-8"))
    } == set()
    python = {
        str(path.relative_to(ROOT))
        for room in ("shop", "bot/nlu", "actions")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\bseasons?\b", path.read_text(encoding="utf-8"))
    }
    # What an attribute need not have: rows of a foreign data set, and a say in what goes with what.
    assert python - files == {"shop/importing/catalogue_files.py", "shop/recommend/outfits.py"}


def test_a_catalogue_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "yaml-catalogue"
    package.mkdir()
    for step in steps("A catalogue format"):
        step.carry_out(package)
    (package / "yaml_catalogue-1.0.dist-info").mkdir()  # as an installation makes it of pyproject.toml
    (package / "yaml_catalogue-1.0.dist-info" / "METADATA").write_text("Name: yaml-catalogue\nVersion: 1.0\n")
    group, entry = re.findall(
        r'^\[project\.entry-points\."(.+)"\]\n(.+)$', (package / "pyproject.toml").read_text(), re.M
    )[0]
    (package / "yaml_catalogue-1.0.dist-info" / "entry_points.txt").write_text(
        f"[{group}]\n{entry.replace(chr(34), '')}\n"
    )
    monkeypatch.syspath_prepend(str(package))
    (tmp_path / "products.yaml").write_text("- {id: p1, title: A dress}\n- nonsense\n")
    first, second = open_source(tmp_path / "products.yaml").rows()
    assert first.fields == {"id": "p1", "title": "A dress"} and second.error == "is no record"
    first, _ = open_source(tmp_path).rows()
    assert first.fields["id"] == "p1", "found in a folder, too"
