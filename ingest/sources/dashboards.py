"""From what dashboards say of latents to the graph, whichever format they are in."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cypher import ids
from ingest.sources.empty_texts import empty_texts
from ingest.sources.latents import Activation, Latent
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


def add_examples(sink: Sink, neuron: str, examples: Sequence[Activation]) -> None:
    """All examples of a neuron by bucket: the interval they were drawn from, or the top.

    In each they are ranked by the activation at the token that they were drawn for, or else at
    their peak; equals stay in the source's order.
    """
    bins = sorted({example.bin_min for example in examples if example.bin_min is not None})
    number = {least: place for place, least in enumerate(bins, start=1)}
    buckets: dict[str, list[Activation]] = {}
    for example in examples:
        least = example.bin_min
        buckets.setdefault("top" if least is None else f"bin{number[least]}", []).append(example)
    for bucket, members in buckets.items():
        for rank, example in enumerate(sorted(members, key=_strength, reverse=True), start=1):
            sink.example(
                neuron,
                bucket=bucket,
                rank=rank,
                tokens=example.tokens,
                activations=example.values,
                corpus=example.corpus,
                qualifying=example.qualifying,
                bin_min=example.bin_min,
                bin_max=example.bin_max,
                bin_share=example.bin_share,
                attributions=example.attributions or None,
                attribution_max=example.attribution_max,
                attribution_target=example.attribution_target,
            )


def _strength(example: Activation) -> float:
    at = example.qualifying
    return max(example.values) if at is None else example.values[at]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An activation whose texts and numbers are kept apart."""

    rest: Activation
    tokens: array[int]
    values: array[float]


class _Numbers(dict[str, int]):
    """Tokens' numbers, from 0, given when they are first asked for."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


class Kept:
    """Activations of many neurons until all of each are there, in twelve bytes a token.

    Lines of one neuron need not follow each other in a file, and its examples can only be ranked
    once all are read.
    """

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._kept: dict[tuple[str, int], list[_Kept]] = {}

    def add(self, layer: str, index: int, activation: Activation) -> None:
        """Keep one."""
        numbers = array("I", map(self._numbers.__getitem__, activation.tokens))
        bare = replace(activation, tokens=[], values=[])
        kept = _Kept(bare, numbers, array("d", activation.values))
        self._kept.setdefault((layer, index), []).append(kept)

    def neurons(self) -> Iterator[tuple[str, int, list[Activation]]]:
        """Layer, index and all activations, by layer and index; in the order they came in."""
        texts = list(self._numbers)
        for (layer, index), kept in sorted(self._kept.items(), key=lambda item: item[0]):
            yield (
                layer,
                index,
                [
                    replace(
                        one.rest,
                        tokens=[texts[number] for number in one.tokens],
                        values=one.values.tolist(),
                    )
                    for one in kept
                ],
            )
