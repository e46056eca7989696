"""Writes the model card beside the weights, its figures from metrics.json: they cannot drift apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_TEXT = """# Model card: the eyes

What it is: one EfficientNet-Lite0 (ImageNet weights, Apache-2.0), fine-tuned with heads for kind
({kinds} kinds of `vision/taxonomy.yml`), colour ({colours} names), for whom (men, women, boys,
girls, unisex) and a 256-number embedding for search; and a captioner (attention + LSTM) over the
same feature map. TFLite, float16 weights, {size:.1f} MB in all.

Licence: Apache-2.0, as the project.

## Data

- 8,577 studio photos with titles (the public "Fashion Product Images" set, listed as MIT). A tenth,
  chosen by a hash of the id, was never trained on.
- 4,510 customers' photos (CC0). The file's own `split` was used: 450 never trained on.
- The pictures of our own demo catalogue, drawn by `data/demo/draw`, in the last epochs; a tenth
  kept back by hash.

Labels that name several kinds ("Pants": jeans, trousers, …) are learnt as "one of these"; labels
that a set lacks are masked. No picture of these sets is in the repository.

## How it was made

`python -m vision train all --data DIR` on two cores: the heads first, then the backbone after its
first three blocks, at 160 pixels, batch normalisation still; scored and served at 192. Each stage
resumes with `--resume`.
{notes}

## Figures, all on kept-back pictures

A kind counts as right where the label allows it.

| figure | value |
|---|---|
{rows}

`constant_…` is what one constant caption for every picture gets: the floor.

## Limits

- The colour names of the studio photos are their shop's: half of the mistakes are two colours on
  one product, or neighbours such as grey and blue. Customers' photos have no colour labels, so
  colour on them is not measured.
- Kinds with few examples (bodysuit, saree, waistcoat, umbrella …) are weak. Customers' photos cover
  17 labels only: no bags, watches or jewellery.
- Men are 62 % of the studio photos, children 1 %: see the figures per group above; for whom a thing
  is made is guessed from such photos and should be said only when sure.
- Probabilities are scaled by one temperature a head, fitted on the kept-back pictures. A picture
  with no product in it still gets a kind: there is no "nothing here" yet.
- Not for judging people. It names products; a person in the picture is background.
"""


def write(weights: Path, notes: str = "") -> None:
    """MODEL_CARD.md from metrics.json and eyes.json of the same folder."""
    metrics: dict[str, dict[str, Any]] = json.loads((weights / "metrics.json").read_text())
    facts = json.loads((weights / "eyes.json").read_text())
    flat = [(part, name, value) for part, scores in metrics.items() for name, value in scores.items()]
    rows = [f"| {part}: {name} | {value} |" for part, name, value in flat]
    text = _TEXT.format(
        kinds=len(facts["kinds"]),
        colours=len(facts["colours"]),
        size=sum(file.stat().st_size for file in weights.glob("*.tflite")) / 2**20,
        notes=notes,
        rows="\n".join(rows),
    )
    (weights / "MODEL_CARD.md").write_text(text, encoding="utf-8")
