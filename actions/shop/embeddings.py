"""Embeddings of the catalogue's pictures: which model made them, and making them anew when the model has
changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import sqlalchemy as sa

from vision import photo

from . import catalogue, pictures
from .database import session
from .errors import ImportFailed
from .tables import EMBEDDING_SIZE, products

Progress = Callable[[int, int], None]


class EyesLike(Protocol):
    """What is needed of `vision.eyes.Eyes`."""

    def look(self, pixels: np.ndarray, *, caption: bool = True) -> Any: ...


def model_key() -> str:
    """Tells the eyes' models apart: embeddings of different ones cannot be compared. Raises
    `ImportFailed`.
    """
    from vision import eyes

    try:
        return eyes.version()
    except OSError as error:
        raise ImportFailed(f"the eyes have no weights: {error}") from error


def load_eyes() -> EyesLike:
    """The real eyes. Raises `ImportFailed` where they cannot be loaded."""
    from vision.eyes import Eyes, EyesError

    try:
        return Eyes.load()
    except EyesError as error:
        raise ImportFailed(str(error)) from error


def key(picture: bytes, model: str) -> str:
    """What an embedding was made of."""
    return f"{model}:{hashlib.sha256(picture).hexdigest()[:32]}"


def embed(eyes: EyesLike, pixels: np.ndarray) -> np.ndarray:
    """The embedding of decoded pixels, float32 [EMBEDDING_SIZE]. Raises `ImportFailed` for another size."""
    embedding = np.asarray(eyes.look(pixels, caption=False).embedding, dtype=np.float32)
    if embedding.shape != (EMBEDDING_SIZE,):
        raise ImportFailed(f"the eyes' embeddings are {embedding.shape}, the database holds {EMBEDDING_SIZE}")
    return embedding


def stale(model: str | None = None) -> list[str]:
    """Ids of the products whose picture was not looked at by the eyes in use: after an update of their
    weights the search by photo is good again only when they are looked at anew (`refresh`)."""
    prefix = f"{model or model_key()}:%"
    query = (
        sa.select(products.c.id)
        .where(products.c.picture.isnot(None))
        .where(sa.or_(products.c.embedding_key.is_(None), products.c.embedding_key.notlike(prefix)))
        .order_by(products.c.id)
    )
    with session() as connection:
        return list(connection.execute(query).scalars())


def refresh(
    progress: Progress | None = None, *, eyes: EyesLike | None = None, model: str | None = None
) -> int:
    """Look anew at the stored pictures of all `stale` products; returns how many. Quick where there is
    none.
    """
    model = model or model_key()
    ids = stale(model)
    if not ids:
        return 0
    eyes = eyes or load_eyes()
    done = 0
    for number, product in enumerate(catalogue.get_many(ids), start=1):
        path = pictures.find(product.picture or "")
        if path is not None:
            data = path.read_bytes()
            try:
                vector = embed(eyes, photo.decode(data).pixels)
            except photo.PhotoError:
                continue
            _store(product.id, vector, key(data, model))
            done += 1
        if progress:
            progress(number, len(ids))
    with session() as connection:
        catalogue.count_up(connection)
    return done


def _store(product_id: str, embedding: np.ndarray, embedding_key: str) -> None:
    statement = sa.text(
        "UPDATE products SET embedding = CAST(:vector AS halfvec), embedding_key = :key WHERE id = :id"
    )
    with session() as connection:
        values = {"vector": catalogue.to_vector(embedding), "key": embedding_key, "id": product_id}
        connection.execute(statement, values)
