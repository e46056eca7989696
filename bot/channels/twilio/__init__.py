"""SMS, MMS and WhatsApp by Twilio's Messages API: https://www.twilio.com/docs/messaging/api"""

from bot.channels.twilio.channel import TwilioSms, TwilioWhatsApp

__all__ = (
    "TwilioSms",
    "TwilioWhatsApp",
)
