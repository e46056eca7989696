"""The test matrix: one line a platform."""

from __future__ import annotations

from tests.messengers.driver import Driver
from tests.messengers.telegram import TelegramDriver

PLATFORMS: tuple[type[Driver], ...] = (TelegramDriver,)
