"""Rows of a catalogue file, whatever its form: CSV, JSON Lines, or a folder with one of them and its
pictures.

Another form: a function in `READERS`, or, of another package, an entry point of the group
`shop_assistant.catalogue_sources`, named like the file's suffix.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from shop.errors import ImportFailed
from storage import plugins
from vision.taxonomy import load as load_taxonomy

_STEMS = ("products", "catalogue")
_PICTURE_FOLDERS = ("pictures", "images", ".")
_USAGE = {
    "casual": ["casual"],
    "smart casual": ["casual", "work"],
    "formal": ["formal", "work"],
    "sports": ["sport"],
    "ethnic": ["wedding", "party"],
    "party": ["party"],
    "travel": ["travel"],
    "home": ["home"],
}


@dataclass(frozen=True)
class CatalogueRow:
    """One record as it stands in the file: its line, its fields, or why it cannot be read."""

    line: int
    fields: Mapping[str, Any]
    error: str | None = None


Reader = Callable[[Path], Iterable[CatalogueRow]]


@dataclass(frozen=True)
class Source:
    """A catalogue file and the folders where its pictures may lie."""

    file: Path
    folders: tuple[Path, ...]

    def rows(self) -> Iterator[CatalogueRow]:
        """All rows, in the file's order. Raises `ImportFailed` when the file as a whole is of no known
        form.
        """
        try:
            yield from _reader(self.file)(self.file)
        except UnicodeDecodeError as error:
            raise ImportFailed(
                f"{self.file.name} is not UTF-8 text: {error.reason} at byte {error.start}"
            ) from error
        except OSError as error:
            raise ImportFailed(f"{self.file.name} cannot be read: {error.strerror}") from error

    def picture(self, name: str) -> Path | None:
        """The picture of that name, only if it lies inside one of the folders."""
        for folder in self.folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        return None


def open_source(path: Path | str) -> Source:
    """The catalogue at a file or folder. Raises `ImportFailed` where there is none."""
    path = Path(path)
    if path.is_dir():
        names = [f"{stem}{suffix}" for stem in _STEMS for suffix in _suffixes()]
        file = next((path / name for name in names if (path / name).is_file()), None)
        if file is None:
            raise ImportFailed(f"{path} has none of {', '.join(names)}")
        path = file
    if not path.is_file():
        raise ImportFailed(f"there is no file {path}")
    _reader(path)
    folders = tuple(path.parent / name for name in _PICTURE_FOLDERS if (path.parent / name).is_dir())
    return Source(path, folders)


def _suffixes() -> tuple[str, ...]:
    """The forms that can be read, ours first."""
    others = (f".{name}" for name in plugins.names(plugins.CATALOGUE_SOURCES))
    return tuple(dict.fromkeys((*READERS, *others)))


def _reader(file: Path) -> Reader:
    suffix = file.suffix.lower()
    try:
        found = READERS.get(suffix) or plugins.find(plugins.CATALOGUE_SOURCES, suffix[1:])
    except plugins.BrokenPlugin as error:
        raise ImportFailed(str(error)) from error
    if found is None:
        raise ImportFailed(f"{file.name} is none of {', '.join(_suffixes())}")
    return cast(Reader, found)


def _read_csv(file: Path) -> Iterator[CatalogueRow]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        header = reader.fieldnames
        if not header:
            raise ImportFailed(f"{file.name} is empty")
        if "id" not in header:
            raise ImportFailed(f"{file.name} has no column 'id'; its columns are {', '.join(header)}")
        studio = "articleType" in header
        try:
            for fields in reader:
                if None in fields:
                    yield CatalogueRow(
                        reader.line_num, {}, f"has more than the {len(header)} columns of the header"
                    )
                    continue
                cleaned = {name: (value or "").strip() for name, value in fields.items()}
                yield CatalogueRow(reader.line_num, _of_studio(cleaned) if studio else cleaned)
        except csv.Error as error:
            yield CatalogueRow(reader.line_num, {}, f"cannot be read as CSV: {error}")


def _read_json_lines(file: Path) -> Iterator[CatalogueRow]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                fields = json.loads(line)
            except json.JSONDecodeError as error:
                yield CatalogueRow(number, {}, f"is no JSON: {error.msg} at character {error.pos + 1}")
                continue
            if isinstance(fields, dict):
                yield CatalogueRow(number, fields)
            else:
                yield CatalogueRow(number, {}, "is no JSON object")


def _of_studio(fields: Mapping[str, str]) -> dict[str, Any]:
    """A row of the public studio-photo set (articleType, baseColour, usage …) as a row of ours."""
    label = fields.get("articleType", "")
    title = fields.get("title", "")
    kinds = load_taxonomy().kinds_of_label("products", label)
    # A lossy label (Tshirts are polos too) is settled by the title where the title says it.
    named = [kind for kind in kinds if load_taxonomy().name(kind, "en").lower().split()[0] in title.lower()]
    category = (named or list(kinds) or [label])[0]
    return {
        "id": fields["id"],
        "category": category,
        "title_en": title,
        "brand": fields.get("brand") or title.split(" ")[0],
        "colour": fields.get("baseColour"),
        "gender": fields.get("gender", "").lower(),
        "occasions": _USAGE.get(fields.get("usage", "").lower(), []),
        "season": {"fall": "autumn"}.get(fields.get("season", "").lower(), fields.get("season", "").lower()),
        "price": fields.get("price", ""),
        "picture": f"{fields['id']}.jpg",
        "picture_optional": True,
    }


READERS: dict[str, Reader] = {".jsonl": _read_json_lines, ".csv": _read_csv, ".ndjson": _read_json_lines}
