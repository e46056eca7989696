"""Reading of idx files: whole ones, and all that can be wrong with them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from vision.training.textbook import fashion_mnist


def idx(values: np.ndarray) -> bytes:
    lengths = b"".join(length.to_bytes(4, "big") for length in values.shape)
    return bytes([0, 0, 8, values.ndim]) + lengths + values.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The four files, of seven pictures to learn from and three to be tested with."""
    random = np.random.default_rng(4)
    for name, count in (("train", 7), ("t10k", 3)):
        pictures, classes = random.integers(0, 256, (count, 28, 28)), np.arange(count)
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pictures)))
        (tmp_path / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(classes)))
    return tmp_path


def test_gzipped_and_plain(folder: Path) -> None:
    data = fashion_mnist.read(folder)
    assert data.train.pictures.shape == (7, 28, 28) and data.train.pictures.dtype == np.uint8
    assert list(data.test.classes) == [0, 1, 2] and len(data.test) == 3
    for path in folder.iterdir():
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert np.array_equal(fashion_mnist.read(folder).train.pictures, data.train.pictures)


def test_a_missing_file_is_told_with_what_to_install(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"no t10k-labels-idx1-ubyte\.gz.*apt-get install.*--data"):
        fashion_mnist.read(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an idx file"),
        (b"\0\0", "not an idx file"),
        (b"\0\0\x0d\1\0\0\0\1\0\0\0\0", "not an idx file"),  # floats
        (b"\0\0\x08\0", "not an idx file"),  # no dimension
        (b"\x89PNG\r\n\x1a\n", "not an idx file"),
        (b"\0\0\x08\3\0\0\0\1\0\0", "should hold 3 dimensions"),  # cut off in the head
        (b"\0\0\x08\1\0\0\0\5abcd", "should hold 5 values"),
        (b"\0\0\x08\1\0\0\0\3abcd", "should hold 3 values"),
        (b"\0\0\x08\2\xff\xff\xff\xff\xff\xff\xff\xffab", "should hold"),  # larger than any memory
    ],
)
def test_broken_files_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(content)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(content))
    for name in ("plain", "packed.gz"):
        with pytest.raises(ValueError, match=f"{name}.*{message}"):
            fashion_mnist.read_idx(tmp_path / name)


@pytest.mark.parametrize("keep", [3, 30, -20])
def test_a_cut_off_or_foreign_gzip_file_is_refused(keep: int, folder: Path) -> None:
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="not a whole gzip file"):
        fashion_mnist.read(folder)
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(ValueError, match="not a whole gzip file"):
        fashion_mnist.read(folder)


def test_pictures_and_labels_must_fit(folder: Path) -> None:
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(idx(np.zeros(6))))
    with pytest.raises(ValueError, match="do not fit"):
        fashion_mnist.read(folder)
    path.write_bytes(gzip.compress(idx(np.full(7, 10))))
    with pytest.raises(ValueError, match="label 10"):
        fashion_mnist.read(folder)
