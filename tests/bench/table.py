"""Tables in plain text, and the figures that stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np


def percentile(seconds: Sequence[float], share: float) -> float:
    """The `share` percentile (0..100) of durations, in milliseconds."""
    return float(np.percentile(np.asarray(seconds), share)) * 1000


def render(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with the first column to the left and the figures to the right."""
    cells = [list(header), *[[_text(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "\n".join(["", title, "-" * len(lines[0]), lines[0], *lines[1:], ""])


def verdict(held: bool) -> str:
    """How a bar is printed."""
    return "held" if held else "MISSED"


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
