"""Trained dialogue models: which one belongs to the sources as they are now."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from bot.settings import ROOT

MODELS = ROOT / "models"
KEEP = 3  # older ones are deleted after a training
# What goes into a model. The words of bot/nlu's matchers (data/words, the catalogue) are read at run time
# instead.
SOURCES = ("config.yml", "domain.yml", "data/nlu", "data/rules.yml", "data/stories.yml", "bot/nlu")


def sources() -> Iterator[Path]:
    """The files a model is trained from."""
    for name in SOURCES:
        path = ROOT / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.suffix in (".yml", ".py") and "__pycache__" not in file.parts
            )


def fingerprint() -> str:
    """A short hash over the sources and Rasa's version."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for file in sources():
        digest.update(f"\n{file.relative_to(ROOT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def current() -> Path | None:
    """The model of the sources as they are, else the newest one, else None."""
    exact = MODELS / f"{fingerprint()}.tar.gz"
    if exact.exists():
        return exact
    found = sorted(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def is_fresh(model: Path) -> bool:
    """Whether a model belongs to the sources as they are."""
    return model.name == f"{fingerprint()}.tar.gz"


def train(*, force: bool = False) -> int:
    """Train if the sources have changed (or `force`); returns an exit code. Prints what it does."""
    name = fingerprint()
    model = MODELS / f"{name}.tar.gz"
    if model.exists() and not force:
        os.utime(model)  # `rasa run` takes the newest
        print(f"· dialogue model: up to date ({model.relative_to(ROOT)})", flush=True)
        return 0
    missing = [part for part in ("config.yml", "data/nlu") if not (ROOT / part).exists()]
    if missing:
        print(f"The model cannot be trained: {', '.join(missing)} is missing.", flush=True)
        return 1
    print("· dialogue model: training (a minute or two)", flush=True)
    begin = time.monotonic()
    _train(name)
    if not model.exists():
        print("The training ended without a model; see the messages above.", flush=True)
        return 1
    for old in sorted(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-KEEP]:
        old.unlink()
    size = model.stat().st_size / 2**20
    print(
        f"· dialogue model: {model.relative_to(ROOT)}, {size:.1f} MB, {time.monotonic() - begin:.0f} s",
        flush=True,
    )
    return 0


def _train(name: str) -> None:
    import logging
    import warnings

    warnings.filterwarnings("ignore")
    import rasa
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.INFO)
    configure_structlog(logging.INFO)
    files = [
        str(path)
        for path in (ROOT / "data/nlu", ROOT / "data/rules.yml", ROOT / "data/stories.yml")
        if path.exists()
    ]
    rasa.train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=files,
        output=str(MODELS),
        fixed_model_name=name,
        force_training=True,
    )
