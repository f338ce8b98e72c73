"""Importing what Neuronpedia publishes: exports, lists of its API, and circuits.

…/{source}/features/batch-0.jsonl.gz        and explanations, activations; plain .jsonl too
…/explanations-{model}/batch-0.jsonl.gz     explanations by another model
…/anything.json                             a circuit, or what `activation/all` answers

At a URL whose files cannot be listed there are only the batches of the first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

from cypher import ids
from cypher.errors import IdError
from ingest.errors import SourceError
from ingest.sources.ahead import ahead
from ingest.sources.circuit_import import add_circuit
from ingest.sources.circuits import circuit_of, is_circuit
from ingest.sources.dashboards import Kept, add_examples, add_latent
from ingest.sources.documents import open_json, parse_json
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.neuronpedia import (
    KINDS,
    Key,
    read_explanation,
    read_feature,
    read_key,
)
from ingest.sources.neuronpedia_activations import Line, add_one, add_several, opened_together
from ingest.sources.neuronpedia_by_url import batches_at, model_at
from ingest.sources.neuronpedia_explainer import explainer_of
from ingest.sources.remote import Remote
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, place_of, read_file, read_lines

_BATCH = re.compile(
    r"(?:.*/)?(?:(?P<source>[^/]+)/)?(?P<kind>features|explanations|activations)(?:-[^/]+)?"
    r"/[^/]+\.jsonl(?:\.gz)?\Z"
)
_DOCUMENT = re.compile(r"(?!(?:.*/)?config/).*\.json(?:\.gz)?\Z")
_FILES_PER_UNIT = 8
"""Which are fetched together."""


class Neuronpedia:
    """The format."""

    name = "neuronpedia"
    version = 2

    def __init__(self) -> None:
        self._model: str | None = None
        self._last: tuple[object, ...] | None = None
        """What the last record of a unit says that it is about; that of the next is mostly equal."""
        self._last_key: Key | None = None

    def model(self, tree: Tree) -> str | None:
        """What the first record says, or the URL of files that cannot be listed."""
        if isinstance(tree, Remote) and not tree.is_listed:
            return model_at(tree.name)
        for name in (*_batches(tree), *_documents(tree)):
            self._model = _model_in(tree, name)
            if self._model is not None:
                return self._model
        return None

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """Some files of a kind together, features first."""
        batches: Mapping[str, str | None]
        if isinstance(tree, Remote) and not tree.is_listed:
            batches, documents = batches_at(tree, wanted), []
        else:
            batches, documents = _batches(tree), _documents(tree)
        if not batches and not documents:
            raise SourceError(
                f"{tree.name}: found no file of an export and no circuit, expected such as "
                f"6-res-jb/features/batch-0.jsonl.gz or a circuit's .json. Name a folder with these."
            )
        chosen = [
            name
            for name, source in batches.items()
            if source is None or wanted.layers.holds(source)
        ]
        for kind, files in groupby(chosen, lambda name: _kind(name) or ""):
            yield from grouped(kind, list(files), _FILES_PER_UNIT)
        yield from grouped("documents", documents, _FILES_PER_UNIT)

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each line, or each circuit, is one record."""
        self._last = None
        said: set[tuple[Key, str, str]] = set()
        if isinstance(tree, Remote):
            tree.fetch(unit.files)
        for name in unit.files:
            kind = _kind(name)
            if kind is None:
                self._read_document(tree, name, sink)
            elif kind == "features":
                self._read_features(tree, name, sink)
            elif kind == "explanations":
                self._read_explanations(tree, name, said, sink)
            else:
                self._read_activations(tree, name, sink)

    def _read_features(self, tree: Tree, name: str, sink: Sink) -> None:
        for line in _readable(tree, name, "feature", sink):
            with sink.record(None, "feature"):
                record, key = self._keyed(line, sink)
                if key is None:
                    continue
                with sink.record(ids.neuron_id(sink.model, key.source, key.index), "feature"):
                    found = read_feature(record)
                    _once("features", key, record, sink)
                    sink.layer(key.source, hook_point=found.hook_point)
                    add_latent(sink, key.source, found.latent)

    def _read_explanations(
        self, tree: Tree, name: str, said: set[tuple[Key, str, str]], sink: Sink
    ) -> None:
        for line in _readable(tree, name, "explanation", sink):
            with sink.record(None, "explanation"):
                record, key = self._keyed(line, sink)
                if key is None:
                    continue
                neuron = ids.neuron_id(sink.model, key.source, key.index)
                with sink.record(neuron, "explanation"):
                    found = read_explanation(record)
                    if found is None:
                        continue
                    explainer = explainer_of(found.method, found.model)
                    if (key, explainer, found.text) in said:
                        continue  # the same sentence by the same model, published twice
                    said.add((key, explainer, found.text))
                    sink.explanation(
                        sink.neuron(key.source, key.index),
                        explainer,
                        found.text,
                        explainer_model=found.model,
                        author=found.author,
                    )

    def _read_activations(self, tree: Tree, name: str, sink: Sink) -> None:
        kept = Kept()
        if sink.skip_bad:
            for line in _readable(tree, name, "examples", sink):
                self._read_activation(line, kept, sink)
        else:
            digests = ids.sequence_digests(sink.model)
            with closing(ahead(opened_together(_lines(tree, name), digests))) as found:
                for lines, items in found:
                    if not self._add_several(lines, items, kept, sink):
                        for line in lines:
                            self._read_activation(line, kept, sink)
        self._add_examples(kept, sink)

    def _add_several(
        self, lines: list[Line], items: Sequence[Any] | None, kept: Kept, sink: Sink
    ) -> bool:
        with sink.record(None, "examples"):
            return add_several(lines, items, lambda record: self._key_of(record, sink), kept)

    def _read_activation(self, line: tuple[object, str, str], kept: Kept, sink: Sink) -> None:
        about: Key | None = None
        try:
            record, key = self._keyed(line, sink)
            if key is not None:
                about = key
                add_one(record, key, kept, checked=sink.skip_bad)
        except (SourceError, IdError):
            neuron = ids.neuron_id(sink.model, about.source, about.index) if about else None
            with sink.record(neuron, "examples"):
                raise

    def _add_examples(self, kept: Kept, sink: Sink) -> None:
        for found in kept.groups():
            key = Key(sink.model, found.layer, 0, found.index)
            with sink.record(ids.neuron_id(sink.model, key.source, key.index), "examples"):
                _once("activations", key, Record({"index": key.index}, *found.first), sink)
                neuron = sink.neuron(key.source, key.index)
                add_examples(sink, neuron, found.samples, found.activations)

    def _read_document(self, tree: Tree, name: str, sink: Sink) -> None:
        value: object = None
        with sink.record(None, "document"):
            value = parse_json(read_file(tree, name), name)
            if not is_circuit(value) and not isinstance(value, list):
                raise SourceError(
                    f"{place_of(tree, name)}: found another JSON document, expected a circuit "
                    f"(metadata, nodes, links) or a list of activations."
                )
        if is_circuit(value):
            with sink.record(None, "circuit"):
                graph = circuit_of(value, name)
                self._check_model(graph.model, Record({"scan": graph.model}, name), "scan", sink)
                if not sink.said.is_first("circuit", graph.slug, 0):
                    found = Record({"slug": graph.slug}, name)
                    raise found.wrong("slug", "one that no other circuit has")
                try:
                    add_circuit(sink, graph)
                except (IdError, SourceError) as error:
                    raise SourceError(f"{place_of(tree, name)}: {error}") from error
        elif isinstance(value, list):
            kept = Kept()
            for at, one in enumerate(value):
                self._read_activation((one, name, f"[{at}]"), kept, sink)
            self._add_examples(kept, sink)

    def _keyed(self, line: tuple[object, str, str], sink: Sink) -> tuple[Record, Key | None]:
        """A record, as bytes or already parsed, and what it is about; no key if that is not wanted."""
        data, name, place = line
        value = open_json(data, name, place) if isinstance(data, bytes) else data
        record = Record(value, name, place)
        named = [record.raw(field) for field in ("modelId", "layer", "index")]
        same = (*named, *map(type, named))
        if same != self._last:
            self._last_key = self._key_of(record, sink)
            self._last = same
        return record, self._last_key

    def _key_of(self, record: Record, sink: Sink) -> Key | None:
        key = read_key(record)
        self._check_model(key.model, record, "modelId", sink)
        if not sink.wanted.layers.holds(key.source) or not sink.wanted.neurons.holds(key.index):
            return None
        sink.layer(key.source, index=key.block, kind=key.kind)
        return key

    def _check_model(self, model: str, record: Record, field: str, sink: Sink) -> None:
        first = self._model or sink.said.first_model(model)
        if model != first:
            raise record.wrong(field, f"{first}, as in the first record")


