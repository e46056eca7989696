"""What may be set for the training of the eyes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pydantic import Field

from storage.environment import Section


class TrainingSettings(Section):
    """For who trains the eyes anew; the running assistant needs none of it."""

    cache: str = Field(
        "",
        env="SHOP_VISION_CACHE",
        shown="shop-vision in the system's temporary folder",
        description="folder for pictures that are made small once",
    )


def cache_folder() -> Path:
    """Where small pictures are kept between trainings."""
    return Path(TrainingSettings.read().cache or Path(tempfile.gettempdir()) / "shop-vision")
