"""From an attribution graph to the graph."""

from __future__ import annotations

import re

import orjson

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.circuits import CircuitGraph, NodeKind
from ingest.sources.neuronpedia import kind_of_source
from ingest.sources.sink import Sink

UNNAMED_SET = "transcoder"
"""What the layers of a graph's latents are called when it does not say."""
_DEEPEST = 254
"""Lists and objects within one another that can be written as JSON."""
_NOT_IN_IDS = re.compile(r"[/@#\s]+")


def add_circuit(sink: Sink, graph: CircuitGraph) -> None:
    """All of a graph. Its latents are neurons of the layers `{block}-{source set}`.

    Raises IdError if its slug cannot be part of an id, SourceError at metadata that nest too deep.
    """
    circuit = ids.circuit_id(graph.slug)
    sink.row(
        "Circuit",
        id=circuit,
        model_id=sink.model,
        prompt=graph.prompt,
        tokens=graph.tokens,
        source_set=graph.source_set,
        details=_json(graph.details),
    )
    names = [ids.circuit_node_id(circuit, node.name) for node in graph.nodes]
    set_ = _NOT_IN_IDS.sub("_", graph.source_set or UNNAMED_SET)
    for place, node in enumerate(graph.nodes):
        token = node.kind in (NodeKind.EMBEDDING, NodeKind.LOGIT)
        sink.row(
            "CircuitNode",
            id=names[place],
            kind=node.kind.value,
            position=node.position,
            activation=node.activation,
            influence=node.influence,
            label=node.label,
            layer_index=node.layer,
            token_id=node.index if token else None,
            probability=node.probability,
            is_target=node.is_target if node.kind is NodeKind.LOGIT else None,
            pinned=place in graph.pinned,
        )
        sink.row("HAS_NODE", source=circuit, target=names[place])
        if node.kind is NodeKind.FEATURE and node.layer is not None and node.index is not None:
            layer = f"{node.layer}-{set_}"
            sink.layer(layer, index=node.layer, kind=kind_of_source(layer, "transcoder"))
            neuron = sink.neuron(layer, node.index, present=False)
            sink.row("IS_NEURON", source=names[place], target=neuron)
    for link in graph.links:
        sink.row("INFLUENCES", source=names[link.source], target=names[link.target], weight=link.weight)  # fmt: skip
    for number, group in enumerate(graph.supernodes, start=1):
        own = ids.supernode_id(circuit, number)
        sink.row("Supernode", id=own, name=group.name, number=number)
        sink.row("HAS_SUPERNODE", source=circuit, target=own)
        for member in group.members:
            sink.row("GROUPS", source=own, target=names[member])


def _json(details: dict[str, object]) -> str:
    try:
        return orjson.dumps(details).decode()
    except TypeError as error:
        raise SourceError(
            f"found lists or objects within one another more than {_DEEPEST} times in the metadata, "
            f"expected a few. Is it damaged?"
        ) from error
