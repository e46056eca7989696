"""LINE, by its Messaging API: https://developers.line.biz/en/reference/messaging-api/"""

from bot.channels.line.channel import Line

__all__ = ("Line",)
