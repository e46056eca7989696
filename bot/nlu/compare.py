"""`python -m bot.nlu compare`: the configured pipeline beside others, trained and measured alike."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.nlu import metrics
from bot.nlu.examples import read
from bot.nlu.model import CONFIG, Model, train

_OURS = "bot.nlu."


def variants(epochs: int) -> dict[str, list[dict[str, Any]]]:
    """Pipelines by name; the first is the one of config.yml."""
    pipeline = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]
    by_name = {part["name"].removeprefix(_OURS): part for part in pipeline}
    tokens, meaning = by_name["tokenizer.MixedTokenizer"], by_name["encoder.SentenceEncoderFeaturizer"]
    grams, regression = by_name["ngrams.NgramFeaturizer"], by_name["classifier.SentenceClassifier"]
    fallback = by_name["FallbackClassifier"]
    counts = [
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    ]
    white = {"name": "WhitespaceTokenizer"}
    diet = {
        "name": "DIETClassifier",
        "epochs": epochs,
        "batch_size": 256,  # a quarter of the time of Rasa's default, which begins with 64
        "entity_recognition": False,
        "random_seed": 7,
    }
    rasas_regression = {"name": "LogisticRegressionClassifier"}
    return {
        "config.yml": pipeline,
        "encoder alone": [tokens, meaning, regression, fallback],
        "n-grams alone": [tokens, grams, regression, fallback],
        "Rasa's logistic regression": [tokens, meaning, grams, rasas_regression, fallback],
        "DIET, our tokens + encoder": [tokens, meaning, *counts, diet, fallback],
        "DIET, as rasa init writes": [
            white,
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            *counts,
            diet,
            fallback,
        ],
    }


def run(nlu: Path, files: Sequence[Path], *, epochs: int = 100, only: Sequence[str] = ()) -> str:
    """Train each variant and print its figures as a Markdown table, a line as soon as it is known."""
    rows = [row for file in files for row in read(file)]
    header = (
        "| pipeline | accuracy | at threshold | oos recall | false alarm | macro F1 | p50 ms | training s |"
    )
    print(header, "|---|---|---|---|---|---|---|---|", sep="\n", flush=True)
    lines = []
    for name, pipeline in variants(epochs).items():
        if only and not any(wish in name for wish in only):
            continue
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "config.yml"
            config.write_text(
                yaml.safe_dump(
                    {
                        "recipe": "default.v1",
                        "assistant_id": "compare",
                        "language": "en",
                        "pipeline": pipeline,
                    }
                )
            )
            started = time.perf_counter()
            path = train(config, nlu, Path(folder))
            seconds = time.perf_counter() - started
            figures = metrics.summary(Model(path).evaluate(rows))
        line = (
            f"| {name} | {figures['accuracy']} | {figures['accuracy_at_threshold']} | {figures['oos_recall']}"
            f" | {figures['oos_false_alarm']} | {figures['macro_f1']} | {figures['ms_p50']} | {seconds:.0f} |"
        )
        print(line, flush=True)
        lines.append(line)
    return f"{len(lines)} pipelines, {len(rows)} rows"
