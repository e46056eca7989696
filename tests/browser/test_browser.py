"""The widget, the demo shop and the desk in a real browser, against the real assistant.

The tests themselves are JavaScript (node's test runner and Playwright's driver, `*.test.mjs`); this runs each file
and reports its failures. Screenshots go to `var/screenshots`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
WEB = HERE.parents[1] / "bot" / "web"
FILES = sorted(path.name for path in HERE.glob("*.test.mjs"))


@pytest.mark.parametrize("name", FILES)
def test_browser(name: str, server: Any, request: pytest.FixtureRequest) -> None:
    """All checks of one file pass."""
    missing = [
        what
        for what, there in (
            ("Node.js", shutil.which("node")),
            ("Chromium", shutil.which("chromium") or os.environ.get("CHROMIUM")),
            (
                "the widget's packages (npm ci in bot/web)",
                (WEB / "node_modules" / "playwright-core").is_dir(),
            ),
        )
        if not there
    ]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    environment = {**os.environ, "SHOP_TEST_URL": server.url}
    if name.startswith("desk"):
        environment["SHOP_TEST_PASSWORD"] = request.getfixturevalue("desk")
    run = subprocess.run(
        ["node", "--test", "--test-reporter=spec", str(HERE / name)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert run.returncode == 0, f"{run.stdout[-12000:]}\n{run.stderr[-3000:]}"
