"""The agents' open pages in this process, and whom an event concerns."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

from bot.door.sockets import Socket
from bot.support.accounts.desk_sessions import Session
from bot.support.accounts.roles import Agent, sees
from bot.support.desk.board import Board, Entry

PER_AGENT = 12  # pages of one agent in this process
SIGNED_OUT = 4401  # the code with which a socket is closed whose session has ended


class Seat:
    """One open page of an agent: what it is told and what it looks at."""

    def __init__(self, ws: Any, session: Session, connection: str, language: str) -> None:
        self._ws = ws
        self.socket = Socket(ws)
        self.session = session
        self.connection = connection
        self.language = language
        self.watching: str | None = None  # a conversation that is shown and may be seen
        self.typing: set[str] = set()  # conversations in which the customer is told that he types

    @property
    def agent(self) -> Agent:
        """Who sits there, as his account stood when it was last looked up."""
        return self.session.agent

    def sees(self, group: str) -> bool:
        """Whether the agent sees a group's conversations."""
        return sees(self.agent, group)

    def hears(self, conversation: str, entry: Entry | None) -> bool:
        """Whether the messages of a conversation come here: it is his, or it is shown (and may be seen)."""
        if entry is not None and not self.sees(entry.group):
            return False
        return self.watching == conversation or (entry is not None and entry.agent == self.agent.id)

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame; never waits."""
        self.socket.send(frame)

    def close(self, code: int, why: str) -> None:
        """Close the socket from our side; its reader then cleans up."""

        async def end() -> None:
            await self.socket.finish()
            with contextlib.suppress(Exception):
                await self._ws.close(code, why)

        asyncio.create_task(end())  # noqa: RUF006  # the end of a connection; nobody waits for it


class Hub:
    """All seats of this process."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}

    def join(self, seat: Seat) -> bool:
        """Add a page; False if the agent has too many."""
        if len(self.of(seat.agent.id)) >= PER_AGENT:
            return False
        self._seats[seat.connection] = seat
        return True

    def leave(self, seat: Seat) -> None:
        """Remove a page."""
        self._seats.pop(seat.connection, None)

    def all(self) -> list[Seat]:
        """Every page."""
        return list(self._seats.values())

    def of(self, agent: int) -> list[Seat]:
        """The pages of an agent."""
        return [seat for seat in self._seats.values() if seat.agent.id == agent]

    def hearing(self, conversation: str, board: Board) -> list[Seat]:
        """The pages that a conversation's messages go to."""
        entry = board.of(conversation)
        return [seat for seat in self._seats.values() if seat.hears(conversation, entry)]

    @staticmethod
    def send(seats: Iterable[Seat], frame: dict[str, Any]) -> None:
        """One frame to several pages."""
        for seat in seats:
            seat.send(frame)
