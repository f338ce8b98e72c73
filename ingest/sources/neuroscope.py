"""Neuroscope's pages, and the same as DeepDecipher's JSON: the texts on which a neuron fires most.

{…}/{model}/{layer}/{neuron}.html
{…}/{model}/neuroscope/{layer}/{neuron}[.json]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.neuroscope_page import Text, read_page
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, place_of, read_file

_FILES_PER_UNIT = 256
_PLACE = r"(?P<layer>\d{1,9})/(?P<neuron>\d{1,18})"
_PAGE = re.compile(rf"(?:(?:.*/)?(?P<model>[^/]+)/)?{_PLACE}\.html?(?:\.gz)?\Z")
_ANSWER = re.compile(rf"(?:(?:.*/)?(?P<model>[^/]+)/)?neuroscope/{_PLACE}(?:\.json)?(?:\.gz)?\Z")


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
        for name in unit.files:
            match = _match(name)
            assert match is not None
            layer, index = str(int(match["layer"])), int(match["neuron"])
            sink.layer(layer)
            with sink.record(ids.neuron_id(sink.model, layer, index), "examples"):
                content = read_file(tree, name)
                if _PAGE.match(name):
                    place, texts = read_page(content, name)
                else:
                    place, texts = _read_answer(Record(parse_json(content, name), name))
                if place != (int(layer), index):
                    raise SourceError(
                        f"{name}: found neuron {place[1]} of layer {place[0]}, expected the one "
                        f"that the path names."
                    )
                _add(texts, sink.neuron(layer, index), sink)


def _match(name: str) -> re.Match[str] | None:
    return _PAGE.match(name) or _ANSWER.match(name)


def _read_answer(answer: Record) -> tuple[tuple[int, int], list[Text]]:
    """DeepDecipher's JSON: which neuron, and its texts."""
    place = answer.record("neuron_index")
    texts = []
    for one in answer.records("texts"):
        tokens, activations = one.strings("tokens"), one.numbers("activations")
        peak = one.index("max_activating_token_index")
        if not tokens or len(tokens) != len(activations):
            raise one.wrong("activations", f"a number for each of the {len(tokens)} tokens")
        if peak >= len(tokens):
            raise one.wrong("max_activating_token_index", f"less than {len(tokens)}")
        text = Text(
            one.number("min_range"), one.number("max_range"), one.index("data_index"), None, peak,
            tokens, activations,
        )  # fmt: skip
        texts.append(text)
    return (place.index("layer"), place.index("neuron")), texts


def _add(texts: list[Text], neuron: str, sink: Sink) -> None:
    for rank, text in enumerate(texts, start=1):
        sink.example(
            neuron,
            bucket="top",
            rank=rank,
            tokens=text.tokens,
            activations=text.activations,
            peak=text.peak,
            corpus=text.corpus,
            document=text.document,
            range_min=text.range_min,
            range_max=text.range_max,
        )
    if texts:
        sink.measurement(neuron, max_activation=max(max(text.activations) for text in texts))
    else:
        sink.lacks(neuron, "examples", "the source's page has no texts")
