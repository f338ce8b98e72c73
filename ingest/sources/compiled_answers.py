"""DeepDecipher's answers by the compiled reader, which also makes the rows of their graphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial

from cypher.native import native
from ingest.sources.ahead import MOST_BYTES, ahead, together
from ingest.sources.compiled_rows import CompiledRows
from ingest.sources.n2g_deciphered import deciphered_token
from ingest.sources.sink import Sink
from ingest.sources.tree import Folder

_FILES = 64
"""Which are read together."""
_MOST_KNOWN = 1 << 20
"""Texts and neurons that are remembered, some hundred bytes each."""


class CompiledAnswers:
    """Reads answers of an import's units, one unit after another.

    A token, or a neuron that others are similar to, is added to the first unit that has it.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """Forget all: what waits to be written has its reader still."""
        self._reader: native.GraphReader = native.GraphReader()
        self._n_known = 0

    def read(
        self, names: Sequence[str], tree: Folder, sink: Sink
    ) -> Generator[tuple[Sequence[str], native.Answers]]:
        """The files, some at a time, and what they answer."""
        if self._n_known > _MOST_KNOWN:
            self._begin()
        groups = together(names, _FILES)
        read = ((some, self._reader.read(tree.paths(some), MOST_BYTES)) for some in groups)
        with closing(ahead(read)) as found:
            for some, answers in found:
                self._introduce(answers, sink)
                yield some, answers

    def _introduce(self, answers: native.Answers, sink: Sink) -> None:
        """Add the tokens and the neurons that they are the first to speak of."""
        tokens = list(map(deciphered_token, answers.new_texts))
        self._reader.name(tokens)
        sink.tokens(token for token in tokens if token is not None)
        by_layer = defaultdict[int, list[int]](list)
        for layer, index in answers.new_similar:
            by_layer[layer].append(index)
        for layer, indices in by_layer.items():
            sink.neurons(str(layer), indices, present=False)
        self._n_known += len(tokens) + len(answers.new_similar)

    def rows(self, sink: Sink) -> CompiledRows:
        """Where answers wait to become rows."""
        make = partial(CompiledRows, self._reader, sink.model, sink.source, sink.run_id)
        return sink.batch(CompiledRows, make)
