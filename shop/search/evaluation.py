"""How well the photo search finds: photos with known labels in, the share found among the first three out."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shop import colours
from shop.catalogue import products
from shop.errors import BadRequest
from shop.search import queries
from shop.search.results import PredictionLike
from vision import photo
from vision.taxonomy import load as load_taxonomy

TOP = 3
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Labelled:
    """A photo and what is known of it. `kinds` are the kinds that its label may mean, empty if none; `colour`
    is canonical or None; `group` is for the breakdown."""

    path: Path
    label: str
    kinds: tuple[str, ...]
    colour: str | None
    group: str


@dataclass
class PhotoScore:
    """n photos were judged; `skipped` show kinds that the shop does not sell; `colours` of n state a colour
    that the shop has in that kind."""

    n: int = 0
    skipped: int = 0
    unreadable: int = 0
    kind_hits: int = 0
    colours: int = 0
    colour_hits: int = 0
    labels: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    groups: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        """The figures for JSON; shares are None where there was nothing to judge."""
        result: dict[str, Any] = {
            "n": self.n,
            "skipped": self.skipped,
            "unreadable": self.unreadable,
            "kind_in_top3": round(self.kind_hits / self.n, 4) if self.n else None,
        }
        if self.colours:
            result["colours"] = self.colours
            result["colour_in_top3"] = round(self.colour_hits / self.colours, 4)
        for name, table in (("by_label", self.labels), ("by_group", self.groups)):
            result[name] = {
                key: {"n": n, "kind_in_top3": round(hits / n, 4)} for key, (n, hits) in sorted(table.items())
            }
        result["confused"] = [
            {"label": label, "shown": kind, "n": n} for (label, kind), n in self.confused.most_common(12)
        ]
        return result


def read_labels(folder: Path | str, *, split: str | None = None) -> list[Labelled]:
    """The photos of a folder of either form: customers' photos (`photos.csv`: image, label) or studio photos
    (`products.csv`: id, articleType, baseColour); pictures in `images/`.

    `split` keeps the rows of that split, where the file has splits. Raises `BadRequest` for a folder of
    neither form.
    """
    folder = Path(folder)
    for name, read in (("photos.csv", _customers), ("products.csv", _studio)):
        file = folder / name
        if file.is_file():
            with file.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
            try:
                return list(
                    read(folder, [row for row in rows if not split or row.get("split") in (None, split)])
                )
            except KeyError as error:
                raise BadRequest(
                    f"{file} has no column {error}", field="folder", value=str(folder)
                ) from error
    raise BadRequest(f"{folder} has neither photos.csv nor products.csv", field="folder", value=str(folder))


def sample(photos: list[Labelled], limit: int | None, seed: int = 0) -> list[Labelled]:
    """A seeded sample, in the file's order; all where `limit` is None."""
    if limit is None or limit >= len(photos):
        return photos
    chosen = set(random.Random(seed).sample(range(len(photos)), limit))
    return [each for number, each in enumerate(photos) if number in chosen]


def evaluate(
    photos: list[Labelled], predict: Callable[[Labelled], PredictionLike], progress: Progress | None = None
) -> PhotoScore:
    """Search by every photo, with no wishes, and score the first three. `predict` may raise
    `vision.photo.PhotoError` for a photo that cannot be read."""
    score = PhotoScore()
    sold = products.sold_kinds()
    for number, each in enumerate(photos, start=1):
        if not set(each.kinds) & set(sold):
            score.skipped += 1
        else:
            try:
                prediction = predict(each)
            except photo.PhotoError:
                score.unreadable += 1
            else:
                judge(score, each, prediction, sold)
        if progress and (number % 20 == 0 or number == len(photos)):
            progress(number, len(photos))
    return score


def judge(
    score: PhotoScore, labelled: Labelled, prediction: PredictionLike, sold: dict[str, frozenset[str]]
) -> None:
    """Count one photo: its kind is right if any of the first three is of a kind its label may mean, its
    colour if that product is also of the same colour family."""
    family = load_taxonomy().family
    shown = queries.by_photo(prediction, limit=TOP).products
    right = [product for product in shown if product.category in labelled.kinds]
    score.n += 1
    score.kind_hits += bool(right)
    for table, key in ((score.labels, labelled.label), (score.groups, labelled.group)):
        if key:
            table[key][0] += 1
            table[key][1] += bool(right)
    if not right and shown:
        score.confused[(labelled.label, shown[0].category)] += 1
    if labelled.colour is None:
        return
    hue = family(labelled.colour)
    if any(family(colour) == hue for kind in labelled.kinds for colour in sold.get(kind, ())):
        score.colours += 1
        score.colour_hits += any(family(product.colour) == hue for product in right)


def predictor(eyes: Any) -> Callable[[Labelled], PredictionLike]:
    """Reads a photo and sees it with the real eyes."""

    def predict(labelled: Labelled) -> PredictionLike:
        try:
            data = labelled.path.read_bytes()
        except OSError as error:
            raise photo.PhotoError("empty", f"{labelled.path.name} cannot be read") from error
        prediction: PredictionLike = eyes.predict(photo.decode(data).pixels, caption=False)
        return prediction

    return predict


def _customers(folder: Path, rows: list[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        kinds = load_taxonomy().kinds_of_label("photos", row["label"])
        group = {"true": "children", "false": "adults"}.get(row.get("kids", "").lower(), "")
        colour = colours.canonical(row.get("colour") or row.get("baseColour") or "")
        yield Labelled(folder / "images" / row["image"], row["label"], kinds, colour, group)


def _studio(folder: Path, rows: list[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        kinds = load_taxonomy().kinds_of_label("products", row["articleType"])
        colour = colours.canonical(row.get("baseColour") or "")
        yield Labelled(
            folder / "images" / f"{row['id']}.jpg",
            row["articleType"],
            kinds,
            colour,
            row.get("gender", "").lower(),
        )
