"""The catalogue's pictures as messengers take them: JPEG (few take WebP), by address or as bytes."""

from __future__ import annotations

import asyncio
import io
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from bot.door import static_files
from shop.settings import DEMO, pictures_dir

SIDE = 1024  # pixels of the longer side
ROUTE = "/pictures/jpeg"


def jpeg_url(url: str | None, base: str) -> str | None:
    """Where the JPEG of a picture is: ours at `ROUTE`, others' where they are."""
    if not url:
        return None
    name = _name(url, base)
    return f"{base}{ROUTE}/{name}.jpg" if name else url


async def jpeg(url: str | None, base: str) -> bytes | None:
    """The bytes of a picture of ours as JPEG; None if it is not ours or not there."""
    name = _name(url, base) if url else None
    return await asyncio.to_thread(by_name, name) if name else None


def by_name(name: str) -> bytes | None:
    """The same by the name of its file. Synchronous."""
    path = static_files.find(name, pictures_dir(), DEMO / "pictures")
    if path is None:
        return None
    return _converted(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _converted(path: Path, stamp: int) -> bytes | None:
    try:
        with Image.open(path) as picture:
            picture.thumbnail((SIDE, SIDE))
            if picture.mode in ("RGBA", "LA", "P"):
                rgba = picture.convert("RGBA")
                flat = Image.new("RGB", rgba.size, "white")
                flat.paste(rgba, mask=rgba.getchannel("A"))
            else:
                flat = picture.convert("RGB")
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=88)
            return out.getvalue()
    except (OSError, ValueError):
        return None


def _name(url: str, base: str) -> str | None:
    """The file's name if an address is a picture of ours."""
    path = url.removeprefix(base)
    if path.startswith("/pictures/") and not path.startswith(ROUTE):
        return urlsplit(path).path.removeprefix("/pictures/")
    return None
