"""Events as the tracker store reads them."""

from __future__ import annotations

import json

import pytest
from rasa.shared.core.events import (
    ActiveLoop,
    Event,
    LegacyForm,
    LegacyFormValidation,
    LoopInterrupted,
    deserialise_events,
)
from rasa.shared.utils.common import all_subclasses

from bot.dialogue.tracker_store import deserialised
from tests.dialogue.rasa_events import EVENTS


def test_events_of_every_kind_are_those_that_rasa_would_read() -> None:
    kinds = {kind for kind in all_subclasses(Event) if kind.__module__ == Event.__module__}
    legacy = {LegacyForm, LegacyFormValidation}  # these write themselves down as what came after them
    assert {type(event) for event in EVENTS} == kinds - legacy
    stored = [json.loads(json.dumps(event.as_dict())) for event in EVENTS]
    ours, theirs = deserialised(stored), deserialise_events(stored)
    assert [type(event) for event in ours] == [type(event) for event in EVENTS]
    assert [event.as_dict() for event in ours] == [event.as_dict() for event in theirs] == stored
    assert ours == theirs


def test_events_that_nobody_writes() -> None:
    assert deserialised([{"event": "topic"}]) == deserialise_events([{"event": "topic"}]) == []
    old = [{"event": "form", "name": "order_form"}, {"event": "form_validation", "validate": False}]
    assert deserialised(old) == deserialise_events(old) == [ActiveLoop("order_form"), LoopInterrupted(True)]
    with pytest.raises(ValueError, match="Unknown event name 'flown'"):
        deserialised([{"event": "flown"}])
