"""Start time of a second `make run`, and the memory of each process."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.stack import ROOT, Stack
from tests.bench.table import render


def run() -> bool:
    """Print the tables; there is no bar, the baseline is importing Rasa alone."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import rasa.core.agent"], cwd=ROOT, check=True, capture_output=True
    )
    bare = time.perf_counter() - began
    with Stack() as first:
        pass
    with Stack(var=first.var) as second:
        memory = second.memory()
    rows = [
        ("importing Rasa alone", bare, 1.0),
        ("first start (empty database, catalogue imported)", first.start_seconds, first.start_seconds / bare),
        ("second start", second.start_seconds, second.start_seconds / bare),
    ]
    print(render("Start", ["", "seconds", "times bare"], rows))
    total = sum(megabytes for _, megabytes in memory)
    rows_memory = [(name, megabytes, megabytes / total) for name, megabytes in memory]
    print(render("Memory", ["process", "MB", "share"], [*rows_memory, ("all", total, 1.0)]))
    return True
