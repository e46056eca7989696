"""A customer's whole photo: is it good enough, who wears what, is there a product at all, or are there
several?

Each question has its own module; this one asks them in the order in which a person would, and stops at the
first that ends the matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vision import taxonomy
from vision.inference import photo_quality
from vision.inference.multiple_products import several
from vision.inference.pose import Part, People
from vision.inference.product_presence import Detector
from vision.predictions import Finding, Look, Ranked, Sight

Looker = Callable[[np.ndarray, tuple[str, ...]], Look]
ONE_PIECE = 0.5  # probability of dresses, coats … on neck to knees, from which it is one product and not two


def see(pixels: np.ndarray, look: Looker, people: People | None, nothing: Detector | None) -> Sight:
    """What is wrong with a photo uint8 [h, w, 3], or what is found on it.

    `look` looks at a picture of one product, whose kinds may be limited to some. Without `people` every photo
    is taken for one of things alone; without `nothing` every photo has a product.
    """
    if problem := photo_quality.check(pixels):
        return Sight(problem, ())
    if people is not None and (parts := people.parts(pixels)):
        return Sight("", _worn(pixels, look, parts), person=True)
    height, width = pixels.shape[:2]
    whole = look(pixels, ())
    if nothing is not None and whole.features is not None and nothing.refuses(whole.features):
        return Sight("no_product", ())
    return Sight("", (Finding("whole", (0, 0, width, height), whole),), several=len(several(pixels)) > 1)


def limited(look: Look, kinds: tuple[str, ...]) -> Look:
    """A look whose kinds are only those of a part of the body; the others' probability goes to them."""
    if not kinds:
        return look
    left = [ranked for ranked in look.kinds if ranked.name in kinds]
    whole = sum(ranked.probability for ranked in left) or 1.0
    return replace(look, kinds=[Ranked(ranked.name, ranked.probability / whole) for ranked in left])


def sleeved(look: Look) -> Look:
    """A look without an answer about sleeves where the thing has none."""
    return look if look.kinds[0].name in taxonomy.load().parts["upper"] else replace(look, sleeves=[])


def _worn(pixels: np.ndarray, look: Looker, parts: list[Part]) -> tuple[Finding, ...]:
    words = taxonomy.load()
    boxes = {part.part: part.box for part in parts}
    if (box := boxes.pop("dress", None)) is not None:
        one_piece = look(_cut(pixels, box), ())
        if sum(one_piece.kind(kind) for kind in words.parts["dress"]) >= ONE_PIECE:
            feet = boxes.get("feet")
            boxes = {"dress": box} | ({"feet": feet} if feet else {})
    return tuple(
        Finding(part, box, look(_cut(pixels, box), words.parts[part])) for part, box in boxes.items()
    )


def _cut(pixels: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    return np.ascontiguousarray(pixels[top:bottom, left:right])
