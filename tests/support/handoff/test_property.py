"""Random sequences of events through the real store: customers, the bot, two agents and a lead, time, crashes.

After every step, from what the database holds alone: no acknowledged message is lost or doubled, no word of the bot
stands where a person had the conversation, no word of an agent where he had not, the audit replayed gives the state.
At the end everybody leaves, and every conversation reaches an end.

`HANDOFF_EXAMPLES=1000` looks longer and elsewhere; `HANDOFF_SHRINK=1` takes the minutes to make a failing sequence
shorter.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.support import handoff
from bot.support.handoff import OPEN, Change, Handoff, HandoffError, State
from storage import personal_data
from tests.support.handoff.world import World, sql

EXAMPLES = int(os.environ.get("HANDOFF_EXAMPLES", "50"))
LONG = "HANDOFF_EXAMPLES" in os.environ
STEPS = 100
PROCESSES = 2
CONVERSATIONS = 2

# What happens, the more often the more names it has here.
STEP_NAMES = (
    ["customer_writes"] * 6
    + ["customer_asks"] * 4
    + ["customer_cancels", "customer_rates", "everything_is_erased"]
    + ["customer_leaves_email"] * 3
    + ["bot_answers"] * 4
    + ["bot_reminds"]
    + ["agent_acts"] * 10
    + ["agent_speaks"] * 5
    + ["agent_steps_in"]
    + ["agent_comes_or_goes"] * 3
    + ["time_passes"] * 4
    + ["process_crashes"]
)
ACTS = ("claim", "accept", "release", "transfer_agent", "transfer_group", "return", "close", "tags")
# A step: its name, and three numbers out of which it chooses.
number = st.integers(0, 11)
steps = st.lists(
    st.tuples(st.sampled_from(STEP_NAMES), number, number, number), min_size=STEPS, max_size=STEPS
)


@dataclass
class Ledger:
    """What somebody was told is stored, of one conversation since it was last erased."""

    said: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # client id → number, sender, text
    answers: list[Message] = field(default_factory=list)
    after: int = 0  # rows of the audit up to this one are from before
    standing: tuple[State, int | None] = (State.BOT, None)  # as it stood then


class Machine:
    """See the module. `flying` is what the processes hold in memory, `views` what the agents' pages show: both may be
    old, and a crash forgets them.
    """

    def __init__(self, world: World, done: Counter[str]) -> None:
        self.world = world
        self.done = done
        sql("DELETE FROM agent_presence")
        self.people = [
            world.agent("Anna", max_load=1),
            world.agent("Ben", groups=("service", "orders")),
            world.agent("Lea", role="lead", max_load=0),
        ]
        self.names = [f"web-{uuid4().hex}" for _ in range(CONVERSATIONS)]
        self.ledgers = {name: Ledger() for name in self.names}
        self.flying: list[dict[tuple[str, int], Message]] = [{} for _ in range(PROCESSES)]
        self.views: list[dict[int, Handoff]] = [{} for _ in self.people]

    def step(self, name: str, a: int, b: int, c: int) -> None:
        getattr(self, name)(a, b, c)
        self.holds(self.names[self.done.total() % CONVERSATIONS])

    # --- the customer ---------------------------------------------------------------------------------------

    def customer_writes(self, a: int, b: int, c: int) -> None:
        """A new message, or one that the client is not sure of and sends again."""
        name = self.names[a % CONVERSATIONS]
        ledger = self.ledgers[name]
        own = sorted(key for key, (_, sender, _) in ledger.said.items() if sender == "customer")
        client_id = own[b % len(own)] if c < 3 and own else f"c-{uuid4().hex}"
        text = ledger.said[client_id][2] if client_id in ledger.said else f"words {client_id}"
        standing = handoff.open_of(name)
        draft = Draft("customer", {"text": text}, client_id, answered=False)
        message, new = messages.receive(name, draft)
        assert new is (client_id not in ledger.said)
        if new:
            assert message.answered is (standing is not None), "for the person, or for the bot"
        ledger.said[client_id] = (message.seq, "customer", text)
        if not message.answered:
            self.flying[b % PROCESSES][name, message.seq] = message

    def customer_asks(self, a: int, b: int, c: int) -> None:
        """The answer to a message is the request for a person."""
        name = self.names[a % CONVERSATIONS]
        flying = self.flying[b % PROCESSES]
        message = next((each for (who, _), each in flying.items() if who == name), None)
        before = [Draft("bot", {"text": "sorry"}, reply_to=message.client_id)] if message else []
        standing = handoff.open_of(name)
        asked = handoff.request(
            name,
            channel="web",
            reason=("asked", "complaint", "vip")[c % 3],
            language="en",
            message=message,
            before=before,
        )
        assert asked.open is asked.handoff.is_open
        if standing is not None:
            assert not asked.new and asked.handoff == standing
        if message is not None:
            del flying[name, message.seq]
            stored = messages.get(name, message.seq)
            assert stored is None or stored.answered
        self.done["asked" if asked.new else "asked again"] += 1

    def customer_cancels(self, a: int, b: int, c: int) -> None:
        self.attempt("cancel", lambda: handoff.cancel(self.names[a % CONVERSATIONS]))

    def customer_rates(self, a: int, b: int, c: int) -> None:
        name = self.names[a % CONVERSATIONS]
        last = handoff.latest(name)
        if last is not None:
            self.attempt("rate", lambda: handoff.rate(name, last.id, 1 + b % 5, "words"))

    def customer_leaves_email(self, a: int, b: int, c: int) -> None:
        asked = [(each, handoff.before_turn(each).wants_email) for each in self.names]
        name, wanted = next(((each, wanted) for each, wanted in asked if wanted), ("", 0))
        if not wanted:
            return
        client_id = f"c-{uuid4().hex}"
        draft = Draft("customer", {"text": "ann@example.com"}, client_id, answered=False)
        message, _ = messages.receive(name, draft)
        self.ledgers[name].said[client_id] = (message.seq, "customer", "ann@example.com")
        assert handoff.leave_email(wanted, message) is not None
        assert handoff.before_turn(name).wants_email is None
        self.done["email"] += 1

    # --- the bot --------------------------------------------------------------------------------------------

    def bot_answers(self, a: int, b: int, c: int) -> None:
        """An answer that was in flight arrives, whatever happened meanwhile."""
        flying = self.flying[a % PROCESSES]
        if not flying:
            return
        message = flying.pop(sorted(flying)[b % len(flying)])
        turn = uuid4().hex
        drafts = [Draft("bot", {"text": f"answer {turn}"}, reply_to=message.client_id)] * (1 + c % 2)
        standing = handoff.open_of(message.conversation)
        answer = messages.answer(message, drafts)
        if standing is not None:
            assert answer.stored == [], "a person has the conversation"
        self.ledgers[message.conversation].answers += answer.stored
        self.done["dropped" if standing else "answered" if answer.stored else "answered by another"] += 1

    def bot_reminds(self, a: int, b: int, c: int) -> None:
        name = self.names[a % CONVERSATIONS]
        standing = handoff.open_of(name)
        stored = messages.add(name, [Draft("bot", {"text": "a reminder"})])
        assert bool(stored) is (standing is None)
        self.ledgers[name].answers += stored

    # --- the agents -----------------------------------------------------------------------------------------

    def agent_acts(self, a: int, b: int, c: int) -> None:
        """On what his page shows, which may be old; mostly on what is his, and mostly what could be."""
        who = a % len(self.people)
        view, agent = self.views[who], self.people[who]
        if c < 9:
            view.update({each.id: each for each in handoff.all_open() if each.conversation in self.ledgers})
        if not view:
            return
        own = [number for number, each in view.items() if each.agent == agent]
        chosen = sorted(own or view) if c < 9 else sorted(view)
        found = view[chosen[b % len(chosen)]]
        likely = {
            State.QUEUED: ("claim", "claim", "transfer_group"),
            State.ASSIGNED: ("accept", "accept", "accept", *ACTS),
            State.HUMAN: ACTS,
        }.get(found.state, ACTS)
        act = (likely if c % 3 else ACTS)[(b + c) % len(likely if c % 3 else ACTS)]
        version, other = found.version, self.people[(a + b) % len(self.people)]
        acts = {
            "claim": lambda: handoff.claim(found.id, agent, version),
            "accept": lambda: handoff.accept(found.id, agent, version),
            "release": lambda: handoff.release(found.id, agent, version),
            "transfer_agent": lambda: handoff.transfer_to_agent(found.id, agent, other, version),
            "transfer_group": lambda: handoff.transfer_to_group(found.id, agent, "orders", version),
            "return": lambda: handoff.give_back(found.id, agent, version, slots={"usual_size": "M"}),
            "close": lambda: handoff.close(found.id, agent, version, "solved"),
            "tags": lambda: handoff.set_tags(found.id, agent, ["size"]),
        }
        after = self.attempt(act, acts[act])
        if after is not None:
            view[after.id] = after

    def agent_steps_in(self, a: int, b: int, c: int) -> None:
        name, agent = self.names[a % CONVERSATIONS], self.people[b % len(self.people)]
        self.attempt("step_in", lambda: handoff.step_in(name, agent, channel="web"))

    def agent_speaks(self, a: int, b: int, c: int) -> None:
        """To any conversation that his page has ever shown."""
        who = a % len(self.people)
        view, agent = self.views[who], self.people[who]
        if not view:
            return
        own = [number for number, each in view.items() if each.agent == agent]
        chosen = sorted(own) if own and c < 9 else sorted(view)
        found = view[chosen[b % len(chosen)]]
        ledger = self.ledgers[found.conversation]
        sent = sorted(key for key in ledger.said if key.startswith(f"a{who}-"))
        client_id = sent[b % len(sent)] if c < 3 and sent else f"a{who}-{uuid4().hex}"
        text = f"reply {client_id}"
        draft = Draft("agent", {"text": text}, client_id)
        said = self.attempt("say", lambda: handoff.say(found.id, agent, draft))
        if said is not None:
            assert said.new is (client_id not in ledger.said)
            ledger.said[client_id] = (said.message.seq, "agent", text)

    # --- time, connections, crashes -------------------------------------------------------------------------

    def agent_comes_or_goes(self, a: int, b: int, c: int) -> None:
        agent = self.people[a % len(self.people)]
        how = ("online", "online", "online", "away", "offline", "lost")[b % 6]
        if how == "lost":
            self.world.lost(agent)
        elif how == "offline":
            self.world.offline(agent)
        else:
            self.world.online(agent, how)

    def time_passes(self, a: int, b: int, c: int) -> None:
        for _ in range(1 + a % 3):
            self.world.passes((0, 0, 30, 70, 70, 1000)[b % 6])
            self.done.update(f"tick {each.state.value}" for each in handoff.run_timers())

    def process_crashes(self, a: int, b: int, c: int) -> None:
        """It forgets everything, and starts anew with what is not answered; the other one may be at it, too."""
        self.flying[a % PROCESSES] = {
            (name, message.seq): message for name in self.names for message in messages.unanswered(name)
        }
        for view in self.views:
            view.clear()

    def everything_is_erased(self, a: int, b: int, c: int) -> None:
        if c:
            return  # seldom
        name = self.names[a % CONVERSATIONS]
        personal_data.forget(name)
        standing = handoff.open_of(name)
        ((last,),) = sql("SELECT coalesce(max(id), 0) FROM handoff_audit WHERE conversation = :c", c=name)
        self.ledgers[name] = Ledger(
            after=last, standing=(standing.state, standing.agent) if standing else (State.BOT, None)
        )
        for flying in self.flying:  # numbers begin again: what was in flight belongs to nothing
            for key in [key for key in flying if key[0] == name]:
                del flying[key]
        self.done["erased"] += 1

    def attempt(self, what: str, act: Any) -> Any:
        """Refusals are answers, too."""
        try:
            result = act()
        except HandoffError as error:
            self.done[f"{what}: {error.code}"] += 1
            return None
        self.done[what] += 1
        return result

    # --- what must hold -------------------------------------------------------------------------------------

    def holds(self, name: str) -> None:
        """Everything, of one conversation."""
        ledger = self.ledgers[name]
        said = messages.history(name, limit=10_000)
        found = handoff.history(name, limit=1000)
        audits = [handoff.audit(each.id) for each in found]
        self.nothing_is_lost_or_doubled(ledger, said)
        for each, changes in zip(found, audits, strict=True):
            assert handoff.replay(changes) is each.state
            assert changes[-1].version == each.version and changes[-1].detail["agent"] == each.agent
        self.one_at_a_time(ledger, said, sorted(chain(*audits), key=lambda change: change.id))
        assert sum(each.is_open for each in found) <= 1

    @staticmethod
    def nothing_is_lost_or_doubled(ledger: Ledger, said: list[Message]) -> None:
        assert [each.seq for each in said] == list(range(1, len(said) + 1))
        stored = {each.client_id: each for each in said if each.client_id}
        assert len(stored) == sum(each.client_id is not None for each in said)
        assert set(stored) == set(ledger.said), "what was acknowledged is there, and nothing else"
        for client_id, (seq, sender, text) in ledger.said.items():
            each = stored[client_id]
            assert (each.seq, each.sender, each.body["text"]) == (seq, sender, text)
        by_seq = {each.seq: each for each in said}
        assert all(by_seq[each.seq] == each for each in ledger.answers)
        answers: dict[str, set[str]] = {}
        for each in said:
            if each.reply_to and each.body["text"].startswith("answer "):
                answers.setdefault(each.reply_to, set()).add(each.body["text"])
        assert all(len(each) == 1 for each in answers.values()), "answered once"
        for each in said:
            if each.reply_to in answers and each.body.get("text", "").startswith("answer "):
                assert stored[each.reply_to].answered
        rated = Counter(each.body["rating"]["handoff"] for each in said if each.body.get("rating"))
        assert all(count == 1 for count in rated.values()), "one closing line, once"

    @staticmethod
    def one_at_a_time(ledger: Ledger, said: list[Message], changes: list[Change]) -> None:
        """Who had the conversation when a message was stored, by the audit alone."""
        later = [change for change in changes if change.id > ledger.after]
        for each in said:
            state, agent = ledger.standing
            for change in later:
                if change.detail["seq"] < each.seq:
                    state, agent = change.to_state, change.detail["agent"]
            if each.sender == "bot":
                assert state not in OPEN, "the bot spoke while a person had the conversation"
            elif each.sender == "agent":
                assert state is State.HUMAN and agent == each.body["agent"]["id"], "who spoke did not have it"
            elif each.sender == "system":
                assert state in OPEN

    def everybody_leaves(self) -> None:
        """For ever: every conversation reaches an end, and nothing stays unanswered."""
        for agent in self.people:
            self.world.offline(agent)
        for _ in range(4):
            self.world.passes(1000)
            handoff.run_timers()
        for name in self.names:
            assert handoff.open_of(name) is None
            for message in messages.unanswered(name):
                draft = Draft("bot", {"text": f"answer {message.seq}"}, reply_to=message.client_id)
                messages.answer(message, [draft])
            assert messages.unanswered(name) == []
            self.holds(name)


def test_random_sequences(world: World) -> None:
    done: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not LONG,
        phases=(Phase.generate, Phase.shrink) if "HANDOFF_SHRINK" in os.environ else (Phase.generate,),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps)
    def run(sequence: list[tuple[str, int, int, int]]) -> None:
        machine = Machine(world, done)
        for name, a, b, c in sequence:
            machine.step(name, a, b, c)
        machine.everybody_leaves()

    run()
    print(f"\n{sum(done.values())} events: {dict(sorted(done.items()))}")
    wanted = {*ACTS, "asked", "cancel", "step_in", "say", "rate", "email", "answered", "dropped", "erased"}
    wanted |= {"tick assigned", "tick queued", "tick offline_ticket", "accept: conflict"}
    assert not [name for name in sorted(wanted) if not done[name]], "the generator reaches everything"
