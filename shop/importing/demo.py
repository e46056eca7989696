"""The demo shop: its catalogue and its orders."""

from __future__ import annotations

from shop import settings
from shop.catalogue.embeddings import Progress
from shop.importing.importer import Report, import_catalogue


def load(progress: Progress | None = None) -> Report:
    """Import the demo catalogue, which also puts the demo orders in; quick where they are in already."""
    return import_catalogue(settings.DEMO / "products.jsonl", progress=progress)
