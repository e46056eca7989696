"""The test matrix: one line a platform."""

from __future__ import annotations

from tests.messengers.driver import Driver
from tests.messengers.line import LineDriver
from tests.messengers.matrix import MatrixDriver
from tests.messengers.meta import InstagramDriver, MessengerDriver
from tests.messengers.slack import SlackDriver
from tests.messengers.telegram import TelegramDriver
from tests.messengers.twilio import SmsDriver, TwilioWhatsAppDriver
from tests.messengers.wechat import WeChatDriver
from tests.messengers.whatsapp import WhatsAppDriver
from tests.messengers.xmpp import XmppDriver

PLATFORMS: tuple[type[Driver], ...] = (
    SlackDriver,
    LineDriver,
    TelegramDriver,
    MatrixDriver,
    MessengerDriver,
    InstagramDriver,
    WhatsAppDriver,
    WeChatDriver,
    SmsDriver,
    TwilioWhatsAppDriver,
    XmppDriver,
)
