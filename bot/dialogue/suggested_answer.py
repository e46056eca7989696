"""What the bot would answer to the customer's last message: shown to the agent, never sent by itself.

Rasa understands the message and decides on a copy of the conversation's state that is thrown away: nothing is
stored, and the bot's own state stays as it was. Only actions that read may run (`HARMLESS`); where the bot
would do something (the cart, an order, the customer's data, a form), there is no suggestion.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import messages
from bot.conversation.incoming import for_dialogue
from bot.conversation.messages import Message
from bot.conversation.replies import Reply
from bot.dialogue.output import ActionFailed, CollectedOutput
from bot.dialogue.port import NO_SUGGESTION, Suggestion
from storage.errors import Unavailable
from storage.timeouts import within

logger = logging.getLogger(__name__)

SECONDS = 5.0
MOST_ACTIONS = 4  # of one turn
MOST_CARDS = 6
LATEST = 50  # messages among which the customer's last one is looked for

# They look things up and write nothing but slots.
HARMLESS = frozenset(
    {
        "action_small_talk", "action_search", "action_refine", "action_show_more", "action_similar",
        "action_recommend", "action_why", "action_drop_wish", "action_product", "action_details",
        "action_compare", "action_complete_look", "action_size", "action_service",
    }
)  # fmt: skip
# Sentences that speak for the bot alone.
_NOT_FOR_A_PERSON = frozenset({"utter_bot_challenge"})
_LISTEN = "action_listen"
# What the bot had asked is not open for the person: "yes" to it would make the bot act.
_CLOSED = ("pending", "requested_slot")


async def suggestion(agent: Any, conversation: str, channel: str) -> Suggestion:
    """`{text, cards}` of Rasa's `agent`; nothing where it cannot say, or not in time."""
    if getattr(agent, "processor", None) is None:
        return NO_SUGGESTION
    message = await asyncio.to_thread(_last_question, conversation)
    text = for_dialogue(message.body.get("text") or "") if message else ""
    if message is None or not text or message.body.get("photo"):
        return NO_SUGGESTION
    output = CollectedOutput(channel)
    asked = UserMessage(
        text,
        output,
        conversation,
        input_channel=channel,
        metadata={"language": message.body.get("language")},
    )
    try:
        answered = await within(SECONDS, _answer(agent, asked, output))
    except Unavailable:
        raise
    except (Exception, ActionFailed) as error:
        logger.warning("No suggestion: %s", type(error).__name__)
        return NO_SUGGESTION
    if not answered:
        return NO_SUGGESTION
    return _shown([reply for each in output.responses if (reply := Reply.from_response(each))])


async def _answer(agent: Any, message: UserMessage, output: CollectedOutput) -> bool:
    """Let the bot answer into `output` on a copy of its state; False where it would do more than answer."""
    processor = agent.processor
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    if tracker is None:
        tracker = DialogueStateTracker.from_events(message.sender_id, [], processor.domain.slots)
    if tracker.active_loop_name or tracker.is_paused():
        return False
    # From here everything happens to our copy: `save_tracker` is never called.
    await processor._update_tracker_session(tracker, CollectedOutput(output.channel))
    for slot in _CLOSED:
        if slot in tracker.slots:
            tracker.update(SlotSet(slot, None), processor.domain)
    await processor._handle_message_with_tracker(message, tracker)
    await processor.run_action_extract_slots(output, tracker)
    for _ in range(MOST_ACTIONS):
        action, prediction = processor.predict_next_with_tracker_if_should(tracker)
        name = action.name()
        if name == _LISTEN:
            return True
        if not harmless(name):
            return False
        events = await action.run(output, processor.nlg, tracker, processor.domain)
        await processor._send_bot_messages(events, tracker, output)
        processor._log_action_on_tracker(tracker, action, events, prediction)
    return True


def harmless(action: str) -> bool:
    """Whether an action may run for a suggestion: it only reads, and says what a person could say."""
    if action.startswith("utter_"):
        return action not in _NOT_FOR_A_PERSON
    return action in HARMLESS


def _last_question(conversation: str) -> Message | None:
    """The customer's newest message, unless a person or the bot has answered it in words since."""
    for message in reversed(messages.history(conversation, limit=LATEST)):
        if message.sender == "customer":
            return message
    return None


def _shown(replies: list[Reply]) -> Suggestion:
    """The bot's bubbles as one text and the cards, without buttons."""
    if any(reply.handoff for reply in replies):
        return NO_SUGGESTION  # it would call for a person: there is one
    texts = [reply.text for reply in replies if reply.text]
    cards = [card for reply in replies for card in reply.cards][:MOST_CARDS]
    return {
        "text": "\n\n".join(texts) or None,
        "cards": [
            {
                "id": card.id,
                "title": card.title,
                "price": card.price,
                "reason": card.reason,
                "picture": card.picture or "",
                "url": card.url or "",
            }
            for card in cards
        ],
    }
