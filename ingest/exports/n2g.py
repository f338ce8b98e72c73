"""One source's token graphs as Neuron to Graph's files.

    neuron_graphs/{model}/{source}/{L}_{N}/graph        DOT: see `n2g_dot`
    {model}/neuron2graph/{L}/{N}.json                   instead, for one with similar neurons
    neuron_graphs/{model}/{source}/stats.json           scores
    neuron_graphs/{model}/{source}/neuron_store.json    the index of tokens
    activation_matrix-{model}.json                      maxima

Only MLP layers have a place there. Memory holds a page of neurons, a layer's scores and maxima,
and a page of words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from cypher import ids
from cypher.catalogue import run
from cypher.graph import Graph
from ingest.exports.asked import (
    Asked,
    Page,
    Row,
    by_neuron,
    check_written,
    count_neurons,
    mlp_layers,
    only_model,
    pages,
    runs_of,
)
from ingest.exports.folder import path_part, whole_folder
from ingest.exports.json_files import json_file
from ingest.exports.n2g_dot import TrieNode, dot
from ingest.exports.n2g_index import Index
from ingest.progress import Progress
from ingest.sources.n2g_answers import MEASURE
from ingest.sources.n2g_scores import FAILED, INDEX_KINDS, NO_GRAPH, SCORES

_CLASSES = {
    "0": ("non_firing_precision", "non_firing_recall", "non_firing_f1", "non_firing_support"),
    "1": ("precision", "recall", "f1", "support"),
}
"""scikit-learn's names of not firing and firing, and their columns of `TokenGraph`."""
_REPORTED = ("precision", "recall", "f1-score", "support")


async def write_n2g(
    graph: Graph, path: Path, asked: Asked, *, progress: Progress
) -> dict[str, int]:
    """Write what `asked.source` has of token graphs; gives what was written, by kind.

    Raises ExportError, OutputError if something stands at `path`.
    """
    runs = await runs_of(graph, asked.source)
    model = await only_model(graph, asked)
    found = await mlp_layers(graph, asked, model)
    with whole_folder(path) as folder, ExitStack() as files:
        writing = _Writing(graph, folder, asked, model=model, runs=runs, files=files)
        with progress.stage("export n2g", await count_neurons(graph, found), "neurons") as advance:
            for layer in found:
                async for page, looked_through in pages(graph, layer, asked):
                    await writing.add(page)
                    advance(looked_through)
                writing.end_layer(layer)
        await writing.write_index()
        check_written(writing.counts, asked, found)
    return writing.counts


