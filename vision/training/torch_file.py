"""Reads the tensors of a legacy PyTorch weights file (`.pth`) without PyTorch.

A `.pth` file is a Python pickle, and unpickling can run anything; this reader lets the pickle name nothing
but the handful of types that a state dict consists of, and refuses the file otherwise.
"""

from __future__ import annotations

import collections
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES: dict[str, np.dtype] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}


class _Tensor:
    """A tensor before its storage is read: which storage, from where, in which shape."""

    def __init__(self, key: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self.key, self.offset, self.shape, self.stride = key, offset, shape, stride


def _rebuild(storage: str, offset: int, shape: tuple, stride: tuple, *_: object) -> _Tensor:
    return _Tensor(storage, offset, shape, stride)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="utf-8")
        self.dtypes: dict[str, np.dtype] = {}

    def find_class(self, module: str, name: str) -> Any:
        allowed: dict[tuple[str, str], Callable | str] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
        }
        if (module, name) in allowed:
            return allowed[module, name]
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"a weights file must not name {module}.{name}")

    def persistent_load(self, pid: Any) -> str:
        kind, dtype, key = pid[0], pid[1], str(pid[2])
        if kind != "storage" or dtype not in _DTYPES:
            raise pickle.UnpicklingError(f"unknown reference {pid!r} in a weights file")
        self.dtypes[key] = _DTYPES[dtype]
        return key


def read(path: Path) -> dict[str, np.ndarray]:
    """All tensors of the file by name; raises `ValueError` where it is no legacy weights file."""
    with path.open("rb") as file:
        try:
            if _Unpickler(file).load() != _MAGIC:
                raise ValueError(f"{path.name} is not a legacy PyTorch weights file")
            for _ in ("protocol version", "system information"):
                _Unpickler(file).load()
            unpickler = _Unpickler(file)
            tensors = unpickler.load()
            keys = _Unpickler(file).load()
        except pickle.UnpicklingError as error:
            raise ValueError(f"cannot read {path.name}: {error}") from error
        storages = {}
        for key in map(str, keys):
            count = int(np.fromfile(file, "<i8", 1)[0])
            storages[key] = np.fromfile(file, unpickler.dtypes[key], count)
    return {name: _view(tensor, storages[tensor.key]) for name, tensor in tensors.items()}


def _view(tensor: _Tensor, storage: np.ndarray) -> np.ndarray:
    strides = tuple(step * storage.itemsize for step in tensor.stride)
    return np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides).copy()
