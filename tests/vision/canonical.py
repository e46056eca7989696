"""Writes canonical.json, what the shipped weights say of some drawings: `python -m tests.vision.canonical`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.vision import drawings
from vision.inference.loading import load_eyes

NAMES = [f"{shape}/{colour}" for shape in ("t_shirt", "trousers", "dress", "handbag")
         for colour in ("200,30,40", "40,90,190", "25,25,25")]  # fmt: skip


def main() -> None:
    eyes = load_eyes()
    answers = {}
    for name in NAMES:
        shape, colour = name.split("/")
        look = eyes.look(getattr(drawings, shape)(tuple(map(int, colour.split(",")))))
        answers[name] = {
            "kind": look.kinds[0].name,
            "kind_probability": round(look.kinds[0].probability, 4),
            "colour": look.colours[0].name,
            "colour_probability": round(look.colours[0].probability, 4),
            "article": look.articles[0].name,
            "pattern": look.patterns[0].name,
            "usage": look.usages[0].name,
            "gender": look.genders[0].name,
            "gender_probability": round(look.genders[0].probability, 4),
            "brand": look.brand,
            "second_colour": look.second_colour,
            "embedding": [round(float(value), 4) for value in look.embedding[:6]],
            "caption": look.caption,
        }
    path = Path(__file__).with_name("canonical.json")
    path.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
