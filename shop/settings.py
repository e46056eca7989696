"""The shop's settings: all from the environment, all optional, read whenever they are asked for."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from storage.environment import Section
from storage.settings import ROOT, var_dir

DEMO = ROOT / "data" / "demo"
HANDOFF = ROOT / "bot" / "support" / "handoff.yml"


class ShopSettings(Section):
    """What the shop keeps, and the file that says when a person takes over."""

    photo_days: int = Field(
        30, env="SHOP_PHOTO_DAYS", ge=0, le=36500, description="days until a customer's photo is deleted"
    )
    handoff: str = Field(
        str(HANDOFF),
        env="SHOP_HANDOFF",
        shown="bot/support/handoff.yml",
        description="the owner's file on the hand-over to people; read again when it changes",
    )


def pictures_dir() -> Path:
    """Where an import puts the catalogue's pictures."""
    folder = var_dir() / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


def vocabulary_path() -> Path:
    return var_dir() / "vocabulary.json"


def photo_days() -> int:
    """Days until a customer's photo is deleted."""
    return ShopSettings.read().photo_days


def handoff_path() -> Path:
    """The owner's file on the hand-over to people."""
    return Path(ShopSettings.read().handoff)
