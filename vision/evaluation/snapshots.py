"""`python -m vision evaluate customer-photos`: 17 labels of customers' photos, and the ten published."""

from __future__ import annotations

from typing import Any

import numpy as np

from vision import taxonomy
from vision.evaluation import metrics
from vision.evaluation.folders import Snapshot
from vision.evaluation.metrics import TEN
from vision.evaluation.seen import Seen


def scores(seen: Seen[Snapshot]) -> dict[str, Any]:
    """The figures of the contract; None where the weights have no head for these labels.

    `top1_ten` is over the rows of the ten published classes, the prediction restricted to the ten; `by_kids`
    is `top1` of the photos of children's and of adults' clothes, `groups` has all of it for both.
    """
    groups = {
        name: {"n": len(part.rows), **shares(part)}
        for name, part in seen.groups(lambda row: "kids" if row.kids else "adults").items()
    }
    head = seen.heads.get("labels")
    right = head.top([row.label for row in seen.rows]) if head else None
    return {
        "n": len(seen.rows),
        "n_ten": sum(row.label in TEN for row in seen.rows),
        "skipped": seen.skipped,
        **shares(seen),
        "ece": metrics.calibration_error(head.confidence(), right) if head and right is not None else None,
        "ms_p50": seen.ms(),
        "by_kids": {name: part["top1"] for name, part in groups.items()},
        "groups": groups,
    }


def shares(seen: Seen[Snapshot]) -> dict[str, float | None]:
    """The shares of right answers, by name of the figure."""
    right, mapped = right_kinds(seen)
    result: dict[str, float | None] = {"top1": None, "top1_ten": None, "macro_f1_ten": None}
    if head := seen.heads.get("labels"):
        truth = np.array([row.label for row in seen.rows])
        ten = np.isin(truth, TEN)
        said, true = head.only(TEN).said()[ten], truth[ten]
        result = {
            "top1": metrics.share(head.top(list(truth))),
            "top1_ten": metrics.share(said == true),
            "macro_f1_ten": metrics.macro_f1(list(true), list(said)),
        }
    return {**result, "kind_taxonomy_top1": metrics.share(right[mapped])}


def confusions(seen: Seen[Snapshot]) -> dict[str, dict[str, Any]]:
    """Counts of truth (rows) against answer (columns) over the 17 labels; empty without that head."""
    head = seen.heads.get("labels")
    if head is None:
        return {}
    counts = metrics.confusion([row.label for row in seen.rows], list(head.said()), head.names)
    return {"label": {"names": list(head.names), "counts": counts.tolist()}}


def right_kinds(seen: Seen[Snapshot]) -> tuple[np.ndarray, np.ndarray]:
    """bool [n]: whether the likeliest kind is one that the label may mean; and whether there is any."""
    words = taxonomy.load()
    allowed = [words.kinds_of_label("photos", row.label) for row in seen.rows]
    said = seen.heads["kinds"].said()
    right = np.array([kind in kinds for kind, kinds in zip(said, allowed, strict=True)], bool)
    return right, np.array([bool(kinds) for kinds in allowed])
