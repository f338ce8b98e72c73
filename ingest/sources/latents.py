"""What dashboards of sparse autoencoders say of a latent, whichever format they are in."""

from __future__ import annotations

from array import array
from collections.abc import Sized
from dataclasses import dataclass

from ingest.sources.fields import Record


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars of equal width."""

    values: list[float]
    """The bars' middles."""
    heights: list[float]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Some that a latent goes with, strongest first, by two measures of equal length."""

    indices: list[int]
    """Counted from 0."""
    first: list[float]
    """The decoder's weight on each, or Pearson's correlation of activations."""
    second: list[float]
    """The weight's share of the decoder's L1 norm, or the cosine of activations; or empty."""


@dataclass(frozen=True, slots=True)
class Latent:
    """One latent of a layer."""

    index: int
    """Place in its layer, from 0."""
    max_activation: float | None
    density: float | None
    """Share of tokens on which it fires, 0 to 1."""
    activations: Histogram | None
    """Of its activations above zero."""
    logits: Histogram | None
    """Of its decoder's effects on all logits."""
    aligned: Ranked
    """Dimensions of the hook point's space, by the decoder's weight, and that weight's share."""
    correlated_dimensions: Ranked
    """Dimensions of the same space, by Pearson's correlation and cosine of activations."""
    correlated: Ranked
    """Latents of the layer, by the same."""
    raised: list[tuple[str, float]]
    """Tokens whose logits it raises most, and by how much."""
    lowered: list[tuple[str, float]]
    """Tokens whose logits it lowers most."""
    similar: Ranked
    """Latents of the layer by cosine of decoders."""
    head_shares: list[float]
    """Of the decoder's norm, for each attention head; empty if it reads no heads."""


def read_latent(record: Record, index: int, max_activation: float | None) -> Latent:
    """The fields that Neuronpedia's exports and SAEDashboard's batches name alike."""
    return Latent(
        index,
        max_activation,
        record.optional_number("frac_nonzero"),
        _histogram(record, "freq_hist_data_bar"),
        _histogram(record, "logits_hist_data_bar"),
        ranked(
            record, "neuron_alignment_indices", "neuron_alignment_values", "neuron_alignment_l1"
        ),
        ranked(
            record,
            "correlated_neurons_indices",
            "correlated_neurons_pearson",
            "correlated_neurons_l1",  # in truth the cosine
        ),
        ranked(
            record,
            "correlated_features_indices",
            "correlated_features_pearson",
            "correlated_features_l1",
        ),
        _tokens(record, "pos"),
        _tokens(record, "neg"),
        ranked(record, "topkCosSimIndices", "topkCosSimValues"),
        record.optional_numbers("decoder_weights_dist"),
    )


def ranked(record: Record, indices: str, first: str, second: str | None = None) -> Ranked:
    """Parallel lists; the second measure may be absent or empty."""
    found = record.indices(indices)
    measures = [record.optional_numbers(name) if name else [] for name in (first, second)]
    _same_length(record, first, measures[0], len(found), indices)
    if second and measures[1]:
        _same_length(record, second, measures[1], len(found), indices)
    return Ranked(found, *measures)


def read_values(record: Record, tokens: str, values: str) -> tuple[list[str], list[float]]:
    """Tokens and one activation for each. Raises SourceError if there is not one for each."""
    texts, numbers = record.strings(tokens), record.numbers(values)
    if not texts:
        raise record.wrong(tokens, "one token at least")
    _same_length(record, values, numbers, len(texts), tokens)
    return texts, numbers


def place_in(record: Record, field: str, n_tokens: int) -> int | None:
    """A place in a text; None where it is absent, or -1, which stands for none."""
    place = record.optional_integer(field)
    if place is None or place == -1:
        return None
    if not 0 <= place < n_tokens:
        raise record.wrong(field, f"a place below {n_tokens}, the number of tokens, or -1")
    return place


def attributions_of(record: Record, field: str, n_tokens: int) -> array[float] | None:
    """One number for each token; None if there are none."""
    found = record.measured(field) if record.has(field) else None
    if not found:
        return None
    _same_length(record, field, found, n_tokens, "tokens")
    return found


def _histogram(record: Record, name: str) -> Histogram | None:
    values, heights = (record.optional_numbers(f"{name}_{part}") for part in ("values", "heights"))
    if not values and not heights:
        return None
    _same_length(record, f"{name}_heights", heights, len(values), f"{name}_values")
    return Histogram(values, heights)


def _tokens(record: Record, side: str) -> list[tuple[str, float]]:
    texts = record.optional_strings(f"{side}_str")
    values = record.optional_numbers(f"{side}_values")
    _same_length(record, f"{side}_values", values, len(texts), f"{side}_str")
    return list(zip(texts, values, strict=True))


def _same_length(record: Record, field: str, found: Sized, length: int, other: str) -> None:
    if len(found) != length:
        raise record.wrong(field, f"{length} numbers, as many as {other} has")
