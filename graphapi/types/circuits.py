"""Circuits: attribution graphs for prompts, their nodes, and what these have to do with neurons."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from cypher import ids
from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.groups import Row
from graphapi.paging import After, Connection, First, PageInfo, cut, page_info, page_size
from graphapi.read_whole import page_of
from graphapi.types.made import made
from graphapi.types.models import Model, model_by_id
from graphapi.types.node import Node
from graphapi.types.runs import OfRun, changed

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


@strawberry.enum(description="What a node of a circuit stands for.")
class CircuitNodeKind(Enum):
    FEATURE = strawberry.enum_value("feature", description="A neuron's activation on a token.")
    ERROR = strawberry.enum_value(
        "error", description="What the neurons of a layer leave out on a token."
    )
    EMBEDDING = strawberry.enum_value("embedding", description="A token of the prompt.")
    LOGIT = strawberry.enum_value("logit", description="A token that may come next.")


@strawberry.type(description="A feature, error, embedding or logit of a circuit.")
class CircuitNode(Node, OfRun):
    id: strawberry.ID = strawberry.field(description="Circuit and node: `dallas/4_1201_7`.")
    kind: str = strawberry.field(description="`feature`, `error`, `embedding` or `logit`.")
    position: int = strawberry.field(description="The token of the prompt, from 0.")
    activation: float | None = strawberry.field(description="Of the feature on that token.")
    influence: float | None = strawberry.field(description="On the logits; null if not known.")
    label: str | None = strawberry.field(description="As the circuit's author named it.")
    layer_index: int | None = strawberry.field(
        description="The transformer block of a feature or an error, from 0; null for others."
    )
    token_id: int | None = strawberry.field(
        description="Of an embedding or a logit: its number in the vocabulary; null for others."
    )
    probability: float | None = strawberry.field(
        description="Of a logit's token, 0 to 1; null for others."
    )
    is_target: bool | None = strawberry.field(
        description="Whether it is the logit that the circuit explains; null for others."
    )
    pinned: bool | None = strawberry.field(
        description="Whether the circuit's author put it on the canvas; null if not known."
    )

    @strawberry.field(description="The circuit that it is of.")
    async def circuit(self, info: Info) -> Circuit:
        circuit = await circuit_by_id(info, ids.circuit_of(self.id))
        if circuit is None:
            raise changed(f"circuit {ids.circuit_of(self.id)}")
        return circuit

    @strawberry.field(description="The neuron that a feature stands for; null for others.")
    async def neuron(
        self, info: Info
    ) -> Annotated[Neuron, strawberry.lazy("graphapi.types.neurons")] | None:
        from graphapi.types.neurons import Neuron  # noqa: PLC0415  they refer to each other

        row = await reading(info).row("neurons_of_circuit_nodes", "node_id", self.id)
        return Neuron(id=row["neuron_id"]) if row else None

    @strawberry.field(
        description="The nodes that it has a direct effect on, the largest effects first."
    )
    async def influences(
        self, info: Info, first: First = 20, after: After = None
    ) -> InfluenceConnection:
        return await _influences(info, "influences", self.id, first, after)

    @strawberry.field(
        description="The nodes that have a direct effect on it, the largest effects first."
    )
    async def influenced_by(
        self, info: Info, first: First = 20, after: After = None
    ) -> InfluenceConnection:
        return await _influences(info, "influences_on", self.id, first, after)


@strawberry.type(description="A direct effect of one node of a circuit on another.")
class InfluenceEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    weight: float = strawberry.field(description="The effect, signed.")
    node: CircuitNode = strawberry.field(description="The other node.")


@strawberry.type(description="A page of direct effects, the largest first, whatever the sign.")
class InfluenceConnection(Connection[InfluenceEdge]):
    pass


@strawberry.type(description="A node in a list of nodes of circuits.")
class CircuitNodeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: CircuitNode = strawberry.field(description="The node.")


@strawberry.type(description="A page of nodes of circuits.")
class CircuitNodeConnection(Connection[CircuitNodeEdge]):
    pass


@strawberry.type(description="Nodes of a circuit that its author put together.")
class Supernode(OfRun):
    id: strawberry.ID = strawberry.field(description="Circuit and number.")
    name: str = strawberry.field(description="What they are together.")
    number: int = strawberry.field(description="Place among the circuit's, from 1.")

    @strawberry.field(description="The nodes.")
    async def nodes(self, info: Info) -> list[CircuitNode]:
        rows = await reading(info).rows("nodes_of_supernodes", "supernode_id", self.id)
        return [made(CircuitNode, row) for row in rows]


@strawberry.type(description="An attribution graph for one prompt.")
class Circuit(Node, OfRun):
    id: strawberry.ID = strawberry.field(description="Its slug.")
    prompt: str = strawberry.field(description="The text.")
    tokens: list[str] = strawberry.field(description="The prompt's tokens.")
    source_set: str | None = strawberry.field(
        description="Layers of its features, without the block: `clt-hp`; null if not known."
    )
    details: str | None = strawberry.field(
        description="How it was made, in its source's words: a JSON object."
    )
    model_id: strawberry.Private[str]

    @strawberry.field(description="The model that it was traced in.")
    async def model(self, info: Info) -> Model | None:
        return await model_by_id(info, self.model_id)

    @strawberry.field(description="Its nodes, those of the largest influence on the logits first.")
    async def nodes(
        self,
        info: Info,
        kind: Annotated[
            CircuitNodeKind | None, strawberry.argument(description="Only these; null for all.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> CircuitNodeConnection:
        wanted = "" if kind is None else str(kind.value)
        rows = await reading(info).rows("circuit_nodes", "circuit_id", self.id, kind=wanted)
        types = (int, (float, int), str)
        return _nodes(
            *page_of(
                info,
                f"circuit_nodes {wanted}",
                rows,
                place=_by_influence,
                types=types,
                first=first,
                after=after,
            )
        )

    @strawberry.field(description="What its author put together.")
    async def supernodes(self, info: Info) -> list[Supernode]:
        rows = await reading(info).rows("supernodes", "circuit_id", self.id)
        return [made(Supernode, row) for row in rows]


@strawberry.type(description="A circuit in a list of circuits.")
class CircuitEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Circuit = strawberry.field(description="The circuit.")


@strawberry.type(description="A page of circuits, by id.")
class CircuitConnection(Connection[CircuitEdge]):
    pass


async def circuit_by_id(info: Info, circuit_id: str) -> Circuit | None:
    """A circuit; null if there is none of this id."""
    row = await reading(info).row("circuits_by_id", "id", circuit_id)
    return made(Circuit, row) if row else None


async def circuits(
    info: Info, model: str | None, first: int | None, after: str | None
) -> CircuitConnection:
    """A page of the circuits that were traced in a model, or in any."""
    size = page_size(first, info.context.settings)
    (last,) = ("",) if after is None else decode_cursor("circuits", (str,), after)
    found = await info.context.reader.statement(
        "circuits", model=model or "", after=last, limit=size + 1
    )
    rows, more = cut(found, size)
    cursors = [encode_cursor("circuits", [row["id"]]) for row in rows]
    edges = [
        CircuitEdge(cursor=cursor, node=made(Circuit, row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return CircuitConnection(edges=edges, page_info=page_info(cursors, more=more, after=after))


async def nodes_of_neuron(
    info: Info, neuron_id: str, first: int | None, after: str | None
) -> CircuitNodeConnection:
    """A page of the nodes of circuits that stand for a neuron, by id."""
    name = "circuit_nodes_of_neurons"
    found = await reading(info).rows(name, "neuron_id", neuron_id)
    page = page_of(info, name, found, place=_by_id, types=(str,), first=first, after=after)
    return _nodes(*page)


def _by_id(row: Row) -> tuple[str]:
    return (row["id"],)


def _by_influence(row: Row) -> tuple[int, float, str]:
    influence = row["influence"]
    return (1, 0.0, row["id"]) if influence is None else (0, -influence, row["id"])


def _by_effect(row: Row) -> tuple[float, str]:
    return -abs(row["weight"]), row["id"]


async def _influences(
    info: Info, statement: str, node_id: str, first: int | None, after: str | None
) -> InfluenceConnection:
    found = await reading(info).rows(statement, "node_id", node_id)
    types = ((float, int), str)
    rows, cursors, place = page_of(
        info, statement, found, place=_by_effect, types=types, first=first, after=after
    )
    edges = [
        InfluenceEdge(cursor=cursor, weight=row["weight"], node=made(CircuitNode, row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return InfluenceConnection(edges=edges, page_info=place)


def _nodes(rows: Sequence[Row], cursors: list[str], place: PageInfo) -> CircuitNodeConnection:
    edges = [
        CircuitNodeEdge(cursor=cursor, node=made(CircuitNode, row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return CircuitNodeConnection(edges=edges, page_info=place)
