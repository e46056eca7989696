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
    from vision.predictions import Sight

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


def see(photo: str, owner: str) -> Sight | None:
    """What is on a customer's photo, or None if it is not (or no longer) theirs. Blocking; raises `NoEyes`.

    A photo is looked at once: what was seen is kept beside it, for "cheaper" and "in blue".
    """
    from shop.customers.photos import PhotoStore

    return PhotoStore().load_sight(photo, owner) or _look(photo, owner, lambda pixels: load().see(pixels))


def look_anyway(photo: str, owner: str) -> Sight | None:
    """As `see`, where the customer says that there is a product on it after all: from now on the photo is one
    finding, whatever its quality.
    """

    def whole(pixels: np.ndarray) -> Sight:
        from vision.predictions import Finding, Sight

        height, width = pixels.shape[:2]
        return Sight("", (Finding("whole", (0, 0, width, height), load().look(pixels)),))

    return _look(photo, owner, whole)


def _look(photo: str, owner: str, eyes: Callable[[np.ndarray], Sight]) -> Sight | None:
    from shop.customers.photos import PhotoStore
    from vision.photo import decode

    store = PhotoStore()
    stored = store.get(photo, owner)
    if stored is None:
        return None
    sight = eyes(decode(stored.data).pixels)
    store.save_sight(photo, sight)
    return sight


def _warm() -> None:
    # A failure is logged; a photo will be answered with a clear sentence.
    with contextlib.suppress(NoEyes):
        load()
