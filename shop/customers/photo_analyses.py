"""What the eyes found on a photo, as JSON beside the photo, and back."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

# A head has up to 75 names; of each head so many are kept, which hold nearly all the probability.
_KEPT = 12
_HEADS = (
    "kinds",
    "colours",
    "genders",
    "patterns",
    "sleeves",
    "usages",
    "brands",
    "articles",
    "labels",
)


def to_dict(analysis: PhotoAnalysis, version: str) -> dict[str, Any]:
    """JSON-able; `version` is that of the eyes' weights, within which alone embeddings can be compared."""
    return {
        "version": version,
        "problem": analysis.problem,
        "person": analysis.person,
        "several": analysis.multiple_products,
        "findings": [
            {"part": each.part, "box": list(each.box), "look": _prediction_to_dict(each.prediction)}
            for each in analysis.detections
        ],
    }


def from_dict(data: dict[str, Any], version: str) -> PhotoAnalysis | None:
    """The analysis, or None where weights of another version saw it, or an older release wrote it."""
    if data.get("version") != version:
        return None
    try:
        detections = tuple(
            Detection(each["part"], tuple(each["box"]), _prediction_from_dict(each["look"]))
            for each in data["findings"]
        )
        return PhotoAnalysis(
            data["problem"], detections, person=data["person"], multiple_products=data["several"]
        )
    except (KeyError, TypeError, ValueError):
        return None


def of_any_version(data: dict[str, Any]) -> PhotoAnalysis | None:
    """The analysis to be told of, not compared: by whatever weights; None where an older release wrote it."""
    return from_dict(data, data.get("version", ""))


def captions(data: dict[str, Any]) -> list[dict[str, str]]:
    """What the products of stored data are called, of whatever version."""
    return [each["look"]["caption"] for each in data.get("findings", ()) if each["look"].get("caption")]


def _prediction_to_dict(prediction: Prediction) -> dict[str, Any]:
    heads = {
        head: [[each.name, round(float(each.probability), 6)] for each in getattr(prediction, head, ())][
            :_KEPT
        ]
        for head in _HEADS
    }
    return {
        **{head: values for head, values in heads.items() if values},
        "caption": dict(prediction.caption or {}),
        "brand": getattr(prediction, "brand", ""),
        "second_colour": getattr(prediction, "second_colour", ""),
        "embedding": base64.b64encode(np.asarray(prediction.embedding, dtype="<f4").tobytes()).decode(),
    }


def _prediction_from_dict(data: dict[str, Any]) -> Prediction:
    heads: dict[str, Any] = {
        head: [Ranked(name, chance) for name, chance in data.get(head, ())] for head in _HEADS
    }
    return Prediction(
        **heads,
        caption=data["caption"],
        brand=data["brand"],
        second_colour=data["second_colour"],
        embedding=np.frombuffer(base64.b64decode(data["embedding"]), dtype="<f4").copy(),
    )
