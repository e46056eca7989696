"""`python -m bot import PATH`: a catalogue into the shop, with progress and a plain report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from shop.errors import ShopError
from shop.importing import importer
from shop.importing.importer import Report


def import_catalogue(
    path: Path,
    *,
    remove_missing: bool = False,
    default_price: float | None = None,
    currency: str = "USD",
    pictures: bool = True,
) -> int:
    """Import and tell about it; returns an exit code (1: the file as a whole could not be taken)."""
    try:
        report = importer.import_catalogue(
            path,
            remove_missing=remove_missing,
            default_price=default_price,
            currency=currency,
            eyes="load" if pictures else None,
            progress=_progress,
        )
    except ShopError as error:
        print(f"The catalogue was not imported: {error}", flush=True)
        return 1
    _tell(report)
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r  {done} of {total}", end="\n" if done == total else "", flush=True)
    elif done == total or done % 320 == 0:
        print(f"  {done} of {total}", flush=True)


def _tell(report: Report) -> None:
    _list(report.refused)
    print(f"· catalogue: {report.summary()}", flush=True)


def _list(refused: Sequence[object], most: int = 50) -> None:
    for row in refused[:most]:
        print(f"  refused, {row}", flush=True)
    if len(refused) > most:
        print(f"  … and {len(refused) - most} more", flush=True)
