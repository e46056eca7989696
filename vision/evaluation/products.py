"""`python -m vision evaluate products`: how often the heads are right on studio photos."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from vision import taxonomy
from vision.evaluation import metrics
from vision.evaluation.folders import Product
from vision.evaluation.seen import Head, Seen
from vision.training.labels import brand_key


def scores(seen: Seen[Product]) -> dict[str, Any]:
    """The figures of the contract; None where the weights have no such head or no row has the label.

    Every figure is over the rows whose table names the label. `kind_top1` is on the data set's own
    articleType, nothing merged; `kind_taxonomy_top1` counts a kind of the taxonomy as right where the
    articleType may mean it. Brands are compared without case, spaces and punctuation; `brand_coverage` is the
    share of rows with a brand for which the open-set answer names one, `brand_precision` the share of those
    that are right. `groups` has all of it by gender, `floors` what the most frequent label as a constant
    answer gets.
    """
    rows = seen.rows
    groups = {
        name: {"n": len(part.rows), **shares(part)}
        for name, part in seen.groups(lambda row: row.gender).items()
    }
    articles = seen.heads.get("articles")
    right = articles.top([row.article for row in rows]) if articles else None
    return {
        "n": len(rows),
        "skipped": seen.skipped,
        **shares(seen),
        "ece": metrics.calibration_error(articles.confidence(), right)
        if articles and right is not None
        else None,
        "ms_p50": seen.ms(),
        "by_gender": {name: part["kind_top1"] for name, part in groups.items()},
        "groups": groups,
        "floors": {
            "kind_top1": _largest([row.article for row in rows]),
            "subcategory_top1": _largest([row.subcategory for row in rows]),
            "colour_top1": _largest([row.colour for row in rows]),
            "colour_family_top1": _largest([family_of(row.colour) for row in rows]),
            "gender_top1": _largest([row.gender for row in rows]),
            "usage_top1": _largest([row.usage for row in rows]),
            "brand_top1": _largest([brand_key(row.brand) for row in rows]),
        },
    }


def shares(seen: Seen[Product]) -> dict[str, float | None]:
    """The shares of right answers, by name of the figure."""
    rows = seen.rows
    articles, colours = seen.heads.get("articles"), seen.heads.get("colours")
    article = [row.article for row in rows]
    kinds, mapped = right_kinds(seen)
    return {
        "kind_top1": _known(articles, article),
        "kind_top3": _known(articles, article, 3),
        "subcategory_top1": _known(subcategories(articles), [row.subcategory for row in rows]),
        "colour_top1": _known(colours, [row.colour for row in rows]),
        "colour_family_top1": _known(families(colours), [family_of(row.colour) for row in rows]),
        "gender_top1": _known(seen.heads.get("genders"), [row.gender for row in rows]),
        "usage_top1": _known(seen.heads.get("usages"), [row.usage for row in rows]),
        **_brands(seen),
        "kind_taxonomy_top1": metrics.share(kinds[mapped]),
    }


def confusions(seen: Seen[Product]) -> dict[str, dict[str, Any]]:
    """Counts of truth (rows) against answer (columns): kinds by subcategory, colour families, genders."""
    rows = seen.rows
    answers = {
        "subcategory": (subcategories(seen.heads.get("articles")), [row.subcategory for row in rows]),
        "colour_family": (families(seen.heads.get("colours")), [family_of(row.colour) for row in rows]),
        "gender": (seen.heads.get("genders"), [row.gender for row in rows]),
    }
    tables = {}
    for name, (head, truth) in answers.items():
        if head is not None:
            names = [each for each in head.names if each in truth]
            counts = metrics.confusion(truth, list(head.said()), names)
            tables[name] = {"names": names, "counts": counts.tolist()}
    return tables


def right_kinds(seen: Seen[Product]) -> tuple[np.ndarray, np.ndarray]:
    """bool [n]: whether the likeliest kind is one that the articleType may mean; and whether there is any."""
    words = taxonomy.load()
    allowed = [words.kinds_of_label("products", row.article) for row in seen.rows]
    said = seen.heads["kinds"].said()
    right = np.array([kind in kinds for kind, kinds in zip(said, allowed, strict=True)], bool)
    return right, np.array([bool(kinds) for kinds in allowed])


@lru_cache(maxsize=1)
def subcategory_of_article() -> dict[str, str]:
    """articleType → subCategory, from `articles.yml`."""
    table = yaml.safe_load(Path(__file__).with_name("articles.yml").read_text(encoding="utf-8"))
    return {article: name for name, articles in table.items() for article in articles}


def subcategories(articles: Head | None) -> Head | None:
    """The head of subCategories: probabilities of their articleTypes summed."""
    return articles and articles.grouped(subcategory_of_article())


def families(colours: Head | None) -> Head | None:
    """The head of colour families: probabilities of their colours summed."""
    return colours and colours.grouped({name: family_of(name) for name in colours.names})


def family_of(colour: str) -> str:
    """The taxonomy's family of a colour; "" for one that it does not know."""
    words = taxonomy.load()
    return words.family(colour) if colour in words.colours else ""


def _known(head: Head | None, truth: Sequence[str], top: int = 1) -> float | None:
    """The share of right rows among those that have a label."""
    labelled = np.array([bool(name) for name in truth])
    return metrics.share(head.top(truth, top)[labelled]) if head else None


def _brands(seen: Seen[Product]) -> dict[str, float | None]:
    labelled = np.array([bool(row.brand) for row in seen.rows])
    truth = np.array([brand_key(row.brand) for row in seen.rows])
    head = seen.heads.get("brands")
    if head is None:
        return {"brand_top1": None, "brand_precision": None, "brand_coverage": None}
    said = np.array([brand_key(name) for name in seen.brands])
    named = labelled & (said != "")
    return {
        "brand_top1": metrics.share(
            np.array([brand_key(name) for name in head.said()])[labelled] == truth[labelled]
        ),
        "brand_precision": metrics.share(said[named] == truth[named]),
        "brand_coverage": metrics.share(named[labelled]),
    }


def _largest(truth: Sequence[str]) -> float | None:
    """The share of the most frequent label: what a constant answer gets."""
    labelled = [name for name in truth if name]
    return round(max(map(labelled.count, set(labelled))) / len(labelled), 4) if labelled else None
