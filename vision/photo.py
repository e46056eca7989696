"""The safe photo decoder: untrusted bytes in, a plain sRGB array out.

Everything that a stranger may send is checked in the order of its cost: length, magic bytes, dimensions from
the header, and only then the pixels. The file's own claim about its type (name, MIME type) is never looked
at, and no metadata (place, camera, thumbnail) survives.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

MIN_SIDE: Final = 16  # pixels; smaller pictures (tracking dots, spacers) show no product
MAX_ICC_BYTES: Final = 4 * 2**20
# A progressive JPEG may repeat its scans without end; scans x pixels bounds the work of decoding it.
MAX_JPEG_SCAN_PIXELS: Final = 1_200_000_000
ORIENTATION_TAG: Final = 0x0112

# Pillow's plugins that we let near untrusted bytes, by what the first bytes say.
_SUPPORTED: Final[tuple[tuple[bytes, int, str], ...]] = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"WEBP", 8, "WEBP"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
)
# Pictures all the same, but ones we cannot open: the customer is told so instead of "not an image".
_UNSUPPORTED: Final[tuple[tuple[bytes, int, str], ...]] = (
    (b"ftyp", 4, "HEIC, AVIF or video"),
    (b"\xff\x0a", 0, "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", 0, "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", 0, "JPEG 2000"),
    (b"8BPS", 0, "Photoshop"),
    (b"\x00\x00\x01\x00", 0, "icon"),
    (b"%PDF-", 0, "PDF"),
    (b"II+\x00", 0, "BigTIFF"),
    (b"MM\x00+", 0, "BigTIFF"),
    (b"<svg", 0, "SVG"),
)


class PhotoError(ValueError):
    """A photo that cannot be used.

    `code` is one of empty, too_large, not_an_image, unsupported_format, too_many_pixels, truncated too_small;
    `message` says the same to a person, in English.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Photo:
    """A decoded photo.

    `pixels` is uint8 [height, width, 3], sRGB, upright, at most `max_side` on its longer side; `format` is
    the file's (JPEG, PNG, …); `width` and `height` are those of the original, as stored in the file.
    """

    pixels: np.ndarray
    format: str
    width: int
    height: int


def decode(
    data: bytes, *, max_bytes: int = 12 * 2**20, max_pixels: int = 40_000_000, max_side: int = 1600
) -> Photo:
    """Decode a stranger's file; raises `PhotoError` for whatever is not a usable photo, and nothing else."""
    if not data:
        raise PhotoError("empty", "The file is empty.")
    if len(data) > max_bytes:
        raise PhotoError("too_large", f"The file is larger than {max_bytes / 2**20:.0f} MB.")
    name = _sniff(data)
    image = _open(data, name)
    width, height = image.size
    _check_size(width, height, max_pixels)
    if name == "JPEG" and data.count(b"\xff\xda") * width * height > MAX_JPEG_SCAN_PIXELS:
        raise PhotoError("too_many_pixels", "The photo takes too much work to open.")
    try:
        orientation = _orientation(image)
        icc = image.info.get("icc_profile")
        if name == "JPEG":
            image.draft(image.mode, (max_side, max_side))  # libjpeg decodes at 1/2, 1/4, 1/8 for less
        image.load()
        _check_size(*image.size, max_pixels)  # a GIF's first frame may be larger than its header says
        image = _to_rgb(_eight_bits(image), icc, max_side)
        pixels = np.ascontiguousarray(_upright(image, orientation), dtype=np.uint8)
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError("too_many_pixels", "The photo is too large to open.") from error
    except Exception as error:  # Pillow's plugins raise whatever they meet: SyntaxError, struct.error, …
        raise PhotoError("truncated", "The photo is damaged or incomplete.") from error
    if min(pixels.shape[:2]) < 8:
        raise PhotoError("too_small", "The photo is too narrow to see anything on it.")
    return Photo(pixels, name, width, height)


