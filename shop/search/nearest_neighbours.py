"""The nearest products by their pictures alone, within the wishes: below `visual_search`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shop.catalogue.products import to_vector
from shop.search import filters
from shop.search.criteria import Criteria
from storage.database import reading, run

DISTANCE = "(p.embedding <=> CAST(:vector AS halfvec))"  # cosine distance, 0 to 2


def nearest(
    embedding: np.ndarray, criteria: Criteria | None = None, *, limit: int = 10, exclude: Sequence[str] = ()
) -> list[tuple[str, float]]:
    """Ids of the products in stock whose pictures look most like it, with the cosine distance (0 is the
    same), the nearest first.

    `embedding` is float32 [EMBEDDING_SIZE]. The index is a graph (HNSW, Malkov and Yashunin 2016) that is
    gone through until enough products meet the wishes; `database` sets how far. Raises `Unavailable`.
    """
    found = filters.of(criteria or Criteria(), exclude)
    # A relaxed scan gives them almost in order, and PostgreSQL takes that for order unless it is asked for
    # another expression.
    query = f"""
        WITH near AS MATERIALIZED (
            SELECT p.id, {DISTANCE} AS distance FROM products p
            WHERE {found.where()} AND p.embedding IS NOT NULL ORDER BY distance LIMIT :limit
        )
        SELECT id, distance FROM near ORDER BY distance + 0, id
    """
    with reading() as connection:
        parameters = {**found.parameters, "vector": to_vector(embedding), "limit": limit}
        return [(row.id, float(row.distance)) for row in run(connection, query, parameters)]
