"""A customer in every state of a hand-over and an agent at the desk's page, who all go on writing while a server is
killed: each sends until it is acknowledged, under the same id, as the pages do.
"""

from __future__ import annotations

import asyncio
import time

import aiohttp

from bot.conversation import messages
from bot.operations.client import ClientError
from bot.support import handoff
from bot.support.accounts import agents, desk_sessions
from bot.support.handoff import OPEN, State
from storage import database
from tests.door.handing import Customer, Desk, come_back, consistent, stored
from tests.support.desk.client import DeskPage

COUNT = 12  # messages of each


class Scene:
    """`async with Scene(desk, url) as scene: scene.write(); …; await scene.over(url)`; `url` may be another server."""

    def __init__(self, desk: Desk, url: str) -> None:
        self.desk = desk
        self.url = url
        self.customers = {state: Customer(url, language="en") for state in State}
        self.before: dict[State, int] = {}
        self.page: DeskPage
        self._writing: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Scene:
        await self._open_page()
        for state, customer in self.customers.items():
            await customer.connect()
            await customer.say("hi" if state is State.BOT else "person")
            self._bring_to(customer.conversation, state)
            await customer.stands(state.value if state in OPEN else "bot")
            self.before[state] = len(stored(customer.conversation))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._writing:
            task.cancel()
        for customer in self.customers.values():
            await customer.close()
        await self.page.close()

    def write(self) -> None:
        """Begin."""
        self._writing = [asyncio.create_task(self._customer_writes(state)) for state in State]
        self._writing.append(asyncio.create_task(self._agent_writes()))

    async def over(self, url: str) -> None:
        """Everybody has come to the server that lives and has been heard; what must hold does."""
        self.url = url
        await asyncio.wait_for(asyncio.gather(*self._writing), 120)
        for state in State:
            await self._holds(state)

    # --- who writes -----------------------------------------------------------------------------------------

    async def _customer_writes(self, state: State) -> None:
        customer = self.customers[state]
        for number in range(COUNT):
            ident = f"{state.value}-{number}"
            sent = {"type": "say", "id": ident, "text": f"{state.value} {number}"}
            while True:
                try:
                    await customer.send(sent)
                    await customer._until(lambda got: got["type"] == "ack" and got["id"] == ident, 3)  # noqa: B023
                    break
                except (ClientError, OSError):
                    await come_back(customer, self.url)
            await asyncio.sleep(0.05)

    async def _agent_writes(self) -> None:
        conversation = self.customers[State.HUMAN].conversation
        for number in range(COUNT):
            said = {"conversation": conversation, "text": f"agent {number}", "client_id": f"agent-{number}"}
            while True:
                try:
                    if (await self.page.request("say", **said))["type"] == "ok":
                        break
                except (AssertionError, OSError, aiohttp.ClientError):  # closed, or no answer
                    await self._open_page()
            await asyncio.sleep(0.08)

    async def _open_page(self) -> None:
        """The agent's page; again, with the same session, where it was lost."""
        token = (getattr(self, "page", None) and self.page.token) or self._signed_in()
        end = time.monotonic() + 60
        while True:
            self.page = DeskPage(self.url)
            self.page.token = token
            try:
                await self.page.__aenter__()
                return
            except (AssertionError, KeyError, OSError, aiohttp.ClientError):
                await self.page.close()
                assert time.monotonic() < end, "the desk did not come back"
                await asyncio.sleep(0.3)

    def _signed_in(self) -> str:
        agent = agents.get(self.desk.agent)
        assert agent is not None
        with database.session() as connection:
            return desk_sessions.start(connection, agent).token

    def _bring_to(self, conversation: str, state: State) -> None:
        if state in (State.RETURNED, State.CLOSED):
            self.desk.accept(conversation)
            (self.desk.give_back if state is State.RETURNED else self.desk.close)(conversation)
        elif state is State.OFFLINE_TICKET:
            found = self.desk.open(conversation)
            handoff.offline(found.id, found.version)
        elif state in (State.ASSIGNED, State.HUMAN):
            self.desk.bring_to(conversation, state.value)

    # --- what must hold -------------------------------------------------------------------------------------

    async def _holds(self, state: State) -> None:
        customer = self.customers[state]
        conversation = customer.conversation
        await come_back(customer, self.url)
        found = handoff.latest(conversation)
        assert (found.state if found else State.BOT) is state, "it stands where it stood"
        assert found is None or handoff.replay(handoff.audit(found.id)) is state
        await customer.stands(state.value if state in OPEN else "bot")
        if state not in OPEN:
            for number in range(COUNT):
                await self._answered_once(customer, f"echo {state.value} {number}")
        ids = [each.client_id for each in messages.history(conversation) if each.sender == "customer"][1:]
        assert ids == [f"{state.value}-{number}" for number in range(COUNT)], "each is there, once, in order"
        assert messages.unanswered(conversation) == []
        said = stored(conversation)[self.before[state] :]
        if state in OPEN:
            assert not [text for sender, text in said if sender == "bot"], "the bot has said nothing"
            seen = await self.page.get(f"conversations/{conversation}")
            assert [each["text"] for each in seen["messages"][self.before[state] :]] == [
                text for _, text in said
            ]
        by_the_agent = [text for sender, text in said if sender == "agent"]
        assert by_the_agent == [f"agent {number}" for number in range(COUNT) if state is State.HUMAN]
        await asyncio.sleep(0.1)
        consistent(customer)

    @staticmethod
    async def _answered_once(customer: Customer, text: str) -> None:
        def there() -> bool:
            return any(event["text"] == text for event in customer.events)

        if not there():
            await customer._until(lambda got: there(), 20)
        assert [event["text"] for event in customer.events].count(text) == 1
