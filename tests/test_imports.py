"""What a process may import without taking a dialogue engine, a web framework or a network along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("rasa", "rasa_sdk", "sanic", "tensorflow", "jieba")
SCRIPT = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sorted({name.split(".")[0] for name in sys.modules} & set(sys.argv[2:])))
"""


@pytest.mark.parametrize("package", ["shop", "vision.inference", "actions.replies"])
def test_nothing_heavy_is_imported(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, package, *HEAVY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.strip() == "", done.stdout + done.stderr
