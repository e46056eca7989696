"""What the eyes saw, as one JSON object or as lines for people."""

from __future__ import annotations

from typing import Any

from vision.predictions import Finding, Look, Ranked, Sight

_RANKINGS = ("kinds", "colours", "genders", "patterns", "sleeves", "usages", "brands", "articles", "labels")
_SHOWN = 5


def as_dict(sight: Sight) -> dict[str, Any]:
    """Plain data of a whole photo; each finding with its likeliest answers and their probabilities."""
    return {
        "problem": sight.problem,
        "person": sight.person,
        "several": sight.several,
        "findings": [_finding(finding) for finding in sight.findings],
    }


def as_text(sight: Sight) -> str:
    lines = [f"problem: {sight.problem}"] if sight.problem else []
    if sight.several:
        lines.append("several products on one photo")
    for finding in sight.findings:
        if sight.person or len(sight.findings) > 1:
            lines.append(f"{finding.part}, at {finding.box}")
        lines += _lines(finding.look)
    return "\n".join(lines)


def _finding(finding: Finding) -> dict[str, Any]:
    look = finding.look
    facts: dict[str, Any] = {"part": finding.part, "box": finding.box}
    for name in _RANKINGS:
        ranking: list[Ranked] = getattr(look, name)
        facts[name.removesuffix("s")] = ranking[0].name if ranking and name != "brands" else None
        facts[name] = {ranked.name: round(ranked.probability, 4) for ranked in ranking[:_SHOWN]}
    facts |= {"brand": look.brand or None, "second_colour": look.second_colour or None}
    return {**facts, "caption": look.caption, "ms": look.timings.get("total")}


def _lines(look: Look) -> list[str]:
    lines = []
    for name in _RANKINGS[:7]:
        ranking: list[Ranked] = getattr(look, name)
        if ranking:
            said = ", ".join(f"{ranked.name} {ranked.probability:.0%}" for ranked in ranking[:3])
            lines.append(f"{name + ':':10}{said}")
    if look.second_colour:
        lines.append(f"{'second:':10}{look.second_colour}")
    if look.brand:
        lines.append(f"{'brand:':10}{look.brand}")
    lines += [f"{language + ':':10}{phrase}" for language, phrase in look.caption.items()]
    return [*lines, f"in {look.timings.get('total', 0):.0f} ms"]
