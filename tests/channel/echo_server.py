"""Our channel with everything real but the dialogue, which does what it is told: for tests of the protocol.

say "echo …"   answers with the text as the dialogue gets it (and the metadata)
say "sleep N"  waits N seconds before that      say "hold …"   waits until `Echo.go` says so before that
say "crash", "fail"   raises                    say "silent"   says nothing
say "shop"     a card and buttons; "cards" three say "forget"   deletes what was said
say "person"   asks for a person                say "sorry"    a sentence, and asks for a person
say "remember X"  sets a slot, as a turn of Rasa's does; "memory"  answers with what Rasa's tracker holds
say "remind N" speaks again after N seconds, unasked
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, AgentUttered, SlotSet, UserUttered
from rasa.shared.utils.common import class_from_module_path
from sanic import Sanic
from sanic.response import text

from bot.channels.web.channel import WebChannel
from bot.conversation import messages
from bot.dialogue.tracker_store import ShopTrackerStore
from bot.settings import settings
from bot.turns.channel import TurnFailed
from bot.turns.locks import ShopLockStore
from storage import database

CARD = {
    "id": "p1",
    "title": "A dress",
    "price": "$10",
    "reason": "because",
    "picture": "javascript:alert(1)",
    "url": "/shop/p1",
    "buttons": [{"title": "Details", "payload": '/details{"product_id": "p1"}'}],
}
PICTURE = "p0001.webp"  # any of the demo catalogue's

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [greet]
    slots:
      colour: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      usual_size: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      agent_note: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      pending: {type: any, influence_conversation: false, mappings: [{type: custom}]}
    actions: [action_x]
    """
)


class Agent:
    """Stands where Rasa's agent stands."""

    def __init__(self, channels: list[InputChannel]) -> None:
        self.channels = {channel.name(): channel for channel in channels}
        self.tracker_store = ShopTrackerStore(DOMAIN)
        self.lock_store = ShopLockStore()

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict:
        return {}

    async def handle_message(self, message: UserMessage) -> None:
        """As Rasa does it: with the lock of the conversation."""
        async with self.lock_store.lock(message.sender_id):
            await self.answer(message)

    async def remember(self, sender: str, colour: str) -> None:
        """One turn as Rasa's processor does it: read, add events, save."""
        tracker = await self.tracker_store.get_or_create_tracker(sender, append_action_listen=False)
        if not tracker.events:
            tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered(f"remember {colour}", {"name": "greet", "confidence": 1.0}), DOMAIN)
        tracker.update(ActionExecuted("action_x"))
        tracker.update(SlotSet("colour", colour), DOMAIN)
        tracker.update(SlotSet("pending", {"needs": "yes"}), DOMAIN)
        tracker.update(ActionExecuted("action_listen"))
        await self.tracker_store.save(tracker)

    async def memory(self, sender: str) -> dict:
        """What the tracker holds."""
        tracker = await self.tracker_store.retrieve(sender)
        if tracker is None:
            return {}
        agents = [event.text for event in tracker.events if isinstance(event, AgentUttered)]
        set_by = [event.key for event in tracker.events if isinstance(event, SlotSet)]
        return {
            "slots": {
                key: value for key, value in tracker.current_slot_values().items() if value is not None
            },
            "agents": agents,
            "set": set_by,
            "after": tracker.latest_action_name,
        }

    async def remind(self, message: UserMessage, seconds: float) -> None:
        """A reminder: speaks through the channel's own way to push."""
        sender = message.sender_id
        await asyncio.sleep(seconds)
        await (
            self.channels[message.input_channel]
            .get_output_channel()
            .send_response(sender, {"text": "reminder"})
        )

    async def answer(self, message: UserMessage) -> None:
        words = (message.text or "").split()
        with Path(os.environ["ECHO_LOG"]).open("a") as log:  # noqa: ASYNC230  # what was really asked of the dialogue
            log.write(json.dumps([message.sender_id, message.text]) + "\n")
        if words[0] == "sleep":
            await asyncio.sleep(float(words[1]))
        while words[0] == "hold" and not go_file(message.sender_id).exists():  # noqa: ASYNC110  # another process's
            await asyncio.sleep(0.02)
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
        if words[0] in ("person", "sorry"):
            sorry = {"text": "echo sorry"} if words[0] == "sorry" else {}
            wish = {"handoff": {"reason": "asked", "detail": message.text}}
            await message.output_channel.send_response(message.sender_id, sorry | {"custom": wish})
            return
        if words[0] == "remember":
            await self.remember(message.sender_id, words[1])
        if words[0] == "memory":
            held = json.dumps(await self.memory(message.sender_id), ensure_ascii=False)
            await message.output_channel.send_response(message.sender_id, {"text": held})
            return
        if words[0] == "remind":
            self.reminding = asyncio.create_task(self.remind(message, float(words[1])))
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
        if words[0] == "cards":
            cards = [
                CARD | {"id": f"p{n}", "title": f"Dress {n}", "picture": f"/pictures/{PICTURE}"}
                for n in (1, 2, 3)
            ]
            more = [{"title": "Show more", "payload": "/show_more"}]
            answer = {"text": "Look:", "custom": {"cards": cards}, "buttons": more}
        await message.output_channel.send_response(message.sender_id, answer)
        if words[0] == "meta":
            answer = {"text": json.dumps(message.metadata)}
            await message.output_channel.send_response(message.sender_id, answer)


def messengers() -> list[InputChannel]:
    """Those that a test wants: a class's path → its credentials."""
    wanted = json.loads(os.environ.get("ECHO_MESSENGERS", "{}"))
    return [class_from_module_path(path).from_credentials(each) for path, each in wanted.items()]


def go_file(conversation: str) -> Path:
    """Where it stands that the turns of a conversation that hold may go on."""
    return Path(os.environ["ECHO_LOG"]).with_name(f"go-{conversation}")


def main() -> None:
    database.migrate()
    app = Sanic("echo", configure_logging=False)

    @app.get("/")
    async def hello(request: object) -> object:
        return text("Hello from Rasa")  # as Rasa's own server has it

    channel = WebChannel()
    if os.environ.get("ECHO_PLAIN"):  # a channel that can show nothing but text and buttons
        channel.banner = channel.stars = False
    channels = [channel, *messengers()]
    app.ctx.agent = Agent(channels)
    register(channels, app, route="/webhooks/")
    app.run("127.0.0.1", settings().port, access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
