"""Evidence from several sources made comparable: what is rare in a source counts for more.

Three sources speak of a neuron. Its *top texts* are where researchers look at it. Its *firing
places* are a weighted random sample of all places above zero, and the *random places* a plain
one of the corpus: together, each place weighed by the inverse of its chance to be among them
(Horvitz and Thompson, 1952), they stand for the corpus as it is. A graph is to be right in both
worlds, so each world is given a weight of its own, relative to how much fires in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32, Int64

from ingest.n2g.evidence import FIRING, Evidence, together

TOP_WEIGHT = 0.7
"""What the firing places of the top texts weigh together; those of the corpus weigh 1."""


@dataclass(frozen=True, slots=True)
class Places:
    """Tokens of a corpus and what one neuron does there."""

    places: Int64[np.ndarray, " place"]
    """Place of each token in the corpus: equal for the same token of the same text."""
    contexts: Int32[np.ndarray, "place back"]
    """As in `Evidence`."""
    shares: Float[np.ndarray, " place"]
    """Share of the neuron's maximum."""


@dataclass(frozen=True, slots=True)
class Sources:
    """All that is known of a neuron."""

    top: Places
    """All tokens of the texts on which it fires most."""
    firing: Places | None = None
    """A sample of the corpus's places above zero, weighted by activation to a power."""
    power: float = 1.0
    """The power."""
    bound: float = 0.0
    """The smallest score in that sample, as share of the maximum; 0 if it holds every place."""
    random: Places | None = None
    """A plain random sample of the corpus's places."""
    rate: float = 0.0
    """The share of the corpus that the random sample is, 0 to 1."""


def weighed(sources: Sources) -> Evidence:
    """The places whose token fires anywhere, from all sources, the corpus's and the top texts'.

    The others are left out: no graph has a pattern for them.
    """
    worlds = [(sources.top, np.ones(len(sources.top.shares)), TOP_WEIGHT)]
    if sources.firing is not None and sources.random is not None:
        worlds.append((*_corpus(sources, sources.firing, sources.random), 1.0))
    ends = [places.contexts[places.shares >= FIRING, 0] for places, _, _ in worlds]
    firing = np.unique(np.concatenate(ends))
    parts = []
    for places, weights, world in worlds:
        of_firing = weights[places.shares >= FIRING].sum()
        if of_firing > 0:
            rows = _of_tokens(places, firing)
            parts.append(
                Evidence(
                    places.contexts[rows], places.shares[rows], weights[rows] * (world / of_firing)
                )
            )
    if not parts:
        return Evidence(sources.top.contexts[:0], sources.top.shares[:0], np.zeros(0))
    return together(parts)


def _corpus(
    sources: Sources, firing: Places, random: Places
) -> tuple[Places, Float[np.ndarray, " place"]]:
    """Both samples of the corpus as one, each place once, with the weight of each place."""
    new = ~np.isin(random.places, firing.places)
    shares = np.concatenate([firing.shares, random.shares[new]])
    above = np.maximum(shares, 0.0)
    if sources.bound > 0:
        chance = -np.expm1(-((above / sources.bound) ** sources.power))
    else:
        chance = (above > 0).astype(np.float64)
    chance = 1 - (1 - sources.rate) * (1 - chance)
    united = Places(
        np.concatenate([firing.places, random.places[new]]),
        np.concatenate([firing.contexts, random.contexts[new]]),
        shares,
    )
    return united, 1 / np.maximum(chance, np.finfo(np.float64).tiny)


def _of_tokens(places: Places, tokens: Int32[np.ndarray, " token"]) -> Int64[np.ndarray, " row"]:
    found: np.ndarray = np.flatnonzero(np.isin(places.contexts[:, 0], tokens))
    return found
