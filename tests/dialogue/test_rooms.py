"""Which room may load what: the public process has neither Rasa nor TensorFlow in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = ("rasa", "rasa_sdk", "sanic", "tensorflow")


@pytest.mark.parametrize(
    "module",
    [
        "bot.door.pages",
        "bot.operations.door",
        "bot.operations.serve",
        "bot.dialogue.remote",
        "bot.channels.web.routes",
    ],
)
def test_the_door_has_neither_rasa_nor_tensorflow(module: str) -> None:
    script = f"import sys, {module}; print(sorted(set({HEAVY!r}) & {{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.stdout.strip() == "[]", run.stdout + run.stderr
