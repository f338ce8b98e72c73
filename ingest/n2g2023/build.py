"""From the texts on which neurons fire most to their token graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import Text
from ingest.n2g.protocol import Activations
from ingest.n2g.trie import Node
from ingest.n2g2023.grow import grown
from ingest.n2g2023.lines import Line, line_of
from ingest.n2g2023.prune import pivot_of, prune
from ingest.n2g2023.saliency import measure
from ingest.n2g2023.vocabulary import Vocabulary
from ingest.n2g2023.windows import Reader

_NEURONS_AT_ONCE = 128
"""Neurons whose texts share batches: enough to fill them, few enough to keep all in memory."""


@dataclass(frozen=True, slots=True)
class TopTexts:
    """A neuron and the texts that its graph is made from."""

    index: int
    """Place within the layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    texts: tuple[Text, ...]
    """Those on which it fires most, the strongest first."""


def published_graphs(
    neurons: Sequence[TopTexts],
    *,
    model: Activations,
    layer: NeuronLayer,
    begin: int | None,
    vocabulary: Vocabulary,
) -> Iterator[tuple[int, tuple[Node, ...]]]:
    """Each neuron's place within the layer and the roots of its graph; none if nothing fires.

    `begin` is the token that begins a text, if the model has one. The same neurons in the same
    order give the same graphs.
    """
    read = Reader(model, layer, begin)
    for first in range(0, len(neurons), _NEURONS_AT_ONCE):
        group = neurons[first : first + _NEURONS_AT_ONCE]
        lines = _lines(group, read, vocabulary)
        for neuron, mine in zip(group, lines, strict=True):
            yield neuron.index, grown(mine)


def _lines(neurons: Sequence[TopTexts], read: Reader, vocabulary: Vocabulary) -> list[list[Line]]:
    """Each neuron's lines, in the order of its texts."""
    pivots = [
        (place, pivot)
        for place, neuron in enumerate(neurons)
        for text in neuron.texts
        if (pivot := pivot_of(neuron.index, neuron.maximum, text, vocabulary)) is not None
    ]
    pruned = [
        (place, one)
        for (place, _), one in zip(pivots, prune([p for _, p in pivots], read), strict=True)
        if one is not None
    ]
    found: list[list[Line]] = [[] for _ in neurons]
    for (place, _), firings in zip(pruned, measure([p for _, p in pruned], read), strict=True):
        found[place].extend(line_of(firing, vocabulary) for firing in firings)
    return found
