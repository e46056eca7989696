"""One drawing job: the planned product, its canvas, its colours, its luck."""

from __future__ import annotations

from random import Random
from typing import Any

from data.demo.draw import palette
from data.demo.draw.canvas import Canvas
from data.demo.draw.palette import RGB
from data.demo.draw.pattern import Cloth
from data.demo.draw.plan import Item


class Job:
    """What a drawing function gets. The canvas wobbles for soft things, not for hard ones."""

    def __init__(self, item: Item, wobble: float = 1.1) -> None:
        self.item = item
        self.random = Random(f"picture {item.id}")
        self.seed = self.random.randrange(2**31)
        self.canvas = Canvas(self.seed, wobble)
        self.colour: RGB = palette.colour(item.colour, self.random)
        self.colour2: RGB = (
            palette.colour(item.colour2, self.random) if item.colour2 else palette.ink_on(self.colour)
        )
        self.material = item.material or "smooth"

    @property
    def cut(self) -> str:
        return self.item.cut.id

    def cloth(self, style: str = "", scale: float = 1.0, **changes: Any) -> Cloth:
        """The product's main cloth; `style` and `scale` suit its pattern to the kind."""
        settings: dict[str, Any] = {
            "colour": self.colour,
            "colour2": self.colour2,
            "material": self.material,
            "pattern": "plain" if self.item.pattern in ("graphic", "colour_block") else self.item.pattern,
            "melange": self.item.colour == "Grey Melange",
            "style": style,
            "scale": scale,
            "seed": self.seed,
        }
        return Cloth(**{**settings, **changes})

    def shake(self, amount: float) -> float:
        """A random shift of at most `amount` either way."""
        return self.random.uniform(-amount, amount)
