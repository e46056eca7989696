"""The server is killed outright in every state at once, with messages coming in from both sides."""

from __future__ import annotations

import asyncio

from bot import messages
from bot.client import ClientError
from tests.channel.conftest import Echo
from tests.channel.handing import Customer, Desk, come_back, consistent, stored

STATES = ("bot", "queued", "assigned", "human")
COUNT = 12


async def insist(customer: Customer, ident: str, text: str) -> None:
    """Send until it is acknowledged, under the same id, as the widget does."""
    sent = {"type": "say", "id": ident, "text": text}
    while True:
        try:
            await customer.send(sent)
            await customer._until(lambda got: got["type"] == "ack" and got["id"] == ident, 3)
            return
        except (ClientError, OSError):
            await come_back(customer)


async def test_killed_in_each_state(echo: Echo, desk: Desk) -> None:
    customers = {state: Customer(echo.url, language="en") for state in STATES}
    for state, customer in customers.items():
        await customer.connect()
        await customer.say("person" if state != "bot" else "hi")
        if state != "bot":
            desk.bring_to(customer.conversation, state)
    before = {state: len(stored(customer.conversation)) for state, customer in customers.items()}

    async def writes(state: str) -> None:
        for number in range(COUNT):
            await insist(customers[state], f"{state}-{number}", f"{state} {number}")
            await asyncio.sleep(0.05)

    async def answers() -> None:
        for number in range(COUNT):
            desk.say(customers["human"].conversation, f"agent {number}")
            await asyncio.sleep(0.1)

    writing = [asyncio.create_task(writes(state)) for state in STATES]
    writing.append(asyncio.create_task(answers()))
    await asyncio.sleep(0.3)
    echo.stop()
    echo.launch()
    await asyncio.wait_for(asyncio.gather(*writing), 120)
    for state, customer in customers.items():
        await come_back(customer)
        conversation = customer.conversation
        if state != "bot":
            assert desk.open(conversation).state.value == state, "it stands where it stood"
            await customer.stands(state)
        kept = messages.history(conversation)
        ids = [each.client_id for each in kept if each.sender == "customer"][1:]
        assert ids == [f"{state}-{number}" for number in range(COUNT)], (
            "each acknowledged message is there, once, in order"
        )
        said = stored(conversation)[before[state] :]
        if state == "human":
            assert [text for sender, text in said if sender == "agent"] == [
                f"agent {number}" for number in range(COUNT)
            ]
        if state == "bot":
            for number in range(COUNT):
                await wait_for_answer(customer, f"echo bot {number}")
        else:
            assert not [text for sender, text in said if sender == "bot"], "and the bot has said nothing"
            assert echo.asked(conversation) == ["person"]
        assert messages.unanswered(conversation) == []
        await asyncio.sleep(0.1)
        consistent(customer)
        await customer.close()


async def wait_for_answer(customer: Customer, text: str) -> None:
    """Until the bot's answer is there: once."""

    def there() -> bool:
        return any(event["text"] == text for event in customer.events)

    if not there():
        await customer._until(lambda got: there(), 20)
    assert [event["text"] for event in customer.events].count(text) == 1
