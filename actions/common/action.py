"""What all actions share: the turn, the bot's open question, and what happens when something fails."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import handoff_offer, open_question, worn_parts
from actions.common.rules import by_rule
from actions.common.slots import SlotName
from actions.common.turn import Turn
from shop.errors import ShopError, UnknownProduct
from storage.errors import Unavailable

log = logging.getLogger(__name__)

# How often in a row the assistant did not understand, or failed: a turn that goes well ends the row.
IN_A_ROW: tuple[SlotName, ...] = ("misses", "failures")

# The actions by their names, so that an open question ("which size?") can be carried on with by any action.
_BY_NAME: dict[str, type[ShopAction]] = {}


class ShopAction(Action, ABC):
    """An action that answers a turn. Subclasses have a name and write `answer`; which intent is
    theirs stands in `data/rules.yml`.

    Whatever `answer` raises becomes a clear sentence with a button to try again; the conversation's state
    stays.
    """

    #: Intents whose rule opens a form, and that the action answers as well when they come another way.
    form_intents: ClassVar[tuple[str, ...]] = ()
    #: The bot's open question survives this action (a service question between "which size?" and "M").
    keeps_pending: ClassVar[bool] = False
    #: A form in hand is asked on after this action; other actions leave the form.
    keeps_form: ClassVar[bool] = False
    #: With a photo sent along, the turn is a search by that photo and the message's words; False where the
    #: photo is only an illustration (a complaint) or is dealt with by the action.
    photo_is_search: ClassVar[bool] = True
    #: The message may be an answer to the bot's open question; False where a form has taken it.
    resumes: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            _BY_NAME[cls().name()] = cls

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Say something and write slots. May raise `ShopError` for what it does not word itself."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker, dispatcher)
        action: ShopAction = self
        if self.resumes and (resumed := open_question.resolve(turn) or worn_parts.resolve(turn)):
            turn.add_entities(resumed.entities)
            action = for_intent(resumed.intent) or self
        elif turn.new_photo and self.photo_is_search:
            action = for_intent("send_photo") or self
        await action.answer_safely(turn)
        if not turn.changed("pending") and not action.keeps_pending and turn.pending:
            turn.set("pending", None)
        for count in IN_A_ROW:
            if not turn.changed(count):
                turn.set(count, None)
        if tracker.active_loop.get("name") and not action.keeps_form:
            turn.events_of_its_own += [ActiveLoop(None), SlotSet("requested_slot", None)]
        return turn.events()

    async def answer_safely(self, turn: Turn) -> None:
        """`answer`, and a sentence of apology where it fails; what was said before the failure is taken
        back. Beside the button to try again there is one to a person, and a second failure in a row names it.
        """
        said = len(turn.dispatcher.messages)
        try:
            await self.answer(turn)
            return
        except UnknownProduct:
            key, again = "product_gone", False
        except Unavailable as error:
            log.error("%s: the shop's database does not answer: %s", self.name(), error)
            key, again = "unavailable", True
        except ShopError as error:
            log.exception("%s: %s %s", self.name(), error.code, error.facts)
            key, again = "failed", True
        except Exception:
            log.exception("%s failed on the intent %s", self.name(), turn.intent)
            key, again = "failed", True
        del turn.dispatcher.messages[said:]
        if again and turn.new_photo:
            # Words sent with a photo need the photo again when they are sent again.
            turn.set("photo", {"id": turn.new_photo, "waiting": True})
        turn.set("pending", turn.pending)
        if not again:
            turn.say(key)
            return
        failures = int(turn.slot("failures") or 0) + 1
        turn.set("failures", failures)
        retry = [{"title": turn.words.button("retry"), "payload": turn.text}] if turn.text else []
        # No question that "yes" could answer: the bot's question of before stays open for the second try.
        turn.say(
            key if failures == 1 else "failed_again", buttons=[*retry, handoff_offer.button(turn, "failure")]
        )


def for_intent(intent: str) -> ShopAction | None:
    """The action that answers an intent, or None. Actions have no state of their own."""
    action = _BY_NAME.get(by_rule().get(intent, "")) or next(
        (each for each in _BY_NAME.values() if intent in each.form_intents), None
    )
    return action() if action else None


async def answer_as(turn: Turn, intent: str, **entities: Any) -> None:
    """Answer the turn as if its intent were another one, with more entities."""
    action = for_intent(intent)
    if action is None:
        raise ValueError(f"no action answers the intent {intent}")
    turn.intent = intent
    turn.add_entities(entities)
    await action.answer(turn)
