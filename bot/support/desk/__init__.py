"""The server of the service desk's web page, `/desk`.

routes      desk_blueprint(channel): all addresses; mounted by the website's channel
server      DeskServer: the desk in one process
door        who may pass; refusals: why not; security: cookie, headers; texts: both languages
access      what an agent may see: the one place that decides it
signin api photos team     the REST routes
socket      one open page; frames: reading, actions: doing what it asks for
hub board feed             pages, hand-overs, and who hears of what
views lines packets notes welcome products   what the page shows, as JSON
search figures suggest     finding, counting, and what the bot would answer
"""

from __future__ import annotations

from typing import Any

__all__ = ("desk_blueprint",)


def desk_blueprint(channel: Any) -> Any:
    """Everything under /desk, for `app.blueprint`. `channel` is the website's channel."""
    # Only the server needs Sanic; others use parts of this package without it.
    from bot.support.desk.routes import desk_blueprint as make

    return make(channel)
