"""Rasa 3.6's hot spots and traps, each patched in one place with the reason.

Applied when `bot.channels` or the tracker store is imported, so however Rasa is started it runs tuned.
Measured with a small bot of keyword intents, rules and one custom action, through the socket, in one sitting:
Rasa as it is 52 ms a turn at turn 10 and 125 ms at turn 150; tuned, with `bot.dialogue.tracker_store`, 18
and 20 ms (turn 300). `python -m tests.bench` measures the whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

_lock = threading.Lock()
_applied = False


def apply() -> None:
    """Patch Rasa; later calls do nothing."""
    global _applied
    with _lock:
        if _applied:
            return
        _applied = True
        _cache_event_types()
        _check_action_replies_once()
        _keep_action_connection()
        _end_failed_turns()
        _do_not_copy_for_silent_logs()
        _run_graph_directly()
        _remember_past_states()
        _skip_text_rules()
        _report_a_dead_database()


def _cache_event_types() -> None:
    # Every event read from the database looked through all subclasses of Event, recursively, with inspect.
    from rasa.shared.core.events import Event

    known: dict[str, Any] = {}
    original = Event.resolve_by_type

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        if (found := known.get(type_name)) is None:
            found = original(type_name, None)
            if found is not None:
                known[type_name] = found
        return found if found is not None else default

    Event.resolve_by_type = staticmethod(resolve_by_type)


def _check_action_replies_once() -> None:
    # Every reply of the action server was checked against a JSON schema that was itself checked anew each
    # time. The server is ours, and `deserialise_events` refuses what it does not know: looking at the outer
    # form is enough.
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.exceptions import RasaException

    def validate(self: Any, result: Any) -> bool:
        if not isinstance(result, dict):
            raise RasaException(f"action '{self.name()}' answered no object")
        for key, needed in (("events", "event"), ("responses", None)):
            items = result.get(key) or []
            if not isinstance(items, list) or not all(
                isinstance(item, dict) and (needed is None or isinstance(item.get(needed), str))
                for item in items
            ):
                raise RasaException(f"action '{self.name()}' answered wrong '{key}'")
        return True

    RemoteAction._validate_action_result = validate


def _keep_action_connection() -> None:
    # A new client session, and so a new connection, for every call of the action server.
    import aiohttp
    from rasa.utils.endpoints import EndpointConfig

    original = EndpointConfig.session

    @contextlib.asynccontextmanager
    async def session(self: Any) -> AsyncIterator[aiohttp.ClientSession]:
        loop = asyncio.get_running_loop()
        kept = self.__dict__.get("_kept_session")
        if kept is None or kept[0] is not loop or kept[1].closed:
            self.__dict__["_kept_session"] = kept = (loop, original(self))
        yield kept[1]

    EndpointConfig.session = session


def _end_failed_turns() -> None:
    # Rasa logs an action that could not be run and goes on as if it had said nothing; the customer hears
    # silence, and half a turn is saved. Our channels want to know (see
    # `bot.turns.channel.TurnFailed`).
    from rasa.core.actions.action import ActionExecutionRejection, RemoteAction

    original = RemoteAction.run

    @functools.wraps(original)
    async def run(self: Any, output_channel: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await original(self, output_channel, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            failed = getattr(output_channel, "action_failed", None)
            if failed is not None:
                failed(self.name(), error)
            raise

    RemoteAction.run = run


def _do_not_copy_for_silent_logs() -> None:
    # Debug lines deep-copy parse data, events and policy states before anybody asks whether debug is on.
    import logging

    from rasa.core import processor
    from rasa.core.policies import memoization, rule_policy

    if logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
        return
    silent = SimpleNamespace(deepcopy=lambda value, memo=None: value)
    for module in (processor, memoization, rule_policy):
        module.copy = silent
    rule_policy.RulePolicy.format_tracker_states = staticmethod(lambda states: "")
    memoization.MemoizationPolicy.format_tracker_states = staticmethod(lambda states: "")


def _run_graph_directly() -> None:
    # The graph of components went through dask's scheduler, queues and all, three times a turn, to run one
    # after the other. The order is known beforehand.
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    def order(self: Any, targets: tuple[str, ...]) -> list[tuple[str, Any, tuple[str, ...]]]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        done: dict[str, tuple[str, Any, tuple[str, ...]]] = {}

        def visit(name: str) -> None:
            if name in nodes and name not in done:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    visit(need)
                done[name] = (name, self._instantiated_nodes[name], needs)

        for target in targets:
            visit(target)
        return list(done.values())

    def run(self: Any, inputs: Any = None, targets: Any = None) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        orders = self.__dict__.setdefault("_orders", {})
        if wanted not in orders:
            orders[wanted] = order(self, wanted)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, node, needs in orders[wanted]:
                if name in results:
                    raise GraphRunError(f"Input value '{name}' clashes with a node name.")
                results[name] = node(*(results.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(results[target] for target in wanted)

    DaskGraphRunner.run = run


def _remember_past_states() -> None:
    # Each policy replays the whole conversation to see its past states, up to three times for each action.
    # They only change when an event is added.
    from rasa.shared.core.trackers import DialogueStateTracker

    original = DialogueStateTracker.past_states

    def past_states(
        self: Any,
        domain: Any,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: Any = None,
    ) -> list[Any]:
        key = (
            len(self.events),
            id(self.events[-1]) if self.events else 0,
            id(domain),
            omit_unset_slots,
            ignore_rule_only_turns,
            repr(rule_only_data) if ignore_rule_only_turns else None,
        )
        kept = self.__dict__.setdefault("_past_states", {})
        if key not in kept:
            if kept and next(iter(kept))[0] != key[0]:
                kept.clear()
            kept[key] = original(self, domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        # Policies write into what they get.
        return [{part: dict(values) for part, values in state.items()} for state in kept[key]]

    DialogueStateTracker.past_states = past_states


def _skip_text_rules() -> None:
    # The rules are searched twice: for the customer's text, then for the intent. Without end-to-end rules (we
    # have none) the first search cannot find anything.
    from rasa.core.policies.rule_policy import RULES, RulePolicy

    original = RulePolicy._find_action_from_rules

    def find(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input:
            known = self.__dict__.get("_has_text_rules")
            if known is None:
                known = self.__dict__["_has_text_rules"] = any(
                    '"text"' in key for key in self.lookup.get(RULES, {})
                )
            if not known:
                return None, None, False
        return original(self, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = find


def _report_a_dead_database() -> None:
    # Rasa's fail-safe store answers for a dead database with an empty conversation in memory: the customer's
    # state would be lost without a word, and mixed up when the database is back. Ours raises; the channel
    # apologises.
    from rasa.core.agent import Agent

    original = Agent._create_tracker_store

    def create(store: Any, domain: Any) -> Any:
        from bot.dialogue.tracker_store import ShopTrackerStore

        if isinstance(store, ShopTrackerStore):
            store.domain = domain
            return store
        return original(store, domain)

    Agent._create_tracker_store = staticmethod(create)
