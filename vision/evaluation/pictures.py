"""Confusion matrices as pictures: what it is (rows), and what was seen (columns)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

WIDEST = 16  # classes; the most frequent ones of longer lists


def draw(name: str, confusion: dict[str, Any], folder: Path) -> Path:
    """A PNG of one confusion matrix (`names`, `counts`), shares of each row; returns its path."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names, counts = frequent(confusion["names"], np.array(confusion["counts"]))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.2 + 0.38 * len(names)
    figure, axes = pyplot.subplots(figsize=(side, side), dpi=80)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    rows = [f"{each} ({n})" for each, n in zip(names, counts.sum(axis=1), strict=True)]
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), rows, fontsize=8)
    for row, column in np.argwhere(shares >= 0.01):
        dark = shares[row, column] > 0.5
        text = f"{100 * shares[row, column]:.0f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if dark else "black")
    axes.set_title(f"{name.replace('_', ' ')}: % of each row's pictures seen as …", fontsize=9)
    path = folder / f"confusion-{name.replace('_', '-')}.png"
    # Without date and version in it, the same figures give the same file.
    figure.savefig(path, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(figure)
    return path


def frequent(names: list[str], counts: np.ndarray, most: int = WIDEST) -> tuple[list[str], np.ndarray]:
    """The most frequent classes, the others gathered as one, so that rows still add up."""
    order = np.argsort(-counts.sum(axis=1), kind="stable")
    if len(names) <= most:
        return [names[index] for index in order], counts[np.ix_(order, order)]
    kept, rest = order[: most - 1], order[most - 1 :]
    small = np.zeros((most, most), counts.dtype)
    small[:-1, :-1] = counts[np.ix_(kept, kept)]
    small[:-1, -1] = counts[np.ix_(kept, rest)].sum(axis=1)
    small[-1, :-1] = counts[np.ix_(rest, kept)].sum(axis=0)
    small[-1, -1] = counts[np.ix_(rest, rest)].sum()
    return [*(names[index] for index in kept), "one of the others"], small
