"""DeepDecipher's answers about neurons: a token graph, and similar neurons."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from ingest.sources.column_rows import Same
from ingest.sources.fields import Record
from ingest.sources.n2g_deciphered import read_deciphered, read_similar
from ingest.sources.n2g_graph import read_drawn
from ingest.sources.n2g_trie import add_graph
from ingest.sources.sink import Sink

MEASURE = "n2g"
"""Of what DeepDecipher calls similar."""


def read_answer(
    answer: Record, neuron: str, layer: int, known: Mapping[str, object], sink: Sink
) -> None:
    """Add what an answer says of a layer's neuron, of whose graph more is `known`.

    Raises SourceError.
    """
    if answer.has("graph"):
        drawn = read_deciphered(answer.record("graph"))
    else:
        drawn = read_drawn(answer.string("graphviz"), f"{answer.file}, field graphviz")
    add_graph(drawn, neuron, sink, **known)
    if answer.has("similar"):
        _add_similar(answer, neuron, layer, sink)


def _add_similar(answer: Record, neuron: str, layer: int, sink: Sink) -> None:
    """Similar neurons, which will be in the pack, the most similar first."""
    found = sorted(
        (0.0 - similarity, sink.neuron(str(within), index, present=False), within != layer)
        for within, index, similarity in read_similar(answer)
    )
    across = count(1)
    sink.columns(
        "SIMILAR_TO",
        source=Same(neuron),
        target=[other for _, other, _ in found],
        measure=Same(MEASURE),
        similarity=[0.0 - negative for negative, _, _ in found],
        rank=range(1, len(found) + 1),
        cross_layer_rank=[next(across) if is_across else None for _, _, is_across in found],
    )
