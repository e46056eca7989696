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
from vision.inference.multiple_products import product_boxes
from vision.inference.pose import PoseEstimator, WornPart
from vision.inference.product_presence import ProductPresenceDetector
from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

Predictor = Callable[[np.ndarray, tuple[str, ...]], Prediction]
ONE_PIECE = 0.5  # probability of dresses, coats … on neck to knees, from which it is one product and not two


def analyse(
    pixels: np.ndarray,
    predict: Predictor,
    pose: PoseEstimator | None,
    presence: ProductPresenceDetector | None,
) -> PhotoAnalysis:
    """What is wrong with a photo uint8 [h, w, 3], or what is found on it.

    `predict` sees a picture of one product, whose kinds may be limited to some. Without `pose` every photo
    is taken for one of things alone; without `presence` every photo has a product.
    """
    if problem := photo_quality.check(pixels):
        return PhotoAnalysis(problem, ())
    if pose is not None and (parts := pose.parts(pixels)):
        return PhotoAnalysis("", _worn(pixels, predict, parts), person=True)
    height, width = pixels.shape[:2]
    whole = predict(pixels, ())
    if presence is not None and whole.features is not None and presence.refuses(whole.features):
        return PhotoAnalysis("no_product", ())
    return PhotoAnalysis(
        "",
        (Detection("whole", (0, 0, width, height), whole),),
        multiple_products=len(product_boxes(pixels)) > 1,
    )


def limited(prediction: Prediction, kinds: tuple[str, ...]) -> Prediction:
    """A prediction whose kinds are only those of a part of the body; the others' probability goes to them."""
    if not kinds:
        return prediction
    left = [ranked for ranked in prediction.kinds if ranked.name in kinds]
    whole = sum(ranked.probability for ranked in left) or 1.0
    return replace(prediction, kinds=[Ranked(ranked.name, ranked.probability / whole) for ranked in left])


def sleeved(prediction: Prediction) -> Prediction:
    """A prediction without an answer about sleeves where the thing has none."""
    return (
        prediction
        if prediction.kinds[0].name in taxonomy.load().parts["upper"]
        else replace(prediction, sleeves=[])
    )


def _worn(pixels: np.ndarray, predict: Predictor, parts: list[WornPart]) -> tuple[Detection, ...]:
    words = taxonomy.load()
    boxes = {part.part: part.box for part in parts}
    if (box := boxes.pop("dress", None)) is not None:
        one_piece = predict(_cut(pixels, box), ())
        if sum(one_piece.kind(kind) for kind in words.parts["dress"]) >= ONE_PIECE:
            feet = boxes.get("feet")
            boxes = {"dress": box} | ({"feet": feet} if feet else {})
    return tuple(
        Detection(part, box, predict(_cut(pixels, box), words.parts[part])) for part, box in boxes.items()
    )


def _cut(pixels: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    return np.ascontiguousarray(pixels[top:bottom, left:right])
