"""The desks there are: ours by name, and those of other packages (`shop_assistant.desks`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from bot.settings import SettingError
from bot.support.integrations import settings
from bot.support.integrations.base import Desk
from bot.support.integrations.chatwoot import Chatwoot
from bot.support.integrations.own_desk import OwnDesk
from storage import plugins

REGISTRY: dict[str, Callable[[], Desk]] = {
    "own": OwnDesk,
    "chatwoot": lambda: Chatwoot(settings.ChatwootSettings.read()),
}


def make(name: str | None = None) -> Desk:
    """The desk of a name, or the one of `SHOP_DESK`. Raises `SettingError` for a setting that makes
    no sense.
    """
    name = name or settings.desk_name()
    try:
        maker = REGISTRY.get(name) or plugins.find(plugins.DESKS, name)
    except plugins.BrokenPlugin as error:
        raise SettingError(f"SHOP_DESK={name}: {error}") from error
    return cast(Callable[[], Desk], maker)()
