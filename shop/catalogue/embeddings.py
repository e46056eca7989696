"""What the eyes see of the catalogue's pictures: which model saw it, and looking anew when the model has
changed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import sqlalchemy as sa

from shop.catalogue import pictures
from shop.catalogue import products as catalogue
from shop.catalogue.product import OCCASIONS, PATTERNS, SLEEVES
from shop.errors import ImportFailed
from shop.tables import EMBEDDING_SIZE, products
from storage import advisory_locks
from storage.database import engine, session
from vision import photo
from vision.inference.eyes import EyesError
from vision.inference.loading import load_eyes as load_shipped
from vision.inference.weights import WEIGHTS, version

Progress = Callable[[int, int], None]

# From this (calibrated) probability on, what the eyes see stands in for what the record does not say.
SURE = 0.7
# The eyes' names of usages that are occasions of the shop.
_OCCASIONS = {"Sports": "sport", "Smart Casual": "casual"}
_BATCH = 100
_REFRESHING = advisory_locks.key("look at pictures anew")  # only one process does


class EyesLike(Protocol):
    """What is needed of `vision.inference.eyes.Eyes`."""

    def predict(self, pixels: np.ndarray, *, caption: bool = True) -> Any: ...


def model_key() -> str:
    """Tells the eyes' models apart: embeddings of different ones cannot be compared. Raises
    `ImportFailed`.
    """
    try:
        return _version((WEIGHTS / "eyes.tflite").stat().st_mtime_ns)
    except OSError as error:
        raise ImportFailed(f"the eyes have no weights: {error}") from error


@functools.lru_cache(maxsize=1)
def _version(changed: int) -> str:
    # The digest of many megabytes is asked for with every photo, and is new only when the file is.
    return version()


def load_eyes() -> EyesLike:
    """The real eyes. Raises `ImportFailed` where they cannot be loaded."""
    try:
        return load_shipped()
    except EyesError as error:
        raise ImportFailed(str(error)) from error


def key(picture: bytes, model: str) -> str:
    """What an embedding was made of."""
    return f"{model}:{hashlib.sha256(picture).hexdigest()[:32]}"


def embed(eyes: EyesLike, pixels: np.ndarray) -> tuple[np.ndarray, dict[str, str]]:
    """The embedding of decoded pixels, float32 [EMBEDDING_SIZE], and what the eyes are sure of
    (`Product.seen`). Raises `ImportFailed` for another size.
    """
    prediction = eyes.predict(pixels, caption=False)
    embedding = np.asarray(prediction.embedding, dtype=np.float32)
    if embedding.shape != (EMBEDDING_SIZE,):
        raise ImportFailed(f"the eyes' embeddings are {embedding.shape}, the database holds {EMBEDDING_SIZE}")
    return embedding, seen(prediction)


def seen(prediction: Any) -> dict[str, str]:
    """What a prediction is sure of, in the shop's words: `pattern`, `sleeves`, `occasion`, `colour2`."""
    facts = {"colour2": getattr(prediction, "second_colour", "")}
    for name, head, known in (
        ("pattern", "patterns", PATTERNS),
        ("sleeves", "sleeves", SLEEVES),
        ("occasion", "usages", OCCASIONS),
    ):
        best = max(getattr(prediction, head, ()), key=lambda each: each.probability, default=None)
        if best is not None and best.probability >= SURE:
            value = _OCCASIONS.get(best.name, best.name.lower()) if head == "usages" else best.name
            facts[name] = value if value in known else ""
    return {name: value for name, value in facts.items() if value}


def stale(model: str | None = None) -> list[str]:
    """Ids of the products whose picture was not looked at by the eyes in use: after an update of their
    weights the search by photo is good again only when they are looked at anew (`refresh`)."""
    with session() as connection:
        return list(
            connection.execute(_stale(sa.select(products.c.id), model).order_by(products.c.id)).scalars()
        )


def forget_stale(model: str | None = None) -> int:
    """Delete the embeddings of `stale` products, for those of different eyes must never be compared: until
    its picture is looked at anew such a product is found by its record (kind, colour, words). Returns how
    many `stale` products there are; quick where there is none.
    """
    with session() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        outdated = products.update().where(products.c.embedding.isnot(None))
        connection.execute(_stale(outdated, model).values(embedding=None, embedding_key=None))
        return int(connection.execute(_stale(sa.select(sa.func.count()), model)).scalar_one())


def refresh(
    progress: Progress | None = None, *, eyes: EyesLike | None = None, model: str | None = None
) -> int:
    """Look anew at the stored pictures of all `stale` products; returns how many. Quick where there is none.

    Each picture is one transaction: it may be broken off at any time and run again, and does nothing while
    another process does it. A picture that cannot be read (any more) is marked as looked at.
    """
    model = model or model_key()
    if not forget_stale(model):
        return 0
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
        # Held by the connection, so that it ends with the process, whatever happens.
        if not lock.execute(sa.select(sa.func.pg_try_advisory_lock(_REFRESHING))).scalar():
            return 0
        try:
            return _refresh(progress, eyes, model)
        finally:
            lock.execute(sa.select(sa.func.pg_advisory_unlock(_REFRESHING)))


def _refresh(progress: Progress | None, eyes: EyesLike | None, model: str) -> int:
    ids = stale(model)
    eyes = eyes or load_eyes()
    done = 0
    for start in range(0, len(ids), _BATCH):
        for product in catalogue.get_many(ids[start : start + _BATCH]):
            done += _refresh_one(product.id, product.picture or "", eyes, model)
        if progress:
            progress(min(start + _BATCH, len(ids)), len(ids))
    with session() as connection:
        catalogue.count_up(connection)
    return done


def _refresh_one(product_id: str, picture: str, eyes: EyesLike, model: str) -> bool:
    path = pictures.find(picture)
    vector: np.ndarray | None = None
    facts: dict[str, str] = {}
    digest = f"{model}:unreadable"
    if path is not None:
        with contextlib.suppress(photo.PhotoError, OSError):
            data = path.read_bytes()
            vector, facts = embed(eyes, photo.decode(data).pixels)
            digest = key(data, model)
    statement = sa.text(
        "UPDATE products SET embedding = CAST(:vector AS halfvec), seen = CAST(:seen AS jsonb), "
        "embedding_key = :key WHERE id = :id"
    )
    values = {
        "vector": catalogue.to_vector(vector),
        "seen": json.dumps(facts),
        "key": digest,
        "id": product_id,
    }
    with session() as connection:
        connection.execute(statement, values)
    return vector is not None


def _stale(query: Any, model: str | None) -> Any:
    prefix = f"{model or model_key()}:%"
    return query.where(
        products.c.picture.isnot(None),
        sa.or_(products.c.embedding_key.is_(None), products.c.embedding_key.notlike(prefix)),
    )
