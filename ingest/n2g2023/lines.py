"""Lines: what one firing token needs before it, as a path for the trie."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.n2g2023.saliency import Firing
from ingest.n2g2023.vocabulary import Vocabulary

IMPORTANT = 0.75
"""A token matters if more than this share of the activation is lost without it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a line."""

    tokens: tuple[int, ...]
    """Token ids that it accepts, in ascending order; empty if it accepts any."""
    importance: float
    """Share of the activation that is lost without it, kept within 0 and 1."""


@dataclass(frozen=True, slots=True)
class Line:
    """A firing token and what goes before it, going back, as far as it matters."""

    steps: tuple[Step, ...]
    """The firing token is the first. The last is never one that accepts any."""
    activation: float
    """Share of the neuron's maximum."""


def line_of(firing: Firing, vocabulary: Vocabulary) -> Line:
    """Tokens that matter, "ignore" for the others, cut behind the farthest that matters."""
    needed = [
        back == 0 or worth > IMPORTANT for back, worth in enumerate(firing.importance.tolist())
    ]
    length = 1 + max(back for back, is_needed in enumerate(needed) if is_needed)
    return Line(
        tuple(
            Step(vocabulary.same[token] if is_needed else (), min(max(float(worth), 0.0), 1.0))
            for token, worth, is_needed in zip(
                firing.tokens[:length], firing.importance, needed, strict=False
            )
        ),
        firing.share,
    )
