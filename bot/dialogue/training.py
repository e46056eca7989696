"""`python -m bot train`: a dialogue model of the sources as they are, where there is none yet."""

from __future__ import annotations

import os
import time

from bot.dialogue import models
from bot.settings import ROOT

KEEP = 3  # older ones are deleted after a training


def train(*, force: bool = False) -> int:
    """Train if the sources have changed (or `force`); returns an exit code. Prints what it does."""
    name = models.fingerprint()
    model = models.MODELS / f"{name}.tar.gz"
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
    for old in sorted(models.MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-KEEP]:
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
        output=str(models.MODELS),
        fixed_model_name=name,
        force_training=True,
    )
