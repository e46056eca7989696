"""Photographs and screenshots without a product, out of Debian packages: fetched for training, never shipped.

A package is one source; the split between training and test never cuts through one. Pictures of clothes and
of dressed people are left out by name. Licences are those of the packages' copyright files; all allow this.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

MAX_SIDE = 384  # pixels; enough for the network, and a cache of a few megabytes
_KNOWN = {".jpg", ".jpeg", ".png", ".webp"}
# Qt's resource files keep pictures as they are, each behind its length in four bytes.
_MAGIC = re.compile(rb"\xff\xd8\xff[\xdb\xe0\xe1]|RIFF....WEBP|\x89PNG\r\n", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """A Debian package: which of its pictures show what (kind → pattern searched in the path) and at most how
    many of each kind; `resources`: the pictures lie inside Qt resource files (.rcc)."""

    package: str
    licence: str
    shows: dict[str, str]
    without: str = r"^$"
    most: int = 150
    resources: bool = False


SOURCES = (
    Source(
        "tuxpaint-stamps-default",
        "GPL-2, public domain",
        {
            "animals": r"/stamps/animals/",
            "objects": r"/stamps/(food|hobbies|household|medical|vehicles|plants)/|/sports/[^/]*ball",
            "drawings": r"/stamps/(symbols/(alphabets|money|shapes|chess)|town)/",
        },
        without=r"/_|[-_]l\.png|medical/bandage",
    ),
    Source(
        "gcompris-qt-data",
        "CC-BY-SA, CC-BY, CC0, public domain, GPL-3+",
        {
            "animals": r"explore_(farm|world)_animals|erase|clickgame",
            "landscapes": r"explore_monuments",
            "objects": r"categorization",
        },
        resources=True,
    ),
    Source(
        "pysiogame",
        "GPL-3+, CC-BY-3.0, public domain",
        {"drawings": r"/fc/fc"},
        r"fc(020|032|041|048|060|085|094|103)",
    ),
    Source("plasma-workspace-wallpapers", "LGPL-3, CC-BY-SA-4.0", {"landscapes": r"contents/screenshot\."}),
    Source("mate-backgrounds", "GPL-2+, CC-BY-SA-4.0", {"landscapes": r"/backgrounds/"}, r"_\d+x\d+\."),
    Source(
        "lomiri-wallpapers-16.04",
        "CC-BY-SA, CC-BY, CC0",
        {"landscapes": r"/backgrounds/"},
        r"friends|Picture",
    ),
    Source("ukui-wallpapers", "CC-BY-SA-3.0", {"landscapes": r"/backgrounds/"}),
    Source("gnome-backgrounds", "CC-BY-SA-3.0", {"walls": r"/backgrounds/"}),
    Source(
        "palapeli-data",
        "GPL-2+, GFDL, CC0",
        {"animals": r"bee|chameleon|critters", "landscapes": r"castle|bridge|citrus"},
    ),
    Source(
        "python3-skimage",
        "BSD-3-Clause, CC0, public domain",
        {
            "animals": r"data/chelsea|data/horse",
            "walls": r"data/(brick|gravel|grass)",
            "screens": r"data/(page|text)\.",
            "objects": r"data/(coffee|coins|rocket|motorcycle_left|moon|hubble|retina|ihc|cell)",
        },
    ),
    Source("python3-sklearn", "BSD-3-Clause, CC-BY-2.0", {"landscapes": r"images/(china|flower)\.jpg"}),
    Source(
        "opencv-doc",
        "Apache-2.0",
        {"objects": r"examples/(data|text|dnn_superres|alphamat/input)[^m]"},
        without=r"mask|messi|basketball|lena|(left|right)\d|word|char|suzanne|box",
    ),
    Source("gimp-help-en", "GFDL-1.2+", {"screens": r"/(dialogs|preferences|toolbox|using|tool-options)/"}),
    Source("debian-handbook", "CC-BY-SA-3.0, GPL-2+", {"screens": r"html/en-US/images/"}, r"cover|thumb"),
    Source("gnome-user-docs", "CC-BY-3.0", {"screens": r"/C/gnome-help/figures/"}),
)


def folder_of(source: Source, cache: Path) -> Path:
    """The cached pictures of a source, in one folder a kind; fetched first where they are missing.

    Raises `OSError` where the package cannot be fetched or unpacked (no Debian, no network).
    """
    kept = cache / "nothing" / source.package
    if kept.exists():
        return kept
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _unpack(source.package, work)
        part = kept.with_name(kept.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        for kind, pictures in _chosen(source, work).items():
            (part / kind).mkdir(parents=True)
            for index, picture in enumerate(pictures):
                cv2.imwrite(str(part / kind / f"{index:04d}.png"), _shrunk(picture))
        part.rename(kept)
    return kept


def _unpack(package: str, work: Path) -> None:
    for command in (["apt-get", "download", package], ["dpkg-deb", "-x", f"{package}.deb", "files"]):
        if command[0] == "dpkg-deb":
            next(work.glob("*.deb")).rename(work / f"{package}.deb")
        try:
            subprocess.run(command, cwd=work, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError) as error:
            raise OSError(f"cannot fetch the Debian package {package}: {error}") from error


def _chosen(source: Source, work: Path) -> dict[str, list[np.ndarray]]:
    """Decoded pictures by kind: every n-th of those that match, so that `most` spread over all of them."""
    found: dict[str, list[np.ndarray]] = {}
    for kind, pattern in source.shows.items():
        paths = [
            path
            for path in sorted((work / "files").rglob("*"))
            if path.suffix.lower() in ({".rcc"} if source.resources else _KNOWN)
            and re.search(pattern, path.as_posix(), re.IGNORECASE)
            and not re.search(source.without, path.as_posix(), re.IGNORECASE)
        ]
        files = (
            data for path in paths for data in (_carved(path) if source.resources else [path.read_bytes()])
        )
        decoded = (cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) for data in files)
        pictures = [picture for picture in decoded if picture is not None and min(picture.shape[:2]) >= 120]
        step = max(1, -(-len(pictures) // source.most))
        found[kind] = pictures[::step]
    return found


def _carved(path: Path) -> Iterator[bytes]:
    data, place = path.read_bytes(), 0
    while match := _MAGIC.search(data, place):
        start = match.start()
        length = int.from_bytes(data[max(0, start - 4) : start], "big")
        if 1000 < length <= len(data) - start:
            yield data[start : start + length]
            place = start + length
        else:
            place = start + 4


def _shrunk(picture: np.ndarray) -> np.ndarray:
    if picture.dtype != np.uint8:
        picture = (picture / 257).astype(np.uint8)
    scale = min(1.0, MAX_SIDE / max(picture.shape[:2]))
    return (
        cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    )
