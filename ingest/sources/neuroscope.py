"""Neuroscope's pages, and the same as DeepDecipher's JSON: the texts on which a neuron fires most.

{…}/{model}/{layer}/{neuron}.html
{…}/{model}/neuroscope/{layer}/{neuron}[.json]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.ahead import Open, opened_ahead
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.neuroscope_page import read_page
from ingest.sources.samples import Samples
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, place_of, read_file

_FILES_PER_UNIT = 1024
_PLACE = r"(?P<layer>\d{1,9})/(?P<neuron>\d{1,18})"
_PAGE = re.compile(rf"(?:(?:.*/)?(?P<model>[^/]+)/)?{_PLACE}\.html?(?:\.gz)?\Z")
_ANSWER = re.compile(rf"(?:(?:.*/)?(?P<model>[^/]+)/)?neuroscope/{_PLACE}(?:\.json)?(?:\.gz)?\Z")


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts on which a neuron fires most, first of all: of each its value in every column."""

    samples: Samples
    peaks: list[int]
    """The token that fires most, from 0."""
    corpora: list[str | None] | None
    """The data set, where it is named."""
    documents: list[int]
    """The place in the data set, from 0."""
    range_min: list[float]
    range_max: list[float]
    """The scale that it is drawn on."""


class Neuroscope:
    """The format."""

    name = "neuroscope"
    version = 1

    def model(self, tree: Tree) -> str | None:
        """What the folder above the layers is called."""
        matches = (_match(name) for name in tree.names())
        found = {match["model"] for match in matches if match is not None and match["model"]}
        if len(found) > 1:
            raise SourceError(
                f"{tree.name} holds the pages of {len(found)} models: "
                f"{', '.join(sorted(found))}. Name the folder of one."
            )
        return found.pop() if found else None

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """Pages by layer and neuron."""
        pages: dict[tuple[int, int], str] = {}
        for name in tree.names():
            match = _match(name)
            if match is None:
                continue
            place = int(match["layer"]), int(match["neuron"])
            if not (wanted.layers.holds(place[0]) and wanted.neurons.holds(place[1])):
                continue
            if place in pages:
                raise SourceError(
                    f"{place_of(tree, name)}: found it beside {pages[place]}, expected one page "
                    f"of a neuron. Import one folder at a time."
                )
            pages[place] = name
        if not pages:
            raise SourceError(
                f"{tree.name}: found no page of what is wanted, expected such as "
                f"solu-1l/0/17.html. Name the folder that holds these."
            )
        yield from grouped("pages", [pages[place] for place in sorted(pages)], _FILES_PER_UNIT)

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each page is a record."""
        answers = [name for name in unit.files if not _PAGE.match(name)]
        with opened_ahead(tree, answers, ids.sequence_digests(sink.model)) as opened:
            for name in unit.files:
                self._read_page(name, tree, opened, sink)

    def _read_page(self, name: str, tree: Tree, opened: Open, sink: Sink) -> None:
        match = _match(name)
        assert match is not None
        layer, index = str(int(match["layer"])), int(match["neuron"])
        sink.layer(layer)
        with sink.record(ids.neuron_id(sink.model, layer, index), "examples"):
            if _PAGE.match(name):
                place, texts = _of_page(read_file(tree, name), name)
            else:
                place, texts = _read_answer(Record(opened(name), name))
            if place != (int(layer), index):
                raise SourceError(
                    f"{name}: found neuron {place[1]} of layer {place[0]}, expected the one "
                    f"that the path names."
                )
            _add(texts, sink.neuron(layer, index), sink)


def _match(name: str) -> re.Match[str] | None:
    return _PAGE.match(name) or _ANSWER.match(name)


def _of_page(content: bytes, file: str) -> tuple[tuple[int, int], _Texts]:
    place, texts = read_page(content, file)
    return place, _Texts(
        Samples.of([(text.tokens, text.activations) for text in texts]),
        [text.peak for text in texts],
        [text.corpus for text in texts],
        [text.document for text in texts],
        [text.range_min for text in texts],
        [text.range_max for text in texts],
    )


def _read_answer(answer: Record) -> tuple[tuple[int, int], _Texts]:
    """DeepDecipher's JSON: which neuron, and its texts."""
    place = answer.record("neuron_index")
    samples = answer.samples("texts", "tokens", "activations")
    texts = list(answer.records("texts"))
    if samples is None:
        samples = Samples.of([_read_text(text) for text in texts])
    return (place.index("layer"), place.index("neuron")), _Texts(
        samples,
        [_read_peak(text, samples.lengths[at]) for at, text in enumerate(texts)],
        None,
        [text.index("data_index") for text in texts],
        [text.number("min_range") for text in texts],
        [text.number("max_range") for text in texts],
    )


def _read_text(text: Record) -> tuple[list[str], list[float]]:
    tokens, activations = text.strings("tokens"), text.numbers("activations")
    if not tokens or len(tokens) != len(activations):
        raise text.wrong("activations", f"a number for each of the {len(tokens)} tokens")
    return tokens, activations


def _read_peak(text: Record, n_tokens: int) -> int:
    peak = text.index("max_activating_token_index")
    if peak >= n_tokens:
        raise text.wrong("max_activating_token_index", f"less than {n_tokens}")
    return peak


def _add(texts: _Texts, neuron: str, sink: Sink) -> None:
    if not texts.peaks:
        sink.lacks(neuron, "examples", "the source's page has no texts")
        return
    sink.examples(
        neuron,
        {"top": len(texts.samples)},
        texts.samples,
        peaks=texts.peaks,
        corpora=texts.corpora,
        documents=texts.documents,
        range_min=texts.range_min,
        range_max=texts.range_max,
    )
    sink.measurement(neuron, max_activation=texts.samples.largest())
