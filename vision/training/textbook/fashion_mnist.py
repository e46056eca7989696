"""Fashion-MNIST: 70,000 grey pictures of 28 x 28 pixels in ten classes, read from its four idx files.

Xiao, Rasul, Vollgraf: Fashion-MNIST, a Novel Image Dataset for Benchmarking Machine Learning Algorithms,
2017.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/datasets/fashion-mnist")  # where Debian's package puts the files
PACKAGE = "dataset-fashion-mnist"
SIDE = 28  # pixels
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_UNSIGNED_BYTES = 0x08  # idx's code of the only type of number in these files


@dataclass(frozen=True)
class Part:
    """Pictures uint8 [n, 28, 28] and their classes uint8 [n], indices into `CLASSES`."""

    pictures: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.pictures)


@dataclass(frozen=True)
class FashionMnist:
    """The data set in its published split: 60,000 pictures to learn from, 10,000 to be tested with."""

    train: Part
    test: Part


def read(folder: Path = FOLDER) -> FashionMnist:
    """The data set in a folder of the four idx files.

    Raises `FileNotFoundError`, which says what to install, and `ValueError` where a file is not what
    it should be.
    """
    return FashionMnist(train=_read_part(folder, "train"), test=_read_part(folder, "t10k"))


def _read_part(folder: Path, name: str) -> Part:
    pictures = read_idx(_file(folder, f"{name}-images-idx3-ubyte"))
    classes = read_idx(_file(folder, f"{name}-labels-idx1-ubyte"))
    if pictures.shape[1:] != (SIDE, SIDE) or classes.shape != pictures.shape[:1] or not len(classes):
        raise ValueError(
            f"{folder}: pictures {pictures.shape} and labels {classes.shape} do not fit each other"
        )
    if classes.max() >= len(CLASSES):
        raise ValueError(f"{folder}: there is a label {classes.max()}, but only {len(CLASSES)} classes")
    return Part(pictures, classes)


def _file(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"{folder} has no {name}.gz; install Fashion-MNIST with 'apt-get install {PACKAGE}', "
        "or name the folder of its files with --data"
    )


def read_idx(path: Path) -> np.ndarray:
    """An idx file of unsigned bytes, gzipped or plain, as a uint8 array of the shape that its head tells.

    The head: two zero bytes, the type of number, how many dimensions, and each of them as four bytes, the
    highest first (LeCun, Cortes, Burges: the MNIST database). Raises `ValueError` where the file is something
    else or cut off.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a whole gzip file: {error}") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTES or not content[3]:
        raise ValueError(f"{path} is not an idx file of unsigned bytes")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(f"{path} should hold {content[3]} dimensions, but ends before")
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    values = np.frombuffer(content, np.uint8, offset=start)
    size = 1
    for length in shape:
        size *= length
    if len(values) != size:
        raise ValueError(f"{path} should hold {size} values ({shape}), but holds {len(values)}")
    return values.reshape(shape)
