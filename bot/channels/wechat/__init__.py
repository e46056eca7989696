"""WeChat official accounts (verified service accounts), by their customer-service interface."""

from bot.channels.wechat.channel import WeChat

__all__ = ("WeChat",)
