"""Who wins, who may, what is said, what is kept: the store under several hands."""

# ruff: noqa: B023 - functions made in a loop are called in the same round

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.conversation import messages, receipts
from bot.conversation.messages import Draft
from bot.support import handoff
from bot.support.handoff import (
    BadValue,
    Conflict,
    Event,
    Handoff,
    NotFound,
    NotYours,
    State,
    WrongState,
    transitions,
)
from storage import database, personal_data
from tests.support.handoff.world import World, checked, sql, texts


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run them in threads that start together; returns results or exceptions."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return results


# --- compare and swap -------------------------------------------------------------------------------------------------


def test_of_two_who_claim_one_wins(world: World) -> None:
    agents = [world.agent(f"Agent {number}") for number in range(4)]
    for _ in range(15):
        found = world.request()
        results = at_once(
            *(lambda agent=agent: handoff.claim(found.id, agent, found.version) for agent in agents)
        )
        winners = [each for each in results if isinstance(each, Handoff)]
        assert len(winners) == 1 and all(isinstance(each, (Handoff, Conflict)) for each in results)
        after = checked(found.id)
        assert after == winners[0] and after.version == 2 and len(handoff.audit(found.id)) == 2


def test_an_old_version_is_refused(world: World) -> None:
    anna = world.agent("Anna")
    found = world.request()
    now = handoff.claim(found.id, anna, found.version)
    for old in (found.version, now.version + 1):
        with pytest.raises(Conflict):
            handoff.accept(found.id, anna, old)
    assert checked(found.id) == now


def test_the_update_itself_compares(world: World) -> None:
    """Were the lock not held, the version would still decide."""
    world.agent("Anna")
    found = world.request()
    with transitions.move(found.id, None) as at:
        object.__setattr__(at.handoff, "version", 7)
        with pytest.raises(Conflict):
            at.change(Event.CANCEL, "customer")
    assert checked(found.id) == found


def test_asked_for_twice_at_once(world: World) -> None:
    world.agent("Anna")
    for _ in range(10):
        conversation = world.conversation()
        results = at_once(*[lambda: handoff.request(conversation, channel="web", reason="asked")] * 4)
        assert sorted(each.new for each in results) == [False, False, False, True]
        assert len({each.handoff.id for each in results}) == 1
        assert len(texts(conversation, "system")) == 1, "announced once"


def test_the_first_message_of_a_conversation_may_ask(world: World) -> None:
    world.agent("Anna")
    conversation = uuid4().hex
    results = at_once(*[lambda: handoff.request(conversation, channel="web", reason="asked")] * 3)
    assert sum(each.new for each in results) == 1


# --- the audit --------------------------------------------------------------------------------------------------------


