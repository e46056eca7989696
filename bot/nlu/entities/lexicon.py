"""All words that mean something to the shop, from the taxonomy, the catalogue and `data/words/*.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.text import plain
from vision.taxonomy import load as load_taxonomy

WORDS = Path(__file__).resolve().parents[3] / "data" / "words"
LANGUAGES = ("en", "zh")
ENTITIES = ("colour", "category", "gender", "pattern", "material", "occasion", "season", "sort", "attribute")
_WITH_PLURAL = ("colour", "category")
_IGNORE = "ignore"


class WordsError(ValueError):
    """A words file cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for; `entity` is "ignore" for phrases that only look like something."""

    entity: str
    value: str


@dataclass
class Lexicon:
    """Phrases (plain form) and their meanings; single characters that need a context are in `weak`."""

    phrases: dict[str, Meaning] = field(default_factory=dict)
    weak: dict[str, Meaning] = field(default_factory=dict)

    def add(self, phrase: str, meaning: Meaning, *, replace: bool = True) -> None:
        key = plain(phrase).strip()
        if key and (replace or key not in self.phrases):
            self.phrases[key] = meaning


def plurals(noun: str) -> Iterator[str]:
    """Likely English plurals of a phrase's last word."""
    if not noun.isascii() or (noun.endswith("s") and not noun.endswith("ss")):
        return
    if noun.endswith(("ss", "sh", "ch", "x", "z")):
        yield noun + "es"
    elif noun.endswith("y") and noun[-2:-1] not in "aeiou":
        yield noun[:-1] + "ies"
    elif noun.endswith("f"):
        yield noun[:-1] + "ves"
        yield noun + "s"
    else:
        yield noun + "s"


def build(
    brands: tuple[str, ...] = (), extra: dict[str, tuple[str, ...]] | None = None, folder: Path = WORDS
) -> Lexicon:
    """The lexicon for a catalogue's brands and values (`extra`: entity → values); raises `WordsError`."""
    lexicon = Lexicon()
    for entity, values in (extra or {}).items():
        for value in values:
            _add_with_plurals(lexicon, value.replace("_", " "), Meaning(entity, value))
    taxonomy = load_taxonomy()
    for colour in taxonomy.colours.values():
        meaning = Meaning("colour", colour.id)
        for name in (colour.id, colour.names["zh"]):
            _add_with_plurals(lexicon, name, meaning)
    for id in (*taxonomy.groups, *taxonomy.kinds):
        for name in (taxonomy.name(id, "en"), taxonomy.name(id, "zh"), id.replace("_", " ")):
            _add_with_plurals(lexicon, name, Meaning("category", id))
    for language in LANGUAGES:
        _read(lexicon, folder / f"{language}.yml")
    for brand in brands:
        lexicon.add(brand, Meaning("brand", brand))
    return lexicon


def _add_with_plurals(lexicon: Lexicon, phrase: str, meaning: Meaning) -> None:
    lexicon.add(phrase, meaning)
    if meaning.entity in _WITH_PLURAL:
        for plural in plurals(phrase):
            lexicon.add(plural, meaning, replace=False)


def _read(lexicon: Lexicon, file: Path) -> None:
    try:
        data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for entity, table in data.items():
            if entity == _IGNORE:
                for phrase in table:
                    lexicon.add(phrase, Meaning(_IGNORE, ""))
            elif entity == "weak":
                for kind, characters in table.items():
                    lexicon.weak.update({c: Meaning(kind, value) for c, value in characters.items()})
            elif entity in ENTITIES:
                for value, phrases in table.items():
                    meaning = Meaning(entity, value)
                    if "+" not in value:
                        lexicon.add(value.replace("_", " "), meaning, replace=False)
                    for phrase in phrases:
                        _add_with_plurals(lexicon, phrase, meaning)
            else:
                raise WordsError(
                    f"{file.name}: no entity is called {entity!r}; there are {', '.join(ENTITIES)}"
                )
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise WordsError(f"cannot use the words of {file.name}: {error}") from error
