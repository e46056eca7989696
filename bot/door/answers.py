"""JSON as the door answers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web


def data(body: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer; text of any language stays readable, a broken surrogate becomes a question mark."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str)
    return web.Response(
        body=text.encode("utf-8", "replace"),
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )
