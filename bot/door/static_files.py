"""Serving files of ours: no path from outside ever reaches the disk unchecked; cached and compressed in
memory.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_TEXTS = (".html", ".js", ".css", ".svg", ".json")


@dataclass(frozen=True)
class _File:
    etag: str
    body: bytes
    packed: bytes | None


_cache: dict[Path, tuple[tuple[int, int], _File]] = {}


def find(name: str, *folders: Path) -> Path | None:
    """The file of that plain name in the first folder that has it; None for anything that is not a plain
    name.
    """
    if len(name) > 150 or not _NAME.match(name) or Path(name).suffix.lower() not in TYPES:
        return None
    for folder in folders:
        path = folder / name
        if path.is_file() and path.resolve().parent == folder.resolve():
            return path
    return None


async def serve(
    request: web.Request, path: Path | None, *, cache: str = "no-cache", headers: dict[str, str] | None = None
) -> web.Response:
    """The file with an ETag; `cache` is the Cache-Control. 404 if there is none."""
    found = await asyncio.to_thread(_load, path) if path is not None else None
    if path is None or found is None:
        return not_found()
    head = {"Cache-Control": cache, "ETag": found.etag, "Vary": "Accept-Encoding", **(headers or {})}
    if found.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=head)
    body = found.body
    if found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, head["Content-Encoding"] = found.packed, "gzip"
    return web.Response(body=body, headers={**head, "Content-Type": TYPES[path.suffix.lower()]})


def not_found() -> web.Response:
    """What is answered for a file that is not there."""
    return web.Response(body=b"Not found", status=404, content_type="text/plain")


def _load(path: Path) -> _File | None:
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if (known := _cache.get(path)) and known[0] == stamp:
            return known[1]
        body = path.read_bytes()
    except OSError:
        return None
    text = path.suffix in _TEXTS
    packed = gzip.compress(body, 6) if text and len(body) > 500 else None
    file = _File(f'"{stamp[0]:x}-{stamp[1]:x}"', body, packed)
    if text:  # few and often asked for; pictures are left to the system's own cache
        _cache[path] = (stamp, file)
    return file
