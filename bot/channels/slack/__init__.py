"""Slack, by its Events API, interactive messages and Web API: https://docs.slack.dev"""

from bot.channels.slack.channel import Slack

__all__ = ("Slack",)
