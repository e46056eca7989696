"""The table of rooms in docs/architecture.md, from what holds them: `python -m tests.rooms --write`.

A room is a package. Its number is where it stands by the contracts of `pyproject.toml`, counted from the ground:
5.4 is the fourth floor of the fifth house. What a room is, the first sentence of its `__init__` says.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- python -m tests.rooms --write -->", "<!-- end of the rooms -->"


def contracts() -> list[dict[str, Any]]:
    """Who may import whom, as `lint-imports` reads it."""
    tools = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    found: list[dict[str, Any]] = tools["importlinter"]["contracts"]
    return found


def floors() -> dict[str, int]:
    """The floor of each module that stands in layers, among those of the same house."""
    found = {}
    for contract in contracts():
        if contract["type"] != "layers":
            continue
        for house in contract.get("containers", [""]):
            for floor, layer in enumerate(reversed(contract["layers"]), start=1):
                for name in layer.split(" | "):
                    found[f"{house}.{name}".lstrip(".")] = floor
    return found


def rooms() -> Iterator[tuple[str, str, str]]:
    """Number, package and first sentence of each room, from the top down, a house's rooms below it."""
    known = floors()

    def inside(names: list[str], number: str) -> Iterator[tuple[str, str, str]]:
        for name in sorted(names, key=lambda each: (-known.get(each, 0), each)):
            folder = ROOT / name.replace(".", "/")
            floor = f"{number}{known[name]}" if name in known else ""
            yield floor, name, first_sentence(folder / "__init__.py")
            below = [f"{name}.{path.parent.name}" for path in folder.glob("*/__init__.py")]
            yield from inside(below, f"{floor}.")

    yield from inside([name for name in known if "." not in name], "")


def first_sentence(path: Path) -> str:
    """Of a module's docstring, on one line."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(words.split("\n\n")[0].split())
    sentence = re.split(r"(?<=\.) (?=[A-Z])", paragraph)[0]
    return re.sub(r":? https://\S+$", "", sentence).removesuffix(".")


def table() -> str:
    """What stands between the marks of the page."""
    rows = [f"| {number} | `{name.replace('.', '/')}/` | {words} |" for number, name, words in rooms()]
    more = [f"- {each['name']}." for each in contracts() if each["type"] != "layers"]
    return "\n".join(("| | room | what it is |", "|---|---|---|", *rows, "", *more))


def written(text: str) -> str:
    """The page's text with the table as it is now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def main() -> int:
    """Show the table, or write it into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.rooms", description=table.__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    if parser.parse_args().write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