def test_the_audit_is_append_only(world: World) -> None:
    world.agent("Anna")
    found = world.request()
    for statement in (
        "UPDATE handoff_audit SET actor = 'nobody'",
        "DELETE FROM handoff_audit",
        "TRUNCATE handoff_audit",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            sql(statement)
    (row,) = handoff.audit(found.id)
    assert (row.event, row.actor, row.detail["reason"]) == (Event.REQUEST, "customer", "asked")


def test_the_audit_says_who_and_holds_no_text(world: World) -> None:
    anna, ben = world.agent("Anna"), world.agent("Ben")
    secret = "my secret words"
    found = world.request(world.conversation(secret), detail=secret)
    found = handoff.claim(found.id, anna, found.version)
    found = handoff.accept(found.id, anna, found.version)
    found = handoff.transfer_to_agent(found.id, anna, ben, found.version)
    found = handoff.accept(found.id, ben, found.version)
    handoff.say(found.id, ben, Draft("agent", {"text": secret}))
    handoff.add_note(found.id, ben, secret)
    found = handoff.give_back(found.id, ben, found.version, slots={"usual_size": secret}, note=secret)
    changes = handoff.audit(found.id)
    assert [change.actor for change in changes] == [
        "customer",
        *[f"agent:{anna}"] * 3,
        *[f"agent:{ben}"] * 2,
    ]
    assert changes[3].detail["was"] == anna and changes[3].detail["agent"] == ben
    assert "secret" not in repr(changes)


# --- silence ----------------------------------------------------------------------------------------------------------


def test_an_answer_in_flight_is_dropped(world: World) -> None:
    world.agent("Anna")
    conversation = uuid4().hex
    message = world.says(conversation, "a question")
    assert not message.answered
    found = world.request(conversation)
    answer = messages.answer(message, [Draft("bot", {"text": "too late"})])
    assert answer.stored == [] and messages.unanswered(conversation) == []
    assert messages.add(conversation, [Draft("bot", {"text": "a reminder"})]) == []
    handoff.cancel(conversation)
    assert messages.add(conversation, [Draft("bot", {"text": "a reminder"})])
    assert texts(conversation, "bot")[-1] == "a reminder" and "too late" not in texts(conversation)
    assert checked(found.id).state is State.BOT


def test_what_is_said_meanwhile_is_for_the_person(world: World) -> None:
    anna = world.agent("Anna")
    conversation = world.conversation()
    found = world.request(conversation)
    message = world.says(conversation, "are you there?")
    assert message.answered, "the bot is not to be asked"
    handoff.claim(found.id, anna, found.version)
    assert world.says(conversation).answered
    found = handoff.accept(found.id, anna, found.version + 1)
    assert world.says(conversation).answered
    handoff.close(found.id, anna, found.version, "solved")
    assert messages.unanswered(conversation) == [], "a restarted server has nothing to answer"
    assert not world.says(conversation).answered


def test_bot_and_person_never_at_once(world: World) -> None:
    """Answers and requests race; whoever is first, no answer stands behind the announcement."""
    world.agent("Anna")
    dropped = 0
    for _ in range(40):
        conversation = uuid4().hex
        message = world.says(conversation)
        answered, requested = at_once(
            lambda: messages.answer(message, [Draft("bot", {"text": "answer"})]),
            lambda: handoff.request(conversation, channel="web", reason="asked", packet={"a": 1}),
        )
        assert requested.new
        senders = [each.sender for each in messages.history(conversation)]
        assert senders in (["customer", "bot", "system"], ["customer", "system"]), senders
        assert bool(answered.stored) == ("bot" in senders)
        assert messages.unanswered(conversation) == []
        dropped += not answered.stored
    assert 0 <= dropped <= 40


@pytest.mark.parametrize("begin", ["request", "step_in"])
def test_an_answer_waits_for_who_opens(world: World, begin: str) -> None:
    """The opening transaction is not committed when the answer comes: the answer waits, and is dropped."""
    anna = world.agent("Anna")
    conversation = world.conversation()
    message = world.says(conversation)
    stored: list[Any] = []

    def answer() -> None:
        stored.append(messages.answer(message, [Draft("bot", {"text": "too late"})]))

    thread = threading.Thread(target=answer)
    with database.session() as connection:
        last = messages.lock(connection, conversation, "web")
        values: dict[str, Any] = {"conversation": conversation, "channel": "web", "reason": "asked"}
        event = Event.REQUEST if begin == "request" else Event.STEP_IN
        transitions.begin(
            connection, last, event, "test", **values, agent=anna if begin == "step_in" else None
        )
        thread.start()
        time.sleep(0.3)
        assert not stored
    thread.join(10)
    assert stored[0].stored == [] and "too late" not in texts(conversation)


def test_a_request_answers_its_message_once(world: World) -> None:
    """A server that dies after the request finds nothing to do again."""
    for there in (True, False):
        if there:
            world.agent("Anna")
        else:
            sql("DELETE FROM agent_presence")
        conversation = uuid4().hex
        message = world.says(conversation, "a person please")
        before = [Draft("bot", {"text": "I'm sorry."})]
        first = handoff.request(
            conversation, channel="web", reason="asked", message=message, before=before, language="en"
        )
        assert first.new and first.open is there
        again = handoff.request(
            conversation, channel="web", reason="asked", message=message, before=before, language="en"
        )
        assert not again.new and again.handoff == first.handoff
        assert messages.unanswered(conversation) == []
        said = messages.history(conversation)
        assert [each.sender for each in said] == ["customer", "bot", "system" if there else "bot"]
        assert said[-1].reply_to == message.client_id


# --- what the customer is told ----------------------------------------------------------------------------------------


def test_a_whole_conversation(world: World) -> None:
    anna, ben = world.agent("Anna"), world.agent("Ben", groups=("orders",))
    conversation = world.conversation()
    asked = handoff.request(conversation, channel="web", reason="complaint", language="en")
    found = asked.handoff
    assert asked.open and asked.place == 1 and asked.wait_minutes is None and found.priority == 5
    found = handoff.claim(found.id, anna, found.version)
    said = handoff.say(found.id, anna, Draft("agent", {"text": "Hello!"}, "m1"))
    assert said.new and said.handoff.state is State.HUMAN and said.handoff.first_reply
    again = handoff.say(found.id, anna, Draft("agent", {"text": "Hello!"}, "m1"))
    assert not again.new and again.message == said.message
    assert said.message.event()["agent"] == {"name": "Anna"} and said.message.event()["from"] == "agent"
    with pytest.raises(NotYours):
        handoff.say(found.id, ben, Draft("agent", {"text": "me too"}))
    found = handoff.transfer_to_agent(found.id, anna, ben, said.handoff.version)
    assert found.group == "orders" and found.state is State.ASSIGNED
    with pytest.raises(NotYours):
        handoff.say(found.id, anna, Draft("agent", {"text": "late"}))
    found = handoff.accept(found.id, ben, found.version)
    found = handoff.give_back(found.id, ben, found.version, slots={"usual_size": "M"}, note="takes the M")
    said_all = [(each.sender, each.body.get("text")) for each in messages.history(conversation)][2:]
    assert said_all == [
        (
            "system",
            "I'm sorry about this. I'm getting a person who can help. You are next. "
            "You can go on writing: everything reaches them.",
        ),
        ("system", "Anna is with you now."),
        ("agent", "Hello!"),
        ("system", "You are being passed on to Ben."),
        ("system", "Ben is with you now."),
        (
            "bot",
            "You are back with the assistant. I know what you agreed with Ben. How was it?",
        ),
    ]
    assert messages.history(conversation)[-1].event()["rating"] == {"handoff": found.id}
    before = handoff.before_turn(conversation)
    assert before.open is None and before.wants_email is None
    assert handoff.latest(conversation).agreed == {"slots": {"usual_size": "M"}, "note": "takes the M"}
    rated = handoff.rate(conversation, found.id, 4, "fine")
    assert (rated.rating, rated.rating_comment, rated.version) == (4, "fine", found.version)
    checked(found.id)


def test_chinese(world: World) -> None:
    anna = world.agent("Anna")
    conversation = world.conversation()
    world.request(language="zh")
    found = world.request(conversation, language="zh")
    assert texts(conversation, "system") == [
        "正在为您转接人工客服。您排在第2位。您可以继续留言，客服都能看到。"
    ]
    found = handoff.claim(found.id, anna, found.version)
    found = handoff.accept(found.id, anna, found.version)
    handoff.close(found.id, anna, found.version, "solved")
    assert texts(conversation)[-2:] == [
        "Anna 正在为您服务。",
        "Anna 已结束本次服务。有需要随时找我。请为本次服务评分。",
    ]


def test_nobody_there(world: World) -> None:
    conversation = world.conversation()
    asked = handoff.request(conversation, channel="web", reason="asked", language="en")
    assert not asked.open and asked.back is None and asked.handoff.state is State.OFFLINE_TICKET
    changes = handoff.audit(asked.handoff.id)
    assert [change.event for change in changes] == [Event.REQUEST, Event.OFFLINE]
    assert changes[1].detail["why"] == "nobody"
    last = messages.history(conversation)[-1]
    assert last.sender == "bot" and last.event()["form"] == "email"
    assert last.body["text"].startswith("Nobody is free to answer just now, sorry.")
    # Asked for again: told again, but no second ticket.
    again = handoff.request(conversation, channel="web", reason="asked", language="en")
    assert not again.new and again.handoff.id == asked.handoff.id
    assert len(handoff.history(conversation)) == 1
    world.agent("Anna")
    assert handoff.request(conversation, channel="web", reason="asked").new, "now somebody is there"


def test_the_email_that_was_asked_for(world: World) -> None:
    conversation = world.conversation()
    found = handoff.request(conversation, channel="web", reason="asked", language="en").handoff
    assert handoff.before_turn(conversation).wants_email == found.id
    assert handoff.tickets_due() == []
    wrong = world.says(conversation, "what about shoes?")
    assert handoff.leave_email(found.id, wrong) is None and not messages.get(conversation, wrong.seq).answered
    message = world.says(conversation, "It is ann.li@example.com, thanks")
    kept = handoff.leave_email(found.id, message)
    assert kept is not None and kept.email == "ann.li@example.com"
    assert handoff.leave_email(found.id, message) is None
    assert texts(conversation)[-1] == (
        "Thank you. Your request is passed on, and the answer comes to ann.li@example.com."
    )
    assert handoff.before_turn(conversation).wants_email is None
    assert [each.id for each in handoff.tickets_due()] == [found.id]
    assert handoff.set_ticket(found.id, "42") and not handoff.set_ticket(found.id, "43")
    assert handoff.get(found.id).ticket == "42" and handoff.tickets_due() == []


def test_a_ticket_without_an_email_after_a_while(world: World) -> None:
    found = world.put(State.OFFLINE_TICKET, world.agent("Anna"))
    assert handoff.tickets_due() == []
    world.passes(601)
    assert [each.id for each in handoff.tickets_due()] == [found.id]


def test_an_email_for_something_else_is_not_taken(world: World) -> None:
    conversation = world.conversation()
    handoff.request(conversation, channel="web", reason="asked")
    message = world.says(conversation, "where is my order?")
    messages.answer(message, [Draft("bot", {"text": "Which e-mail did you order with?"})])
    assert handoff.before_turn(conversation).wants_email is None


# --- who may ----------------------------------------------------------------------------------------------------------


def test_whose_it_is(world: World) -> None:
    anna, ben, lea = world.agent("Anna"), world.agent("Ben"), world.agent("Lea", role="lead", groups=())
    strange = world.agent("Otto", groups=("orders",))
    shut = world.agent("Shut")
    sql("UPDATE agents SET active = false WHERE id = :a", a=shut)
    found = world.request()
    for agent in (strange, shut):
        with pytest.raises(NotYours):
            handoff.claim(found.id, agent, found.version)
    with pytest.raises(NotFound):
        handoff.claim(found.id, 10**9, found.version)
    with pytest.raises(NotFound):
        handoff.claim(10**9, anna, 1)
    found = handoff.claim(found.id, anna, found.version)
    v = found.version
    for act in (
        lambda agent: handoff.claim(found.id, agent, v),
        lambda agent: handoff.accept(found.id, agent, v),
        lambda agent: handoff.release(found.id, agent, v),
        lambda agent: handoff.transfer_to_agent(found.id, agent, ben, v),
        lambda agent: handoff.transfer_to_group(found.id, agent, "orders", v),
        lambda agent: handoff.close(found.id, agent, v, "solved"),
        lambda agent: handoff.say(found.id, agent, Draft("agent", {"text": "x"})),
    ):
        for agent in (ben, strange, shut):
            with pytest.raises(NotYours):
                act(agent)
    with pytest.raises(NotYours):  # a lead acts for others, but speaks only where the conversation is his
        handoff.say(found.id, lea, Draft("agent", {"text": "x"}))
    assert checked(found.id) == found
    taken = handoff.claim(found.id, lea, v)
    assert taken.agent == lea and taken.version == v + 1
    taken = handoff.transfer_to_agent(found.id, lea, anna, taken.version)
    taken = handoff.accept(taken.id, anna, taken.version)
    taken = handoff.close(taken.id, lea, taken.version, "solved", ["size"])
    assert taken.tags == ("size",) and texts(taken.conversation)[-1].startswith("Anna has ended")


def test_tags_and_notes(world: World) -> None:
    anna, strange = world.agent("Anna"), world.agent("Otto", groups=("orders",))
    found = world.request()
    assert handoff.set_tags(found.id, anna, ["size", "size", " a  b ", ""]).tags == ("size", "a b")
    note = handoff.add_note(found.id, anna, " waits for stock ")
    assert handoff.notes(found.id) == [note] and note.text == "waits for stock"
    for act in (
        lambda: handoff.set_tags(found.id, strange, ["x"]),
        lambda: handoff.add_note(found.id, strange, "x"),
    ):
        with pytest.raises(NotYours):
            act()
    with pytest.raises(BadValue):
        handoff.add_note(found.id, anna, "  ")
    assert handoff.get(found.id).version == found.version


def test_values_that_cannot_be(world: World) -> None:
    anna = world.agent("Anna")
    found = world.put(State.HUMAN, anna)
    for act in (
        lambda: handoff.give_back(found.id, anna, found.version, slots={"shown": []}),
        lambda: handoff.give_back(found.id, anna, found.version, slots={"focus": "x" * 5000}),
        lambda: handoff.give_back(found.id, anna, found.version, slots={"focus": float("nan")}),
        lambda: handoff.close(found.id, anna, found.version, "because"),
        lambda: handoff.request("c", channel="web", reason="because"),
        lambda: handoff.rate(found.conversation, found.id, 6),
        lambda: handoff.rate(found.conversation, found.id, True),
    ):
        with pytest.raises(BadValue):
            act()
    with pytest.raises(NotFound):
        handoff.transfer_to_group(found.id, anna, "nobody", found.version)
    with pytest.raises(NotFound):
        handoff.rate(found.conversation, found.id, 5)  # not before the end
    done = handoff.close(found.id, anna, found.version, "solved")
    with pytest.raises(NotFound):
        handoff.rate("another", done.id, 5)
    with pytest.raises(NotFound):
        handoff.step_in("no such conversation", anna, channel="web")
    with pytest.raises(NotFound):
        handoff.cancel("no such conversation")


def test_nothing_is_said_after_the_end(world: World) -> None:
    anna = world.agent("Anna")
    for state in (State.BOT, State.RETURNED, State.CLOSED, State.OFFLINE_TICKET):
        found = world.put(state, anna)
        with pytest.raises((NotYours, WrongState)):
            handoff.say(found.id, anna, Draft("agent", {"text": "x"}))
        assert "x" not in texts(found.conversation)


def test_not_accepted_is_not_rated(world: World) -> None:
    anna = world.agent("Anna")
    found = world.put(State.ASSIGNED, anna)
    found = handoff.close(found.id, anna, found.version, "spam")
    assert messages.history(found.conversation)[-1].event()["rating"] is None
    with pytest.raises(NotFound):
        handoff.rate(found.conversation, found.id, 1)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_lists(world: World) -> None:
    anna = world.agent("Anna", groups=("service", "orders"))
    first = world.request()
    urgent = world.request(reason="complaint")
    other = world.request(group="orders")
    mine = world.put(State.HUMAN, anna)
    assert [each.id for each in handoff.queue()] == [urgent.id, first.id, other.id]
    assert [each.id for each in handoff.queue(["orders"])] == [other.id] and handoff.queue([]) == []
    assert [each.id for each in handoff.of_agent(anna)] == [mine.id]
    assert {each.id for each in handoff.all_open()} == {first.id, urgent.id, other.id, mine.id}
    assert handoff.latest(first.conversation) == first == handoff.open_of(first.conversation)
    brief = first.brief()
    assert brief["state"] == "queued" and "packet" not in brief and isinstance(brief["asked"], str)


# --- erased -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.HUMAN, State.RETURNED, State.OFFLINE_TICKET])
def test_what_is_erased(world: World, state: State) -> None:
    anna = world.agent("Anna")
    found = world.put(state, anna)
    keep = world.request(detail="kept")
    conversation, secret = found.conversation, "secret@example.com"
    sql(
        "UPDATE handoffs SET detail = :s, email = :s, rating_comment = :s, tags = ARRAY[:s], agreed = to_jsonb(:s::text), "
        "packet = to_jsonb(:s::text) WHERE id = :id".replace(":s::text", "CAST(:s AS text)"),
        s=secret,
        id=found.id,
    )
    handoff.add_note(found.id, anna, secret)
    handoff.asked_once(conversation, secret)
    receipts.mark(conversation, "agent", 2)
    assert secret in repr(personal_data.export(conversation))
    counts = personal_data.forget(conversation)
    assert counts["messages"] > 0 and counts["handoffs"] == 1
    assert "handoffs" not in personal_data.export(conversation)
    left = handoff.get(found.id)
    assert left is not None and left.erased and left.state is state and left.packet == {}
    assert secret not in repr(left) and handoff.notes(found.id) == []
    assert handoff.asked_once(conversation, secret), "asked as if never before"
    assert checked(found.id), "the audit stays"
    assert handoff.tickets_due() == [] and handoff.get(keep.id) == keep
    if state is State.HUMAN:  # and it goes on: the person may answer and end it
        assert world.says(conversation).answered
        handoff.say(found.id, anna, Draft("agent", {"text": "gone"}))
        checked(handoff.close(found.id, anna, left.version, "solved").id)


def test_erased_while_others_write(world: World) -> None:
    """No lock is waited for in a circle."""
    anna = world.agent("Anna")
    for _ in range(15):
        found = world.put(State.HUMAN, anna)
        conversation = found.conversation
        results = at_once(
            lambda: personal_data.forget(conversation),
            lambda: [world.says(conversation) for _ in range(3)],
            lambda: handoff.say(found.id, anna, Draft("agent", {"text": "x"})),
            lambda: handoff.give_back(found.id, anna, found.version),
            lambda: messages.add(conversation, [Draft("bot", {"text": "y"})]),
            lambda: receipts.mark(conversation, "customer", 3),
        )
        bad = [each for each in results if isinstance(each, Exception)]
        assert all(isinstance(each, (NotYours, WrongState)) for each in bad), bad
        checked(found.id)


# --- read marks -------------------------------------------------------------------------------------------------------


def test_read_marks(world: World) -> None:
    conversation = world.conversation()
    assert receipts.of(conversation) == receipts.ReadMarks(0, 0)
    assert not receipts.mark(conversation, "agent", 0)
    assert receipts.mark(conversation, "agent", 1) and not receipts.mark(conversation, "agent", 1)
    assert receipts.mark(conversation, "customer", 10**30)
    assert receipts.of(conversation) == receipts.ReadMarks(customer=2, agent=1)
    assert not receipts.mark("nobody", "agent", 3) and not receipts.mark(conversation, "agent", -3)
    with pytest.raises(ValueError):
        receipts.mark(conversation, "agent; DROP TABLE reads", 3)  # type: ignore[arg-type]


def test_read_by_both_for_the_first_time_at_once(world: World) -> None:
    for _ in range(10):
        conversation = world.conversation()
        at_once(
            lambda: receipts.mark(conversation, "agent", 1),
            lambda: receipts.mark(conversation, "customer", 2),
        )
        assert receipts.of(conversation) == receipts.ReadMarks(customer=2, agent=1)
