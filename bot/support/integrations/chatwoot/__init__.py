"""Chatwoot as the desk: people answer in an API-channel inbox of it.

api        the calls of its documented HTTP interface
signature  whether a webhook is Chatwoot's
sender     what Chatwoot is told: jobs in the order of each conversation
reader     what happened there: webhooks only say where to look, the truth is fetched
plain      an agent's Markdown as plain text
desk       all of them together, as a `Desk`

How to set it up: docs/desks/chatwoot.md.
"""

from __future__ import annotations

from bot.support.integrations.chatwoot.desk import Chatwoot

__all__ = ("Chatwoot",)
