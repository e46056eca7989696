"""The eyes of this process: loaded once, in the background from the start of the action server on."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.shop.photos import StoredLook
    from vision.eyes import Eyes, Look

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
                from vision.eyes import Eyes

                _eyes = Eyes.load()
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


def look(photo: str, owner: str) -> Look | StoredLook | None:
    """What is on a customer's photo, or None if it is not (or no longer) theirs. Blocking; raises `NoEyes`.

    A photo is looked at once: what was seen is kept beside it, for "cheaper" and "in blue".
    """
    from actions.shop.photos import PhotoStore
    from vision.photo import decode

    store = PhotoStore()
    if known := store.load_look(photo, owner):
        return known
    stored = store.get(photo, owner)
    if stored is None:
        return None
    seen = load().look(decode(stored.data).pixels)
    store.save_look(photo, seen)
    return seen


def _warm() -> None:
    # A failure is logged; a photo will be answered with a clear sentence.
    with contextlib.suppress(NoEyes):
        load()
