"""Files that strangers send: odd ones that must be taken, and hostile ones that must be refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

SECRET = b"GPS 51.4779N 0.0015W Alice's phone"


def picture(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """A picture with something on it; the same every time."""
    rng = np.random.default_rng(7)
    height, width = size[1], size[0]
    base = np.linspace(0, 200, width, dtype=np.uint8)[None, :, None] + rng.integers(
        0, 40, (height, width, 3), np.uint8
    )
    return Image.fromarray(base.astype(np.uint8)).convert(mode)


def save(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 2, extra: bytes = b""
) -> bytes:
    """A PNG with a header of our choice."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + extra
        + png_chunk(b"IDAT", data)
        + png_chunk(b"IEND", b"")
    )


def jpeg_with_size(width: int, height: int) -> bytes:
    """A small JPEG whose header claims other dimensions."""
    data = bytearray(save(picture((64, 64)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def exif(orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = SECRET.decode()
    return tags.tobytes()


def animated(form: str, frames: int = 5) -> bytes:
    pages = [picture((120, 90)).rotate(20 * i) for i in range(frames)]
    return save(pages[0], form, save_all=True, append_images=pages[1:], duration=50, loop=0)


def gif_bomb() -> bytes:
    """A GIF whose header says 65535 x 65535."""
    data = bytearray(save(picture((8, 8), "P"), "GIF"))
    data[6:10] = struct.pack("<HH", 65535, 65535)
    return bytes(data)


def tiff_loop() -> bytes:
    """A TIFF whose list of pages runs in a circle."""
    data = bytearray(save(picture((64, 64)), "TIFF"))
    start = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[start : start + 2])[0]
    end = start + 2 + 12 * count
    data[end : end + 4] = struct.pack("<I", start)
    return bytes(data)


def bmp_huge() -> bytes:
    data = bytearray(save(picture((8, 8)), "BMP"))
    data[18:26] = struct.pack("<ii", 100_000, 100_000)
    return bytes(data)


def webp_with_size(width: int, height: int) -> bytes:
    """An extended WebP that claims a huge canvas."""
    canvas = struct.pack("<I", 0) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    inner = save(picture((32, 32)), "WEBP")[12:]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def text_bomb() -> bytes:
    """A PNG with a compressed comment of 60 MB."""
    comment = png_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"A" * 60_000_000, 9))
    return png(64, 64, zlib.compress((b"\0" + b"\x80" * 192) * 64), extra=comment)


def scans_bomb() -> bytes:
    """A progressive JPEG that repeats its last scan very often."""
    data = save(picture((1000, 1000)), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * 2000 + b"\xff\xd9"


TAKEN: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: save(picture(), "JPEG"),
    "jpeg progressive": lambda: save(picture(), "JPEG", progressive=True),
    "jpeg grey": lambda: save(picture(mode="L"), "JPEG"),
    "jpeg cmyk": lambda: save(picture(mode="CMYK"), "JPEG"),
    "jpeg rotated by exif": lambda: save(picture(), "JPEG", exif=exif(6)),
    "jpeg with a place in it": lambda: save(picture(), "JPEG", exif=exif(), comment=SECRET),
    "jpeg with broken exif": lambda: save(picture(), "JPEG", exif=b"Exif\0\0MM\0*" + b"\xff" * 40),
    "jpeg with a zip behind it": lambda: save(picture(), "JPEG") + b"PK\x03\x04" + b"x" * 1000,
    "jpeg with a script in it": lambda: save(picture(), "JPEG", comment=b"<script>alert(1)</script>"),
    "jpeg large": lambda: save(picture((4000, 3000)), "JPEG", quality=60),
    "png": lambda: save(picture(), "PNG"),
    "png transparent": lambda: save(picture(mode="RGBA"), "PNG"),
    "png palette": lambda: save(picture(mode="P"), "PNG"),
    "png one bit": lambda: save(picture(mode="1"), "PNG"),
    "png 16 bit": lambda: save(Image.fromarray((np.arange(64 * 64, dtype=np.uint16) * 16).reshape(64, 64)), "PNG"),
    "png interlaced-like grey with alpha": lambda: save(picture(mode="LA"), "PNG"),
    "png animated": lambda: animated("PNG"),
    "gif": lambda: save(picture(mode="P"), "GIF"),
    "gif animated": lambda: animated("GIF"),
    "webp": lambda: save(picture(), "WEBP"),
    "webp lossless with alpha": lambda: save(picture(mode="RGBA"), "WEBP", lossless=True),
    "webp animated": lambda: animated("WEBP"),
    "bmp": lambda: save(picture(), "BMP"),
    "tiff": lambda: save(picture(), "TIFF"),
    "long and narrow": lambda: save(picture((2000, 60)), "JPEG"),
}  # fmt: skip

REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "text": lambda: b"just some words" * 10,
    "html": lambda: b"<!doctype html><script>alert(1)</script>",
    "svg with script": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with entities": lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "pdf": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"0" * 500,
    "zip": lambda: b"PK\x03\x04" + b"\0" * 500,
    "program": lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 500,
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500,
    "mp4": lambda: b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 500,
    "icon": lambda: save(picture((32, 32)), "ICO"),
    "photoshop": lambda: b"8BPS\0\x01" + b"\0" * 500,
    "jpeg cut off in the header": lambda: save(picture(), "JPEG")[:30],
    "jpeg cut in half": lambda: (lambda data: data[: len(data) // 2])(save(picture((800, 600)), "JPEG")),
    "png cut in half": lambda: (lambda data: data[: len(data) // 2])(save(picture(), "PNG")),
    "webp cut in half": lambda: (lambda data: data[: len(data) // 2])(save(picture(), "WEBP")),
    "jpeg magic and noise": lambda: b"\xff\xd8\xff\xe0" + np.random.default_rng(1).bytes(5000),
    "png magic and noise": lambda: b"\x89PNG\r\n\x1a\n" + np.random.default_rng(2).bytes(5000),
    "gif magic and noise": lambda: b"GIF89a" + np.random.default_rng(3).bytes(5000),
    "png bomb": lambda: png(30_000, 30_000, zlib.compress(b"\0" * 10_000_000, 9)),
    "png says 2 billion wide": lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(b"\0" * 100)),
    "png without pixels": lambda: png(0, 0, zlib.compress(b"")),
    "png with too little data": lambda: png(500, 500, zlib.compress(b"\0" * 100)),
    "jpeg says 65000 x 65000": lambda: jpeg_with_size(65_000, 65_000),
    "gif says 65535 x 65535": gif_bomb,
    "bmp says 100000 x 100000": bmp_huge,
    "webp says 16000 x 16000": lambda: webp_with_size(16_000, 16_000),
    "jpeg of endless scans": scans_bomb,
    "one pixel": lambda: save(picture((1, 1)), "PNG"),
    "a line": lambda: save(picture((2000, 1)), "PNG"),
    "too many bytes": lambda: save(picture(), "JPEG") + b"\0" * (12 * 2**20),
    "far too many bytes": lambda: b"\xff\xd8\xff" + b"\0" * (40 * 2**20),
}  # fmt: skip

# Either answer is right, as long as there is one, soon, and without harm.
EITHER: dict[str, Callable[[], bytes]] = {
    "png with a comment of 60 MB": text_bomb,
    "tiff in a circle": tiff_loop,
    "gif with a wrong frame": lambda: animated("GIF")[:-30],
    "png with a wrong checksum": lambda: save(picture(), "PNG").replace(b"IEND", b"IENX"),
    "jpeg twice": lambda: save(picture(), "JPEG") * 2,
    "jpeg with an absurd icc profile": lambda: save(
        picture(), "JPEG", icc_profile=b"\0\0\1\0" + b"\xff" * 3000
    ),
}
