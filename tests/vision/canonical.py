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
        prediction = eyes.predict(getattr(drawings, shape)(tuple(map(int, colour.split(",")))))
        answers[name] = {
            "kind": prediction.kinds[0].name,
            "kind_probability": round(prediction.kinds[0].probability, 4),
            "colour": prediction.colours[0].name,
            "colour_probability": round(prediction.colours[0].probability, 4),
            "article": prediction.articles[0].name,
            "pattern": prediction.patterns[0].name,
            "usage": prediction.usages[0].name,
            "gender": prediction.genders[0].name,
            "gender_probability": round(prediction.genders[0].probability, 4),
            "brand": prediction.brand,
            "second_colour": prediction.second_colour,
            "embedding": [round(float(value), 4) for value in prediction.embedding[:6]],
            "caption": prediction.caption,
        }
    path = Path(__file__).with_name("canonical.json")
    path.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
