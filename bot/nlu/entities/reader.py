"""Reads all entities out of a message."""

from __future__ import annotations

import threading
from functools import lru_cache

from bot.nlu.entities import body, negation, orders, ordinals, prices, quantities, sizes
from bot.nlu.entities.lexicon import Lexicon, build
from bot.nlu.entities.phrases import Phrases
from bot.nlu.entities.spans import Page, Span
from bot.nlu.text import plain

_LONGEST = 1000  # characters; nobody names more wishes than fit in here
_SIZELESS = "bags handbag backpack clutch wallet laptop_bag duffel_bag pouch umbrella watch jewellery perfume"
_KINDS_WITHOUT_SIZE = frozenset(_SIZELESS.split())


class Reader:
    """Entities by the catalogue's words; the matcher is built again when the vocabulary changes."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._fixed = lexicon is not None
        self._stamp: object = None
        self._last: tuple[Phrases, str, list[Span]] | None = None
        self._lock = threading.Lock()
        self._phrases = Phrases(lexicon) if lexicon is not None else self._rebuilt()

    def _rebuilt(self) -> Phrases:
        from shop.catalogue import vocabulary

        self._stamp = _stamp()
        known = vocabulary.load()
        return Phrases(build(known.brands, {"material": known.materials, "occasion": known.occasions}))

    def refresh(self) -> bool:
        """Build the matcher again if an import has changed the vocabulary; costs one `stat` if not."""
        if self._fixed or _stamp() == self._stamp:
            return False
        with self._lock:
            if _stamp() != self._stamp:
                self._phrases = self._rebuilt()
        return True

    def read(self, text: str) -> list[Span]:
        """Entities of a message in the order of the text, at its own offsets, each said once.

        The last answer is kept, because two components of the pipeline ask for the same message.
        """
        last = self._last
        if last is None or last[0] is not self._phrases or last[1] != text:
            last = self._last = (self._phrases, text, self._read(text))
        return last[2]

    def _read(self, text: str) -> list[Span]:
        original = text[:_LONGEST]
        page = Page(plain(original), original)
        phrases = self._phrases.find(page.plain)
        kinds = [(span.start, span.end) for span in phrases if span.entity == "category"]
        garments = [
            (span.start, span.end)
            for span in phrases
            if span.entity == "category" and span.value not in _KINDS_WITHOUT_SIZE
        ]
        described = [
            (span.start, span.end) for span in phrases if span.entity not in ("category", "sort", "attribute")
        ]
        for span in phrases:
            if span.entity == "brand" or span.value == "Multi":
                page.blank(span.start, span.end)
        orders.find(page)
        body.find(page)
        ordinals.find(page, kinds)
        ordinals.find_compared(page)
        sizes.find(page, garments)
        prices.find(page)
        ordinals.find_bare(page)
        quantities.find(page, kinds, described)
        numbers = page.spans
        kept = [
            span for span in phrases if not any(span.start < n.end and n.start < span.end for n in numbers)
        ]
        spans = negation.exclude(page.plain, [*_split(kept), *numbers])
        return list({(span.entity, span.value, span.excluded): span for span in reversed(spans)}.values())[
            ::-1
        ]


@lru_cache(maxsize=1)
def shared() -> Reader:
    """The one reader of this process, over the catalogue in use; warmed up."""
    reader = Reader()
    reader.read("warm up 白的")
    return reader


def _split(spans: list[Span]) -> list[Span]:
    """ "kids" means boys and girls: one span for each value."""
    return [span.but(value=value) for span in spans for value in str(span.value).split("+")]


def _stamp() -> tuple[int, int] | None:
    from shop.catalogue import vocabulary

    try:
        stat = vocabulary.path().stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
