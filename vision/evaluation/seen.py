"""What the eyes say of a list of pictures, as tables that the scores are computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from vision import photo
from vision.evaluation.folders import FolderError, Row
from vision.evaluation.progress import progress, say
from vision.inference.eyes import Eyes
from vision.predictions import Ranked

# The fields of `Prediction` that hold a ranking.
FIELDS = ("kinds", "colours", "genders", "usages", "brands", "articles", "labels")
TOLD = 20  # so many skipped pictures are named; the rest is counted


@dataclass(frozen=True)
class Head:
    """One head's answers: its names, and float32 [n, names] of their probabilities."""

    names: tuple[str, ...]
    table: np.ndarray

    def said(self) -> np.ndarray:
        """The likeliest name of each row, str [n]."""
        return np.asarray(self.names)[self.table.argmax(1)]

    def confidence(self) -> np.ndarray:
        """The probability of the likeliest name, float [n]."""
        return np.asarray(self.table.max(1))

    def top(self, truth: Sequence[str], count: int = 1) -> np.ndarray:
        """bool [n]: whether the true name is one of the `count` likeliest; a name the head lacks never is."""
        best = np.asarray(self.names)[np.argsort(-self.table, axis=1, kind="stable")[:, :count]]
        return np.asarray((best == np.asarray(truth)[:, None]).any(axis=1))

    def grouped(self, groups: Mapping[str, str]) -> Head:
        """The head of wider names: probabilities summed by group; names of no group are left out."""
        wide = tuple(dict.fromkeys(groups[name] for name in self.names if name in groups))
        member = np.array([[groups.get(name) == group for group in wide] for name in self.names], np.float32)
        return Head(wide, self.table @ member)

    def only(self, names: Sequence[str]) -> Head:
        """The head restricted to some of its names, in the given order."""
        kept = tuple(name for name in names if name in self.names)
        return Head(kept, self.table[:, [self.names.index(name) for name in kept]])

    def rows(self, wanted: np.ndarray) -> Head:
        return Head(self.names, self.table[wanted])


@dataclass(frozen=True)
class Seen(Generic[Row]):
    """Rows whose pictures could be opened, and what the eyes say of them; `heads` by field of `Prediction`.

    `embeddings` float32 [n, d]; `brands` what the open-set answer names ("" for nothing); `captions` in
    English; `milliseconds` float [n] of each prediction. A head that the weights lack is not in `heads`.
    """

    rows: list[Row]
    skipped: int
    heads: dict[str, Head]
    embeddings: np.ndarray
    brands: list[str]
    captions: list[str]
    milliseconds: np.ndarray

    def only(self, wanted: np.ndarray) -> Seen[Row]:
        """The part of the rows where bool [n] is true."""
        places = np.flatnonzero(wanted)
        return Seen(
            rows=[self.rows[place] for place in places],
            skipped=0,
            heads={field: head.rows(places) for field, head in self.heads.items()},
            embeddings=self.embeddings[places],
            brands=[self.brands[place] for place in places],
            captions=[self.captions[place] for place in places],
            milliseconds=self.milliseconds[places],
        )

    def groups(self, of: Callable[[Row], str]) -> dict[str, Seen[Row]]:
        """The parts by a property of the rows, in alphabetical order; rows where it is "" are in none."""
        names = np.array([of(row) for row in self.rows])
        return {str(name): self.only(names == name) for name in np.unique(names) if name}

    def ms(self) -> float:
        """The median milliseconds of a prediction."""
        return round(float(np.median(self.milliseconds)), 2)


def open_pictures(rows: Sequence[Row], label: str) -> Iterator[tuple[Row, np.ndarray]]:
    """Each row whose picture opens, with its pixels uint8 [h, w, 3]; the others are named on stderr.

    Raises `FolderError` where none opens.
    """
    failed = 0
    for row in progress(rows, len(rows), label):
        try:
            pixels = photo.decode(row.path.read_bytes()).pixels
        except (OSError, photo.PhotoError) as error:
            failed += 1
            if failed <= TOLD:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                say(f"skipped {row.path.name}: {reason}")
            continue
        yield row, pixels
    if failed > TOLD:
        say(f"skipped {failed - TOLD} more")
    if failed == len(rows):
        raise FolderError(f"none of the {len(rows)} pictures can be opened")


def see(
    eyes: Eyes,
    rows: Sequence[Row],
    *,
    caption: bool = False,
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    label: str = "looking",
) -> Seen[Row]:
    """Look at the pictures of all rows; `change` alters each first (seeded by its place)."""
    kept: list[Row] = []
    tables = {field: _Table() for field in FIELDS}
    embeddings, brands, captions, milliseconds = [], [], [], []
    for place, (row, pixels) in enumerate(open_pictures(rows, label)):
        if change is not None:
            pixels = change(pixels, np.random.default_rng(place))
        prediction = eyes.predict(pixels, caption=caption)
        kept.append(row)
        for field, table in tables.items():
            table.add(getattr(prediction, field))
        embeddings.append(prediction.embedding)
        brands.append(prediction.brand)
        captions.append(prediction.caption.get("en", ""))
        milliseconds.append(prediction.timings["total"])
    return Seen(
        rows=kept,
        skipped=len(rows) - len(kept),
        heads={field: table.head() for field, table in tables.items() if table.place},
        embeddings=np.stack(embeddings).astype(np.float32),
        brands=brands,
        captions=captions,
        milliseconds=np.array(milliseconds),
    )


class _Table:
    """Gathers a head's rankings as rows of numbers: rankings of a whole folder would fill the memory."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.rows: list[np.ndarray] = []

    def add(self, ranking: list[Ranked]) -> None:
        if not self.place:
            self.place = {name: index for index, name in enumerate(sorted(each.name for each in ranking))}
        row = np.zeros(len(self.place), np.float32)
        row[[self.place[each.name] for each in ranking]] = [each.probability for each in ranking]
        self.rows.append(row)

    def head(self) -> Head:
        return Head(tuple(self.place), np.stack(self.rows))
