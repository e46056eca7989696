"""Our channel with everything real but the dialogue, which does what it is told: for tests of the protocol.

say "echo …"   answers with the text as the dialogue gets it (and the metadata)
say "sleep N"  waits N seconds before that      say "crash", "fail"   raises       say "silent"   says nothing
say "shop"     a card and buttons               say "forget"   deletes what was said
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from sanic.response import text

from actions.shop import database
from bot import messages
from bot.channels.base import TurnFailed
from bot.channels.web import WebChannel
from bot.settings import settings

CARD = {
    "id": "p1",
    "title": "A dress",
    "price": "$10",
    "reason": "because",
    "picture": "javascript:alert(1)",
    "url": "/shop/p1",
    "buttons": [{"title": "Details", "payload": '/details{"product_id": "p1"}'}],
}


class Agent:
    """Stands where Rasa's agent stands."""

    tracker_store = SimpleNamespace()

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict:
        return {}

    async def handle_message(self, message: UserMessage) -> None:
        words = (message.text or "").split()
        with Path(os.environ["ECHO_LOG"]).open("a") as log:  # noqa: ASYNC230  # what was really asked of the dialogue
            log.write(json.dumps([message.sender_id, message.text]) + "\n")
        if words[0] == "sleep":
            await asyncio.sleep(float(words[1]))
        if words[0] == "crash":
            raise ValueError("crash")
        if words[0] == "fail":
            await message.output_channel.send_response(message.sender_id, {"text": "half"})
            raise TurnFailed("action")
        if words[0] == "silent":
            return
        if words[0] == "forget":
            messages.delete_conversation(message.sender_id)
            await message.output_channel.send_response(message.sender_id, {"text": "ok"})
            return
        answer: dict = {"text": f"echo {message.text}", "metadata": {}}
        if words[0] == "shop":
            answer |= {
                "custom": {"cards": [CARD, {"title": "no id"}]},
                "buttons": [
                    {"title": "Yes", "payload": "/affirm"},
                    {"title": "plain", "payload": "plain words"},
                ],
                "image": "data:text/html,x",
            }
        await message.output_channel.send_response(message.sender_id, answer)
        if words[0] == "meta":
            answer = {"text": json.dumps(message.metadata)}
            await message.output_channel.send_response(message.sender_id, answer)


def main() -> None:
    database.migrate()
    app = Sanic("echo", configure_logging=False)

    @app.get("/")
    async def hello(request: object) -> object:
        return text("Hello from Rasa")  # as Rasa's own server has it

    app.ctx.agent = Agent()
    register([WebChannel()], app, route="/webhooks/")
    app.run("127.0.0.1", settings().port, access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
