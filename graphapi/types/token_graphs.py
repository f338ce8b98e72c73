"""N2G token graphs: tries read backwards from the activating token."""

from __future__ import annotations

from typing import Annotated

import strawberry

from cypher import ids
from graphapi.context import Info, reading
from graphapi.dot import DotNode, to_dot
from graphapi.groups import Row
from graphapi.texts import tokens_of
from graphapi.types.made import made
from graphapi.types.node import Node
from graphapi.types.runs import IngestRun, run_by_id


@strawberry.type(description="A node of a token graph.")
class TokenGraphNode:
    id: strawberry.ID = strawberry.field(description="Token graph and number.")
    kind: str = strawberry.field(description="`activating`, `context` or `ignore` (any token).")
    position: int = strawberry.field(description="0 for the activating token, -1, -2 … going back.")
    activation: float | None = strawberry.field(
        description="Share of the neuron's maximum if the text matches to here."
    )
    importance: float | None = strawberry.field(
        description="Share of the activation that is lost without it, up to 1."
    )
    is_end: bool = strawberry.field(description="Whether a pattern is complete here.")
    tokens: list[str] = strawberry.field(
        description="Exact texts of the tokens that it accepts; none if it accepts any."
    )


@strawberry.type(description="From a node to the one for the token before it.")
class TokenGraphEdge:
    source: strawberry.ID = strawberry.field(
        description="Id of the node nearer to the activating token."
    )
    target: strawberry.ID = strawberry.field(description="Id of the node for the token before.")


@strawberry.type(
    description="How well a token graph predicts firing on texts that it was not built from."
)
class Validation:
    precision: float | None = strawberry.field(description="Of the firing class, 0 to 1.")
    recall: float | None = strawberry.field(description="Of the firing class, 0 to 1.")
    f1: float | None = strawberry.field(description="Of the firing class, 0 to 1.")
    correlation: float | None = strawberry.field(
        description="Pearson's, of predicted against true activation."
    )
    support: int | None = strawberry.field(description="Firing tokens in those texts.")
    token_baseline_f1: float | None = strawberry.field(
        description="f1 of a table of single tokens, built from what the graph was built from."
    )
    bigram_baseline_f1: float | None = strawberry.field(
        description="f1 of a table of token pairs, built from what the graph was built from."
    )


@strawberry.type(description="What a token graph predicts for a token of a text.")
class PredictedActivation:
    position: int = strawberry.field(description="The token's place in the text, from 0.")
    token: str = strawberry.field(description="Its exact text.")
    activation: float = strawberry.field(description="Share of the neuron's maximum.")


@strawberry.type(description="An N2G graph: which tokens in which contexts make a neuron fire.")
class TokenGraph(Node):
    id: strawberry.ID = strawberry.field(description="Neuron and source.")
    source: str = strawberry.field(description="Who made it, and how.")
    max_activation: float | None = strawberry.field(
        description="The activation that a share of 1 stands for."
    )
    n_nodes: int | None = strawberry.field(description="Size of the trie.")
    n_unconnected: int | None = strawberry.field(
        description="Its activating nodes that share no token with another one, neither in "
        "themselves nor in what leads back from them; null if it has none."
    )
    repeat_activation: float | None = strawberry.field(
        description="The strongest activation of a pattern that names a token of its activating "
        "node again in its context, as induction does; null if no pattern does."
    )
    note: str | None = strawberry.field(description="What the source could not say.")
    validation: Validation = strawberry.field(
        description="How well it predicts, beside simpler tables, on held-out texts on which the "
        "neuron fires most."
    )
    random_validation: Validation = strawberry.field(
        description="The same on random held-out texts: what a user meets."
    )
    run_id: strawberry.Private[str]

    @strawberry.field(description="Its nodes, the activating tokens first.")
    async def nodes(self, info: Info) -> list[TokenGraphNode]:
        return _nodes(await self._node_rows(info))

    @strawberry.field(description="Its edges.")
    async def edges(self, info: Info) -> list[TokenGraphEdge]:
        return [made(TokenGraphEdge, row) for row in await self._edge_rows(info)]

    @strawberry.field(description="The graph as Graphviz DOT; an edge points to the later token.")
    async def dot(self, info: Info) -> str:
        nodes = [
            DotNode(
                node.id,
                node.kind,
                node.tokens,
                node.activation if node.kind == "activating" else node.importance,
                node.is_end,
            )
            for node in _nodes(await self._node_rows(info))
        ]
        edges = [(row["source"], row["target"]) for row in await self._edge_rows(info)]
        return to_dot(self.id, nodes, edges)

    @strawberry.field(
        description="What it predicts for each token of a text; 0 where no pattern matches."
    )
    async def predict(
        self,
        info: Info,
        text: Annotated[
            str | None,
            strawberry.argument(
                description="The text, which the model's own tokenizer cuts into tokens."
            ),
        ] = None,
        tokens: Annotated[
            list[str] | None,
            strawberry.argument(description="The exact texts of its tokens, instead of `text`."),
        ] = None,
    ) -> list[PredictedActivation]:
        model = ids.parse_neuron_id(ids.neuron_of(self.id)).model
        given = await tokens_of(info.context, model, text, tokens)
        rows = await reading(info).rows(
            "predicted_activations", "token_graph_id", self.id, tokens=given
        )
        return [made(PredictedActivation, {**row, "token": given[row["position"]]}) for row in rows]

    @strawberry.field(description="The run that made it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)

    async def _node_rows(self, info: Info) -> list[Row]:
        return await reading(info).rows("token_graph_nodes", "token_graph_id", self.id)

    async def _edge_rows(self, info: Info) -> list[Row]:
        return await reading(info).rows("token_graph_edges", "token_graph_id", self.id)


async def token_graphs_of(info: Info, neuron_id: str) -> list[TokenGraph]:
    """Every token graph of a neuron."""
    rows = await reading(info).rows("token_graphs", "neuron_id", neuron_id)
    return [token_graph(row) for row in rows]


def token_graph(row: Row) -> TokenGraph:
    """The token graph of a row."""
    judged = {
        "validation": made(Validation, row),
        "random_validation": made(Validation, _random(row)),
    }
    return made(TokenGraph, {**row, **judged})


def _random(row: Row) -> Row:
    """The columns about random texts, named as those about top texts are."""
    prefix = "random_"
    return {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)
    }


def _nodes(rows: list[Row]) -> list[TokenGraphNode]:
    """One node per id; a row holds one token of it."""
    nodes: dict[str, TokenGraphNode] = {}
    for row in rows:
        node = nodes.get(row["id"])
        if node is None:
            node = nodes[row["id"]] = made(TokenGraphNode, {**row, "tokens": []})
        if row["token"] is not None:
            node.tokens.append(row["token"])
    return list(nodes.values())
