"""Telegram, by its Bot API: https://core.telegram.org/bots/api"""

from bot.channels.telegram.channel import Telegram

__all__ = ("Telegram",)
