"""How much each signal counts in a search by photo or by similarity.

Chosen on photos that the eyes were not trained on (450 of customers, 446 studio ones), over the demo
catalogue. The figures lie on a plateau: halving or doubling any one weight moves the shares by about one
point. Without diversity (the three best scores) fewer photos find their kind among the first three; with more
of it more do, but a sure photo then gets strange company: of the customers' photos 0.88, 0.92 and 0.94 find
their kind among them, and 0.87, 0.86 and 0.85 of the products shown there are of it, without diversity, with
this and with `beside` and `share_floor` out of work.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RankingWeights:
    """Score = kind · ln(P(kind) + floor) + colour · ln(P(colour) + floor) + embedding · cosine + popular ·
    ln(1 + sold), and likewise for gender, pattern, sleeves where the eyes tell them; a product with the brand
    read on the photo, or with both its colours, gains `brand` or `both_colours`.

    The first three hits are chosen together: `cover_kind` and `cover_colour` are what it is worth that
    another likely kind, or another likely colour of a likely kind, is among them; `keep_score` what a better
    score is worth.
    """

    kind: float = 2.0
    colour: float = 0.8
    embedding: float = 3.0
    popular: float = 0.02
    gender: float = 0.3
    gender_floor: float = 0.1
    pattern: float = 0.4
    sleeves: float = 0.4
    facts_floor: float = 0.05  # of pattern and sleeves
    brand: float = 0.5
    both_colours: float = 0.3
    kind_floor: float = 0.005
    colour_floor: float = 0.03
    family: float = 0.7  # of a colour's probability, the share that its whole family gives it
    second_colour: float = 0.5  # a product's second colour counts this much
    cover_kind: float = 2.0
    cover_colour: float = 1.0
    keep_score: float = 0.01
    worth: float = 0.03  # kinds and colours less probable than this are not worth one of the three places,
    beside: float = 0.1  # nor are kinds less probable than this share of the likeliest
    share_floor: float = 0.3  # of what is for somebody else than the likeliest, at least so much counts


PHOTO = RankingWeights()
SIMILAR = RankingWeights(gender=0.0, pattern=0.1, sleeves=0.1, brand=0.1, both_colours=0.2)
