"""N2G's files about all neurons: scores, maximum activations, the index of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, read_file

Place = tuple[int, int]
"""Layer and neuron, from 0."""
_NEURON = re.compile(r"(\d{1,9})_(\d{1,18})\Z")
_CLASS = ("precision", "recall")
SCORES = "token graph scores"
"""What a neuron lacks of which the source has none."""
NO_GRAPH = "The source has scores of it, and no graph."
FAILED = "the source has no scores of it: it failed there"
LISTED_EMPTY = "it is an empty text in the source's index"
INDEX_KINDS = {"activating": "activating", "important": "context"}


T = TypeVar("T")


class _Once(Generic[T]):
    """What is read when it is first asked for: once, also where it turns out to be bad."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._found: tuple[T] | None = None
        self._error: SourceError | None = None

    def __call__(self) -> T:
        """What was read. Raises SourceError, each time."""
        if self._error is not None:
            raise self._error
        if self._found is None:
            try:
                self._found = (self._read(),)
            except SourceError as error:
                self._error = error
                raise
        return self._found[0]


class Scores:
    """`stats.json` and the matrix of maxima, read when they are first needed."""

    def __init__(self, tree: Tree, stats: str | None, matrix: str | None) -> None:
        self._tree = tree
        self._stats_name, self._matrix_name = stats, matrix
        self.reports = _Once(self._read_reports)
        """Gives the report of each neuron, an empty one too."""
        self.maxima = _Once(self._read_maxima)
        """Gives the largest activations over the data set, by layer and neuron."""

    def of(self, place: Place) -> Mapping[str, object]:
        """Columns of `TokenGraph` by the report. Raises SourceError if it is bad."""
        report = self.reports().get(place)
        return {} if report is None or not report.names() else _columns(report)

    def maximum(self, place: Place) -> Mapping[str, object]:
        """The neuron's largest activation, if it is known. Raises SourceError if all are bad."""
        layer, index = place
        maxima = self.maxima()
        if layer < len(maxima) and index < len(maxima[layer]):
            return {"max_activation": maxima[layer][index]}
        return {}

    def known(self, place: Place, *, skip_bad: bool) -> Mapping[str, object]:
        """Both; if bad ones are to be skipped without them: they are told with their own file."""
        if not skip_bad:
            return {**self.of(place), **self.maximum(place)}
        found: dict[str, object] = {}
        for read in (self.of, self.maximum):
            with suppress(SourceError):
                found |= read(place)
        return found

    def of_each(self, places: Sequence[Place]) -> list[Mapping[str, object]]:
        """The same of several, where none is skipped."""
        if self._stats_name is None and self._matrix_name is None:
            return [{} for _ in places]
        return [self.known(place, skip_bad=False) for place in places]

    def _read_reports(self) -> dict[Place, Record]:
        if self._stats_name is None:
            return {}
        whole = self._record(self._stats_name)
        found = {}
        for layer in whole.names():
            by_neuron = whole.record(layer)
            for index in by_neuron.names():
                if not (layer.isdecimal() and index.isdecimal() and len(layer + index) < 18):
                    raise by_neuron.wrong(index, "reports by layer and neuron, counted from 0")
                found[int(layer), int(index)] = by_neuron.record(index)
        return found

    def _read_maxima(self) -> list[list[float | None]]:
        if self._matrix_name is None:
            return []
        value = parse_json(read_file(self._tree, self._matrix_name), self._matrix_name)
        whole = Record({"layers": value}, self._matrix_name)
        return [
            Record({f"layer {at}": row}, self._matrix_name).numbers_or_none(f"layer {at}")
            for at, row in enumerate(whole.values("layers"))
        ]

    def _record(self, name: str) -> Record:
        return Record(parse_json(read_file(self._tree, name), name), name)


def read_scores(scores: Scores, drawn: Collection[Place], sink: Sink) -> None:
    """Scores of neurons whose graph is not there, and who has none."""
    for (layer, index), report in sorted(scores.reports().items()):
        if not (sink.wanted.layers.holds(layer) and sink.wanted.neurons.holds(index)):
            continue
        sink.layer(str(layer))
        neuron = ids.neuron_id(sink.model, str(layer), index)
        with sink.record(neuron, SCORES):
            known = _columns(report)
            if not report.names():
                sink.lacks(neuron, SCORES, FAILED)
            elif (layer, index) not in drawn:
                graph = ids.token_graph_id(sink.neuron(str(layer), index), sink.source)
                known |= scores.known((layer, index), skip_bad=sink.skip_bad)
                sink.row("TokenGraph", id=graph, neuron_id=neuron, source=sink.source,
                         note=NO_GRAPH, **known)  # fmt: skip
                sink.row("HAS_TOKEN_GRAPH", source=neuron, target=graph)


def read_matrix(scores: Scores, sink: Sink) -> None:
    """The maximum of every neuron, and the model's shape.

    A layer without any is not there, and of a neuron whose maximum is null nothing is said.
    """
    maxima = scores.maxima()
    sink.facts(n_layers=len(maxima))
    widths = {len(row) for row in maxima if row}
    if len(widths) == 1:
        sink.facts(d_mlp=widths.pop())
    for layer, row in enumerate(maxima):
        if not row or not sink.wanted.layers.holds(layer):
            continue
        sink.layer(str(layer), n_neurons=len(row))
        for index, maximum in enumerate(row):
            if maximum is not None and sink.wanted.neurons.holds(index):
                sink.measurement(sink.neuron(str(layer), index), max_activation=maximum)


def read_store(store: Record, sink: Sink) -> None:
    """Under which tokens, in the source's normal form, each neuron is listed."""
    for field, kind in INDEX_KINDS.items():
        listed = store.record(field)
        for form in listed.names():
            for name in dict.fromkeys(listed.strings(form)):
                match = _NEURON.match(name)
                if match is None:
                    raise listed.wrong(form, "neurons such as 4_17")
                layer, index = str(int(match[1])), int(match[2])
                if not (sink.wanted.layers.holds(layer) and sink.wanted.neurons.holds(index)):
                    continue
                neuron = sink.neuron(layer, index)
                if not form:
                    sink.lacks(neuron, f"{kind} token", LISTED_EMPTY)
                    continue
                word = {"source": neuron, "target": sink.word(form)}
                sink.row("INDEXED_UNDER", **word, kind=kind, form=form)


def _columns(report: Record) -> dict[str, object]:
    """Columns of `TokenGraph` from a report: scikit-learn's by class, or the newer form."""
    firing, silent = ("firing", "non_firing") if report.has("firing") else ("1", "0")
    found: dict[str, object] = {
        "accuracy": report.optional_number("accuracy"),
        "explained_variance": report.optional_number("correlation"),  # so it is computed there
    }
    for prefix, name in (("", firing), ("non_firing_", silent)):
        if not report.has(name):
            continue
        one = report.record(name)
        found |= {f"{prefix}{column}": one.optional_number(column) for column in _CLASS}
        f1, count = ("f1_score", "count") if one.has("f1_score") else ("f1-score", "support")
        found[f"{prefix}f1"] = one.optional_number(f1)
        is_known = one.optional_number(count) is not None
        found[f"{prefix}support"] = one.integer(count, 0) if is_known else None
    return found
