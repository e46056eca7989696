"""What the shop's owner may set from outside. Each room declares its section: a class, one field a variable.

    class Server(Section):
        \"\"\"Where it listens.\"\"\"

        port: int = Field(5005, env="SHOP_PORT", ge=1, le=65535, description="its port")

`Server.read()` is what the environment says now. A field with `repr=False` holds a secret; `shown` is what
the guide says instead of a default that it cannot name; `verbatim` keeps the spaces around a text. Types,
bounds and validators are pydantic's. Its `BaseSettings` is not used: it takes a blank variable for a value
and lists for JSON, and checks all anew on every call, which is too slow for what asks often.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, Extra, ValidationError, validator
from pydantic.errors import IntegerError
from pydantic.fields import ModelField

AnySection = TypeVar("AnySection", bound="Section")


class SettingError(ValueError):
    """An environment variable that makes no sense; the message says which and why."""


class Section(BaseModel):
    """The settings of one room."""

    needed: ClassVar[str] = ""  # completes "SHOP_… is needed", for fields without a default
    guide: ClassVar[str] = ""  # the page of docs/ that says more

    class Config:
        frozen = True
        extra = Extra.forbid

    @validator("*", pre=True)
    def _digits(cls, value: Any, field: ModelField) -> Any:  # int() takes more: "1_000", "٣"
        if _whole(field) and isinstance(value, str) and not re.fullmatch("-?[0-9]+", value):
            raise IntegerError
        return value

    @classmethod
    def read(cls: type[AnySection]) -> AnySection:
        """As the environment has it now. Raises `SettingError` that tells everything that makes no sense."""
        return _read(cls, tuple(os.environ.get(each.name) for each in variables(cls)))

    def given(self, field: str) -> bool:
        """Whether a value was set, and is not the default."""
        return field in self.__fields_set__


@dataclass(frozen=True)
class Variable:
    """What is to be told of one environment variable."""

    name: str
    field: str
    description: str
    values: str  # in words: what it takes
    default: str  # as the guide shows it
    secret: bool
    required: bool
    verbatim: bool


@cache
def variables(section: type[Section]) -> tuple[Variable, ...]:
    """The variables of a section, in the order of its fields."""
    return tuple(_variable(field) for field in section.__fields__.values())


def _variable(field: ModelField) -> Variable:
    info, extra = field.field_info, field.field_info.extra
    return Variable(
        name=extra["env"],
        field=field.name,
        description=info.description or "",
        values=_values(field),
        default=extra["shown"] if "shown" in extra else _default(field.default),
        secret=not info.repr,
        required=bool(field.required),
        verbatim=extra.get("verbatim", False),
    )


def _values(field: ModelField) -> str:
    kind, info = field.outer_type_, field.field_info
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    if kind is bool:
        return "1, 0"
    if _whole(field):
        return f"{info.ge} to {info.le}" if info.le is not None else "a whole number"
    return "text" if kind is str else "a list, with commas between"


def _whole(field: ModelField) -> bool:
    kind = field.outer_type_  # with bounds it is a class of pydantic's
    return isinstance(kind, type) and issubclass(kind, int) and kind is not bool


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value in (None, (), {}) else str(value)


# What was read is kept by what the environment said: asking again costs a look at it, and no check.
@lru_cache(maxsize=64)
def _read(section: type[AnySection], texts: tuple[str | None, ...]) -> AnySection:
    given = {}
    for variable, text in zip(variables(section), texts, strict=True):
        if value := (text or "") if variable.verbatim else (text or "").strip():
            given[variable.field] = value
    try:
        return section(**given)
    except ValidationError as error:
        told = dict.fromkeys(_sentence(section, each, given) for each in error.errors())
        raise SettingError("; ".join(told)) from None


def _sentence(section: type[Section], error: Mapping[str, Any], given: dict[str, str]) -> str:
    field = section.__fields__.get(str(error["loc"][0]))
    kind = str(error["type"])
    if field is None or kind == "value_error.setting":  # a validator's own sentence
        return str(error["msg"])
    name, info, value = field.field_info.extra["env"], field.field_info, given.get(field.name)
    if kind == "value_error.missing":
        return f"{name} is needed {section.needed}"
    if kind.startswith("value_error.number"):
        if info.le is None:
            return f"{name} must be at least {info.ge}, not {value}"
        return f"{name} must lie between {info.ge} and {info.le}, not {value}"
    if kind == "type_error.integer":
        return f"{name} must be a whole number, not {value!r}"
    if kind == "type_error.bool" or kind.startswith("value_error.const"):
        return f"{name} must be one of {_values(field)}, not {value!r}"
    return str(error["msg"])
