"""The words that the catalogue knows: brands, kinds, colours …, in a file beside the database.

The file is what the understanding reads: it costs one `stat` a message to see whether an import has changed
it, and it can be read while the database is down.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shop import settings


@dataclass(frozen=True)
class Vocabulary:
    """Canonical values in use, sorted. `categories` are kind ids."""

    version: int = 0
    currency: str = "USD"
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vocabulary:
        lists = {
            name: tuple(data.get(name) or ()) for name in cls.__dataclass_fields__ if name not in _SCALARS
        }
        return cls(version=int(data.get("version") or 0), currency=data.get("currency") or "USD", **lists)


_SCALARS = ("version", "currency")
_lock = threading.Lock()
_cache: dict[Path, tuple[tuple[int, int], Vocabulary]] = {}


def path() -> Path:
    """Where the file is, or will be after the first import."""
    return settings.vocabulary_path()


def load() -> Vocabulary:
    """The vocabulary now; read again only when the file has changed.

    Before the first import it is what the taxonomy and the demo catalogue's records know.
    """
    for file, read in ((path(), _read), (settings.DEMO / "products.jsonl", _read_records)):
        try:
            stat = file.stat()
        except OSError:
            continue
        stamp = (stat.st_mtime_ns, stat.st_size)
        with _lock:
            cached = _cache.get(file)
        if cached and cached[0] == stamp:
            return cached[1]
        try:
            found = read(file)
        except (OSError, ValueError):
            continue
        with _lock:
            _cache[file] = (stamp, found)
        return found
    return _of_taxonomy()


def write(vocabulary: Vocabulary) -> None:
    """Replace the file in one step: a reader sees the old one or the new one, never half of it."""
    target = path()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".vocabulary-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(vocabulary), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)  # noqa: PTH105 - the point is that it is atomic
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(file: Path) -> Vocabulary:
    return Vocabulary.from_dict(json.loads(file.read_text(encoding="utf-8")))


def _read_records(file: Path) -> Vocabulary:
    values: dict[str, set[str]] = {
        name: set() for name in Vocabulary.__dataclass_fields__ if name not in _SCALARS
    }
    currency = "USD"
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        record = json.loads(line)
        currency = record.get("currency") or currency
        for name, key in (
            ("brands", "brand"),
            ("categories", "category"),
            ("colours", "colour"),
            ("colours", "colour2"),
            ("materials", "material"),
            ("patterns", "pattern"),
        ):
            if record.get(key):
                values[name].add(record[key])
        values["occasions"].update(record.get("occasions") or ())
        values["sizes"].update(size["name"] for size in record.get("sizes") or ())
    return Vocabulary.from_dict(
        {"currency": currency, **{name: sorted(found) for name, found in values.items()}}
    )


def _of_taxonomy() -> Vocabulary:
    from shop.catalogue.product import MATERIALS, OCCASIONS, PATTERNS
    from vision.taxonomy import load as load_taxonomy

    taxonomy = load_taxonomy()
    return Vocabulary(
        categories=tuple(sorted(taxonomy.kinds)),
        colours=tuple(sorted(taxonomy.colours)),
        materials=tuple(MATERIALS),
        patterns=tuple(PATTERNS),
        occasions=tuple(OCCASIONS),
    )
