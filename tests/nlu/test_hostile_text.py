"""Nothing that a customer can write keeps us busy: time grows with a text's length, not with its square."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from types import FrameType, ModuleType

import pytest

from bot.conversation.incoming import clean
from bot.nlu.entities.lexicon import build
from bot.nlu.entities.reader import Reader
from bot.nlu.language import detect
from bot.nlu.text import plain
from bot.nlu.tokenizer import words
from tests.nlu.hostile_text import shapes

LONG, SHORT = 4000, 2000  # characters; the first is what a message may have (`MAX_TEXT`)
GLANCE = (
    1000  # a square that does harm at 4000 characters takes a sixteenth of it here, and is looked at closer
)
HARMLESS = 0.03  # seconds; below it nobody asks how they grow
GROWTH = 3.0  # at most, from the short text to the long one: 2 is linear, 4 a square
HANGS = 2.0
SHAPES = {
    name: (long, short, glance)
    for (name, long), (_, short), (_, glance) in zip(shapes(LONG), shapes(SHORT), shapes(GLANCE), strict=True)
}

# Where patterns meet what customers write.
ROOMS = (
    "bot.nlu",
    "bot.conversation",
    "bot.turns",
    "bot.channels",
    "bot.support.handoff",
    "bot.support.integrations",
    "actions",
    "shop.customers",
    "shop.orders",
)
_CALLS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")


def modules(room: str) -> Iterator[ModuleType]:
    package = importlib.import_module(room)
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{room}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def compiled(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's attribute: itself, or within tuples, dictionaries, sets."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict):
        yield from compiled((*value, *value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from compiled(each)


def written(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns that stand in calls: `re.search("...", text)`."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and (node.func.value.id, node.func.attr in _CALLS) == ("re", True)
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield re.compile(node.args[0].value)


@lru_cache(maxsize=1)
def patterns() -> dict[re.Pattern[str], str]:
    """All of them, each with where it is."""
    found: dict[re.Pattern[str], str] = {}
    for room in ROOMS:
        for module in modules(room):
            for name, value in vars(module).items():
                for pattern in compiled(value):
                    found.setdefault(pattern, f"{module.__name__}.{name}")
            for pattern in written(module):
                found.setdefault(pattern, module.__name__)
    return found


def seconds(work: Callable[[str], object], text: str, times: int = 1) -> float:
    """This process's time for it, the best of several; `HANGS` where it does not end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    best = HANGS
    try:
        for _ in range(times):
            signal.setitimer(signal.ITIMER_REAL, HANGS)
            begun = time.process_time()
            work(text)
            best = min(best, time.process_time() - begun)
    except TimeoutError:
        return HANGS
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return best


def explodes(work: Callable[[str], object], name: str) -> bool:
    """Whether the time for a shape grows faster than its length."""
    long, short, glance = SHAPES[name]
    if seconds(work, glance) < HARMLESS / 16:
        return False
    slow = seconds(work, long, 3)
    return slow == HANGS or slow > max(HARMLESS, GROWTH * seconds(work, short, 3))


def test_there_are_shapes_and_patterns() -> None:
    assert len(SHAPES) >= 200 and all(len(long) == LONG for long, _, _ in SHAPES.values())
    assert len(patterns()) > 150
    places = set(patterns().values())
    assert {
        "bot.nlu.language._NO_WORDS",
        "bot.nlu.entities.body._WEIGHTS",
        "actions.buying.orders._EMAIL",
    } <= places


def test_the_measure_finds_what_explodes() -> None:
    assert explodes(re.compile(r"(?:a|ab)*c").findall, "'a'")
    assert not explodes(re.compile(r"\w+@").findall, "'@'")


@pytest.mark.parametrize("room", ROOMS)
def test_no_pattern_explodes(room: str) -> None:
    found = [(pattern, place) for pattern, place in patterns().items() if place.startswith(room)]
    assert found
    slow = [
        f"{place} {pattern.pattern[:60]}: {name}"
        for pattern, place in found
        for name in SHAPES
        if explodes(partial(_all, pattern), name)
    ]
    assert not slow


def _all(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return [*pattern.finditer(text)]


@pytest.fixture(scope="module")
def reader() -> Reader:
    made = Reader(build(brands=("Harbor Lane", "Kestrin", "Veyra")))
    made.read("warm up 白的")
    return made


def test_a_message_is_understood_at_once(reader: Reader) -> None:
    """Every step that reads text, one after the other, as in the pipeline."""
    words("warm up 白的")

    def understand(text: str) -> None:
        text = clean(text)
        detect(text)
        words(plain(text))
        reader._read(text)  # not `read`, which keeps the last answer

    slow = {
        name: taken for name, (long, _, _) in SHAPES.items() if (taken := seconds(understand, long)) > 0.3
    }
    again = {name: seconds(understand, SHAPES[name][0], 3) for name in slow}
    assert not {name: taken for name, taken in again.items() if taken > 0.3}