def encode_jpeg(pixels: np.ndarray, quality: int = 88) -> bytes:
    """Encode uint8 [height, width, 3] sRGB pixels as a JPEG without any metadata."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(pixels.shape)}")
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, optimize=False)
    return out.getvalue()


def square(pixels: np.ndarray, side: int) -> np.ndarray:
    """Squeeze uint8 [h, w, 3] into a square of `side`, as the networks see it: all of the product stays."""
    height, width = pixels.shape[:2]
    if (height, width) == (side, side):
        return pixels
    shrink = min(height, width) >= side
    return cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)


def _sniff(data: bytes) -> str:
    """Pillow's name of the format that the first bytes promise."""
    for magic, offset, name in _SUPPORTED:
        if data.startswith(magic, offset) and (name != "WEBP" or data.startswith(b"RIFF")):
            return name
    for magic, offset, name in _UNSUPPORTED:
        if data.startswith(magic, offset):
            raise PhotoError(
                "unsupported_format", f"This is a file of the kind {name}. Please send a JPEG or PNG photo."
            )
    if b"<svg" in data[:1024].lower():
        raise PhotoError("unsupported_format", "This is an SVG drawing. Please send a JPEG or PNG photo.")
    raise PhotoError("not_an_image", "This file is not a photo. Please send a JPEG or PNG photo.")


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header only, by no other plugin than the named one: a polyglot gets no second chance."""
    try:
        return Image.open(io.BytesIO(data), formats=(name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError("too_many_pixels", "The photo has too many pixels.") from error
    except Exception as error:
        if name == "BMP":  # two letters are weak evidence
            raise PhotoError("not_an_image", "This file is not a photo.") from error
        raise PhotoError("truncated", "The photo is damaged or incomplete.") from error


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        millions = f"{width * height / 1e6:.0f} million pixels; {max_pixels / 1e6:.0f} fit"
        raise PhotoError("too_many_pixels", f"The photo has {millions}.")
    if min(width, height) < MIN_SIDE:
        raise PhotoError("too_small", f"The photo has only {width} x {height} pixels.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF is common and no reason to refuse a photo
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    if orientation not in range(2, 9):
        return image
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    image.info = {"exif": exif.tobytes()}  # only this tag: the rest of a foreign EXIF does no harm
    return ImageOps.exif_transpose(image)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16- and 32-bit grey, whose conversion in Pillow clips instead of scaling, to 8 bits."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < values.max(initial=0) <= 65535):
        scaled = values / 257.0
    else:  # floating point and 32-bit pictures have no agreed range: stretch what is there
        low, high = float(values.min()), float(values.max())
        scaled = (values - low) * (255.0 / (high - low)) if high > low else np.full_like(values, 128.0)
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def _to_rgb(image: Image.Image, icc: object, max_side: int) -> Image.Image:
    """Any 8-bit mode to RGB: shrunk first (cheap), colours by the profile if there is one, alpha on white."""
    alpha: Image.Image | None = None
    if image.mode in ("1", "P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        has_alpha = image.mode in ("PA", "LA", "La", "RGBa") or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "RGB")
    if max(image.size) > max_side:
        image.thumbnail((max_side, max_side), Image.Resampling.BICUBIC, reducing_gap=2.0)
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        image = image.convert("RGB")
    image = _to_srgb(image, icc).convert("RGB")
    if alpha is not None:
        white = Image.new("RGB", image.size, (255, 255, 255))
        white.paste(image, mask=alpha)
        image = white
    return image


def _to_srgb(image: Image.Image, icc: object) -> Image.Image:
    if not isinstance(icc, bytes) or not 128 < len(icc) <= MAX_ICC_BYTES:
        return image
    if image.mode not in ("RGB", "CMYK", "L"):
        return image
    if b"sRGB" in icc or b"s\x00R\x00G\x00B" in icc:  # by far the most common profile, and nothing to do
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:  # a broken or mismatched profile: the plain numbers are the best guess
        return image
    return converted if converted is not None else image
