"""From live events to agents' pages: each gets what he may see and nothing else, in the order of the commits.

Events say only that there is something; what it is, one worker looks up for all pages of this process, so
that a hundred messages at once are one query. After a gap (the connection of the listener was lost) the board
is read anew and every page gets everything again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from bot.support.accounts import agents as accounts
from bot.support.accounts import desk_sessions
from bot.support.accounts.roles import Agent
from bot.support.desk import handoff_lines, private_notes, typing_events, views
from bot.support.desk.board import Board
from bot.support.desk.hub import SIGNED_OUT, Hub, Seat
from bot.support.desk.welcome import welcome
from bot.support.handoff import store
from storage.errors import Unavailable
from storage.events import Listener

logger = logging.getLogger(__name__)

LINE_SECONDS = 0.7  # lines change that often at most because of messages; a change of state shows at once
_ALL = 2**31 - 1
RETRY_SECONDS = 1.0  # while the database is away


class Feed:
    """See the module; one for each process."""

    def __init__(self, hub: Hub, board: Board) -> None:
        self.hub = hub
        self.board = board
        self.agents: dict[int, Agent] = {}
        self._messages: dict[str, tuple[int, int]] = {}  # conversation → first and last that is new
        self._changed: dict[int, set[str]] = {}  # hand-over → the groups it was in
        self._stirred: set[int] = set()  # hand-overs in which something was said
        self._notes: set[int] = set()
        self._accounts: set[int] = set()
        self._fresh: list[Seat] = []  # pages that have nothing yet
        self._renew = False
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, listener: Listener) -> None:
        """Begin to hear; the listener may run already."""
        for topic, callback in (
            ("message", self.on_message),
            ("handoff", self.on_handoff),
            ("typing", self.on_typing),
            ("read", self.on_read),
            ("presence", self.on_presence),
            ("note", self.on_note),
            ("erased", self.on_erased),
            ("account", self.on_account),
        ):
            listener.on(topic, callback)
        listener.on_gap(self.on_gap)
        self._task = asyncio.create_task(self._work())
        self.on_gap()

    async def stop(self) -> None:
        """End."""
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    # --- what happens, in the event loop; nothing here waits ------------------------------------------------

    def on_message(self, event: dict[str, Any]) -> None:
        """Something was said."""
        conversation, first, last = event["conversation"], int(event["first"]), int(event["last"])
        if (entry := self.board.of(conversation)) is not None:
            self._stir(entry.id)
        if not self.hub.hearing(conversation, self.board):
            return
        known = self._messages.get(conversation)
        self._messages[conversation] = (min(first, known[0]), max(last, known[1])) if known else (first, last)
        self._wake.set()

    def on_handoff(self, event: dict[str, Any]) -> None:
        """A hand-over began, changed or ended."""
        before, after = self.board.apply(event)
        self._changed.setdefault(event["id"], set()).update({before.group} if before else ())
        conversation = event["conversation"]
        for seat in self.hub.all():
            if seat.watching == conversation and not seat.sees(event["group"]):
                seat.watching = None
            if conversation in seat.typing and (after is None or after.agent != seat.agent.id):
                seat.typing.discard(conversation)
                self._later(typing_events.tell(conversation, False, seat.agent))
        agents = {each.agent for each in (before, after) if each is not None and each.agent is not None}
        for agent in agents if before != after else ():
            self._tell_load(agent)
        self._wake.set()

    def on_typing(self, event: dict[str, Any]) -> None:
        """Somebody types; he himself knows."""
        frame = {"type": "typing", "name": None, **event}
        agent = frame.pop("agent", None)
        seats = self.hub.hearing(event["conversation"], self.board)
        self.hub.send([seat for seat in seats if seat.agent.id != agent], frame)

    def on_read(self, event: dict[str, Any]) -> None:
        """Somebody has read."""
        conversation = event["conversation"]
        self.hub.send(self.hub.hearing(conversation, self.board), {"type": "read", **event})
        if event["who"] == "agent" and (entry := self.board.of(conversation)) is not None:
            self._stir(entry.id)

    def on_presence(self, event: dict[str, Any]) -> None:
        """A colleague comes or goes."""
        self.hub.send(self.hub.all(), {"type": "presence", **event})
        self._know(event["agent"])

    def on_note(self, event: dict[str, Any]) -> None:
        """A private note was written."""
        self._notes.add(event["handoff"])
        self._wake.set()

    def on_erased(self, event: dict[str, Any]) -> None:
        """The customer had what was said deleted."""
        # Numbers begin anew with the next message, so whatever a page has is gone.
        conversation = event["conversation"]
        frame = {"type": "erased", "conversation": conversation, "before": _ALL}
        self.hub.send(self.hub.hearing(conversation, self.board), frame)
        if (entry := self.board.of(conversation)) is not None:
            self._changed.setdefault(entry.id, set())
            self._wake.set()

    def on_account(self, event: dict[str, Any]) -> None:
        """An account has changed, or was signed out."""
        self._accounts.add(event["agent"])
        self._wake.set()

    def greet(self, seat: Seat) -> None:
        """A page was opened: it gets everything. By the worker, so that nothing older comes after it."""
        self._fresh.append(seat)
        self._know(seat.agent.id)
        self._wake.set()

    def on_gap(self) -> None:
        """Events may have been missed: everything anew."""
        self._renew = True
        self._wake.set()

    def _stir(self, handoff: int) -> None:
        self._stirred.add(handoff)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINE_SECONDS, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._wake.set()

    def _tell_load(self, number: int) -> None:
        agent = self.agents.get(number)
        if agent is None:
            self._know(number)
            return
        load = {"load": self.board.load_of(number), "max_load": agent.max_load}
        self.hub.send(self.hub.all(), {"type": "load", "agent": number, **load})

    def _know(self, number: int) -> None:
        """Let everybody know an account that is new."""
        if number not in self.agents:
            self._accounts.add(number)
            self._wake.set()

    @staticmethod
    def _later(work: Any) -> None:
        asyncio.create_task(work)  # noqa: RUF006  # a hint that may be lost

    # --- what it was, looked up by one worker ---------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._round()
            except Unavailable:
                # What was lost on the way is found again by looking everything up.
                self.on_gap()
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("Live events could not be passed on")
                self.on_gap()
                await asyncio.sleep(RETRY_SECONDS)

    async def _round(self) -> None:
        if self._renew:
            await self._everything()
        if self._accounts:
            await self._check_accounts()
        fresh, self._fresh = self._fresh, []
        for seat in fresh:
            await self._greet(seat)
        messages, self._messages = self._messages, {}
        changed, self._changed = self._changed, {}
        written, self._notes = self._notes, set()
        if messages:
            await self._send_messages(messages)
        if changed:
            await self._send_lines(changed)
        if written:
            await self._send_notes(written)
        if self._timer is None and self._stirred:
            stirred, self._stirred = self._stirred, set()
            await self._send_lines({each: set() for each in stirred}, quietly=True)

    async def _everything(self) -> None:
        self._renew = False
        self._messages.clear()
        self._changed.clear()
        self._stirred.clear()
        self.board.begin()
        self.board.load(await asyncio.to_thread(store.all_open))
        await self._look_who_is_who()
        await self._greet_all()

    async def _greet_all(self) -> None:
        self._fresh.clear()
        for seat in self.hub.all():
            await self._greet(seat)

    async def _look_who_is_who(self) -> bool:
        """Read the accounts anew; whether anything that colleagues see has changed."""
        before = self.agents
        self.agents = {agent.id: agent for agent in await asyncio.to_thread(accounts.listing)}
        return before != self.agents

    async def _greet(self, seat: Seat) -> None:
        """Everything that a page needs to begin with."""
        seat.send(await asyncio.to_thread(welcome, seat.agent, self.board.loads()))

    async def _check_accounts(self) -> None:
        wanted, self._accounts = self._accounts, set()
        changed = await self._look_who_is_who()
        for seat in self.hub.all():
            if seat.agent.id in wanted:
                await self.check(seat)
        if changed:  # names, groups and maxima of colleagues, for everybody
            await self._greet_all()

    async def check(self, seat: Seat) -> bool:
        """Whether a page's session still holds; what it may see is set anew. If not, it is closed."""
        session = await asyncio.to_thread(desk_sessions.read, seat.session.token, used=False)
        if session is None:
            self.hub.leave(seat)
            seat.close(SIGNED_OUT, "signed out")
            return False
        seat.session = session
        if seat.watching is not None:
            await self.watch(seat, seat.watching)
        return True

    async def watch(self, seat: Seat, conversation: str | None) -> bool:
        """Let a page look at a conversation (None: at none); False if its agent may not see it."""
        seat.watching = None
        if conversation is not None and await asyncio.to_thread(views.visible, seat.agent, conversation):
            seat.watching = conversation
        return seat.watching == conversation

    async def _send_messages(self, wanted: dict[str, tuple[int, int]]) -> None:
        found = await asyncio.to_thread(views.between, wanted)
        for conversation, events in found.items():
            seats = self.hub.hearing(conversation, self.board)
            for event in events:
                self.hub.send(seats, {"type": "event", "conversation": conversation, **event})

    async def _send_lines(self, changed: dict[int, set[str]], *, quietly: bool = False) -> None:
        """New lines for whom they concern. `quietly`: something was said; who hears that knows already."""
        if not self.hub.all():
            return
        found = await asyncio.to_thread(handoff_lines.of_ids, changed)
        for seat in self.hub.all():
            shown, removed = [], []
            for number, line in found.items():
                if seat.sees(line["group"]):
                    if not quietly or not seat.hears(
                        line["conversation"], self.board.of(line["conversation"])
                    ):
                        shown.append(line)
                elif any(seat.sees(group) for group in changed[number]):
                    removed.append(number)
            if shown or removed:
                seat.send({"type": "queue", "handoffs": shown, "removed": removed})

    async def _send_notes(self, handoffs: set[int]) -> None:
        for conversation, group, note in await asyncio.to_thread(private_notes.recent, handoffs):
            seats = [seat for seat in self.hub.hearing(conversation, self.board) if seat.sees(group)]
            self.hub.send(seats, {"type": "note", "conversation": conversation, "note": note})
