"""Our channel and the desk with everything real but the dialogue: started by the tests, once or twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from sanic.response import text

from bot.channels.web.channel import WebChannel
from bot.settings import settings
from bot.support.desk import desk_blueprint
from storage import database


class Bot:
    """Stands where Rasa's agent stands; with no model there is nothing to suggest."""

    tracker_store = SimpleNamespace()
    processor = None

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict:
        return {}

    async def handle_message(self, message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": f"echo {message.text}"})


def main() -> None:
    database.migrate()
    app = Sanic(f"desk{os.getpid()}", configure_logging=False)

    @app.get("/")
    async def hello(request: object) -> object:
        return text("Hello from Rasa")  # as Rasa's own server has it

    app.ctx.agent = Bot()
    channel = WebChannel()
    register([channel], app, route="/webhooks/")
    if "desk" not in app.blueprints:
        app.blueprint(desk_blueprint(channel))
    app.run("127.0.0.1", settings().port, access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
