"""Scores of a caption against one reference text, from their papers; 1 is a copy (CIDEr: up to 10).

Texts are lists of words. Small on purpose: one reference a caption, no stemming, no synonyms. Words must
already be in one spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

Words = Sequence[str]
LONGEST = 4  # words of an n-gram
ROUGE_BETA = 1.2  # recall counts a little more than precision, as in the COCO caption evaluation
CIDER_SIGMA = 6.0  # words of difference in length


def bleu4(captions: Sequence[Words], references: Sequence[Words]) -> float:
    """BLEU-4 of a whole corpus (Papineni et al. 2002): clipped n-gram precisions, brevity penalty."""
    hits, total = np.zeros(LONGEST), np.zeros(LONGEST)
    said = known = 0
    for caption, reference in zip(captions, references, strict=True):
        said, known = said + len(caption), known + len(reference)
        for n in range(1, LONGEST + 1):
            ours, theirs = ngrams(caption, n), ngrams(reference, n)
            hits[n - 1] += sum((ours & theirs).values())
            total[n - 1] += sum(ours.values())
    if not hits.all():
        return 0.0
    brevity = min(0.0, 1 - known / said)
    return float(np.exp(brevity + np.mean(np.log(hits / total))))


def rouge_l(captions: Sequence[Words], references: Sequence[Words]) -> float:
    """ROUGE-L (Lin 2004): the mean F-measure of the longest common subsequence."""
    scores = []
    for caption, reference in zip(captions, references, strict=True):
        common = _common(caption, reference)
        if not common:
            scores.append(0.0)
            continue
        precision, recall = common / len(caption), common / len(reference)
        weight = ROUGE_BETA**2
        scores.append((1 + weight) * precision * recall / (recall + weight * precision))
    return float(np.mean(scores)) if scores else 0.0


def cider(captions: Sequence[Words], references: Sequence[Words]) -> float:
    """CIDEr-D (Vedantam et al. 2015), 0 to 10: n-grams that few references share count more.

    The mean over n = 1..4 of the cosine between tf-idf vectors, the caption's counts clipped to the
    reference's, times a Gaussian penalty on the difference in length (in words). Document frequencies are the
    references'.
    """
    documents: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        documents.update({gram for n in range(1, LONGEST + 1) for gram in ngrams(reference, n)})
    size = np.log(max(len(references), 1))
    scores = []
    for caption, reference in zip(captions, references, strict=True):
        penalty = np.exp(-((len(caption) - len(reference)) ** 2) / (2 * CIDER_SIGMA**2))
        cosines = []
        for n in range(1, LONGEST + 1):
            ours, theirs = (
                {
                    gram: count * (size - np.log(max(documents[gram], 1)))
                    for gram, count in ngrams(words, n).items()
                }
                for words in (caption, reference)
            )
            product = sum(
                min(ours[gram], theirs[gram]) * theirs[gram] for gram in ours.keys() & theirs.keys()
            )
            norms = _length(ours) * _length(theirs)
            cosines.append(product / norms if norms else 0.0)
        scores.append(10 * penalty * float(np.mean(cosines)))
    return float(np.mean(scores)) if scores else 0.0


def ngrams(words: Words, n: int) -> Counter[tuple[str, ...]]:
    """The n-grams of a text with their counts."""
    return Counter(tuple(words[place : place + n]) for place in range(len(words) - n + 1))


def _length(vector: dict[tuple[str, ...], float]) -> float:
    return float(np.sqrt(sum(value**2 for value in vector.values())))


def _common(one: Words, other: Words) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, match in enumerate(other, 1):
            kept = row[place]
            row[place] = before + 1 if word == match else max(row[place], row[place - 1])
            before = kept
    return row[-1]
