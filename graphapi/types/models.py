"""Models and their layers."""

from __future__ import annotations

import strawberry

from graphapi.context import Info, reading
from graphapi.types.made import made
from graphapi.types.node import Node
from graphapi.types.runs import changed


@strawberry.type(description="A language model.")
class Model(Node):
    id: strawberry.ID = strawberry.field(description="Its name, such as `stories260K`.")
    family: str | None = strawberry.field(description="Architecture, such as `llama` or `gpt2`.")
    n_layers: int | None = strawberry.field(description="Number of transformer blocks.")
    d_model: int | None = strawberry.field(description="Width of the residual stream.")
    d_mlp: int | None = strawberry.field(description="Neurons per MLP.")
    vocab_size: int | None = strawberry.field(description="Number of token ids.")
    activation_function: str | None = strawberry.field(description="Of the MLP, such as `silu`.")

    @strawberry.field(description="Its layers, from the first block to the last.")
    async def layers(self, info: Info) -> list[Layer]:
        rows = await reading(info).rows("layers_of_models", "model_id", self.id)
        return [made(Layer, row) for row in rows]


@strawberry.type(description="A set of neurons at one hook point of a model.")
class Layer(Node):
    id: strawberry.ID = strawberry.field(description="Model and name: `stories260K/3`.")
    name: str = strawberry.field(description="Its part of its ids: `3`, `6-res-jb`.")
    layer_index: int = strawberry.field(description="The transformer block, from 0.")
    kind: str = strawberry.field(description="`mlp`, `sae` or `transcoder`.")
    hook_point: str | None = strawberry.field(
        description="Where its activations are read, in TransformerLens's names."
    )
    n_neurons: int | None = strawberry.field(
        description="How many neurons it has, whether they are in the graph or not."
    )
    model_id: strawberry.Private[str]

    @strawberry.field(description="How many of its neurons are in the graph.")
    async def n_present(self, info: Info) -> int:
        row = await reading(info).row("layer_neuron_counts", "layer_id", self.id)
        return int(row["n_present"]) if row else 0

    @strawberry.field(description="The model that it belongs to.")
    async def model(self, info: Info) -> Model:
        found = await model_by_id(info, self.model_id)
        if found is None:
            raise changed(f"model {self.model_id}")
        return found


async def model_by_id(info: Info, model_id: str) -> Model | None:
    """A model; null if there is none of this id."""
    row = await reading(info).row("models_by_id", "id", model_id)
    return made(Model, row) if row else None


async def layer_by_id(info: Info, layer_id: str) -> Layer:
    """The layer that something in the graph says it is of."""
    row = await reading(info).row("layers_by_id", "id", layer_id)
    if row is None:
        raise changed(f"layer {layer_id}")
    return made(Layer, row)