def _once(kind: str, key: Key, record: Record, sink: Sink) -> None:
    """All that one kind of batch has of a neuron stands in one file."""
    if not sink.said.is_first(kind, key.source, key.index):
        raise record.wrong("index", f"one that no other record of {kind} has")


def _batches(tree: Tree) -> dict[str, str | None]:
    """Files of an export, features first, and the source that their path names."""
    found = [(match, name) for name in tree.names() if (match := _BATCH.match(name))]
    found.sort(key=lambda pair: (KINDS.index(pair[0]["kind"]), pair[1]))
    return {name: match["source"] for match, name in found}


def _kind(name: str) -> str | None:
    """Of a batch; None for other files."""
    match = _BATCH.match(name)
    return None if match is None else match["kind"]


def _documents(tree: Tree) -> list[str]:
    return [name for name in tree.names() if _DOCUMENT.match(name)]


def _lines(tree: Tree, name: str) -> Iterator[tuple[bytes, str, str]]:
    for number, line in enumerate(read_lines(tree, name), start=1):
        if line.strip():
            yield line, name, f"line {number}"


def _readable(tree: Tree, name: str, kind: str, sink: Sink) -> Iterator[Line]:
    """The lines of a file to its end, or to where it breaks off: that is a bad record too."""
    try:
        yield from _lines(tree, name)
    except SourceError:
        with sink.record(None, kind):
            raise


def _model_in(tree: Tree, name: str) -> str | None:
    """The model that a file's first record names."""
    if _BATCH.match(name):
        for line, _, place in _lines(tree, name):
            return read_key(Record(parse_json(line, name, place), name, place)).model
        return None
    value = parse_json(read_file(tree, name), name)
    if is_circuit(value):
        return circuit_of(value, name).model
    if isinstance(value, list) and value:
        return read_key(Record(value[0], name, "[0]")).model
    return None
