"""Text in, neurons out: what token graphs say of a text."""

from __future__ import annotations

from typing import Annotated

import strawberry

from cypher import ids
from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.texts import no_model, tokens_of
from graphapi.tries import Begin, run_token_graphs
from graphapi.types.filters_parts import IntRange
from graphapi.types.neurons import Neuron
from graphapi.types.token_graphs import PredictedActivation

FIRING = 0.5
"""A share of the maximum from which on a neuron is said to fire, as token graphs are judged."""

Text = Annotated[
    str | None,
    strawberry.argument(description="The text, which the model's own tokenizer cuts into tokens."),
]
Tokens = Annotated[
    list[str] | None,
    strawberry.argument(description="The exact texts of its tokens, instead of `text`."),
]


@strawberry.type(description="A neuron that fires on a text, as one of its token graphs says.")
class TextNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    activation: float = strawberry.field(
        description="The strongest that is predicted, a share of the neuron's maximum."
    )
    token_graph_id: strawberry.ID = strawberry.field(description="The token graph that says so.")
    places: list[PredictedActivation] = strawberry.field(
        description="Where in the text it fires, in the order of the text."
    )
    node: Neuron = strawberry.field(description="The neuron.")


@strawberry.type(description="A page of neurons that fire on a text, the strongest first.")
class TextNeuronConnection(Connection[TextNeuronEdge]):
    tokens: list[str] = strawberry.field(description="The exact texts of the text's tokens.")
    total_count: int = strawberry.field(description="How many token graphs say that theirs fires.")


async def neurons_firing_on(
    info: Info,
    model: str,
    text: str | None,
    tokens: list[str] | None,
    *,
    min_activation: float,
    layer_index: IntRange | None,
    first: int | None,
    after: str | None,
) -> TextNeuronConnection:
    """A page of the neurons that fire on a text."""
    if not 0 < min_activation <= 1:
        raise UserError(
            f"minActivation: {min_activation} is out of bounds; it is a share of the maximum, "
            f"above 0 and up to 1."
        )
    size = page_size(first, info.context.settings)
    kind = f"firing on {ids.digest(model, *(tokens or [text or '']))} from {min_activation}"
    place: tuple[float, str] | None = None
    if after is not None:
        strength, graph_id = decode_cursor(kind, ((float, int), str), after)
        place = (-strength, graph_id)
    if await reading(info).row("models_by_id", "id", model) is None:
        raise no_model(model)
    begin = Begin(model, await _layers(info, model, layer_index))
    read = await tokens_of(info.context, model, text, tokens)
    graphs = await run_token_graphs(info.context.reader, begin, read)
    fire = {
        graph: {at: value for at, value in found.items() if value >= min_activation}
        for graph, found in graphs.items()
    }
    places = sorted((-max(found.values()), graph) for graph, found in fire.items() if found)
    rows, more = cut([at for at in places if place is None or at > place], size)
    edges = [
        TextNeuronEdge(
            cursor=encode_cursor(kind, [-minus, graph]),
            activation=-minus,
            token_graph_id=strawberry.ID(graph),
            places=[
                PredictedActivation(position=at, token=read[at], activation=value)
                for at, value in sorted(fire[graph].items())
            ],
            node=Neuron(id=strawberry.ID(ids.neuron_of(graph))),
        )
        for minus, graph in rows
    ]
    return TextNeuronConnection(
        edges=edges,
        page_info=page_info([edge.cursor for edge in edges], more=more, after=after),
        tokens=read,
        total_count=len(places),
    )


async def _layers(info: Info, model: str, bounds: IntRange | None) -> frozenset[str] | None:
    """Ids of the model's layers within the bounds; None without any."""
    if bounds is None:
        return None
    rows = await reading(info).rows("layers_of_models", "model_id", model)
    return frozenset(
        row["id"]
        for row in rows
        if (bounds.min is None or row["layer_index"] >= bounds.min)
        and (bounds.max is None or row["layer_index"] <= bounds.max)
    )
