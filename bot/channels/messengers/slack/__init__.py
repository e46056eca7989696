"""Slack, by its Events API, interactive messages and Web API: https://docs.slack.dev"""

from bot.channels.messengers.slack.channel import Slack

__all__ = ("Slack",)
