"""WhatsApp, by the Cloud API: https://developers.facebook.com/documentation/business-messaging/whatsapp"""

from bot.channels.whatsapp.channel import WhatsApp

__all__ = ("WhatsApp",)
