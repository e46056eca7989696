"""Trained dialogue models: which one belongs to the sources as they are now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.settings import ROOT

MODELS = ROOT / "models"
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
