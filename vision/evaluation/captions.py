"""`python -m vision evaluate captions`: captions beside titles and simple captions, and their facts.

A caption that overlaps a title proves little: one constant caption overlaps with many. So the same scores are
printed for three simple captions, and each fact that a caption states is checked against the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vision import taxonomy
from vision.evaluation.folders import FolderError, Product
from vision.evaluation.seen import Seen
from vision.inference.caption import Facts, facts
from vision.training import titles
from vision.training.caption.text_metrics import Words, bleu4, cider, rouge_l
from vision.training.labels import brand_key

WHOSE = {"men": "men's", "women": "women's", "boys": "boys'", "girls": "girls'"}
SCORES: dict[str, Callable[[Sequence[Words], Sequence[Words]], float]] = {
    "bleu4": bleu4,
    "cider": cider,
    "rouge_l": rouge_l,
}


def scores(seen: Seen[Product]) -> dict[str, Any]:
    """The figures of the contract over the rows that have a title.

    Titles and captions are brought to one spelling by `titles.words` (lower case; "tees" and "tshirts" are
    "t-shirt"); the title's brand, codes and names of styles stay. Simple captions: `constant`, the most
    frequent title without its brand; `per_kind`, the same among the other rows of the kind that the heads
    see; `template`, brand (if sure), for whom, colour and kind as the heads see them. The first two are taken
    from the measured titles themselves, which flatters them.
    """
    titled = seen.only(np.array([bool(row.title) for row in seen.rows]))
    if not titled.rows:
        raise FolderError("no row has a title to compare captions with")
    references = [titles.words(row.title) for row in titled.rows]
    simple: dict[str, Sequence[Words]] = {
        "constant": _constant(titled.rows),
        "per_kind": _per_kind(titled),
        "template": [titles.words(template(titled, index)) for index in range(len(titled.rows))],
    }
    floors = {name: _overlap(said, references) for name, said in simple.items()}
    ours = _overlap(_words(titled), references)
    best = max(floor["cider"] for floor in floors.values())
    return {
        "n": len(titled.rows),
        "skipped": seen.skipped,
        **ours,
        **floors,
        "cider_times_best_simple": round(ours["cider"] / best, 2) if best else None,
        **fact_scores(titled),
        "ms_p50": seen.ms(),
        "by_gender": {
            name: fact_scores(part) for name, part in titled.groups(lambda row: row.gender).items()
        },
    }


def fact_scores(seen: Seen[Product]) -> dict[str, float | None]:
    """`fact_…`: the share of right ones among the captions that state the fact; `says_…`: how many state it.

    A kind is right where the articleType may mean it, a brand without regard to case, spaces and punctuation.
    Rows whose table lacks the label are left out of both.
    """
    brands = {row.brand for row in seen.rows} | set(
        seen.heads["brands"].names if "brands" in seen.heads else ()
    )
    right: dict[str, list[bool]] = {"kind": [], "colour": [], "gender": [], "brand": []}
    asked: Counter[str] = Counter()
    words = taxonomy.load()
    for row, caption in zip(seen.rows, seen.captions, strict=True):
        stated = facts(caption, brands)
        for name, known, said, true in (
            ("kind", words.kinds_of_label("products", row.article), stated.kinds, _may_be(stated, row)),
            ("colour", row.colour, stated.colour, stated.colour == row.colour),
            ("gender", row.gender, stated.gender, stated.gender == row.gender),
            ("brand", row.brand, stated.brand, brand_key(stated.brand) == brand_key(row.brand)),
        ):
            if known:
                asked[name] += 1
                if said:
                    right[name].append(true)
    result: dict[str, float | None] = {}
    for name, answers in right.items():
        result[f"fact_{name}"] = round(float(np.mean(answers)), 4) if answers else None
        result[f"says_{name}"] = round(len(answers) / asked[name], 4) if asked[name] else None
    return result


def template(seen: Seen[Product], index: int) -> str:
    """A caption filled by the likeliest answers of the heads: "Puma men's navy blue T-shirt"."""
    said = {field: str(head.rows(np.array([index])).said()[0]) for field, head in seen.heads.items()}
    kind = taxonomy.load().kinds[said["kinds"]].names["en"]
    parts = (seen.brands[index], WHOSE.get(said.get("genders", ""), ""), said["colours"].lower(), kind)
    return " ".join(filter(None, parts))


def _may_be(stated: Facts, row: Product) -> bool:
    return bool(set(stated.kinds) & set(taxonomy.load().kinds_of_label("products", row.article)))


def _words(seen: Seen[Product]) -> list[list[str]]:
    return [titles.words(caption) for caption in seen.captions]


def _plain(row: Product) -> tuple[str, ...]:
    return tuple(" ".join(titles.words_of(row.title, row.brand)).replace("_", " ").split())


def _constant(rows: Sequence[Product]) -> list[Words]:
    return [Counter(map(_plain, rows)).most_common(1)[0][0]] * len(rows)


def _per_kind(seen: Seen[Product]) -> list[Words]:
    """The most frequent title of each seen kind, the row's own left out (a lone row would score itself)."""
    kinds = [str(kind) for kind in seen.heads["articles" if "articles" in seen.heads else "kinds"].said()]
    plain = [_plain(row) for row in seen.rows]
    everywhere = _constant(seen.rows)[0]
    by_kind: dict[str, Counter[tuple[str, ...]]] = {}
    for kind, words in zip(kinds, plain, strict=True):
        by_kind.setdefault(kind, Counter())[words] += 1
    said: list[Words] = []
    for kind, own in zip(kinds, plain, strict=True):
        others = ((count - (words == own), words) for words, count in by_kind[kind].items())
        count, words = max(others, key=lambda each: each[0])
        said.append(words if count else everywhere)
    return said


def _overlap(captions: Sequence[Words], references: Sequence[Words]) -> dict[str, float]:
    return {name: round(score(captions, references), 4) for name, score in SCORES.items()}
