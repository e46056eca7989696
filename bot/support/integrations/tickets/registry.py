"""The ticket systems there are: ours by name, and those of other packages (`shop_assistant.tickets`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from bot.settings import SettingError
from bot.support.integrations import settings
from bot.support.integrations.tickets.base import Target
from bot.support.integrations.tickets.helpdesk import Helpdesk
from bot.support.integrations.tickets.mail import Mail
from storage import plugins

REGISTRY: dict[str, Callable[[], Target]] = {
    "helpdesk": lambda: Helpdesk(settings.HelpdeskSettings.read()),
    "mail": lambda: Mail(settings.MailSettings.read()),
}


def make(name: str | None = None) -> Target | None:
    """The target of a name, or the one of `SHOP_TICKETS`; None for "none". Raises `SettingError`."""
    name = name or settings.tickets_name()
    if name == "none":
        return None
    try:
        maker = REGISTRY.get(name) or plugins.find(plugins.TICKETS, name)
    except plugins.BrokenPlugin as error:
        raise SettingError(f"SHOP_TICKETS={name}: {error}") from error
    return cast(Callable[[], Target], maker)()
