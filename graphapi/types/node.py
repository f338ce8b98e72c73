"""What has an id of its own in the graph."""

from __future__ import annotations

import strawberry


@strawberry.interface(
    description="A node of the graph that is found by its id: a model, a layer, a neuron, a token "
    "graph, an example, an explanation, a run, a circuit or a node of one. Tokens and words are "
    "found by their text."
)
class Node:
    id: strawberry.ID = strawberry.field(description="Its id, the same in every graph.")
