"""The shop's settings: all from the environment, all optional."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "demo"


def var_name() -> str:
    """What `SHOP_VAR` names, default `var/` in the root; not looked at, for what asks often."""
    return os.environ.get("SHOP_VAR") or str(ROOT / "var")


def var_dir(name: str | None = None) -> Path:
    """The folder for everything that is made at run time: `var_name()`, or the one named."""
    folder = Path(name or var_name()).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database_url() -> str | None:
    """The shop's own database server, or None for the embedded one."""
    return os.environ.get("SHOP_DATABASE_URL") or None


def secret() -> str:
    """The key that signs links and tokens: `SHOP_SECRET`, or one generated once into `SHOP_VAR/secret`."""
    if given := os.environ.get("SHOP_SECRET"):
        return given
    path = var_dir() / "secret"
    try:
        # Exclusive creation, so that of several processes that start at once exactly one makes the key.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    for _ in range(50):
        if text := path.read_text().strip():
            return text
        time.sleep(0.02)
    raise RuntimeError(f"{path} is empty; delete it and start again")


def pictures_dir() -> Path:
    """Where an import puts the catalogue's pictures."""
    folder = var_dir() / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def vocabulary_path() -> Path:
    return var_dir() / "vocabulary.json"


def photo_days() -> int:
    """Days until a customer's photo is deleted (`SHOP_PHOTO_DAYS`, default 30)."""
    return int(os.environ.get("SHOP_PHOTO_DAYS") or 30)
