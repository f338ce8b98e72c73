"""Two neurons, or two token graphs, side by side."""

from __future__ import annotations

import strawberry

from cypher.errors import IdError
from cypher.graph import Value
from cypher.ids import parse_neuron_id
from graphapi.context import Info, reading
from graphapi.errors import UserError
from graphapi.groups import Row
from graphapi.patterns import Pattern, patterns_of
from graphapi.types.neurons import Neuron

_LAST_RANK = 1_000_000
"""Beyond the tokens of any neuron."""


@strawberry.type(description="A token that one of two neurons fires on, or both.")
class ComparedToken:
    token: str = strawberry.field(description="Its exact text.")
    first: float | None = strawberry.field(
        description="Activation of the first neuron, a share of its maximum; null: it does not fire."
    )
    second: float | None = strawberry.field(description="The same of the second neuron.")


@strawberry.type(description="Two neurons side by side.")
class NeuronComparison:
    first: Neuron = strawberry.field(description="The first.")
    second: Neuron = strawberry.field(description="The second.")
    shared: list[ComparedToken] = strawberry.field(
        description="The tokens that both fire on, by text."
    )
    only_first: list[ComparedToken] = strawberry.field(
        description="Those that the first alone fires on, by text."
    )
    only_second: list[ComparedToken] = strawberry.field(
        description="Those that the second alone fires on, by text."
    )


@strawberry.type(description="A pattern of one of two token graphs, or of both.")
class ComparedPattern:
    tokens: list[str | None] = strawberry.field(
        description="Exact texts as they are read, the activating token last; null for any token."
    )
    first: float | None = strawberry.field(
        description="What the first predicts, a share of the neuron's maximum; null: nothing."
    )
    second: float | None = strawberry.field(description="The same of the second.")


@strawberry.type(description="Two token graphs side by side, pattern by pattern.")
class TokenGraphComparison:
    first_id: strawberry.ID = strawberry.field(description="The first token graph.")
    second_id: strawberry.ID = strawberry.field(description="The second token graph.")
    shared: list[ComparedPattern] = strawberry.field(description="The patterns of both.")
    only_first: list[ComparedPattern] = strawberry.field(description="Those of the first alone.")
    only_second: list[ComparedPattern] = strawberry.field(description="Those of the second alone.")


async def compare_neurons(info: Info, first: str, second: str) -> NeuronComparison:
    """Two neurons by the tokens that they fire on. Raises UserError if one is not there."""
    for id_ in (first, second):
        try:
            parse_neuron_id(id_)
        except IdError as error:
            raise UserError(str(error)) from error
    reader = reading(info)
    known = [await reader.row("neurons_by_id", "id", id_) for id_ in (first, second)]
    for id_, row in zip((first, second), known, strict=True):
        if row is None:
            raise UserError(f"the graph has no neuron {id_!r}.")
    fires = [
        {row["token"]: row["activation"] for row in await _tokens(info, id_)}
        for id_ in (first, second)
    ]
    every = [
        ComparedToken(token=token, first=fires[0].get(token), second=fires[1].get(token))
        for token in sorted(fires[0].keys() | fires[1].keys())
    ]
    return NeuronComparison(
        first=Neuron(id=strawberry.ID(first), row=known[0]),
        second=Neuron(id=strawberry.ID(second), row=known[1]),
        shared=[one for one in every if one.first is not None and one.second is not None],
        only_first=[one for one in every if one.second is None],
        only_second=[one for one in every if one.first is None],
    )


async def compare_token_graphs(info: Info, first: str, second: str) -> TokenGraphComparison:
    """Two token graphs by their patterns. Raises UserError if one is not there."""
    patterns = [await _patterns(info, id_) for id_ in (first, second)]
    every = [
        ComparedPattern(
            tokens=list(pattern), first=patterns[0].get(pattern), second=patterns[1].get(pattern)
        )
        for pattern in sorted(patterns[0].keys() | patterns[1].keys(), key=_place)
    ]
    return TokenGraphComparison(
        first_id=strawberry.ID(first),
        second_id=strawberry.ID(second),
        shared=[one for one in every if one.first is not None and one.second is not None],
        only_first=[one for one in every if one.second is None],
        only_second=[one for one in every if one.first is None],
    )


async def _tokens(info: Info, neuron: str) -> list[Row]:
    given: dict[str, Value] = {"from": 1, "until": _LAST_RANK, "run": ""}
    return await reading(info).rows(
        "activating_tokens", "neuron_id", neuron, without=("token_rank",), **given
    )


async def _patterns(info: Info, graph: str) -> dict[Pattern, float]:
    reader = reading(info)
    nodes = await reader.rows("token_graph_nodes", "token_graph_id", graph)
    if not nodes:
        raise UserError(
            f"the graph has no token graph {graph!r}. `neuron {{ tokenGraphs {{ id }} }}` lists "
            f"those of a neuron."
        )
    edges = await reader.rows("token_graph_edges", "token_graph_id", graph)
    return patterns_of(nodes, edges)


def _place(pattern: Pattern) -> tuple[tuple[bool, str], ...]:
    """By the activating token, then by what stands before it."""
    return tuple((token is not None, token or "") for token in reversed(pattern))
