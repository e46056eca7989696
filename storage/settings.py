"""Where the shop keeps its things: read from the environment whenever they are asked for."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from pydantic import Field

from storage.environment import Section

ROOT = Path(__file__).resolve().parents[1]


class StorageSettings(Section):
    """Where everything is kept that is made at run time."""

    var: str = Field(
        str(ROOT / "var"),
        env="SHOP_VAR",
        shown="var/",
        description="folder for the embedded database, pictures, logs and the secret",
    )
    database_url: str | None = Field(
        None,
        env="SHOP_DATABASE_URL",
        repr=False,
        shown="an embedded one",
        description="the shop's own PostgreSQL with pgvector: postgresql://user:password@host/database",
    )
    secret: str | None = Field(
        None,
        env="SHOP_SECRET",
        repr=False,
        verbatim=True,
        shown="made once, in SHOP_VAR/secret",
        description="key that signs sessions and links, at least 32 characters; on several machines the same",
    )


def var_name() -> str:
    """What `SHOP_VAR` names, default `var/` in the root; not looked at, for what asks often."""
    return StorageSettings.read().var


def var_dir(name: str | None = None) -> Path:
    """The folder for everything that is made at run time: `var_name()`, or the one named."""
    folder = Path(name or var_name()).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database_url() -> str | None:
    """The shop's own database server, or None for the embedded one."""
    return StorageSettings.read().database_url


def secret() -> str:
    """The key that signs links and tokens: `SHOP_SECRET`, or one generated once into `SHOP_VAR/secret`."""
    if given := StorageSettings.read().secret:
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
