"""Both languages say the same things, and every sentence can be filled in."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml

from actions.replies.wording import FILES, Words
from shop.search.reasons import CODES

ACTIONS = Path(__file__).resolve().parents[2] / "actions"
DOMAIN = yaml.safe_load((ACTIONS.parent / "domain.yml").read_text(encoding="utf-8"))
KEY = re.compile(
    r"""(?:\.say\(|words\.say\(|\bsay\(|key = |sentence = | else |key, again = )\s*"([a-z_]+)\""""
)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _variants(entry: object) -> list[str]:
    return [str(each) for each in entry] if isinstance(entry, list) else [str(entry)]


def test_same_keys_in_both_languages():
    english, chinese = (FILES[language].read() for language in ("en", "zh"))
    assert english.keys() == chinese.keys()
    for table in english:
        assert english[table].keys() == chinese[table].keys(), table


def test_no_language_fills_in_what_the_other_does_not_know():
    english, chinese = (FILES[language].read() for language in ("en", "zh"))
    for table in ("say", "buttons", "drop"):
        for key in english[table]:
            known = set().union(*map(_fields, _variants(english[table][key])))
            asked = set().union(*map(_fields, _variants(chinese[table][key])))
            assert asked <= known | {"policy"} or known <= asked, f"{table}.{key}: {known ^ asked}"


def test_chinese_is_chinese():
    for key, entry in FILES["zh"].read()["say"].items():
        for text in _variants(entry):
            bare = re.sub(r"\{\w+\}|\W", "", text)
            assert not bare or re.search(r"[\u4e00-\u9fff]", bare), f"{key}: {text}"


def test_every_sentence_of_the_actions_is_worded():
    known = FILES["en"].read()["say"]
    for path in ACTIONS.rglob("*.py"):
        for key in re.findall(r"""\bsay\(\s*"([a-z_]+)\"""", path.read_text(encoding="utf-8")):
            assert key in known, f"{path.name} says {key}"


def test_every_reason_of_the_search_is_worded():
    for language in ("en", "zh"):
        assert set(CODES) <= set(FILES[language].read()["reasons"])


def test_reasons_are_said_once_each():
    assert Words("en").reason(["your_size", "popular", "your_size", "unheard_of"]) == "in your size · popular"


def test_readings_are_intents_of_the_domain():
    intents = {next(iter(each)) if isinstance(each, dict) else each for each in DOMAIN["intents"]}
    assert set(FILES["en"].read()["readings"]) <= intents


@pytest.mark.parametrize("name", sorted(DOMAIN["responses"]))
def test_fixed_sentences_have_both_languages(name):
    variants = DOMAIN["responses"][name]
    chinese = [each for each in variants if each.get("condition")]
    english = [each for each in variants if not each.get("condition")]
    assert chinese and english
    assert all(each["condition"] == [{"type": "slot", "name": "language", "value": "zh"}] for each in chinese)
    assert all(re.search(r"[\u4e00-\u9fff]", each["text"]) for each in chinese)
    assert not any(re.search(r"[\u4e00-\u9fff]", each["text"]) for each in english)


def test_an_unknown_language_speaks_english():
    assert Words("fr").button("details") == "Details"


def test_lists():
    assert Words("en").join(["S", "M", "L"]) == "S, M and L"
    assert Words("zh").list(["S", "M"]) == "S、M"
