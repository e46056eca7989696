"""The door for strangers' files: what is refused and with which code, and what odd but honest files become."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from vision import photo


def picture(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, so that turning and mirroring can be seen."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (220, 30, 30)
    pixels[:, width // 2 :] = (30, 30, 220)
    return Image.fromarray(pixels).convert(mode)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def near(pixel: np.ndarray, colour: tuple[int, int, int], tolerance: int = 24) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= tolerance)


def png_header(width: int, height: int, depth: int = 8, kind: int = 2) -> bytes:
    """A PNG that claims these dimensions and has next to no data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def refusal(data: bytes, **options: int) -> str:
    with pytest.raises(photo.PhotoError) as caught:
        photo.decode(data, **options)
    assert caught.value.message and "Traceback" not in caught.value.message
    return caught.value.code


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_supported_format(format: str) -> None:
    seen = photo.decode(encoded(picture(), format))
    assert (seen.format, seen.width, seen.height) == (format, 96, 64)
    assert seen.pixels.shape == (64, 96, 3) and seen.pixels.dtype == np.uint8
    assert near(seen.pixels[32, 20], (220, 30, 30)) and near(seen.pixels[32, 76], (30, 30, 220))


HOSTILE = {
    "nothing": (b"", "empty"),
    "text": (b"hello, this is a photo, honest", "not_an_image"),
    "html": (b"<html><script>alert(1)</script></html>", "not_an_image"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", "unsupported_format"),
    "svg after xml declaration": (b"<?xml version='1.0'?><svg onload='x()'/>", "unsupported_format"),
    "zip": (b"PK\x03\x04" + bytes(100), "not_an_image"),
    "elf": (b"\x7fELF" + bytes(100), "not_an_image"),
    "pdf": (b"%PDF-1.7\n" + bytes(100), "unsupported_format"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file", "not_an_image"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64), "unsupported_format"),
    "avif": (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif" + bytes(64), "unsupported_format"),
    "mp4": (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64), "unsupported_format"),
    "jpeg xl": (b"\xff\x0a" + bytes(64), "unsupported_format"),
    "jpeg 2000": (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(64), "unsupported_format"),
    "photoshop": (b"8BPS\x00\x01" + bytes(64), "unsupported_format"),
    "icon": (b"\x00\x00\x01\x00\x01\x00" + bytes(64), "unsupported_format"),
    "zeros": (bytes(4096), "not_an_image"),
    "jpeg magic only": (b"\xff\xd8\xff", "truncated"),
    "jpeg magic, then noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8, "truncated"),
    "png magic only": (b"\x89PNG\r\n\x1a\n", "truncated"),
    "png magic, then noise": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "truncated"),
    "gif magic only": (b"GIF89a", "truncated"),
    "webp magic only": (b"RIFF\x10\x00\x00\x00WEBP", "truncated"),
    "riff that is sound": (b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(64), "not_an_image"),
    "bmp letters only": (b"BM", "not_an_image"),
    "bmp letters, then text": (b"BMW is a maker of cars and motorbikes, not of photos", "not_an_image"),
    "tiff magic only": (b"II*\x00", "truncated"),
    "tiff that points nowhere": (b"MM\x00*\xff\xff\xff\xf0", "truncated"),
    "png without pixels": (png_header(64, 64), "truncated"),
    "png bomb": (png_header(50_000, 50_000), "too_many_pixels"),
    "png bomb beyond Pillow's own limit": (png_header(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "png a little too large": (png_header(8_001, 5_000), "too_many_pixels"),
    "gif bomb": (b"GIF89a\xff\xff\xff\xff\x00\x00\x00\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02\x4c\x01\x00\x3b", "too_many_pixels"),
    "bmp bomb": (b"BM" + struct.pack("<IIIIIIHHIIIIII", 0, 0, 54, 40, 60_000, 60_000, 1, 24, *[0] * 6),
                 "too_many_pixels"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    data, code = HOSTILE[name]
    assert refusal(data) == code


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(format: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 120, 3), np.uint8)
    data = encoded(Image.fromarray(noise), format)
    assert refusal(data[: int(len(data) * part)]) in {"truncated", "not_an_image"}


def test_size_caps() -> None:
    data = encoded(picture(), "PNG")
    assert refusal(data, max_bytes=len(data) - 1) == "too_large"
    assert photo.decode(data, max_bytes=len(data)).width == 96
    assert refusal(data, max_pixels=96 * 64 - 1) == "too_many_pixels"
    assert photo.decode(data, max_pixels=96 * 64).width == 96


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (20_000, 1), (1, 20_000), (4_000, 16)])
def test_too_small(size: tuple[int, int]) -> None:
    assert refusal(encoded(Image.new("RGB", size), "PNG")) == "too_small"


@pytest.mark.parametrize("size", [(16, 16), (17, 900), (3_000, 40)])
def test_small_and_long_pictures_that_still_work(size: tuple[int, int]) -> None:
    seen = photo.decode(encoded(Image.new("RGB", size, (9, 99, 199)), "PNG"))
    assert (seen.width, seen.height) == size and near(seen.pixels[0, 0], (9, 99, 199))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_are_shrunk(format: str) -> None:
    seen = photo.decode(encoded(picture(2400, 1200), format), max_side=600)
    assert seen.pixels.shape == (300, 600, 3) and (seen.width, seen.height) == (2400, 1200)
    assert near(seen.pixels[150, 100], (220, 30, 30))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation(orientation: int) -> None:
    exif = Image.Exif()
    exif[photo.ORIENTATION_TAG] = orientation
    seen = photo.decode(encoded(picture(), "JPEG", exif=exif.tobytes(), quality=95))
    turned = orientation >= 5
    assert seen.pixels.shape[:2] == ((96, 64) if turned else (64, 96))
    red_first = orientation in (1, 4, 5, 6)
    first = seen.pixels[10, 32] if turned else seen.pixels[32, 10]
    assert near(first, (220, 30, 30) if red_first else (30, 30, 220))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_nonsense_rotation_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[photo.ORIENTATION_TAG] = value
    assert photo.decode(encoded(picture(), "JPEG", exif=exif.tobytes())).pixels.shape == (64, 96, 3)


def test_broken_exif_is_ignored() -> None:
    data = encoded(picture(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40)
    assert photo.decode(data).pixels.shape == (64, 96, 3)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_animations_show_their_first_frame(format: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ((200, 0, 0), (0, 200, 0), (0, 0, 200))]
    data = encoded(frames[0], format, save_all=True, append_images=frames[1:])
    assert near(photo.decode(data).pixels[20, 20], (200, 0, 0))


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk(format: str) -> None:
    seen = photo.decode(encoded(picture(mode="CMYK"), format))
    assert near(seen.pixels[32, 20], (220, 30, 30), 40)


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    for format in ("PNG", "TIFF"):
        row = photo.decode(encoded(Image.fromarray(ramp), format)).pixels[16, :, 0].astype(int)
        assert row[0] <= 2 and abs(row[32] - 129) <= 4 and row[-1] >= 253


def test_floating_point_tiff_with_holes() -> None:
    values = np.tile(np.linspace(-3, 7, 64).astype(np.float32), (32, 1))
    values[0, 0], values[0, 1] = np.nan, np.inf
    row = photo.decode(encoded(Image.fromarray(values), "TIFF")).pixels[16, :, 0]
    assert row[0] == 0 and row[-1] == 255


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    half = Image.new("RGBA", (32, 32), (255, 0, 0, 128))
    grey = Image.new("LA", (32, 32), (0, 0))
    palette = Image.new("P", (32, 32), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    assert near(photo.decode(encoded(clear, "PNG")).pixels[9, 9], (255, 255, 255))
    assert near(photo.decode(encoded(clear, "WEBP", lossless=True)).pixels[9, 9], (255, 255, 255))
    assert near(photo.decode(encoded(half, "PNG")).pixels[9, 9], (255, 127, 127))
    assert near(photo.decode(encoded(grey, "PNG")).pixels[9, 9], (255, 255, 255))
    assert near(photo.decode(encoded(palette, "PNG", transparency=1)).pixels[9, 9], (255, 255, 255))
    assert near(photo.decode(encoded(palette, "PNG")).pixels[9, 9], (255, 0, 0))
    assert near(photo.decode(encoded(palette, "GIF", transparency=1)).pixels[9, 9], (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_modes_without_colour(mode: str) -> None:
    assert photo.decode(encoded(Image.new(mode, (32, 32), 1), "PNG")).pixels.shape == (32, 32, 3)


def test_colour_profiles() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, lab, b"", b"\x00" * 500, srgb[:200]):  # right, for another mode, empty, broken, cut
        seen = photo.decode(encoded(picture(), "PNG", icc_profile=profile))
        assert near(seen.pixels[32, 20], (220, 30, 30))


def test_polyglots_are_what_their_first_bytes_say() -> None:
    jpeg, png = encoded(picture(), "JPEG"), encoded(picture(), "PNG")
    assert photo.decode(jpeg + b"<script>alert(1)</script>" + png).format == "JPEG"
    assert photo.decode(png + b"PK\x03\x04" + jpeg).format == "PNG"
    assert refusal(b"GIF89a" + png) in {"truncated", "too_many_pixels"}
    assert refusal(b"<!-- -->" + jpeg) == "not_an_image"


def test_text_bomb_in_a_png() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "a" * 80_000_000, zip=True)
    assert refusal(encoded(picture(), "PNG", pnginfo=info)) == "truncated"


def test_endless_scans_of_a_progressive_jpeg() -> None:
    jpeg = encoded(Image.new("RGB", (3000, 3000)), "JPEG", progressive=True)
    assert photo.decode(jpeg).width == 3000
    scan = jpeg.rindex(b"\xff\xda")
    assert refusal(jpeg[:scan] + jpeg[scan:-2] * 500 + b"\xff\xd9") == "too_many_pixels"


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "CAMERA OF A STRANGER", "secret place"
    again = photo.encode_jpeg(photo.decode(encoded(picture(), "JPEG", exif=exif.tobytes())).pixels)
    assert b"STRANGER" not in again and b"Exif" not in again
    reopened = Image.open(io.BytesIO(again))
    assert not dict(reopened.getexif()) and reopened.size == (96, 64)


def test_encode_refuses_other_arrays() -> None:
    with pytest.raises(ValueError, match="uint8"):
        photo.encode_jpeg(np.zeros((8, 8, 3)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_never_crash(data: st.DataObject) -> None:
    """Any bytes changed anywhere: a photo or a `PhotoError`, nothing else."""
    format = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]))
    file = bytearray(encoded(picture(48, 32), format))
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(photo.PhotoError):
        assert photo.decode(bytes(file), max_pixels=2_000_000).pixels.dtype == np.uint8


def test_square() -> None:
    wide = np.zeros((50, 100, 3), np.uint8)
    assert photo.square(wide, 32).shape == (32, 32, 3)
    assert photo.square(wide, 200).shape == (200, 200, 3)
    same = np.zeros((64, 64, 3), np.uint8)
    assert photo.square(same, 64) is same
