"""Nodes of any kind by their ids, all of a kind in one statement."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import strawberry

from cypher import ids
from cypher.graph import Value
from graphapi.context import Info
from graphapi.errors import UserError
from graphapi.groups import Row
from graphapi.types.circuits import Circuit, CircuitNode
from graphapi.types.examples import Example
from graphapi.types.explanations import Explanation
from graphapi.types.made import made
from graphapi.types.models import Layer, Model
from graphapi.types.neurons import Neuron
from graphapi.types.node import Node
from graphapi.types.runs import IngestRun
from graphapi.types.token_graphs import token_graph

_MOST_EXAMPLES = 1_000
"""No bucket has more."""
_MADE: dict[str, Callable[[Row], Node]] = {
    "models_by_id": lambda row: made(Model, row),
    "runs_by_id": lambda row: made(IngestRun, row),
    "layers_by_id": lambda row: made(Layer, row),
    "neurons_by_id": lambda row: Neuron(id=row["id"], row=row),
    "token_graphs": token_graph,
    "examples": lambda row: made(Example, {**row, "texts": row["tokens"]}),
    "explanations_by_id": lambda row: made(Explanation, row),
    "circuits_by_id": lambda row: made(Circuit, row),
    "circuit_nodes_by_id": lambda row: made(CircuitNode, row),
}
"""The statements that nodes are read by."""
_OF_NEURONS = ("token_graphs", "examples")
"""Those that are asked about neurons, for the ids begin with theirs."""


async def nodes_by_id(info: Info, wanted: Sequence[strawberry.ID]) -> list[Node | None]:
    """Each node in the place of its id; null where there is none of that id.

    Raises UserError if there are too many ids.
    """
    most = info.context.settings.max_page
    if len(wanted) > most:
        raise UserError(f"ids: {len(wanted)} are given; the limit is {most}. Ask for fewer.")
    asked: dict[str, set[str]] = defaultdict(set)
    for id_ in wanted:
        for statement in _statements(id_):
            asked[statement].add(ids.neuron_of(id_) if statement in _OF_NEURONS else id_)
    parameters: dict[str, dict[str, Value]] = {
        "examples": {"source": "", "first": _most_examples(wanted)}
    }
    answers = await asyncio.gather(
        *(
            info.context.reader.statement(name, ids=sorted(keys), **parameters.get(name, {}))
            for name, keys in asked.items()
        )
    )
    found: dict[str, tuple[str, Row]] = {}
    for name, rows in zip(asked, answers, strict=True):
        found.update((row["id"], (name, row)) for row in rows)
    return [_node(*found[id_]) if id_ in found else None for id_ in wanted]


def _node(statement: str, row: Any) -> Node:
    return _MADE[statement](row)


def _statements(id_: str) -> tuple[str, ...]:
    """What may find a node, by what its id looks like."""
    neuron, at, rest = id_.partition("@")
    if at:
        number = rest.rpartition("#")[2] if "#" in rest else None
        if number is None:
            return ("token_graphs",)
        return ("examples",) if _is_rank(number) else ("explanations_by_id",)
    return (
        ("models_by_id", "runs_by_id", "circuits_by_id"),
        ("layers_by_id", "circuit_nodes_by_id"),
        ("neurons_by_id",),
    )[min(neuron.count("/"), 2)]


def _is_rank(number: str) -> bool:
    return number.isdecimal() and len(number) <= len(str(_MOST_EXAMPLES))


def _most_examples(wanted: Sequence[str]) -> int:
    """The lowest rank that is asked for, so that none is read beyond it."""
    ranks = [id_.rpartition("#")[2] for id_ in wanted if _statements(id_) == ("examples",)]
    return max((min(int(rank), _MOST_EXAMPLES) for rank in ranks), default=1)
