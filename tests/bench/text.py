"""Text turns: this assistant beside the same one trained with what `rasa init` writes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import rasa
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from tests.bench import customers
from tests.bench.stack import ROOT, Stack
from tests.bench.table import percentile, render, verdict

CROWD = 32
TURNS = 12  # by each of the crowd
ALONE = 60  # turns of a single customer, for the percentiles without a queue
BAR = 2.0
EPOCHS = int(os.environ.get("BENCH_EPOCHS", "3"))  # of each of the baseline's neural networks
TEST_ROWS = [ROOT / "data/evaluation/test_en.yml", ROOT / "data/evaluation/test_zh.yml"]


def baseline_model() -> Path:
    """A model of the same data, domain, rules and stories with `rasa init`'s pipeline and policies; trained once.

    Its defaults train for 100 epochs, hours on our 12,000 utterances. How fast a model answers does not depend on
    that, and DIET knows 96 % of its training rows after three; BENCH_EPOCHS=100 trains it to the end.
    """
    written = Path(rasa.__file__).parent / "cli/initial_project/config.yml"
    inputs = [
        written,
        ROOT / "domain.yml",
        *sorted((ROOT / "data").glob("*.yml")),
        *sorted((ROOT / "data/nlu").rglob("*.yml")),
    ]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()[:12]
    folder = ROOT / "var/bench"
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"rasa-init-{EPOCHS}-{digest}.tar.gz"
    if not model.exists():
        print(
            f"training the baseline with what `rasa init` writes, {EPOCHS} epochs; some minutes, once",
            flush=True,
        )
        config = folder / "rasa-init-config.yml"
        config.write_text(yaml.safe_dump(_written_out(written)))
        command = [sys.executable, "-m", "rasa", "train", "--config", str(config), "--out", str(folder)]
        subprocess.run(
            [*command, "--fixed-model-name", model.name.removesuffix(".tar.gz")], cwd=ROOT, check=True
        )
    return model


def _written_out(config: Path) -> dict[str, Any]:
    """The configuration with the defaults that Rasa would fill in when it trains."""
    chosen = DefaultV1Recipe.complete_config(yaml.safe_load(config.read_text()), {"pipeline", "policies"})
    for component in [*chosen["pipeline"], *chosen["policies"]]:
        if "epochs" in component:
            component["epochs"] = EPOCHS
    return chosen


def accuracy(model: Path | None) -> dict:
    """Figures of `python -m bot.nlu evaluate` over the rows kept back in data/evaluation."""
    command = [sys.executable, "-m", "bot.nlu", "evaluate", *map(str, TEST_ROWS), "--json"]
    if model:
        command += ["--model", str(model)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout[done.stdout.index("{") :])


def measure(model: Path | None) -> dict[str, float]:
    """p50 and p95 of one customer alone, and turns per second of a crowd."""
    with Stack(model) as stack:
        asyncio.run(customers.crowd(stack.url, 2, 12))  # warm
        alone, _ = asyncio.run(customers.crowd(stack.url, 1, ALONE))
        crowd, throughput = asyncio.run(customers.crowd(stack.url, CROWD, TURNS))
    return {
        "p50": percentile(alone, 50),
        "p95": percentile(alone, 95),
        "crowd_p50": percentile(crowd, 50),
        "crowd_p95": percentile(crowd, 95),
        "throughput": throughput,
    }


def run() -> bool:
    """Print the table; True if the bar is held."""
    base_model = baseline_model()
    ours, base = measure(None), measure(base_model)
    right, base_right = accuracy(None)["accuracy"], accuracy(base_model)["accuracy"]
    ratio = ours["throughput"] / base["throughput"]
    rows = [
        ("one customer, p50 ms", ours["p50"], base["p50"], base["p50"] / ours["p50"]),
        ("one customer, p95 ms", ours["p95"], base["p95"], base["p95"] / ours["p95"]),
        (
            f"{CROWD} customers, p50 ms",
            ours["crowd_p50"],
            base["crowd_p50"],
            base["crowd_p50"] / ours["crowd_p50"],
        ),
        (
            f"{CROWD} customers, p95 ms",
            ours["crowd_p95"],
            base["crowd_p95"],
            base["crowd_p95"] / ours["crowd_p95"],
        ),
        (f"{CROWD} customers, turns/s", ours["throughput"], base["throughput"], ratio),
        ("intent accuracy, in scope", right, base_right, right / base_right),
    ]
    print(render("Text turns through the widget's socket", ["", "ours", "rasa init", "times better"], rows))
    held = ratio >= BAR and right >= base_right
    print(f"bar: at least {BAR} times the turns per second at no lower accuracy: {verdict(held)}")
    return held
