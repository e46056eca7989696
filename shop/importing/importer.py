"""Importing a catalogue: rows in, products with embeddings in the database, a report of what became of each
row.
"""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from shop import settings
from shop.catalogue import embeddings, pictures
from shop.catalogue import products as catalogue
from shop.catalogue.embeddings import EyesLike, Progress
from shop.catalogue.product import Product
from shop.errors import ImportFailed
from shop.importing.catalogue_files import CatalogueRow, Source, open_source
from shop.importing.record_parser import Defaults, RecordError, is_removal, to_id, to_product
from shop.orders import orders
from shop.tables import products
from storage import database
from vision import photo

_BATCH = 32


@dataclass(frozen=True)
class Refused:
    """A row that was not taken, and why."""

    line: int
    id: str | None
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{f' ({self.id})' if self.id else ''}: {self.reason}"


@dataclass
class Report:
    """What an import did; the counts are of products."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    embedded: int = 0
    refused: list[Refused] = field(default_factory=list)
    seconds: float = 0.0

    def summary(self) -> str:
        return (
            f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.removed} removed, {len(self.refused)} refused; {self.embedded} pictures looked at; "
            f"{self.seconds:.1f} s"
        )


@dataclass(frozen=True)
class _Known:
    record_key: str
    embedding_key: str | None


def import_catalogue(
    path: Path | str,
    *,
    remove_missing: bool = False,
    default_price: Decimal | float | None = None,
    currency: str = "USD",
    eyes: EyesLike | str | None = "load",
    progress: Progress | None = None,
) -> Report:
    """Import a CSV or JSON Lines file, or a folder with one (see `sources`); may be run again at any time.

    Rows with faults are refused and reported, the others taken. A product is written in one statement with
    its embedding, in batches: an import that is broken off leaves whole products, and run again it does the
    rest. An unchanged row costs nothing; a picture is looked at again only if it or the model has changed. A
    row with `removed: true` removes its product; `remove_missing` removes all products that the file does not
    name (one whose row was refused is kept). `eyes` may be given, or None to import without embeddings.

    Raises `ImportFailed` when the file as a whole cannot be read, `Unavailable` when the database does not
    answer.
    """
    started = time.monotonic()
    source = open_source(path)
    price = None if default_price is None else Decimal(str(default_price)).quantize(Decimal("0.01"))
    work = _Import(source, Defaults(price=price, currency=currency), eyes)
    rows = list(source.rows())
    if not rows:
        raise ImportFailed(f"{source.file.name} has no rows")
    database.migrate()
    work.run(rows, progress)
    if remove_missing:
        work.remove_missing()
    if (
        work.report.added
        or work.report.updated
        or work.report.removed
        or not catalogue.vocabulary.path().exists()
    ):
        catalogue.vocabulary_refresh()
    if source.file.resolve() == settings.DEMO / "products.jsonl":
        orders.seed_demo()
    work.report.seconds = time.monotonic() - started
    return work.report


class _Import:
    def __init__(self, source: Source, defaults: Defaults, eyes: EyesLike | str | None) -> None:
        self.source = source
        self.defaults = defaults
        self.report = Report()
        self.seen: dict[str, int] = {}
        self._eyes = eyes
        self._model = embeddings.model_key() if eyes == "load" else getattr(eyes, "version", None)

    def run(self, rows: list[CatalogueRow], progress: Progress | None) -> None:
        with database.session() as connection:
            query = sa.select(products.c.id, products.c.record_key, products.c.embedding_key)
            self.known = {row[0]: _Known(row[1], row[2]) for row in connection.execute(query)}
        for start in range(0, len(rows), _BATCH):
            # All slow work (pictures, eyes) is done before the transaction opens.
            batch = list(self._prepare(rows[start : start + _BATCH]))
            if batch:
                with database.session() as connection:
                    for write in batch:
                        write(connection)
                    catalogue.count_up(connection)
            if progress:
                progress(min(start + _BATCH, len(rows)), len(rows))

    def _prepare(self, rows: list[CatalogueRow]) -> Iterator[Callable[[Any], Any]]:
        for row in rows:
            product_id = None
            try:
                if row.error:
                    raise RecordError(row.error)
                product_id = to_id(row.fields)
                if product_id in self.seen:
                    raise RecordError(f"id is the same as in line {self.seen[product_id]}")
                self.seen[product_id] = row.line
                if is_removal(row.fields):
                    if product_id in self.known:
                        self.report.removed += 1
                        yield functools.partial(_remove, product_id)
                    continue
                if write := self._product(row):
                    yield write
            except RecordError as error:
                self.report.refused.append(Refused(row.line, product_id, str(error)))

    def _product(self, row: CatalogueRow) -> Callable[[Any], Any] | None:
        product = to_product(row.fields, self.defaults)
        picture, name = self._picture(product, optional=bool(row.fields.get("picture_optional")))
        product = Product(**{**vars(product), "picture": name})
        record = json.dumps(product.to_dict(), sort_keys=True)
        record_key = _digest(record, product.line, str(product.care_texts), picture or b"")
        picture_key = embeddings.key(picture, self._model) if picture is not None and self._model else None
        known = self.known.get(product.id)
        keep = known is not None and known.embedding_key == picture_key
        if known and known.record_key == record_key and (keep or self._model is None):
            self.report.unchanged += 1
            return None
        embedding: np.ndarray | None = None
        facts: dict[str, str] = {}
        if picture is not None and name and not keep:
            embedding, facts = self._see(picture, name)
            pictures.store(name, picture)
        if known:
            self.report.updated += 1
        else:
            self.report.added += 1

        def write(connection: Any) -> None:
            vector, seen = _stored(connection, product.id) if keep else (embedding, facts)
            catalogue.upsert(
                replace(product, seen=seen),
                embedding=vector,
                embedding_key=picture_key if vector is not None or picture is None else None,
                record_key=record_key,
                connection=connection,
            )

        return write

    def _picture(self, product: Product, *, optional: bool) -> tuple[bytes | None, str | None]:
        if not product.picture:
            return None, None
        path = self.source.picture(product.picture)
        if path is None:
            if optional:
                return None, None
            raise RecordError(f"picture {product.picture!r} is not beside the file")
        if path.suffix.lower() not in (".webp", ".jpg", ".jpeg", ".png"):
            raise RecordError(f"picture {product.picture!r} is none of webp, jpg, png")
        try:
            return path.read_bytes(), pictures.name_for(product.id, path.suffix)
        except OSError as error:
            raise RecordError(f"picture {product.picture!r} cannot be read: {error.strerror}") from error

    def _see(self, data: bytes, name: str) -> tuple[np.ndarray | None, dict[str, str]]:
        try:
            pixels = photo.decode(data).pixels
        except photo.PhotoError as error:
            raise RecordError(f"picture {name!r} cannot be used: {error}") from error
        if self._model is None:
            return None, {}
        if self._eyes is None or isinstance(self._eyes, str):
            self._eyes = embeddings.load_eyes()
        self.report.embedded += 1
        return embeddings.embed(self._eyes, pixels)

    def remove_missing(self) -> None:
        missing = [product_id for product_id in self.known if product_id not in self.seen]
        if missing and self.report.added + self.report.updated + self.report.unchanged:
            with database.session() as connection:
                self.report.removed += catalogue.remove(missing, connection=connection)
                catalogue.count_up(connection)


def _remove(product_id: str, connection: Connection) -> None:
    catalogue.remove([product_id], connection=connection)


def _stored(connection: Any, product_id: str) -> tuple[np.ndarray | None, dict[str, str]]:
    query = sa.text("SELECT CAST(embedding AS text) AS vector, seen FROM products WHERE id = :id")
    row = connection.execute(query, {"id": product_id}).one_or_none()
    if row is None:  # removed meanwhile
        return None, {}
    return catalogue.from_vector(row.vector), row.seen


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return digest.hexdigest()[:32]
