"""Several products' pictures on one, with their numbers: where a picture costs a message, and messages are
counted.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bot.door import jpeg_pictures

MOST = 12  # pictures of one sheet
CELL = 360  # pixels
GAP = 8
_INK, _PAPER = "#ffffff", "#202020"


async def jpeg(numbered: Sequence[tuple[int, str]], base: str) -> bytes | None:
    """The sheet of pictures of ours (number, address) as JPEG; None if none of them is there."""
    found = [(number, await jpeg_pictures.jpeg(address, base)) for number, address in numbered[:MOST]]
    cells = [(number, data) for number, data in found if data]
    return await asyncio.to_thread(_draw, cells) if cells else None


def _draw(cells: Sequence[tuple[int, bytes]]) -> bytes:
    columns = next(n for n in (1, 2, 3, 4) if n * n >= len(cells))
    rows = -(-len(cells) // columns)
    size = [side * CELL + (side - 1) * GAP for side in (columns, rows)]
    sheet = Image.new("RGB", (size[0], size[1]), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(CELL // 8)
    badge = CELL // 6
    for place, (number, data) in enumerate(cells):
        left, top = (side * (CELL + GAP) for side in (place % columns, place // columns))
        with Image.open(io.BytesIO(data)) as picture:
            sheet.paste(ImageOps.pad(picture, (CELL, CELL), color="white"), (left, top))
        pen.rectangle((left, top, left + badge, top + badge), fill=_PAPER)
        pen.text((left + badge / 2, top + badge / 2), str(number), fill=_INK, font=font, anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()
