"""XMPP (Jabber), as an external component of the shop's own server: https://xmpp.org/extensions/xep-0114.html"""

from bot.channels.xmpp.channel import Xmpp

__all__ = ("Xmpp",)
