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
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, AgentUttered, SlotSet, UserUttered

from bot import door
from bot.channels.base.messenger import Messenger
from bot.channels.runtime.messengers import Messengers
from bot.channels.web.channel import WebChannel
from bot.conversation.replies import Reply
from bot.dialogue.port import NO_SUGGESTION, State, Suggestion, TurnFailed, Utterance
from bot.dialogue.tracker_store import ShopTrackerStore
from bot.operations.door import compose
from bot.settings import settings
from bot.turns.channel import Channel
from storage import database, personal_data

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


class ScriptedDialogue:
    """A dialogue without an engine (`bot.dialogue.port.Dialogue`); what it must remember is in Rasa's tracker."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.channels = {channel.name(): channel for channel in channels}
        self.tracker_store = ShopTrackerStore(DOMAIN)

    async def healthy(self) -> bool:
        return True

    async def close(self) -> None:
        """Nothing is open."""

    async def tell(self, conversation: str) -> int:
        return await self.tracker_store.tell(conversation)

    async def erase(self, conversation: str) -> int:
        return await self.tracker_store.erase(conversation)

    async def suggest(self, conversation: str, channel: str) -> Suggestion:
        return NO_SUGGESTION

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

    async def remind(self, utterance: Utterance, seconds: float) -> None:
        """Speaks unasked, through the channel's own way to push."""
        await asyncio.sleep(seconds)
        await self.channels[utterance.channel].push(utterance.conversation, [Reply("reminder")])

    async def answer(self, utterance: Utterance, state: State) -> Sequence[Reply]:
        return [
            reply for each in await self.respond(utterance, state) if (reply := Reply.from_response(each))
        ]

    async def respond(self, utterance: Utterance, state: State) -> list[dict]:
        """Rasa's responses, as a turn of its would give them."""
        sender, words = utterance.conversation, (utterance.text or "").split()
        with Path(os.environ["ECHO_LOG"]).open("a") as log:  # noqa: ASYNC230  # what was really asked of the dialogue
            log.write(json.dumps([sender, utterance.text]) + "\n")
        if words[0] == "sleep":
            await asyncio.sleep(float(words[1]))
        while words[0] == "hold" and not go_file(sender).exists():  # noqa: ASYNC110  # another process's
            await asyncio.sleep(0.02)
        if words[0] == "crash":
            raise ValueError("crash")
        if words[0] == "fail":
            raise TurnFailed("action")
        if words[0] == "silent":
            return []
        if words[0] == "forget":
            personal_data.forget(sender)
            return [{"text": "ok"}]
        if words[0] in ("person", "sorry"):
            sorry = {"text": "echo sorry"} if words[0] == "sorry" else {}
            wish = {"handoff": {"reason": "asked", "detail": utterance.text}}
            return [sorry | {"custom": wish}]
        if words[0] == "remember":
            await self.remember(sender, words[1])
        if words[0] == "memory":
            return [{"text": json.dumps(await self.memory(sender), ensure_ascii=False)}]
        if words[0] == "remind":
            self.reminding = asyncio.create_task(self.remind(utterance, float(words[1])))
        answer: dict = {"text": f"echo {utterance.text}", "metadata": {}}
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
        return [answer, {"text": json.dumps(state)}] if words[0] == "meta" else [answer]


def messengers() -> list[Messenger]:
    """Those that a test wants: a class's path → its credentials."""
    wanted = json.loads(os.environ.get("ECHO_MESSENGERS", "{}"))
    made = []
    for path, each in wanted.items():
        module, _, name = path.rpartition(".")
        made.append(getattr(import_module(module), name).from_credentials(each))
    return made


def go_file(conversation: str) -> Path:
    """Where it stands that the turns of a conversation that hold may go on."""
    return Path(os.environ["ECHO_LOG"]).with_name(f"go-{conversation}")


def main() -> None:
    database.migrate()
    channel = WebChannel()
    if os.environ.get("ECHO_PLAIN"):  # a channel that can show nothing but text and buttons
        channel.banner = channel.stars = False
    others = Messengers(messengers())
    dialogue = ScriptedDialogue([channel, *others.channels])
    app = compose(dialogue, web_channel=channel, messengers=others)
    asyncio.run(door.serve(app, "127.0.0.1", settings().port))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
