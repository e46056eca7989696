"""Examples of an evaluation: what a customer said, and what should be understood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class ExamplesError(ValueError):
    """A file of rows cannot be used; the message says which row and why."""


@dataclass(frozen=True)
class Entity:
    """One expected or found entity; `value` is canonical."""

    entity: str
    value: str | int | float
    excluded: bool = False


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    entities: tuple[Entity, ...] = ()


def read(path: Path) -> list[Example]:
    """The examples of a list of `{text, intent, entities: [{entity, value, excluded?}]}`; raises
    `ExamplesError`.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExamplesError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesError(f"cannot read {path}: {error}") from error
    except yaml.YAMLError as error:
        raise ExamplesError(f"{path} is no valid YAML: {error}") from error
    if not isinstance(data, list) or not data:
        raise ExamplesError(f"{path} must be a list of rows {{text, intent, entities}}")
    return [_example(entry, f"{path}, row {number}") for number, entry in enumerate(data, start=1)]


def _example(entry: Any, where: str) -> Example:
    if not isinstance(entry, dict):
        raise ExamplesError(f"{where}: must be {{text, intent, entities}}, not {entry!r}")
    text, intent = entry.get("text"), entry.get("intent")
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or not text.strip():
        raise ExamplesError(f"{where}: has no text")
    if not isinstance(intent, str) or not intent.strip():
        raise ExamplesError(f"{where}: has no intent")
    entities = entry.get("entities") or []
    if not isinstance(entities, list):
        raise ExamplesError(f"{where}: entities must be a list")
    return Example(text, intent.strip(), tuple(_entity(entity, where) for entity in entities))


def _entity(entry: Any, where: str) -> Entity:
    if not isinstance(entry, dict) or not isinstance(entry.get("entity"), str):
        raise ExamplesError(f"{where}: an entity must be {{entity, value, excluded?}}, not {entry!r}")
    value = entry.get("value")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ExamplesError(
            f"{where}: the value of {entry['entity']} must be a text or a number, not {value!r}"
        )
    return Entity(entry["entity"], value, bool(entry.get("excluded", False)))
