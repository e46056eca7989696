"""`python -m bot.nlu benchmark TRAIN TEST`: the configured pipeline on any other set of intents."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import yaml

from bot.nlu.examples import Example, ExamplesError, read
from bot.nlu.model import CONFIG, Model, train

_TEXT = ("text", "sentence", "utterance", "query", "message", "question")
_INTENT = ("intent", "label", "category", "class", "intent_name")


def examples(path: Path) -> list[tuple[str, str]]:
    """(text, intent) of a CSV with such columns, a Rasa NLU file, or evaluation rows;
    raises `ExamplesError`.
    """
    if path.suffix.lower() in (".csv", ".tsv"):
        return _csv(path)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ExamplesError(f"cannot read {path}: {error}") from error
    if isinstance(data, list):
        return [(row.text, row.intent) for row in read(path)]
    found = []
    for block in (data or {}).get("nlu", []):
        for line in str(block.get("examples", "")).splitlines():
            if "intent" in block and line.strip().startswith("-"):
                found.append((line.strip()[1:].strip(), block["intent"]))
    if not found:
        raise ExamplesError(f"{path} has no examples of intents")
    return found


def _csv(path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sample = file.read(4096)
            file.seek(0)
            reader = csv.DictReader(file, delimiter="\t" if "\t" in sample.splitlines()[0] else ",")
            columns = {name.strip().lower(): name for name in reader.fieldnames or []}
            text = next((columns[name] for name in _TEXT if name in columns), None)
            intent = next((columns[name] for name in _INTENT if name in columns), None)
            if text is None or intent is None:
                raise ExamplesError(
                    f"{path} needs a column for the text ({', '.join(_TEXT)}) and one for the intent"
                )
            pairs = [((line[text] or "").strip(), (line[intent] or "").strip()) for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error, IndexError) as error:
        raise ExamplesError(f"cannot read {path}: {error}") from error
    return [pair for pair in pairs if pair[0] and pair[1]]


def run(training: Path, test: Path, *, config: Path = CONFIG, as_json: bool = False) -> str:
    """In-scope accuracy: rows whose intent the training set does not have are counted apart."""
    train_pairs, test_pairs = examples(training), examples(test)
    # Intents of other sets may be called anything; Rasa gives "/" and some others a meaning of their own.
    names = {
        intent: f"intent_{i}" for i, intent in enumerate(dict.fromkeys(intent for _, intent in train_pairs))
    }
    with tempfile.TemporaryDirectory() as folder:
        nlu = Path(folder) / "nlu.yml"
        nlu.write_text(_rasa(train_pairs, names), encoding="utf-8")
        model = Model(train(config, nlu, Path(folder)))
        inside = [(text, names[intent]) for text, intent in test_pairs if intent in names]
        outside = [text for text, intent in test_pairs if intent not in names]
        results = model.evaluate([Example(text, intent) for text, intent in inside])
        refused = sum(not model.understand(Example(text, "")).accepted for text in outside)
    figures = {
        "train": len(train_pairs),
        "intents": len(names),
        "n": len(inside),
        "accuracy": round(sum(r.right for r in results) / max(1, len(results)), 4),
        "accuracy_at_threshold": round(
            sum(r.right and r.accepted for r in results) / max(1, len(results)), 4
        ),
        "outside": len(outside),
        "outside_refused": round(refused / len(outside), 4) if outside else None,
    }
    return (
        json.dumps(figures) if as_json else "\n".join(f"{key:>22}  {value}" for key, value in figures.items())
    )


def _rasa(pairs: list[tuple[str, str]], names: dict[str, str]) -> str:
    """Rasa's training format; brackets would be read as entity annotations, so they become round ones."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in pairs:
        flat = " ".join(text.translate(str.maketrans("[]{}", "()()")).split())
        by_intent.setdefault(names[intent], []).append(flat)
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in by_intent.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)
