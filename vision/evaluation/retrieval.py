"""`python -m vision evaluate search`: is what search finds first of the same kind, and of the same colour?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vision.evaluation import baselines
from vision.evaluation.folders import Product
from vision.evaluation.metrics import average_precision
from vision.evaluation.seen import Head, Seen
from vision.inference.similarity import Descriptors, SimilarityWeights, similarity

Scorer = Callable[[int], np.ndarray]  # a query's place → scores float [gallery], the higher the better
FIRST = 5
FIGURES = ("p1_kind", "p5_kind", "p5_kind_colour", "map_kind")


def scores(shown: Seen[Product], stock: Seen[Product], *, compare: bool = True) -> dict[str, Any]:
    """The figures of the contract, and with `compare` the same of simpler descriptions of pictures.

    `shown` asks and `stock` answers. Relevant is what has the query's articleType, and for `…_kind_colour`
    its baseColour too. `p5` is the share of relevant ones among the first five, `map_kind` the mean average
    precision over the whole gallery, of the queries that have a relevant item there. An item does not find
    itself. The ranking is exact, `vision.inference.similarity` over what the eyes say of both pictures;
    `embedding_only` is the cosine alone, `catalogue` knows the gallery's kinds and colours from its table,
    as a shop does. `ms_p50` is a prediction and the search for it.
    """
    asked, held = descriptors(shown), descriptors(stock)
    took: list[float] = []

    def timed(query: int) -> np.ndarray:
        began = time.perf_counter()
        score = similarity(asked.row(query), held)[0]
        took.append((time.perf_counter() - began) * 1000)
        return score

    judged = judge(shown.rows, stock.rows, timed)
    gender = np.array([row.gender for row in shown.rows])
    result: dict[str, Any] = {
        "n": len(shown.rows),
        "gallery": len(stock.rows),
        "skipped": shown.skipped + stock.skipped,
        **_means(judged),
        "ms_p50": round(float(np.median(shown.milliseconds + np.array(took))), 2),
        "search_ms_p50": round(float(np.median(took)), 2),
        "by_gender": {name: _means(judged[gender == name]) for name in sorted(set(gender)) if name},
        "embedding_only": precision(shown.rows, stock.rows, lambda q: held.embeddings @ asked.embeddings[q]),
    }
    table = catalogue(shown, stock)
    if table is not None:
        result["catalogue"] = precision(
            shown.rows, stock.rows, lambda q: similarity(table[0].row(q), table[1])[0]
        )
    if compare:
        ours = baselines.describe(shown.rows, "queries, simply")
        theirs = baselines.describe(stock.rows, "gallery, simply")
        for name in ("raw_pixels", "colour_histogram", "imagenet"):
            found = name in ours and name in theirs
            result[name] = (
                precision(shown.rows, stock.rows, _cosine(ours[name], theirs[name])) if found else None
            )
    return result


def descriptors(seen: Seen[Product]) -> Descriptors:
    """What search compares: the finest kinds that the weights know, and colours."""
    kinds = seen.heads["articles"] if "articles" in seen.heads else seen.heads["kinds"]
    return Descriptors(seen.embeddings, kinds.table, seen.heads["colours"].table)


def catalogue(shown: Seen[Product], stock: Seen[Product]) -> tuple[Descriptors, Descriptors] | None:
    """Signs of queries, and of the gallery by its table; None without the head of articles."""
    if "articles" not in shown.heads:
        return None
    kinds = _certain(shown.heads["articles"], [row.article for row in stock.rows])
    colours = _certain(shown.heads["colours"], [row.colour for row in stock.rows])
    return descriptors(shown), Descriptors(stock.embeddings, kinds, colours)


def precision(queries: Sequence[Product], gallery: Sequence[Product], score: Scorer) -> dict[str, float]:
    """P@1, P@5 and mean average precision of a scorer."""
    return _means(judge(queries, gallery, score))


def judge(queries: Sequence[Product], gallery: Sequence[Product], score: Scorer) -> np.ndarray:
    """float [queries, 4]: what `FIGURES` are the means of (NaN: nothing relevant to find)."""
    articles = np.array([row.article for row in gallery])
    colours = np.array([row.colour for row in gallery])
    place = {row.path.resolve(): index for index, row in enumerate(gallery)}
    judged = np.full((len(queries), len(FIGURES)), np.nan)
    for number, query in enumerate(queries):
        order = np.argsort(-score(number), kind="stable")
        itself = place.get(query.path.resolve())
        order = order[order != itself] if itself is not None else order
        same = articles[order] == query.article
        both = same & (colours[order] == query.colour)
        judged[number, :3] = same[:1].sum(), same[:FIRST].sum() / FIRST, both[:FIRST].sum() / FIRST
        if same.any():
            judged[number, 3] = average_precision(same)
    return judged


def tune(shown: Seen[Product], stock: Seen[Product]) -> list[dict[str, float]]:
    """The figures for a grid of weights of `vision.inference.similarity`, the best `p5_kind` +
    `p5_kind_colour` first.
    """
    asked, held = descriptors(shown), descriptors(stock)
    tried = []
    for kind in (0.0, 0.1, 0.3, 1.0, 3.0):
        for colour in (0.0, 0.1, 0.3, 1.0):
            weights = SimilarityWeights(kind=kind, colour=colour)
            found = precision(shown.rows, stock.rows, _scorer(asked, held, weights))
            tried.append({"kind": kind, "colour": colour, **found})
    return sorted(tried, key=lambda each: -each["p5_kind"] - each["p5_kind_colour"])


def _scorer(asked: Descriptors, held: Descriptors, weights: SimilarityWeights) -> Scorer:
    return lambda query: similarity(asked.row(query), held, weights)[0]


def _certain(head: Head, names: Sequence[str]) -> np.ndarray:
    """float32 [n, names] of one-hot rows; all zero where the table does not say."""
    return np.array([[known == name for known in head.names] for name in names], np.float32)


def _cosine(ours: np.ndarray, theirs: np.ndarray) -> Scorer:
    return lambda query: theirs @ ours[query]


def _means(judged: np.ndarray) -> dict[str, float]:
    known = [column[~np.isnan(column)] for column in judged.T]
    return {
        name: round(float(column.mean()), 4) if len(column) else 0.0
        for name, column in zip(FIGURES, known, strict=True)
    }
