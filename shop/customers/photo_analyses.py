"""What the eyes found on a photo, as JSON beside the photo, and back."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from vision.predictions import Finding, Look, Ranked, Sight

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


def to_dict(sight: Sight, version: str) -> dict[str, Any]:
    """JSON-able; `version` is that of the eyes' weights, within which alone embeddings can be compared."""
    return {
        "version": version,
        "problem": sight.problem,
        "person": sight.person,
        "several": sight.several,
        "findings": [
            {"part": each.part, "box": list(each.box), "look": _look_to_dict(each.look)}
            for each in sight.findings
        ],
    }


def from_dict(data: dict[str, Any], version: str) -> Sight | None:
    """The sight, or None where weights of another version saw it, or an older release wrote it."""
    if data.get("version") != version:
        return None
    try:
        findings = tuple(
            Finding(each["part"], tuple(each["box"]), _look_from_dict(each["look"]))
            for each in data["findings"]
        )
        return Sight(data["problem"], findings, person=data["person"], several=data["several"])
    except (KeyError, TypeError, ValueError):
        return None


def of_any_version(data: dict[str, Any]) -> Sight | None:
    """The sight to be told of, not compared: by whatever weights; None where an older release wrote it."""
    return from_dict(data, data.get("version", ""))


def captions(data: dict[str, Any]) -> list[dict[str, str]]:
    """What the findings of stored data are called, of whatever version."""
    return [each["look"]["caption"] for each in data.get("findings", ()) if each["look"].get("caption")]


def _look_to_dict(look: Look) -> dict[str, Any]:
    heads = {
        head: [[each.name, round(float(each.probability), 6)] for each in getattr(look, head, ())][:_KEPT]
        for head in _HEADS
    }
    return {
        **{head: values for head, values in heads.items() if values},
        "caption": dict(look.caption or {}),
        "brand": getattr(look, "brand", ""),
        "second_colour": getattr(look, "second_colour", ""),
        "embedding": base64.b64encode(np.asarray(look.embedding, dtype="<f4").tobytes()).decode(),
    }


def _look_from_dict(data: dict[str, Any]) -> Look:
    heads: dict[str, Any] = {
        head: [Ranked(name, chance) for name, chance in data.get(head, ())] for head in _HEADS
    }
    return Look(
        **heads,
        caption=data["caption"],
        brand=data["brand"],
        second_colour=data["second_colour"],
        embedding=np.frombuffer(base64.b64decode(data["embedding"]), dtype="<f4").copy(),
    )
