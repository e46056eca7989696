"""The test matrix: one line a platform."""

from __future__ import annotations

from tests.channels.driver import Driver
from tests.channels.line import LineDriver
from tests.channels.matrix import MatrixDriver
from tests.channels.meta import InstagramDriver, MessengerDriver
from tests.channels.slack import SlackDriver
from tests.channels.telegram import TelegramDriver
from tests.channels.twilio import SmsDriver, TwilioWhatsAppDriver
from tests.channels.wechat import WeChatDriver
from tests.channels.whatsapp import WhatsAppDriver
from tests.channels.xmpp import XmppDriver

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
