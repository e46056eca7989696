"""One turn of a conversation: what the customer said, what was agreed before, and what the assistant
answers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.common.slots import Shown, SlotName
from actions.replies.cards import Button, Card
from actions.replies.wording import LANGUAGES, Words
from shop.search.criteria import Criteria

P = ParamSpec("P")
R = TypeVar("R")

_CJK = re.compile(r"[\u3400-\u9fff]")
_BARE_NUMBER = re.compile(
    r"^\W*(?:(?:no\.?|number|nr\.?|第|要|选)\s*)?(\d{1,2}|[一二两三四五六七八九十])(?:\s*(?:个|件|款|号|双|条|th|st|nd|rd))?\W*$",
    re.I,
)
_NUMERALS = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {"两": 2}


class Turn:
    """What one action sees and says. Slots are read once; `set` changes them, `events` writes the changed
    ones back.
    """

    def __init__(self, tracker: Tracker, dispatcher: CollectingDispatcher) -> None:
        message = tracker.latest_message or {}
        self.tracker = tracker
        self.dispatcher = dispatcher
        self.customer: str = tracker.sender_id
        self.text: str = message.get("text") or ""
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.ranking: list[dict[str, Any]] = message.get("intent_ranking") or []
        self.entities: list[dict[str, Any]] = list(message.get("entities") or [])
        self.metadata: dict[str, Any] = message.get("metadata") or _metadata(tracker)
        self._slots: dict[str, Any] = dict(tracker.slots)
        self._changed: dict[str, Any] = {}
        self.events_of_its_own: list[dict[str, Any]] = []
        self.language = self._language()
        self.words = Words(self.language)
        if photo := self.metadata.get("photo"):
            self.set("photo", {"id": photo})
        self.new_photo: str | None = photo or self._waiting_photo()

    # What the customer said

    def value(self, entity: str) -> Any:
        """The first value of an entity that is not excluded, or None."""
        return next(iter(self.values(entity)), None)

    def values(self, entity: str, *, excluded: bool = False) -> list[Any]:
        return [
            each["value"]
            for each in self.entities
            if each.get("entity") == entity and (each.get("role") == "excluded") is excluded
        ]

    @property
    def pressed(self) -> bool:
        """True if the message is a button's payload, not words."""
        return self.text.startswith("/")

    @property
    def wishes(self) -> Criteria:
        """The wishes of this message alone."""
        return Criteria.from_entities(self.entities)

    def add_entities(self, values: dict[str, Any]) -> None:
        """Put values known from elsewhere (an open question, a bare number) among the message's entities."""
        self.entities += [{"entity": name, "value": value} for name, value in values.items()]

    def bare_number(self) -> int | None:
        """The number if the message is nothing but one: "2", "No. 2", "第二个"."""
        match = _BARE_NUMBER.match(self.text)
        if not match:
            return None
        return _NUMERALS.get(match[1]) or int(match[1])

    # What was agreed before

    def slot(self, name: SlotName) -> Any:
        return self._changed.get(name, self._slots.get(name))

    def set(self, name: SlotName, value: Any) -> None:
        self._changed[name] = value

    @property
    def criteria(self) -> Criteria:
        """All that was agreed for the search so far."""
        return Criteria.from_dict(self.slot("criteria"))

    @criteria.setter
    def criteria(self, criteria: Criteria) -> None:
        self.set("criteria", criteria.to_dict())

    @property
    def shown(self) -> Shown:
        """The products last shown, see the slot in domain.yml; an empty dict before the first."""
        return self.slot("shown") or Shown()

    @property
    def shown_ids(self) -> list[str]:
        return list(self.shown.get("ids", ()))

    @property
    def photo(self) -> str | None:
        """The id of the customer's last photo."""
        return (self.slot("photo") or {}).get("id")

    @property
    def pending(self) -> dict[str, Any] | None:
        """The open question of the bot's last turn, see `actions.common.open_question`."""
        return self.slot("pending")

    def speak(self, language: str) -> None:
        """Go on in another language, from this reply on."""
        self.language = language
        self.words = Words(language)
        self.set("language", language)

    def changed(self, name: SlotName) -> bool:
        return name in self._changed

    def previous_intents(self) -> list[str]:
        """The intents of the customer's earlier messages, latest first."""
        return [
            ((event.get("parse_data") or {}).get("intent") or {}).get("name") or ""
            for event in self._earlier_messages()
        ]

    def previous_text(self) -> str:
        """The customer's message before this one, "" for the first."""
        return next((str(event.get("text") or "") for event in self._earlier_messages()), "")

    # What the assistant answers

    def say(
        self,
        key: str,
        *,
        buttons: Iterable[Button] = (),
        cards: Iterable[Card] = (),
        picture: str | None = None,
        **facts: Any,
    ) -> None:
        """One bubble: a sentence of `data/replies/`, with cards or buttons."""
        self.say_text(self.words.say(key, **facts), buttons=buttons, cards=cards, picture=picture)

    def say_text(
        self,
        text: str,
        *,
        buttons: Iterable[Button] = (),
        cards: Iterable[Card] = (),
        picture: str | None = None,
    ) -> None:
        cards = list(cards)
        self.dispatcher.utter_message(
            text=text, buttons=list(buttons), image=picture, json_message={"cards": cards} if cards else None
        )

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a blocking function of the shop or the eyes beside the event loop."""
        return await asyncio.to_thread(function, *args, **kwargs)

    def events(self) -> list[dict[str, Any]]:
        """The slots that this turn changed, and the action's own events."""
        slots = [
            SlotSet(name, value) for name, value in self._changed.items() if value != self._slots.get(name)
        ]
        return slots + self.events_of_its_own

    def _earlier_messages(self) -> list[dict[str, Any]]:
        """The events of the customer's messages before this one, latest first."""
        return [event for event in self.tracker.events if event.get("event") == "user"][-2::-1]

    def _language(self) -> str:
        """Of this message if its language can be told, else of those before it, else of the page."""
        told = self.value("language") or self._slots.get("language")
        if told in LANGUAGES:
            return str(told)
        page = self.metadata.get("language")
        by_page = page if page in LANGUAGES else "en"
        language = "zh" if _CJK.search(self.text) else by_page
        self.set("language", language)
        return language

    def _waiting_photo(self) -> str | None:
        """The photo of a message that could not be answered, when the customer tries again."""
        photo = self._slots.get("photo") or {}
        if photo.get("waiting"):
            self.set("photo", {name: value for name, value in photo.items() if name != "waiting"})
            return str(photo["id"])
        return None


def _metadata(tracker: Tracker) -> dict[str, Any]:
    """The message's metadata; Rasa keeps it in the event, not in `latest_message`."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return event.get("metadata") or {}
    return {}
