"""From what dashboards say of latents to the graph, whichever format they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from cypher import ids
from ingest.sources.documents import Sample
from ingest.sources.empty_texts import empty_texts
from ingest.sources.latents import Activation, Latent
from ingest.sources.samples import Samples
from ingest.sources.sink import Sink

DECODER_COSINE, PEARSON, COSINE = "decoder_cosine", "activation_pearson", "activation_cosine"
"""Measures of how alike two latents are."""
OUTPUT_TOKENS = "output tokens"
"""What a latent lacks of which the source could not show tokens."""


def add_latent(sink: Sink, layer: str, latent: Latent, n_tokens: int | None = None) -> str:
    """What was measured of a latent, the tokens it writes, latents like it; gives its id."""
    neuron = sink.neuron(layer, latent.index)
    sink.measurement(
        neuron,
        max_activation=latent.max_activation,
        density=latent.density,
        n_tokens=n_tokens,
        **_histograms(latent),
        **_dimensions(latent),
    )
    _add_written(sink, neuron, [*latent.raised, *latent.lowered])
    for measure, indices, values in (
        (DECODER_COSINE, latent.similar.indices, latent.similar.first),
        (PEARSON, latent.correlated.indices, latent.correlated.first),
        (COSINE, latent.correlated.indices, latent.correlated.second),
    ):
        if values:
            _add_similar(sink, layer, latent.index, measure, zip(indices, values, strict=True))
    return neuron


def _histograms(latent: Latent) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, histogram in (("", latent.activations), ("logit_", latent.logits)):
        if histogram is not None:
            found[f"{name}histogram_values"] = histogram.values
            found[f"{name}histogram_heights"] = histogram.heights
    return found


def _dimensions(latent: Latent) -> dict[str, object]:
    lists: dict[str, Sequence[object]] = {
        "aligned_indices": latent.aligned.indices,
        "aligned_weights": latent.aligned.first,
        "aligned_shares": latent.aligned.second,
        "correlated_indices": latent.correlated_dimensions.indices,
        "correlated_pearson": latent.correlated_dimensions.first,
        "correlated_cosine": latent.correlated_dimensions.second,
        "head_shares": latent.head_shares,
    }
    return {name: values for name, values in lists.items() if values}


def _add_written(sink: Sink, neuron: str, tokens: list[tuple[str, float]]) -> None:
    """`WRITES`, by size. A token that the dashboard could not show as text is said to be lacking."""
    by_size = sorted(tokens, key=lambda written: -abs(written[1]))
    shown = [written for written in by_size if written[0]]
    for rank, (token, weight) in enumerate(shown, start=1):
        sink.row("WRITES", source=neuron, target=sink.token(token), weight=weight, rank=rank)
    if lost := len(by_size) - len(shown):
        sink.lacks(neuron, OUTPUT_TOKENS, empty_texts(lost))


def _add_similar(
    sink: Sink, layer: str, index: int, measure: str, found: Iterator[tuple[int, float]]
) -> None:
    """`SIMILAR_TO`, each once and itself left out, in the source's order."""
    others: dict[int, float] = {}
    for other, value in found:
        if other != index:
            others.setdefault(other, value)
    neuron = ids.neuron_id(sink.model, layer, index)
    for rank, (other, value) in enumerate(others.items(), start=1):
        target = sink.neuron(layer, other, present=False)
        sink.row("SIMILAR_TO", source=neuron, target=target, measure=measure, similarity=value,
                 rank=rank)  # fmt: skip


def add_examples(sink: Sink, neuron: str, samples: Samples, examples: Sequence[Activation]) -> None:
    """All examples of a neuron by bucket: the interval they were drawn from, or the top.

    In each they are ranked by the activation at the token that they were drawn for, or else at
    their peak; equals stay in the source's order.
    """
    bins = sorted({example.bin_min for example in examples if example.bin_min is not None})
    number = {least: place for place, least in enumerate(bins, start=1)}
    buckets: dict[str, list[int]] = {}
    for at, example in enumerate(examples):
        least = example.bin_min
        buckets.setdefault("top" if least is None else f"bin{number[least]}", []).append(at)
    strengths = [_strength(samples, at, one) for at, one in enumerate(examples)]
    for places in buckets.values():
        places.sort(key=strengths.__getitem__, reverse=True)
    order = [at for places in buckets.values() for at in places]
    ordered = [examples[at] for at in order]
    sink.examples(
        neuron,
        {bucket: len(places) for bucket, places in buckets.items()},
        samples.taken(order),
        corpora=[one.corpus for one in ordered],
        qualifying=[one.qualifying for one in ordered],
        bin_min=[one.bin_min for one in ordered],
        bin_max=[one.bin_max for one in ordered],
        bin_share=[one.bin_share for one in ordered],
        attributions=[one.attributions for one in ordered],
        attribution_max=[one.attribution_max for one in ordered],
        attribution_target=[one.attribution_target for one in ordered],
    )


def _strength(samples: Samples, at: int, example: Activation) -> float:
    place = example.qualifying
    return max(samples.numbers(at)) if place is None else samples.number(at, place)


Place = tuple[str, str]
"""A file, and which of its records."""
_Kept = tuple[Sample, Activation, Place]


class Kept:
    """Activations of many neurons until all of each are there.

    Lines of one neuron need not follow each other in a file, and its examples can only be ranked
    once all are read.
    """

    def __init__(self, read: Callable[[bytes, str, str], list[str]]) -> None:
        """`read` gives the tokens of a text that is JSON, of a file, in its place in that."""
        self._read = read
        self._kept: dict[tuple[str, int], list[_Kept]] = {}

    def add(self, layer: str, index: int, found: tuple[Sample, Activation], place: Place) -> None:
        """Keep one: a text with its numbers, what else is known of it, and where it stood."""
        self._kept.setdefault((layer, index), []).append((*found, place))

    def neurons(self) -> Iterator[tuple[str, int, Samples, list[Activation]]]:
        """Layer, index and all activations, by layer and index; in the order they came in."""
        for layer, index in sorted(self._kept):
            kept = self._kept.pop((layer, index))
            values = [sample[1] for sample, *_ in kept]
            samples = Samples(
                [sample[0] for sample, *_ in kept],
                values,
                [memoryview(one).nbytes // 8 for one in values],
                partial(self._tokens, kept),
            )
            yield layer, index, samples, [activation for _, activation, _ in kept]

    def _tokens(self, kept: list[_Kept], at: int) -> list[str]:
        (json, _), _, place = kept[at]
        return self._read(json, *place)
