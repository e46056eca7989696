"""Figures of an evaluation: intents with and without the threshold, out-of-scope, entities, time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.nlu.examples import Entity, Example

OUT_OF_SCOPE = "out_of_scope"
TOLERANCE = {"height": 1.0, "weight": 1.0}
NEIGHBOURS = (
    ("ask_returns", "complain"),
    ("order_status", "ask_delivery", "cancel_order"),
    ("find_similar", "recommend", "complete_look"),
    ("search_product", "refine_search", "show_more"),
    ("ask_product", "ask_size", "describe_photo"),
)


@dataclass(frozen=True)
class Result:
    """What was understood of a row. `intent` is the best one, `accepted` whether it passed the threshold."""

    example: Example
    intent: str | None
    accepted: bool
    entities: tuple[Entity, ...]
    ms: float

    @property
    def right(self) -> bool:
        return self.intent == self.example.intent

    @property
    def refused(self) -> bool:
        """Whether the customer gets the answer for what the assistant does not do, or does not understand."""
        return not self.accepted or self.intent == OUT_OF_SCOPE


@dataclass(frozen=True)
class IntentFigures:
    intent: str
    n: int
    precision: float
    recall: float
    f1: float


def summary(
    results: Sequence[Result],
    entities: Collection[str] | None = None,
    entity_intents: Collection[str] | None = None,
) -> dict[str, Any]:
    """The figures of the issue as a dict for JSON; a share of nothing is None."""
    inside = [result for result in results if result.example.intent != OUT_OF_SCOPE]
    outside = [result for result in results if result.example.intent == OUT_OF_SCOPE]
    table = per_intent(results)
    times = sorted(result.ms for result in results)
    return {
        "n": len(results),
        "accuracy": _share(result.right for result in inside),
        "accuracy_at_threshold": _share(result.right and result.accepted for result in inside),
        "oos_recall": _share(result.refused for result in outside),
        "oos_false_alarm": _share(result.refused for result in inside),
        "macro_f1": round(sum(row.f1 for row in table) / len(table), 4) if table else None,
        "entity_f1": entity_f1(results, entities, entity_intents),
        "ms_p50": _quantile(times, 0.5),
        "ms_p95": _quantile(times, 0.95),
    }


def per_intent(results: Sequence[Result]) -> list[IntentFigures]:
    """Precision, recall and F1 of every intent that the rows name, without the threshold, by name."""
    truth = Counter(result.example.intent for result in results)
    found = Counter(result.intent for result in results)
    right = Counter(result.example.intent for result in results if result.right)
    table = []
    for intent in sorted(truth):
        precision = right[intent] / found[intent] if found[intent] else 0.0
        recall = right[intent] / truth[intent]
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        table.append(IntentFigures(intent, truth[intent], precision, recall, f1))
    return table


def confusion(results: Sequence[Result], group: Sequence[str]) -> dict[str, Counter[str]]:
    """For each intent of the group, how often it was taken for each of the group, or for "other"."""
    counts: dict[str, Counter[str]] = {intent: Counter() for intent in group}
    for result in results:
        if result.example.intent in counts:
            counts[result.example.intent][result.intent if result.intent in group else "other"] += 1  # type: ignore[index]
    return counts


def entity_f1(
    results: Sequence[Result], entities: Collection[str] | None = None, intents: Collection[str] | None = None
) -> float | None:
    """Micro F1 of exact entity, canonical value and exclusion; heights and weights may be off by one.

    `entities` are the kinds that count (default: those that the rows name), `intents` the intents of the rows
    that count (default: all).
    """
    rows = [result for result in results if intents is None or result.example.intent in intents]
    kinds = (
        set(entities)
        if entities is not None
        else {e.entity for result in rows for e in result.example.entities}
    )
    right = wanted = found = 0
    for result in rows:
        expected = [entity for entity in result.example.entities if entity.entity in kinds]
        got = [entity for entity in result.entities if entity.entity in kinds]
        right += matches(expected, got)
        wanted += len(expected)
        found += len(got)
    return round(2 * right / (wanted + found), 4) if wanted + found else None


def matches(expected: Sequence[Entity], got: Sequence[Entity]) -> int:
    """How many of the expected entities were found, each found one used once."""
    left = list(got)
    count = 0
    for entity in expected:
        for other in left:
            if same(entity, other):
                left.remove(other)
                count += 1
                break
    return count


def same(one: Entity, other: Entity) -> bool:
    if one.entity != other.entity or one.excluded != other.excluded:
        return False
    try:
        return abs(float(one.value) - float(other.value)) <= TOLERANCE.get(one.entity, 1e-9)
    except ValueError:
        return str(one.value).casefold() == str(other.value).casefold()


def _share(values: Any) -> float | None:
    flags = list(values)
    return round(sum(flags) / len(flags), 4) if flags else None


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else None
