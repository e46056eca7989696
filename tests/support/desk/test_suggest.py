"""What the bot would answer, by a small model of real Rasa: shown, not said, and nothing is changed by it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.conversation import messages
from bot.conversation.messages import Draft
from bot.dialogue import suggested_answer
from bot.dialogue.port import NO_SUGGESTION
from storage import database
from tests.conftest import clean_environment, free_ports
from tests.support.desk.conftest import World

DOMAIN = """
version: "3.1"
intents: [thank, search_product, add_to_cart, human_handoff, slow]
entities: []
slots:
  pending: {type: any, influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_thank: [{text: "You're welcome!"}]
actions: [action_search, action_cart_add, action_handoff, action_service]
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
"""
NLU = """
version: "3.1"
nlu:
  - intent: thank
    examples: |
      - thank you
      - thanks a lot
      - many thanks
  - intent: search_product
    examples: |
      - show me red dresses
      - I want a dress
      - dresses please
  - intent: add_to_cart
    examples: |
      - put it in my cart
      - add it to the cart
      - into the cart
  - intent: human_handoff
    examples: |
      - a human please
      - talk to a person
      - agent now
  - intent: slow
    examples: |
      - what about delivery
      - how long is delivery
      - delivery time
rules:
  - {rule: a, steps: [{intent: thank}, {action: utter_thank}]}
  - {rule: b, steps: [{intent: search_product}, {action: action_search}]}
  - {rule: c, steps: [{intent: add_to_cart}, {action: action_cart_add}]}
  - {rule: d, steps: [{intent: human_handoff}, {action: action_handoff}]}
  - {rule: e, steps: [{intent: slow}, {action: action_service}]}
"""
CONFIG = """
recipe: default.v1
assistant_id: suggest-test
language: en
pipeline:
  - {name: WhitespaceTokenizer}
  - {name: CountVectorsFeaturizer}
  - {name: LogisticRegressionClassifier}
policies:
  - {name: RulePolicy, enable_fallback_prediction: false}
"""
CARD = {
    "id": "p1", "title": "A dress", "price": "$10", "reason": "red", "picture": "/pictures/p1.webp",
    "url": "/shop/p1", "buttons": [{"title": "Details", "payload": "/show_details"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("suggest")
    for name, text in (("domain.yml", DOMAIN), ("nlu.yml", NLU), ("config.yml", CONFIG)):
        (folder / name).write_text(text, encoding="utf-8")
    # In a process of its own, as `python -m bot train` is.
    script = (
        "import sys; from rasa.model_training import train; f = sys.argv[1]; "
        "train(f + '/domain.yml', f + '/config.yml', [f + '/nlu.yml'], f, fixed_model_name='small')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env=clean_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    model = folder / "small.tar.gz"
    assert model.exists(), run.stdout[-3000:]
    return str(model)


@pytest.fixture(scope="module")
def loaded(model: str, world: World) -> Any:
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig

    from bot.dialogue.tracker_store import ShopTrackerStore

    (port,) = free_ports(1)
    agent = Agent.load(
        model,
        action_endpoint=EndpointConfig(f"http://127.0.0.1:{port}/webhook"),
    )
    agent.tracker_store = ShopTrackerStore(agent.domain)
    agent.processor.tracker_store = agent.tracker_store
    return SimpleNamespace(agent=agent, port=port)


@pytest.fixture
async def bot(loaded: Any) -> AsyncIterator[Any]:
    """The model with an action server that remembers what it was asked for."""
    called: list[dict[str, Any]] = []

    async def act(request: web.Request) -> web.Response:
        body = await request.json()
        called.append(body)
        name = body["next_action"]
        if name == "action_service":
            await asyncio.sleep(suggested_answer.SECONDS + 3)
        custom = {"cards": [CARD]} if name == "action_search" else {"handoff": {"reason": "asked"}}
        event = {"event": "slot", "name": "pending", "value": {"needs": "yes", "intent": "add_to_cart"}}
        return web.json_response(
            {"events": [event], "responses": [{"text": "Here <b>you</b> are", "custom": custom}]}
        )

    app = web.Application()
    app.router.add_post("/webhook", act)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", loaded.port).start()
    loaded.called = called
    yield loaded
    await runner.cleanup()


def events(conversation: str) -> list[str]:
    with database.session() as connection:
        query = sa.text("SELECT data FROM events WHERE sender_id = :c ORDER BY id")
        return [row.data for row in connection.execute(query, {"c": conversation})]


async def ask(bot: Any, conversation: str) -> dict[str, Any]:
    return await suggested_answer.suggestion(bot.agent, conversation, "web")


async def test_a_fixed_sentence(world: World, bot: Any) -> None:
    conversation = world.customer("thank you")
    assert await ask(bot, conversation) == {"text": "You're welcome!", "cards": []}
    assert events(conversation) == [], "a customer whom the bot does not know stays unknown"
    assert len(messages.history(conversation)) == 1, "nothing was said"


async def test_a_search_with_its_cards(world: World, bot: Any) -> None:
    conversation = world.customer("show me red dresses")
    found = await ask(bot, conversation)
    assert found["text"] == "Here <b>you</b> are"
    assert found["cards"] == [{name: value for name, value in CARD.items() if name != "buttons"}]
    assert [each["next_action"] for each in bot.called] == ["action_search"]


async def test_the_bots_own_state_stays(world: World, bot: Any) -> None:
    """It is read (the action gets the conversation), its open question is not answered, nothing is written."""
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.events import SlotSet

    conversation = world.customer("show me red dresses")
    await bot.agent.handle_message(UserMessage("show me red dresses", sender_id=conversation))
    before = events(conversation)
    assert before and any('"pending"' in event for event in before)
    bot.called.clear()
    for _ in range(3):
        assert (await ask(bot, conversation))["cards"]
    assert events(conversation) == before
    tracker = bot.called[0]["tracker"]
    assert tracker["sender_id"] == conversation and tracker["slots"]["pending"] is None
    kept = await bot.agent.tracker_store.retrieve(conversation)
    assert kept.get_slot("pending") == {"needs": "yes", "intent": "add_to_cart"}
    assert SlotSet  # the slot's own event is among those that were stored
    assert json.loads(before[-1])["event"] == "action"


async def test_where_the_bot_would_do_something_there_is_none(world: World, bot: Any) -> None:
    for text in ("put it in my cart", "a human please"):
        conversation = world.customer(text)
        assert await ask(bot, conversation) == NO_SUGGESTION
    assert bot.called == [], "the action was not even asked"


async def test_nothing_to_answer(world: World, bot: Any) -> None:
    photo = world.customer("look")
    messages.receive(photo, Draft("customer", {"photo": "abc"}, "photo"))
    assert await ask(bot, photo) == NO_SUGGESTION
    assert await ask(bot, "web-nobody") == NO_SUGGESTION
    command = world.customer("/restart")
    assert (await ask(bot, command))["text"] != "", "a command is only words"
    assert events(command) == []
    assert await suggested_answer.suggestion(None, photo, "web") == NO_SUGGESTION


async def test_not_in_time(world: World, bot: Any) -> None:
    conversation = world.customer("what about delivery")
    begin = time.monotonic()
    assert await ask(bot, conversation) == NO_SUGGESTION
    assert time.monotonic() - begin < suggested_answer.SECONDS + 2


async def test_the_action_server_is_away(world: World, loaded: Any) -> None:
    conversation = world.customer("show me red dresses")
    assert await ask(loaded, conversation) == NO_SUGGESTION


def test_harmless_actions_are_the_assistants() -> None:
    """Every name is an action of ours, so that a new name there is thought about here."""
    import yaml

    from tests.conftest import ROOT

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) >= suggested_answer.HARMLESS
    writes = {"action_cart_add", "action_cart_remove", "action_checkout", "action_wishlist_add", "action_wishlist_remove",
              "action_order", "action_confirm_cancel", "action_preference", "action_privacy", "action_delete_data",
              "action_export_data", "action_affirm", "action_handoff", "action_complain"}  # fmt: skip
    assert not any(suggested_answer.harmless(name) for name in writes)
