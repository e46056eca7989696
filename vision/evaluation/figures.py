"""The file of measured figures beside the weights, which the model card is written from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vision.evaluation.folders import FolderError
from vision.inference.weights import version

FILE = "figures.json"
PARTS = ("products", "photos", "captions", "search", "robustness_products", "robustness_photos", "turn")
Figures = dict[str, Any]  # the part's name → what its command prints


def keep(weights: Path, figures: Figures) -> None:
    """Write the file, whole or not at all."""
    path = weights / FILE
    part = path.with_suffix(".part")
    part.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def earlier(weights: Path, current: str) -> Figures:
    """The figures measured before, if of the weights `current`; those of the shop's bench in any case."""
    path = weights / FILE
    known: Figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if known.get("weights") == current:
        return known
    return {"weights": current, **({"vectors": known["vectors"]} if "vectors" in known else {})}


def read(weights: Path) -> Figures:
    """The figures; raises `FolderError` where some are missing or they are those of other weights."""
    try:
        figures: Figures = json.loads((weights / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FolderError(f"{FILE} is missing: run `python -m vision evaluate all` first") from error
    if figures["weights"] != version(weights):
        raise FolderError(f"{FILE} is of other weights: run `python -m vision evaluate all` first")
    if missing := [part for part in PARTS if part not in figures]:
        raise FolderError(f"{FILE} lacks {', '.join(missing)}: run `python -m vision evaluate all` first")
    return figures
