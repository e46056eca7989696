"""The catalogue's pictures, kept in `SHOP_VAR/pictures` under the names that records have."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from shop import settings

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(webp|jpg|jpeg|png)")


def find(name: str) -> Path | None:
    """The picture of that name, or None; a name that is more than a plain file name finds nothing."""
    if not _NAME.fullmatch(name):
        return None
    path = settings.pictures_dir() / name
    return path if path.is_file() else None


def store(name: str, data: bytes) -> None:
    """Keep a picture, in one step; a reader sees the old or the new one. Raises `ValueError` for an unfit
    name.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a picture")
    folder = settings.pictures_dir()
    target = folder / name
    if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
        return
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".picture-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)


def name_for(product_id: str, suffix: str) -> str:
    """The file name of a product's picture."""
    return f"{product_id}{suffix.lower()}"
