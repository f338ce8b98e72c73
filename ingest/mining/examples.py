"""The examples to show of each neuron, from the texts that were kept of it.

top         the texts of highest peak in the whole corpus, the highest first
q1 … q4     a random sample of the other texts that it fires on, cut into four parts of
            ascending peaks; the highest first within each
random      a random sample of the corpus, whether it fires there or not
bottom      the texts on which it is most negative, the most negative first
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ingest.mining.ranked import Texts, texts_of
from ingest.mining.state import MiningState
from ingest.mining.tokens import TokenizedCorpus

SIGNIFICANT = 4
"""Decimal places kept of an activation, counted from the first digit of the neuron's maximum."""
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples of some neurons, one bucket after the other."""

    neurons: Int64[np.ndarray, " example"]
    """Places among those neurons, from 0."""
    buckets: Sequence[str]
    ranks: Int64[np.ndarray, " example"]
    """Place within the neuron's bucket, from 1."""
    chunks: Int64[np.ndarray, " example"]
    peaks: Int64[np.ndarray, " example"]
    """Index of the token that fires most, of `bottom` least, from 0."""
    activations: Sequence[Float64[np.ndarray, " _"]]
    """One per token."""


def examples_of(
    found: MiningState,
    corpus: TokenizedCorpus,
    neurons: Int64[np.ndarray, " neuron"],
    maxima: Float64[np.ndarray, " neuron"],
) -> Examples:
    """The examples of some neurons, which all have a maximum above zero."""
    kept = {name: texts_of(found.lists, name, neurons) for name in ("bottom", "firing", "random")}
    top = _merged(*(texts_of(found.lists, name, neurons) for name in ("top", "held_out")))
    shown = Texts(*(part[:, : found.sizes.top] for part in top))
    parts = [
        _bucket("top", shown, corpus, maxima),
        _bucket("bottom", kept["bottom"], corpus, maxima),
        *(_bucket(*quarter, corpus, maxima) for quarter in _quarters(kept["firing"], shown)),
        _bucket("random", kept["random"], corpus, maxima),
    ]
    return Examples(
        np.concatenate([part.neurons for part in parts]),
        [bucket for part in parts for bucket in part.buckets],
        np.concatenate([part.ranks for part in parts]),
        np.concatenate([part.chunks for part in parts]),
        np.concatenate([part.peaks for part in parts]),
        [values for part in parts for values in part.activations],
    )


def rounded(
    activations: Float32[np.ndarray, "n position"], maxima: Float64[np.ndarray, " n"]
) -> Float64[np.ndarray, "n position"]:
    """Activations to four places relative to their neuron's maximum: 3.14159 of 8.2 is 3.142."""
    decimals = SIGNIFICANT - 1 - np.floor(np.log10(maxima))[:, None]
    scale = 10.0 ** np.abs(decimals)  # exact, unlike its inverse
    found = activations.astype(np.float64)
    whole = decimals[:, 0] < 0
    found[~whole] = np.rint(found[~whole] * scale[~whole]) / scale[~whole]
    found[whole] = np.rint(found[whole] / scale[whole]) * scale[whole]
    found += 0.0  # no -0.0
    return found


def _merged(one: Texts, other: Texts) -> Texts:
    """Two lists of distinct texts as one, the highest peak first, the earlier one of equals."""
    both = Texts(*(np.concatenate(parts, 1) for parts in zip(one, other, strict=True)))
    return _taken(both, np.lexsort((both.chunks, -both.scores), axis=-1))


def _quarters(firing: Texts, shown: Texts) -> list[tuple[str, Texts]]:
    """Those texts that are not shown already, by quarters of their peaks."""
    own = (firing.chunks[:, :, None] == shown.chunks[:, None, :]).any(2) | (firing.chunks < 0)
    peaks = firing.activations.max(2)
    order = np.lexsort((-firing.chunks, peaks, own), axis=-1)  # ascending, the used last
    texts = _taken(firing._replace(chunks=np.where(own, -1, firing.chunks)), order)
    count = (texts.chunks >= 0).sum(1)[:, None]
    quarter = QUARTERS * np.arange(texts.chunks.shape[1]) // np.maximum(count, 1)
    found = []
    for number in range(QUARTERS):
        inside = (quarter == number) & (texts.chunks >= 0)
        highest_first = np.argsort(~inside[:, ::-1], axis=1, kind="stable")
        part = texts._replace(chunks=np.where(inside, texts.chunks, -1))
        found.append((f"q{number + 1}", _taken(Texts(*(a[:, ::-1] for a in part)), highest_first)))
    return found


def _taken(texts: Texts, order: Int64[np.ndarray, "neuron rank"]) -> Texts:
    rows = np.arange(len(order))[:, None]
    return Texts(*(part[rows, order] for part in texts))


def _bucket(
    name: str, texts: Texts, corpus: TokenizedCorpus, maxima: Float64[np.ndarray, " neuron"]
) -> Examples:
    neurons, places = np.nonzero(texts.chunks >= 0)
    chunks = texts.chunks[neurons, places]
    lengths = corpus.lengths(chunks)
    exact = texts.activations[neurons, places]
    sign = -1 if name == "bottom" else 1
    inside = np.arange(exact.shape[1]) < lengths[:, None]
    peaks = np.where(inside, sign * exact, -np.inf).argmax(1)
    values = rounded(exact, maxima[neurons])
    return Examples(
        neurons,
        [name] * len(neurons),
        places + 1,
        chunks,
        peaks,
        [row[:length] for row, length in zip(values, lengths.tolist(), strict=True)],
    )
