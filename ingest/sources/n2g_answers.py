"""DeepDecipher's answers about neurons: a token graph, and similar neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

from ingest.sources.column_rows import Same
from ingest.sources.deciphered_rows import MEASURE, DecipheredRows, Similar
from ingest.sources.fields import Record
from ingest.sources.n2g_deciphered import deciphered_token, read_deciphered, read_similar
from ingest.sources.n2g_graph import read_drawn
from ingest.sources.n2g_trie import add_graph
from ingest.sources.sink import Sink


class AnswerReader:
    """Reads a unit's answers."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        """Texts of nodes whose tokens are among the rows."""

    def read(
        self, answer: Record, place: tuple[str, int], known: Mapping[str, object], sink: Sink,
        *, again: Callable[[], Record],
    ) -> None:  # fmt: skip
        """Add what an answer says of the neuron at a place, of whose graph more is `known`.

        Where bad records are not skipped, graphs are looked at many at a time, and later: `again`
        reads the answer then, if it must be looked at by itself. Raises SourceError.
        """
        layer, index = place
        neuron, similar = sink.neuron(layer, index), _similar(answer, layer, sink)
        if not sink.skip_bad and answer.has("graph"):
            batch = sink.batch(DecipheredRows, partial(DecipheredRows, sink.source, sink.run_id))
            graph = answer.record("graph")
            texts = batch.add(neuron, graph, similar, again=again, known=known)
            if texts is not None:
                self._add_tokens(texts, sink)
                return
        if answer.has("graph"):
            drawn = read_deciphered(answer.record("graph"))
        else:
            drawn = read_drawn(answer.string("graphviz"), f"{answer.file}, field graphviz")
        add_graph(drawn, neuron, sink, **known)
        _add_similar(similar, neuron, sink)

    def _add_tokens(self, texts: set[str], sink: Sink) -> None:
        """The tokens of nodes, of those texts that are new."""
        for text in texts - self._seen:
            token = deciphered_token(text) if isinstance(text, str) else None
            if token is not None:
                sink.token(token)
        self._seen |= texts


def _similar(answer: Record, layer: str, sink: Sink) -> Similar:
    """Similar neurons, which will be in the pack."""
    if not answer.has("similar"):
        return []
    return [
        (sink.neuron(str(within), index, present=False), similarity, str(within) != layer)
        for within, index, similarity in read_similar(answer)
    ]


def _add_similar(similar: Similar, neuron: str, sink: Sink) -> None:
    """The most similar first."""
    found = sorted((-similarity, other, is_across) for other, similarity, is_across in similar)
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
