"""What is patched in Rasa, each patch with its reason; the dialogue's worker applies them at its start.

A patch stands in for one function of one version of Rasa. `apply` first looks whether that version is
installed and its functions read as they did when the patches were written, and patches nothing otherwise.
`python -m bot.dialogue.patches` prints what to write here after a new version has been looked at.

Processor time of a turn with the shop's model, its tracker store and an action server that answers at once,
in one sitting: Rasa as it is 27 ms, 16 of them for the schema of the action server's replies; patched 10.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from bot.dialogue import RASA_VERSION

REMEDY = (
    "delete .venv and run: make run. Or, to go to another version of Rasa: look at these functions again, "
    "then write into bot/dialogue/patches.py what `python -m bot.dialogue.patches` prints"
)


class PatchError(RuntimeError):
    """Rasa is not what the patches were written for; nothing is patched."""


@dataclass(frozen=True)
class Patch:
    """One function of Rasa and what stands in for it."""

    module: str
    function: str  # "Class.method"
    digest: str  # of the source that was looked at
    why: str
    make: Callable[[Any], Any]  # of the original, what stands in for it

    @property
    def target(self) -> str:
        """The function's full name."""
        return f"{self.module}.{self.function}"

    def original(self) -> Any:
        """Rasa's own function, patched or not; raises `AttributeError` or `ImportError` if it is gone."""
        return inspect.unwrap(self._present())

    def apply(self) -> None:
        """Put the stand-in in place, once."""
        if self._present() is self.original():
            setattr(self._owner(), self.function.rpartition(".")[2], self.replacement())

    def replacement(self) -> Any:
        """What stands in for it."""
        original = self.original()
        return functools.wraps(original)(self.make(original))

    def present_digest(self) -> str:
        """A short hash of the source as it is installed."""
        return digest(inspect.getsource(self.original()))

    def _owner(self) -> Any:
        names = self.function.split(".")[:-1]
        return functools.reduce(getattr, names, importlib.import_module(self.module))

    def _present(self) -> Any:
        return getattr(self._owner(), self.function.rpartition(".")[2])


def digest(source: str) -> str:
    """A short hash of a function's source that does not depend on its indentation and blank lines."""
    lines = [line.rstrip() for line in textwrap.dedent(source).splitlines()]
    return hashlib.sha256("\n".join(filter(None, lines)).encode()).hexdigest()[:12]


def apply() -> None:
    """Patch Rasa, once; raises `PatchError`, with nothing patched, if it is not as it was."""
    if found := "; ".join(problems()):
        raise PatchError(f"{found}. What to do: {REMEDY}.")
    for patch in PATCHES:
        patch.apply()


def problems() -> Iterator[str]:
    """What keeps the patches from being applied."""
    installed = version("rasa")
    if installed != RASA_VERSION:
        yield f"Rasa {installed} is installed, the patches are for {RASA_VERSION}"
    for patch in PATCHES:
        try:
            same = patch.present_digest() == patch.digest
        except (ImportError, AttributeError, OSError, TypeError):
            yield f"there is no {patch.target} in Rasa {installed} (or not its source)"
        else:
            if not same:
                yield f"{patch.target} of Rasa {installed} is not what its patch was written for"


def _check_the_schema_once(original: Any) -> Any:
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    checker = validator_for(schema)(schema)

    def validate(self: Any, result: Any) -> bool:
        # What is wrong with a reply may take its time: Rasa says it.
        return checker.is_valid(result) or original(self, result)

    return validate


def _end_the_turn(original: Any) -> Any:
    from rasa.core.actions.action import ActionExecutionRejection

    async def run(self: Any, output_channel: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await original(self, output_channel, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            if failed := getattr(output_channel, "action_failed", None):
                failed(self.name(), error)
            raise

    return run


PATCHES = (
    Patch(
        "rasa.core.actions.action",
        "RemoteAction._validate_action_result",
        "a89171f844a8",
        "The JSON schema of replies is itself checked anew for every reply: most of the time of a turn.",
        _check_the_schema_once,
    ),
    Patch(
        "rasa.core.actions.action",
        "RemoteAction.run",
        "dc4e2fb2d035",
        "Rasa logs an action that could not be run and goes on as if it had said nothing; the customer hears "
        "silence, and half a turn is saved. Our output channel wants to know, and ends the turn.",
        _end_the_turn,
    ),
)

if __name__ == "__main__":
    print(f"RASA_VERSION = {version('rasa')!r}")
    for each in PATCHES:
        print(f"{each.target}: {each.present_digest()!r}")
