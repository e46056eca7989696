"""Runs Rasa's graph of components one after the other.

Rasa hands it to dask's scheduler, queues and all, three times a turn; the order is known beforehand. Given to
the processor by its own attribute, so nothing is patched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner

Step = tuple[str, GraphNode, tuple[str, ...]]


class DirectGraphRunner(GraphRunner):
    """See the module; made of a runner of Rasa's, whose components it shares."""

    def __init__(self, schema: GraphSchema, nodes: Mapping[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._orders: dict[tuple[str, ...], list[Step]] = {}

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> DirectGraphRunner:
        """The same graph."""
        return cls(runner._graph_schema, runner._instantiated_nodes)

    @classmethod
    def create(cls, *arguments: Any, **options: Any) -> DirectGraphRunner:
        """As Rasa makes its own."""
        return cls.of(DaskGraphRunner.create(*arguments, **options))

    def run(
        self, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The targets' results by name. Raises `GraphRunError`."""
        wanted = tuple(targets or self._schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for value in (inputs or {}).values():
            if isinstance(value, str) and value in self._nodes:
                raise GraphRunError(f"The input {value!r} is the name of a node.")
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        try:
            for name, node, needs in self._orders[wanted]:
                results[name] = node(*(results.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(results[target] for target in wanted)

    def _order(self, wanted: tuple[str, ...]) -> list[Step]:
        """The nodes that the targets need, each after those that it needs itself."""
        schema = self._schema.minimal_graph_schema(list(wanted)).nodes
        steps: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in schema and name not in steps:
                needs = tuple(schema[name].needs.values())
                for need in needs:
                    visit(need)
                steps[name] = (name, self._nodes[name], needs)

        for target in wanted:
            visit(target)
        return list(steps.values())
