"""Every pair of state and event, in the table and through the real store."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone

import pytest

from bot.support import handoff
from bot.support.handoff import ENDS, OPEN, Change, Conflict, Event, NotFound, State, WrongState, replay
from bot.support.handoff.states import TRANSITIONS, next_state
from tests.support.handoff.world import World, apply, checked, texts

# The contract, written down a second time.
ALLOWED = {
    "bot": {"request": "queued", "step_in": "human"},
    "queued": {
        "assign": "assigned",
        "claim": "assigned",
        "transfer_group": "queued",
        "cancel": "bot",
        "offline": "offline_ticket",
    },
    "assigned": {
        "claim": "assigned",
        "accept": "human",
        "release": "queued",
        "silent": "queued",
        "gone": "queued",
        "transfer_group": "queued",
        "transfer_agent": "assigned",
        "cancel": "bot",
        "close": "closed",
    },
    "human": {
        "gone": "queued",
        "transfer_group": "queued",
        "transfer_agent": "assigned",
        "return": "returned",
        "close": "closed",
    },
    "returned": {},
    "closed": {},
    "offline_ticket": {},
}
LATER = [event for event in Event if event not in (Event.REQUEST, Event.STEP_IN)]


@pytest.mark.parametrize(("state", "event"), itertools.product(State, Event))
def test_the_table(state: State, event: Event) -> None:
    expected = ALLOWED[state.value].get(event.value)
    if expected is None:
        with pytest.raises(WrongState):
            next_state(state, event)
    else:
        assert next_state(state, event).value == expected


def test_the_table_leads_everywhere_and_to_an_end() -> None:
    assert set(OPEN) | set(ENDS) == set(State) and not set(OPEN) & set(ENDS)
    reached = {State.BOT}
    for _ in State:
        reached |= {to for (state, _), to in TRANSITIONS.items() if state in reached}
    assert reached == set(State)
    for state in OPEN:  # whoever does something or nothing: an end is near
        assert any(
            to in ENDS or (to, Event.CLOSE) in TRANSITIONS
            for (at, _), to in TRANSITIONS.items()
            if at is state
        )


@pytest.mark.parametrize(("state", "event"), itertools.product(State, LATER))
def test_through_the_store(world: World, state: State, event: Event) -> None:
    agent, other = world.agent("Anna"), world.agent("Ben")
    before = world.put(state, agent)
    said = texts(before.conversation)
    # A hand-over that stands at BOT has ended: what begins one makes a new one.
    expected = None if state in ENDS else ALLOWED[state.value].get(event.value)
    if expected is None:
        # Whose it is comes second: a queued one is nobody's.
        nothing_open = event is Event.CANCEL and state in ENDS
        with pytest.raises(NotFound if nothing_open else WrongState):
            apply(event, before, agent, other)
        assert checked(before.id) == before and texts(before.conversation) == said
    else:
        after = apply(event, before, agent, other)
        assert after.state.value == expected and after.version == before.version + 1
        assert checked(before.id) == after
        assert (after.ended is not None) == (after.state in ENDS)
        last = handoff.audit(before.id)[-1]
        assert (last.event, last.from_state, last.to_state) == (event, before.state, after.state)


@pytest.mark.parametrize("state", State)
def test_asked_for_again(world: World, state: State) -> None:
    agent = world.agent("Anna")
    before = world.put(state, agent)
    said = texts(before.conversation)
    again = handoff.request(before.conversation, channel="web", reason="asked")
    if state in OPEN:
        assert again.handoff == before and not again.new and texts(before.conversation) == said
        with pytest.raises(Conflict):
            handoff.step_in(before.conversation, agent, channel="web")
    else:
        assert again.new and again.handoff.id != before.id and again.handoff.state is State.QUEUED
        assert checked(before.id) == before


@pytest.mark.parametrize("state", ENDS)
def test_stepped_in_after_an_end(world: World, state: State) -> None:
    agent = world.agent("Anna")
    before = world.put(state, agent)
    after = handoff.step_in(before.conversation, agent, channel="web")
    assert after.state is State.HUMAN and after.agent == agent and after.reason == "stepped_in"
    assert checked(after.id) == after


def change(version: int, event: Event, before: State, after: State) -> Change:
    return Change(version, 1, "c", datetime.now(timezone.utc), event, before, after, version, "system", {})


def test_replay_finds_what_is_wrong() -> None:
    good = [
        change(1, Event.REQUEST, State.BOT, State.QUEUED),
        change(2, Event.CLAIM, State.QUEUED, State.ASSIGNED),
        change(3, Event.ACCEPT, State.ASSIGNED, State.HUMAN),
    ]
    assert replay(good) is State.HUMAN and replay([]) is State.BOT
    for bad in (
        [good[0], good[2]],
        [good[1]],
        [good[0], good[0]],
        [good[0], change(2, Event.CLAIM, State.QUEUED, State.HUMAN)],
        [
            good[0],
            change(2, Event.CANCEL, State.QUEUED, State.BOT),
            change(3, Event.REQUEST, State.BOT, State.QUEUED),
        ],
    ):
        with pytest.raises(ValueError):
            replay(bad)
    with pytest.raises(WrongState):
        replay([good[0], change(2, Event.RETURN, State.QUEUED, State.RETURNED)])
