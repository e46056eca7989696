"""Filling Rasa's forms: what every `validate_…_form` action shares."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common import handoff_offer
from actions.common.clarification import OFFER_AT
from actions.common.slots import SlotName
from actions.common.turn import Turn

log = logging.getLogger(__name__)

# In a form these messages are no answer, but nothing else either: the question is asked again, with a way
# out.
UNCLEAR = ("nlu_fallback", "out_of_scope", "affirm", "greet", "search_product", "refine_search")


class FormFiller(Action, ABC):
    """Reads the slots of a form out of a message, several at once if they are there.

    Rasa calls it once a turn while the form is active. Leaner than rasa_sdk's `FormValidationAction`, which
    calls back for every slot and knows no message that holds none.
    """

    #: The form's slots, in the order they are asked for.
    slots: tuple[SlotName, ...] = ()
    #: Intents that are no answer and yet no other task, see `UNCLEAR`.
    unclear: tuple[str, ...] = UNCLEAR

    @abstractmethod
    async def read(self, turn: Turn, asked: str | None) -> dict[str, Any]:
        """The slots that the message fills; `asked` is the slot last asked for, None when the form opens.

        `{"requested_slot": None}` ends the form early.
        """

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker, dispatcher)
        asked = tracker.get_slot("requested_slot")
        try:
            found = await self.read(turn, asked)
        except Exception:
            log.exception("%s failed", self.name())
            found = {}
        if asked is None:
            # Opening: at least one slot is named, or Rasa would ask a second time whether there is anything.
            known: dict[str, Any] = {slot: turn.slot(slot) for slot in self.slots}
            found = known | found
        elif not found and turn.intent in self.unclear and not turn.pressed and not turn.values("category"):
            misses = int(turn.slot("misses") or 0) + 1
            buttons = [
                {"title": turn.words.button("leave_it"), "payload": "/deny"},
                handoff_offer.button(turn, "misses" if misses > 1 else None),
            ]
            # The form asks again after this, so the person is no second question, only named.
            turn.say("form_missed_twice" if misses == OFFER_AT else "form_not_understood", buttons=buttons)
            return [SlotSet(asked, None), SlotSet("misses", misses)]
        if found and turn.slot("misses"):
            found["misses"] = None
        # Nothing found rejects the form for this turn: the message is answered by the rule for its intent.
        return [SlotSet(slot, value) for slot, value in found.items()]
