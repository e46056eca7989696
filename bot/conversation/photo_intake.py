"""The one door through which photos come in, whichever channel they come from.

Untrusted bytes are decoded (`vision.photo` checks size, magic bytes, dimensions), made small, and re-encoded
as a JPEG without metadata; only that is kept, under an id that cannot be guessed, until it expires.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable
from concurrent.futures import ThreadPoolExecutor

from bot.settings import MAX_PHOTO, PHOTO_SIDE
from shop.customers import photos
from shop.customers.photos import StoredPhoto
from vision import photo as decoder
from vision.photo import PhotoError

# Decoding takes memory: two at a time, the rest waits.
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photo")
# vision's codes that our texts name differently
_TEXT_CODES = {"empty": "empty_photo"}


class PhotoRefused(ValueError):
    """A photo that was not taken in. `code` names a text of `bot.conversation.texts`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = _TEXT_CODES.get(code, code)


async def read(chunks: AsyncIterable[bytes], limit: int = MAX_PHOTO) -> bytes:
    """Collect a stream of bytes; raises `PhotoRefused("too_large")` as soon as it is longer than `limit`."""
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) > limit:
            raise PhotoRefused("too_large")
    return bytes(data)


async def admit(owner: str, data: bytes) -> str:
    """Check and keep a photo of `owner` (a conversation); returns its id. Raises `PhotoRefused`."""
    loop = asyncio.get_running_loop()
    try:
        jpeg, width, height = await loop.run_in_executor(_POOL, _prepare, data)
    except PhotoError as error:
        raise PhotoRefused(error.code) from error
    return await asyncio.to_thread(photos.put, owner, jpeg, width, height)


def _prepare(data: bytes) -> tuple[bytes, int, int]:
    pixels = decoder.decode(data, max_bytes=MAX_PHOTO, max_side=PHOTO_SIDE).pixels
    return decoder.encode_jpeg(pixels), pixels.shape[1], pixels.shape[0]


async def fetch(photo: str, owner: str) -> StoredPhoto | None:
    """The stored photo if it belongs to `owner` and has not expired."""
    return await asyncio.to_thread(photos.get, photo, owner=owner)


async def sweep(every: float = 3600.0) -> None:
    """Delete expired photos now and then, for as long as the server runs."""
    while True:
        with contextlib.suppress(Exception):  # the database is away; next time
            await asyncio.to_thread(photos.PhotoStore().purge_expired)
        await asyncio.sleep(every)
