"""A photo's way from the HTTP request to bytes: raw or as a form, never more than the cap in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from aiohttp import web

from bot.conversation import photo_intake
from bot.conversation.photo_intake import PhotoRefused
from bot.settings import DEFAULT_LANGUAGE, LANGUAGES, MAX_PHOTO
from storage.timeouts import within

MAX_BODY = MAX_PHOTO + 2**16  # a form adds a few headers
DRAIN = (
    64 * 2**20
)  # bytes of a too large upload that are read and thrown away, so that the client hears our answer
SECONDS = 120.0  # for one upload

_BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_FIELD = re.compile(rb'\bname="?photo"?(?:;|\s|$)', re.IGNORECASE)


async def receive(request: web.Request) -> bytes:
    """The photo of a request: the form's field "photo" (or its first file), or the body itself.

    Raises `PhotoRefused`.
    """
    try:
        body = await within(SECONDS, _read(request.content.iter_any()))
    except (asyncio.TimeoutError, web.RequestPayloadError, ConnectionError) as error:
        raise PhotoRefused("truncated") from error
    content_type = request.headers.get("Content-Type", "")
    if content_type.lower().startswith("multipart/form-data"):
        body = from_form(body, content_type)
    if not body:
        raise PhotoRefused("empty")
    return body


async def _read(stream: AsyncIterator[bytes]) -> bytes:
    try:
        return await photo_intake.read(stream, MAX_BODY)
    except PhotoRefused:
        read = MAX_BODY
        async for chunk in stream:
            read += len(chunk)
            if read > DRAIN:
                break
        raise


def from_form(body: bytes, content_type: str) -> bytes:
    """The bytes of a form's field "photo", else of its first file; raises `PhotoRefused` if there is none."""
    match = _BOUNDARY.search(content_type)
    if not match:
        raise PhotoRefused("truncated")
    boundary = b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    found: bytes | None = None
    for part in (b"\r\n" + body).split(b"\r\n" + boundary)[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator or head.startswith(b"--"):
            continue
        if _FIELD.search(head):
            return content
        if found is None and b"filename" in head.lower():
            found = content
    if found is None:
        raise PhotoRefused("empty")
    return found


def browser_language(request: web.Request) -> str:
    """The language a browser prefers, of those we speak."""
    accepted = request.headers.get("Accept-Language", "").lower()
    for item in accepted.split(","):
        if (code := item.strip()[:2]) in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE


def page_language(request: web.Request) -> str | None:
    """The language the page asked for (`?language=` or header `X-Language`), if we speak it."""
    given = request.query.get("language") or request.headers.get("X-Language")
    return given if given in LANGUAGES else None
