"""The eyes of this process: loaded once, in the background from the start of the action server on."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from vision.inference.eyes import Eyes
    from vision.predictions import PhotoAnalysis

log = logging.getLogger(__name__)

_lock = threading.Lock()
_eyes: Eyes | None = None
_warming: threading.Thread | None = None


class NoEyes(RuntimeError):
    """The picture models cannot be loaded: weights are missing or broken."""


def load() -> Eyes:
    """The eyes; the first call loads and warms them, others wait for it. Raises `NoEyes`."""
    global _eyes
    with _lock:
        if _eyes is None:
            try:
                from vision.inference.loading import load_eyes

                _eyes = load_eyes()
            except Exception as error:
                log.exception("the picture models cannot be loaded")
                raise NoEyes(str(error)) from error
        return _eyes


def warm() -> None:
    """Load the eyes in a background thread, so that the first customer's photo does not wait for them."""
    global _warming
    if _warming is None:
        _warming = threading.Thread(target=_warm, name="eyes", daemon=True)
        _warming.start()


def analyse(photo: str, owner: str) -> PhotoAnalysis | None:
    """What is on a customer's photo, or None if it is not (or no longer) theirs. Blocking; raises `NoEyes`.

    A photo is looked at once: what was seen is kept beside it, for "cheaper" and "in blue".
    """
    from shop.customers.photos import PhotoStore

    return PhotoStore().load_analysis(photo, owner) or _seen_anew(
        photo, owner, lambda pixels: load().analyse(pixels)
    )


def analyse_anyway(photo: str, owner: str) -> PhotoAnalysis | None:
    """As `see`, where the customer says that there is a product on it after all: from now on the photo is one
    product, whatever its quality.
    """

    def whole(pixels: np.ndarray) -> PhotoAnalysis:
        from vision.predictions import Detection, PhotoAnalysis

        height, width = pixels.shape[:2]
        return PhotoAnalysis("", (Detection("whole", (0, 0, width, height), load().predict(pixels)),))

    return _seen_anew(photo, owner, whole)


def _seen_anew(photo: str, owner: str, eyes: Callable[[np.ndarray], PhotoAnalysis]) -> PhotoAnalysis | None:
    from shop.customers.photos import PhotoStore
    from vision.photo import decode

    store = PhotoStore()
    stored = store.get(photo, owner)
    if stored is None:
        return None
    analysis = eyes(decode(stored.data).pixels)
    store.save_analysis(photo, analysis)
    return analysis


def _warm() -> None:
    # A failure is logged; a photo will be answered with a clear sentence.
    with contextlib.suppress(NoEyes):
        load()
