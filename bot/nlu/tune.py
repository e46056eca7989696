"""`python -m bot.nlu tune`: what each fallback threshold costs and brings on development rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.nlu.examples import read
from bot.nlu.metrics import OUT_OF_SCOPE
from bot.nlu.model import MODELS, Model

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(17))


def run(files: Sequence[Path], *, model: Path | None = None) -> str:
    """A table over thresholds; in-scope accuracy and the share of out-of-scope rows that are refused."""
    rows = [row for file in files for row in read(file)]
    understood = Model(model or MODELS)
    scores = [(row.intent, *understood.scores(row.text)[:2]) for row in rows]
    lines = [f"{'threshold':>9} {'accuracy':>9} {'oos_recall':>10} {'false_alarm':>11} {'mean':>6}"]
    for threshold in THRESHOLDS:
        inside = [s for s in scores if s[0] != OUT_OF_SCOPE]
        outside = [s for s in scores if s[0] == OUT_OF_SCOPE]
        accuracy = sum(truth == best and sure >= threshold for truth, best, sure in inside) / max(
            1, len(inside)
        )
        recall = sum(best == OUT_OF_SCOPE or sure < threshold for _, best, sure in outside) / max(
            1, len(outside)
        )
        alarm = sum(best == OUT_OF_SCOPE or sure < threshold for _, best, sure in inside) / max(
            1, len(inside)
        )
        lines.append(
            f"{threshold:>9.2f} {accuracy:>9.3f} {recall:>10.3f} {alarm:>11.3f}"
            f" {(accuracy + recall) / 2:>6.3f}"
        )
    return "\n".join(lines)
