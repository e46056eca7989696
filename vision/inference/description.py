"""What the eyes saw, as one JSON object or as lines for people."""

from __future__ import annotations

from typing import Any

from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

_RANKINGS = ("kinds", "colours", "genders", "patterns", "sleeves", "usages", "brands", "articles", "labels")
_SHOWN = 5


def as_dict(analysis: PhotoAnalysis) -> dict[str, Any]:
    """Plain data of a whole photo; each detection with its likeliest answers and their probabilities."""
    return {
        "problem": analysis.problem,
        "person": analysis.person,
        "several": analysis.multiple_products,
        "findings": [_detection(detection) for detection in analysis.detections],
    }


def as_text(analysis: PhotoAnalysis) -> str:
    lines = [f"problem: {analysis.problem}"] if analysis.problem else []
    if analysis.multiple_products:
        lines.append("several products on one photo")
    for detection in analysis.detections:
        if analysis.person or len(analysis.detections) > 1:
            lines.append(f"{detection.part}, at {detection.box}")
        lines += _lines(detection.prediction)
    return "\n".join(lines)


def _detection(detection: Detection) -> dict[str, Any]:
    prediction = detection.prediction
    facts: dict[str, Any] = {"part": detection.part, "box": detection.box}
    for name in _RANKINGS:
        ranking: list[Ranked] = getattr(prediction, name)
        facts[name.removesuffix("s")] = ranking[0].name if ranking and name != "brands" else None
        facts[name] = {ranked.name: round(ranked.probability, 4) for ranked in ranking[:_SHOWN]}
    facts |= {"brand": prediction.brand or None, "second_colour": prediction.second_colour or None}
    return {**facts, "caption": prediction.caption, "ms": prediction.timings.get("total")}


def _lines(prediction: Prediction) -> list[str]:
    lines = []
    for name in _RANKINGS[:7]:
        ranking: list[Ranked] = getattr(prediction, name)
        if ranking:
            said = ", ".join(f"{ranked.name} {ranked.probability:.0%}" for ranked in ranking[:3])
            lines.append(f"{name + ':':10}{said}")
    if prediction.second_colour:
        lines.append(f"{'second:':10}{prediction.second_colour}")
    if prediction.brand:
        lines.append(f"{'brand:':10}{prediction.brand}")
    lines += [f"{language + ':':10}{phrase}" for language, phrase in prediction.caption.items()]
    return [*lines, f"in {prediction.timings.get('total', 0):.0f} ms"]
