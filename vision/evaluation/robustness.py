"""`python -m vision evaluate robustness`: what is left of the kind accuracy on bad photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vision.evaluation import metrics, products, snapshots
from vision.evaluation.corruptions import CORRUPTIONS, clean
from vision.evaluation.folders import Product, Snapshot
from vision.evaluation.seen import Seen, see
from vision.inference.eyes import Eyes


def scores(eyes: Eyes, rows: Sequence[Product] | Sequence[Snapshot]) -> dict[str, Any]:
    """Accuracy clean and under each corruption, and its ratio to clean ("…_kept").

    `of` tells what is counted: the set's own label (articleType, or one of 17) where the weights have that
    head, else the taxonomy's kind.
    """
    seen = see(eyes, rows, change=clean, label="clean")
    own = ("articles" if isinstance(seen.rows[0], Product) else "labels") in seen.heads
    before = metrics.share(_right(seen, own))
    result: dict[str, Any] = {
        "n": len(seen.rows),
        "skipped": seen.skipped,
        "of": "label" if own else "kind",
        "clean": before,
    }
    for name, change in CORRUPTIONS.items():
        after = metrics.share(_right(see(eyes, seen.rows, change=change, label=name), own))
        result[name] = after
        result[f"{name}_kept"] = round(after / before, 4) if before and after is not None else None
    return result


def _right(seen: Seen[Any], own: bool) -> np.ndarray:
    products_ = isinstance(seen.rows[0], Product)
    if own:
        head = seen.heads["articles" if products_ else "labels"]
        return head.top([row.article if products_ else row.label for row in seen.rows])
    right, mapped = products.right_kinds(seen) if products_ else snapshots.right_kinds(seen)
    return right[mapped]
