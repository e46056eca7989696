"""A trained model, loaded the way Rasa's server loads it, and training of one for measurements."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.nlu.examples import Entity, Example
from bot.nlu.metrics import Result

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
CONFIG = ROOT / "config.yml"
_FALLBACK = "nlu_fallback"


class ModelError(RuntimeError):
    """There is no model, or it cannot be loaded or trained."""


def quiet() -> None:
    """Keep Rasa's, TensorFlow's and jieba's chatter out of the output."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    import structlog

    # Until Rasa's own command configures it, structlog prints every step, and on the standard output.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def newest(folder: Path = MODELS) -> Path:
    """The newest model file of a folder; raises `ModelError` where there is none."""
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ModelError(
            f"there is no model in {folder}; train one first: python -m bot train, or rasa train"
        )
    return found[-1]


class Model:
    """Understands messages with a model's whole pipeline."""

    def __init__(self, path: Path) -> None:
        """Load the model file (or the newest one of a folder); raises `ModelError`."""
        quiet()
        if path.is_dir():
            path = newest(path)
        if not path.is_file():
            raise ModelError(f"there is no model {path}")
        from rasa.core.agent import Agent

        self.path = path
        self._loop = asyncio.new_event_loop()
        try:
            self._agent = self._loop.run_until_complete(_load(Agent, path))
        except Exception as error:
            raise ModelError(f"cannot load {path.name}: {error}") from error
        if not self._agent.is_ready():
            raise ModelError(f"cannot load {path.name}: it is no Rasa model of this version")
        for text in ("hello, I am warming up", "你好,预热一下"):
            self.parse(text)

    def parse(self, text: str) -> dict[str, Any]:
        """Rasa's parse result: intent, intent_ranking, entities."""
        data: dict[str, Any] = self._loop.run_until_complete(self._agent.parse_message(text))
        return data

    def understand(self, example: Example) -> Result:
        started = time.perf_counter()
        data = self.parse(example.text)
        ms = (time.perf_counter() - started) * 1000
        ranking = [entry["name"] for entry in data.get("intent_ranking", []) if entry["name"] != _FALLBACK]
        top = (data.get("intent") or {}).get("name")
        entities = tuple(
            Entity(found["entity"], found["value"], found.get("role") == "excluded")
            for found in data.get("entities", [])
            if isinstance(found.get("value"), str | int | float)
        )
        best = ranking[0] if ranking else top
        return Result(example, best, accepted=top is not None and top != _FALLBACK, entities=entities, ms=ms)

    def scores(self, text: str) -> tuple[str | None, float, float]:
        """Best intent, its confidence and the next one's, whatever the threshold says."""
        ranking = [
            entry for entry in self.parse(text).get("intent_ranking", []) if entry["name"] != _FALLBACK
        ]
        confidences = [float(entry["confidence"]) for entry in ranking] + [0.0, 0.0]
        return (ranking[0]["name"] if ranking else None), confidences[0], confidences[1]

    def evaluate(self, rows: Sequence[Example]) -> list[Result]:
        return [self.understand(example) for example in rows]


async def _load(agent: Any, path: Path) -> Any:
    return agent.load(model_path=str(path))


def train(config: Path, nlu: Path, out: Path) -> Path:
    """Train the pipeline of a configuration on a file or folder of training data; the model's path."""
    quiet()
    from rasa.model_training import train_nlu

    with contextlib.redirect_stdout(sys.stderr):  # the standard output is for the figures
        made = train_nlu(str(config), str(nlu), str(out), fixed_model_name="nlu")
    if not made:
        raise ModelError(f"training with {config.name} gave no model; is there training data in {nlu}?")
    return Path(made)
