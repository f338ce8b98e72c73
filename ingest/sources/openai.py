"""OpenAI's neuron-explainer: activation records, explanations with simulations, related neurons.

    {root}/{kind}/{layer}/{neuron}.json[l]

`root` is the folder `data`, `gpt2_small_data`, what holds one of them, or what holds the kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.ahead import Open, opened_ahead
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.openai_explained import read_explanations
from ingest.sources.openai_related import (
    read_neurons,
    read_tokens_by_activation,
    read_tokens_by_weight,
)
from ingest.sources.remote import Remote
from ingest.sources.samples import Samples
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, place_of

_FILES_PER_UNIT = 1024
_PATH = re.compile(
    r"(?P<root>(?:.*/)?)(?P<kind>collated-activations|explanations|related-neurons/weight-based"
    r"|related-tokens/(?:activation|weight)-based)/(?P<layer>\d{1,9})/(?P<neuron>\d{1,18})"
    r"\.jsonl?(?:\.gz)?\Z"
)
_ENDINGS = {
    "collated-activations": "json",
    "explanations": "jsonl",
    "related-neurons/weight-based": "json",
    "related-tokens/activation-based": "json",
    "related-tokens/weight-based": "json",
}
_ABSENT = "not in the source"
_SMALL = "gpt2_small_data"
Reader = Callable[[Record, str, Sink], None]


class OpenAI:
    """The format."""

    name = "openai"
    version = 1

    def model(self, tree: Tree) -> str | None:
        """gpt2-small where the folder says so, else gpt2-xl."""
        small = _SMALL in PurePosixPath(tree.name).parts
        if not small and not (isinstance(tree, Remote) and not tree.is_listed):
            names = tree.names()
            inside = {_SMALL in PurePosixPath(name).parts for name in names if _PATH.match(name)}
            if len(inside) > 1:
                raise SourceError(
                    f"{tree.name} holds the data of two models, gpt2-xl and gpt2-small. Name the "
                    f"folder of one, such as {_SMALL}."
                )
            small = inside == {True}
        return "gpt2-small" if small else "gpt2-xl"

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """Files by kind, layer and neuron."""
        found: list[tuple[str, int, int, str]] = []
        for name in _candidates(tree, wanted):
            match = _PATH.match(name)
            if match is None:
                continue
            layer, neuron = int(match["layer"]), int(match["neuron"])
            if wanted.layers.holds(layer) and wanted.neurons.holds(neuron):
                found.append((match["kind"], layer, neuron, name))
        if not found:
            raise SourceError(
                f"{tree.name}: found no file of what is wanted, expected such as "
                f"collated-activations/0/0.json or explanations/0/0.jsonl. Name the folder that "
                f"holds these, and layers and neurons that are there."
            )
        found.sort()
        files: dict[str, list[str]] = {}
        places: set[tuple[str, int, int]] = set()
        for kind, layer, neuron, name in found:
            if (kind, layer, neuron) in places:
                raise SourceError(
                    f"{place_of(tree, name)}: found a second file of {kind} for neuron "
                    f"{layer}:{neuron}, expected one. Import one folder at a time."
                )
            places.add((kind, layer, neuron))
            files.setdefault(kind.replace("/", "-"), []).append(name)
        for kind, names in files.items():
            yield from grouped(kind, names, _FILES_PER_UNIT)

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each file is one record."""
        if isinstance(tree, Remote):
            tree.fetch(unit.files)
        with opened_ahead(tree, unit.files, ids.sequence_digests(sink.model)) as opened:
            for name in unit.files:
                self._read_file(name, tree, opened, sink)

    def _read_file(self, name: str, tree: Tree, opened: Open, sink: Sink) -> None:
        match = _PATH.match(name)
        assert match is not None
        layer, index = str(int(match["layer"])), int(match["neuron"])
        read, lacking = _READERS[match["kind"]]
        sink.layer(layer)
        if isinstance(tree, Remote) and not tree.has(name):
            sink.lacks(ids.neuron_id(sink.model, layer, index), lacking, _ABSENT)
            return
        with sink.record(ids.neuron_id(sink.model, layer, index), lacking):
            record = Record(opened(name), name)
            _check_neuron(record, int(layer), index)
            read(record, sink.neuron(layer, index), sink)


def _candidates(tree: Tree, wanted: Wanted) -> Iterator[str]:
    """The tree's files, or where they cannot be listed, where those that are wanted would be."""
    if not isinstance(tree, Remote) or tree.is_listed:
        yield from tree.names()
        return
    if wanted.layers.text is None or wanted.neurons.text is None:
        tree.names()  # says that they cannot be listed, and what to do
    for kind, ending in _ENDINGS.items():
        for layer in wanted.layers.numbers():
            for neuron in wanted.neurons.numbers():
                yield f"{kind}/{layer}/{neuron}.{ending}"


def _check_neuron(record: Record, layer: int, index: int) -> None:
    """Raise SourceError if the record says that it is about another neuron than its path."""
    if not record.has("neuron_id"):
        return
    named = record.record("neuron_id")
    for field, expected in (("layer_index", layer), ("neuron_index", index)):
        if named.index(field) != expected:
            raise named.wrong(field, f"{expected}, as the file's path says")


def _read_activations(record: Record, neuron: str, sink: Sink) -> None:
    """A NeuronRecord."""
    found = {"top": _read_samples(record, "most_positive_activation_records")}
    found["random"] = _read_samples(record, "random_sample")
    if record.has("random_sample_by_quantile"):
        for number, part in enumerate(record.lists("random_sample_by_quantile"), start=1):
            found[f"q{number}"] = _read_samples(part, part.names()[0])
    buckets = {bucket: len(samples) for bucket, samples in found.items()}
    sink.examples(neuron, buckets, Samples.joined(list(found.values())))
    boundaries = None
    if record.has("quantile_boundaries"):
        boundaries = [b for b in record.numbers_or_none("quantile_boundaries") if b is not None]
    sink.measurement(
        neuron,
        max_activation=found["top"].largest(),
        mean_activation=record.optional_number("mean"),
        variance=record.optional_number("variance"),
        skewness=record.optional_number("skewness"),
        kurtosis=record.optional_number("kurtosis"),
        quantile_boundaries=boundaries,
    )


def _read_samples(record: Record, field: str) -> Samples:
    """A list of ActivationRecords."""
    samples = record.samples(field, "tokens", "activations")
    if samples is None:
        samples = Samples.of([_read_sample(one) for one in record.records(field)])
    return samples


def _read_sample(record: Record) -> tuple[list[str], list[float]]:
    tokens, activations = record.strings("tokens"), record.numbers("activations")
    if not tokens or len(tokens) != len(activations):
        raise record.wrong(
            "activations", f"a number for each of the {len(tokens)} tokens, 1 or more"
        )
    return tokens, activations


_READERS: dict[str, tuple[Reader, str]] = {
    "collated-activations": (_read_activations, "examples"),
    "explanations": (read_explanations, "explanation"),
    "related-neurons/weight-based": (read_neurons, "connections"),
    "related-tokens/activation-based": (read_tokens_by_activation, "responding tokens"),
    "related-tokens/weight-based": (read_tokens_by_weight, "weights"),
}
"""How each kind of file is read, and what its neuron lacks where it is bad."""
