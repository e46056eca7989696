"""`python -m bot.nlu evaluate`: how well a model understands rows it has never seen."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from bot.nlu import metrics
from bot.nlu.examples import Example, read
from bot.nlu.model import MODELS, Model


def run(
    files: Sequence[Path],
    *,
    model: Path | None = None,
    as_json: bool = False,
    entities: Collection[str] | None = None,
    entity_intents: Collection[str] | None = None,
    errors: bool = False,
) -> str:
    """The report of all files' rows together, as JSON or for people; raises `ExamplesError`, `ModelError`."""
    rows: list[Example] = [example for file in files for example in read(file)]
    results = Model(model or MODELS).evaluate(rows)
    figures = metrics.summary(results, entities, entity_intents)
    if as_json:
        return json.dumps(figures)
    lines = [f"{name:>22}  {'-' if value is None else value}" for name, value in figures.items()]
    lines += ["", f"{'intent':<18} {'n':>4} {'precision':>9} {'recall':>7} {'f1':>6}"]
    lines += [
        f"{row.intent:<18} {row.n:>4} {row.precision:>9.2f} {row.recall:>7.2f} {row.f1:>6.2f}"
        for row in metrics.per_intent(results)
    ]
    for group in metrics.NEIGHBOURS:
        if any(result.example.intent in group for result in results):
            lines += ["", *_confusion(results, group)]
    if errors:
        lines += ["", *_errors(results, entities, entity_intents)]
    return "\n".join(lines)


def _confusion(results: Sequence[metrics.Result], group: Sequence[str]) -> list[str]:
    columns = [*group, "other"]
    lines = [f"{'taken for →':<18} " + " ".join(f"{name:>16}" for name in columns)]
    for intent, counts in metrics.confusion(results, group).items():
        lines.append(f"{intent:<18} " + " ".join(f"{counts[name]:>16}" for name in columns))
    return lines


def _errors(
    results: Sequence[metrics.Result], entities: Collection[str] | None, intents: Collection[str] | None
) -> list[str]:
    kinds = set(entities) if entities is not None else {e.entity for r in results for e in r.example.entities}
    lines = []
    for result in results:
        if not result.right or not result.accepted:
            verdict = result.intent if result.accepted else f"{result.intent} (below the threshold)"
            lines.append(f"{result.example.text!r}: {result.example.intent}, taken for {verdict}")
        if intents is not None and result.example.intent not in intents:
            continue
        wanted = [e for e in result.example.entities if e.entity in kinds]
        got = [e for e in result.entities if e.entity in kinds]
        if metrics.matches(wanted, got) < max(len(wanted), len(got)):
            lines.append(f"{result.example.text!r}: wanted {_names(wanted)}; got {_names(got)}")
    return lines


def _names(entities: Sequence[metrics.Entity]) -> str:
    return ", ".join(f"{e.entity}{'≠' if e.excluded else '='}{e.value}" for e in entities) or "nothing"
