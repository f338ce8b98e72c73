"""From what dashboards say of latents to the graph, whichever format they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cypher import ids
from ingest.sources.activations import Activations
from ingest.sources.empty_texts import empty_texts
from ingest.sources.latents import Latent
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


def add_examples(sink: Sink, neuron: str, samples: Samples, examples: Activations) -> None:
    """All examples of a neuron by bucket: the interval they were drawn from, or the top.

    In each they are ranked by the activation at the token that they were drawn for, or else at
    their peak; equals stay in the source's order.
    """
    bins = sorted({least for least in examples.bin_min if least is not None})
    names: dict[float | None, str] = {None: "top"}
    names |= {least: f"bin{place}" for place, least in enumerate(bins, start=1)}
    buckets: dict[str, list[int]] = {}
    for at, least in enumerate(examples.bin_min):
        buckets.setdefault(names[least], []).append(at)
    strengths = [_strength(samples, at, place) for at, place in enumerate(examples.qualifying)]
    for places in buckets.values():
        places.sort(key=strengths.__getitem__, reverse=True)
    order = [at for places in buckets.values() for at in places]
    ordered = examples.taken(order)
    sink.examples(
        neuron,
        {bucket: len(places) for bucket, places in buckets.items()},
        samples.taken(order),
        corpora=ordered.corpus,
        qualifying=ordered.qualifying,
        bin_min=ordered.bin_min,
        bin_max=ordered.bin_max,
        bin_share=ordered.bin_share,
        attributions=ordered.attributions,
        attribution_max=ordered.attribution_max,
        attribution_target=ordered.attribution_target,
    )


def _strength(samples: Samples, at: int, qualifying: int | None) -> float:
    return max(samples.numbers(at)) if qualifying is None else samples.number(at, qualifying)


Place = tuple[str, str]
"""A file, and which of its records."""


@dataclass(frozen=True, slots=True)
class Group:
    """All activations of a neuron."""

    layer: str
    index: int
    samples: Samples
    activations: Activations
    first: Place
    """Where the first one stood."""


class Kept:
    """Activations of many neurons until all of each are there.

    Lines of one neuron need not follow each other in a file, and its examples can only be ranked
    once all are read.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], list[tuple[Samples, Activations, Place]]] = {}

    def add(
        self, layer: str, index: int, samples: Samples, activations: Activations, first: Place
    ) -> None:
        """Keep some of a neuron, the first of which stood in a place."""
        self._kept.setdefault((layer, index), []).append((samples, activations, first))

    def groups(self) -> Iterator[Group]:
        """By layer and index; each neuron's in the order they came in."""
        for layer, index in sorted(self._kept):
            kept = self._kept.pop((layer, index))
            yield Group(
                layer,
                index,
                Samples.joined([samples for samples, _, _ in kept]),
                Activations.joined([activations for _, activations, _ in kept]),
                kept[0][2],
            )
