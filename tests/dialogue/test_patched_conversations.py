"""Whole conversations with the shop's model are the same in Rasa patched and in Rasa as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from aiohttp import web
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.action_endpoint import KeptEndpoint
from bot.dialogue.graph_runner import DirectGraphRunner
from tests.dialogue.action_server import ActionServer, Ended, Output, rejection

TEXTS = (
    "hello", "show me red dresses", "something cheaper", "你好", "有没有红色的裙子", "加入购物车", "asdf qwer",
    "/affirm", "thanks", "where is my order", "A1234", "have you got dresses", "goodbye", "what size fits me",
)  # fmt: skip


def shop(request: web.Request, body: dict[str, Any]) -> Any:
    """Answers by the action's name; one is rejected, one fails, and a farewell is nothing for a form."""
    name = body["next_action"]
    if name == "action_cart_add":
        return rejection(request, body)
    if name == "action_refine":
        return web.Response(status=500)
    if name == "validate_order_form" and body["tracker"]["latest_message"]["intent"]["name"] == "goodbye":
        return {"events": [{"event": "action_execution_rejected", "name": "order_form", "timestamp": None}]}
    slots = [{"event": "slot", "name": "pending", "value": {"of": name}, "timestamp": None}]
    return {"events": slots, "responses": [{"text": name, "custom": {"cards": [{"id": "p1"}]}}]}


async def talk(
    model: str, url: str, output: CollectingOutputChannel, *, ours: bool = False
) -> tuple[list[Any], list[str], list[str]]:
    """A conversation's events (without times and ids), what was said, and the turns that were ended."""
    np.random.seed(1)  # Rasa draws among several wordings
    endpoint = EndpointConfig(url, enable_selective_domain=True)
    agent = Agent.load(model, action_endpoint=KeptEndpoint.of(endpoint) if ours else endpoint)
    if ours:
        agent.processor.graph_runner = DirectGraphRunner.of(agent.processor.graph_runner)
    ended = []
    for number, text in enumerate(TEXTS):
        try:
            await agent.handle_message(UserMessage(text, output, "c", message_id=str(number)))
        except Ended:
            ended.append(text)
    tracker = await agent.tracker_store.retrieve("c")
    assert tracker
    events = [{**event.as_dict(), "timestamp": 0} for event in tracker.events]
    for event in events:
        event.get("metadata", {}).pop("model_id", None)
    return events, [str(message) for message in output.messages], ended


async def test_conversations_are_those_of_rasa(
    model: str, action_server: ActionServer, patch_rasa: Callable[[], None]
) -> None:
    action_server.answer = shop
    theirs = await talk(model, action_server.url, CollectingOutputChannel())
    patch_rasa()
    ours = await talk(model, action_server.url, CollectingOutputChannel(), ours=True)
    assert ours == theirs
    names = {event.get("name") for event in theirs[0]}
    assert {
        "action_search",
        "action_refine",
        "order_form",
        "size_form",
        "utter_thank",
        "utter_goodbye",
    } <= names, names


async def test_nothing_of_a_failed_turn_is_kept(
    model: str, action_server: ActionServer, patch_rasa: Callable[[], None]
) -> None:
    action_server.answer = shop
    half, _, none = await talk(model, action_server.url, Output())
    patch_rasa()
    whole, _, ended = await talk(model, action_server.url, Output(), ours=True)
    assert not none and ended == ["something cheaper"]

    def said(events: list[Any]) -> list[str]:
        return [event["text"] for event in events if event["event"] == "user"]

    assert said(half) == list(TEXTS), "Rasa goes on as if the action had said nothing"
    assert said(whole) == [text for text in TEXTS if text not in ended]
