"""Facebook Messenger and Instagram, by the Messenger Platform: one interface, two places."""

from bot.channels.meta.channel import FacebookMessenger, Instagram

__all__ = (
    "FacebookMessenger",
    "Instagram",
)
