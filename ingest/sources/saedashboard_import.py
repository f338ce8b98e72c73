"""Importing SAEDashboard's batches: one file, one unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.dashboards import add_examples, add_latent
from ingest.sources.documents import open_json
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted
from ingest.sources.neuronpedia import kind_of_source
from ingest.sources.saedashboard import Batch, read_batch, read_dashboard
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, place_of, read_file

_NAME = re.compile(r"(?:.*/)?[^/]*batch-\d+\.json(?:\.gz)?\Z")


class SAEDashboard:
    """The format."""

    name = "saedashboard"
    version = 2

    def __init__(self) -> None:
        self._model: str | None = None

    def model(self, tree: Tree) -> str | None:
        """What the first batch says."""
        for name in _batches(tree):
            self._model = Record(open_json(read_file(tree, name), name), name).string("model_id")
            return self._model
        return None

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """Each batch, by name."""
        found = _batches(tree)
        if not found:
            raise SourceError(
                f"{tree.name}: found no batch, expected files such as batch-0.json. Name the "
                f"folder that SAEDashboard wrote."
            )
        for name in found:
            yield Unit(f"batch-{ids.digest(name)}", (name,))

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each latent is one record."""
        for name in unit.files:
            batch = None
            with sink.record(None, "batch"):
                found = read_batch(read_file(tree, name), name)
                self._check_model(found.model, tree, name, sink)
                if sink.wanted.layers.holds(found.source):
                    sink.layer(found.source, index=found.layer, kind=kind_of_source(found.source))
                    batch = found
            if batch is not None:
                for record in batch.latents:
                    with sink.record(None, "dashboard"):
                        self._read_latent(record, batch, sink)

    def _read_latent(self, record: Record, batch: Batch, sink: Sink) -> None:
        index = record.index("feature_index")
        if not sink.wanted.neurons.holds(index):
            return
        with sink.record(ids.neuron_id(sink.model, batch.source, index), "dashboard"):
            if not sink.said.is_first("dashboard", batch.source, index):
                raise record.wrong("feature_index", "a latent that is not there twice")
            found = read_dashboard(record, index, batch.style)
            neuron = add_latent(sink, batch.source, found.latent, found.n_tokens)
            add_examples(sink, neuron, found.samples, found.examples)

    def _check_model(self, model: str, tree: Tree, name: str, sink: Sink) -> None:
        first = self._model or sink.said.first_model(model)
        if model != first:
            raise SourceError(
                f"{place_of(tree, name)}, field model_id: found {model}, expected {first} "
                f"as in the first batch. Import the batches of one model at a time."
            )


def _batches(tree: Tree) -> list[str]:
    return [name for name in tree.names() if _NAME.match(name)]
