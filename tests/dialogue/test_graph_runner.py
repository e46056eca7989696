"""Our runner of Rasa's graph gives what Rasa's gives, and refuses what it refuses; the endpoint keeps its connection."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.action_endpoint import KeptEndpoint
from bot.dialogue.graph_runner import DirectGraphRunner
from tests.dialogue.action_server import ActionServer

TEXTS = ("hello", "red dresses under 50, not striped", "第二个有M码吗", "", "asdf", "/affirm")


def understood(runner: Any, agent: Agent, text: str) -> dict[str, Any]:
    """What the pipeline makes of a text, and what the policies make of that."""
    tracker = DialogueStateTracker.from_events("c", [], agent.domain.slots)
    results = runner.run(
        inputs={PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: tracker},
        targets=[agent.processor.model_metadata.nlu_target],
    )
    (message,) = results.values()
    assert isinstance(message[0], Message)
    return {key: value for key, value in message[0].as_dict(True).items() if "features" not in key}


@pytest.mark.parametrize("text", TEXTS)
def test_it_understands_the_same(model: str, text: str) -> None:
    agent = Agent.load(model)
    theirs = agent.processor.graph_runner
    ours = DirectGraphRunner.of(theirs)
    assert understood(ours, agent, text) == understood(theirs, agent, text)


def test_it_refuses_an_input_that_names_a_node(model: str) -> None:
    agent = Agent.load(model)
    theirs, node = agent.processor.graph_runner, agent.processor.model_metadata.nlu_target
    for runner in (theirs, DirectGraphRunner.of(theirs)):
        with pytest.raises(GraphRunError):
            runner.run(inputs={"x": node}, targets=[node])


async def test_one_connection_for_many_actions(action_server: ActionServer) -> None:
    ports: list[Any] = []

    def answer(request: Any, body: Any) -> Any:
        ports.append(request.transport.get_extra_info("peername")[1])
        return {"events": [], "responses": []}

    action_server.answer = answer
    for endpoint, expected in (
        (EndpointConfig(action_server.url), 4),
        (KeptEndpoint.of(EndpointConfig(action_server.url)), 1),
    ):
        ports.clear()
        for _ in range(4):
            assert await endpoint.request(json={}) == {"events": [], "responses": []}
        assert len(set(ports)) == expected