class _Writing:
    """The files, as far as they are written."""

    def __init__(
        self, graph: Graph, folder: Path, asked: Asked, *, model: Row, runs: Mapping[str, str],
        files: ExitStack,
    ) -> None:  # fmt: skip
        self.counts: dict[str, int] = defaultdict(int)
        self._graph, self._asked, self._runs = graph, asked, runs
        self._model, self._n_layers = str(model["id"]), model["n_layers"]
        self._folder = folder
        self._own = folder / "neuron_graphs" / path_part(self._model) / path_part(asked.source)
        self._stats = files.enter_context(json_file(self._own / "stats.json"))
        self._store = files.enter_context(json_file(self._own / "neuron_store.json"))
        matrix = folder / f"activation_matrix-{self._model}.json"
        self._matrix = files.enter_context(json_file(matrix))
        self._reports: dict[str, dict[str, Any]] = {}
        self._maxima: dict[int, float] = {}
        self._n_rows = 0
        self._sizes: dict[int, int] = {}
        self._index = Index(graph, asked, self._model, runs)

    async def add(self, page: Page) -> None:
        """Write a page's graphs, and note its scores and maxima."""
        source = self._asked.source
        graphs = await by_neuron(self._graph, "export_token_graphs", page, source=source)
        maxima = await by_neuron(self._graph, "export_maxima", page, source=source)
        lacking = await by_neuron(self._graph, "export_absences", page, runs=list(self._runs))
        drawn = {
            neuron: row
            for neuron, (row,) in graphs.items()
            if not (row["n_nodes"] is None and row["note"] == NO_GRAPH)
        }
        for neuron, text in (await self._texts(page, drawn)).items():
            self._write_graph(page, neuron, *text)
        for neuron, place in page.places.items():
            self._note(place, graphs.get(neuron), maxima.get(neuron, []), neuron in drawn)
            for row in lacking.get(neuron, []):
                if (row["kind"], row["reason"]) == (SCORES, FAILED):
                    self._reports[str(place)] = {}
                self._index.note_lacking(neuron, row)

    async def _texts(
        self, page: Page, drawn: Mapping[str, Row]
    ) -> dict[str, tuple[str, list[dict[str, Any]]]]:
        """Of each neuron its drawing, and the neurons that are similar to it."""
        ids_ = [row["id"] for row in drawn.values()]
        nodes: dict[str, dict[int, TrieNode]] = defaultdict(dict)
        edges: dict[str, list[tuple[int, int]]] = defaultdict(list)
        if ids_:
            for row in await run(self._graph, "token_graph_nodes", ids=ids_):
                _add_node(nodes[str(row["token_graph_id"])], row)
            for row in await run(self._graph, "token_graph_edges", ids=ids_):
                edge = ids.number_of(str(row["source"])), ids.number_of(str(row["target"]))
                edges[str(row["token_graph_id"])].append(edge)
        similar = await by_neuron(self._graph, "export_similar", page, runs=list(self._runs))
        found = {}
        for neuron, graph in drawn.items():
            key = ids.parse_neuron_id(neuron)
            made = list(nodes[graph["id"]].values())
            text = dot(f"{key.layer}_{key.index}", made, edges[graph["id"]], graph["note"])
            found[neuron] = text, list(_similar(similar.get(neuron, [])))
        return found

    def _write_graph(
        self, page: Page, neuron: str, text: str, similar: list[dict[str, Any]]
    ) -> None:
        layer, place = page.layer["name"], page.places[neuron]
        if similar:
            target = self._folder / self._model / "neuron2graph" / layer / f"{place}.json"
            data = orjson.dumps({"graphviz": text, "similar": similar})
        else:
            target, data = self._own / f"{layer}_{place}" / "graph", text.encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.counts["graphs"] += 1

    def _note(
        self, place: int, graphs: Sequence[Row] | None, maxima: Sequence[Row], is_drawn: bool
    ) -> None:
        for row in graphs or ():
            report = _report(row)
            if report or not is_drawn:
                self._reports[str(place)] = report or {"accuracy": None}
        for row in maxima:
            maximum = row["measured"] if row["measured"] is not None else row["drawn"]
            if maximum is not None:
                self._maxima[place] = maximum

    def end_layer(self, layer: Row) -> None:
        """Write the layer's scores and maxima."""
        if self._reports:
            if not self.counts["reports"]:
                self._stats.open("{")
            self._stats.add(self._reports, key=str(layer["name"]))
            self.counts["reports"] += len(self._reports)
        if layer["n_neurons"] is not None:
            self._sizes[int(layer["layer_index"])] = layer["n_neurons"]
        if self._maxima and layer["n_neurons"] is not None:
            self._fill_matrix(int(layer["layer_index"]))
            row = [self._maxima.get(place) for place in range(layer["n_neurons"])]
            self._matrix.add(row)
            self._n_rows += 1
            self.counts["maxima"] += len(self._maxima)
        self._reports, self._maxima = {}, {}

    def _fill_matrix(self, until: int) -> None:
        """Rows without maxima for layers that have none; empty ones if their size is not known."""
        if not self._n_rows:
            self._matrix.open("[")
        for layer in range(self._n_rows, until):
            self._matrix.add([None] * self._sizes.get(layer, 0))
            self._n_rows += 1

    async def write_index(self) -> None:
        """Write the index of tokens, and the rows that the matrix still wants."""
        if self._n_rows:
            self._fill_matrix(self._n_layers or self._n_rows)
        opened = False
        without: list[str] = []
        for field, kind in INDEX_KINDS.items():  # a reader wants both
            count = 0
            async for form, listed in self._index.forms(kind):
                if not opened:
                    self._store.open("{")
                    for empty in without:
                        self._store.add({}, key=empty)
                opened = True
                if not count:
                    self._store.open("{", key=field)
                self._store.add(listed, key=form)
                count += 1
            if count:
                self._store.close()
            elif opened:
                self._store.add({}, key=field)
            else:
                without.append(field)
            self.counts["forms"] += count


def _add_node(nodes: dict[int, TrieNode], row: Row) -> None:
    """Add a node, or another token of one; there is a row for each token."""
    number = ids.number_of(str(row["id"]))
    node = nodes.setdefault(
        number,
        TrieNode(number, row["position"], row["kind"] == "ignore", row["activation"],
                 row["importance"], row["is_end"]),
    )  # fmt: skip
    if row["token"] is not None:
        node.tokens.append(row["token"])


def _similar(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        other = ids.parse_neuron_id(row["other_id"])
        if row["measure"] == MEASURE and other.layer.isdecimal():
            similarity = row["similarity"]
            yield {"layer": int(other.layer), "neuron": other.index, "similarity": similarity}


def _report(row: Row) -> dict[str, Any]:
    """A graph's scores as scikit-learn reports them; empty if it has none."""
    found: dict[str, Any] = {}
    for name, columns in _CLASSES.items():
        values = {field: row[column] for field, column in zip(_REPORTED, columns, strict=True)}
        if known := {field: value for field, value in values.items() if value is not None}:
            found[name] = known
    rest = {"accuracy": row["accuracy"], "correlation": row["explained_variance"]}
    return found | {field: value for field, value in rest.items() if value is not None}
