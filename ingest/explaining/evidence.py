"""What is known of a neuron when it is explained: examples to show, examples to score on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.n2g.evidence import FIRING
from ingest.sentence import Pattern

TOP, RANDOM, BOTH = "top", "random", "both"
"""Kinds of examples that scores are kept apart by."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An example: a text and what the neuron does on it."""

    id: str
    """Of its `Sequence`."""
    bucket: str
    """`top`, `qN` … `q1`, `random` or `bottom`."""
    rank: int
    """Place in its bucket, from 1."""
    tokens: tuple[str, ...]
    """Exact texts."""
    activations: tuple[float, ...]
    """One per token."""
    held_out: bool | None
    """Whether nothing was built from it; None if its source does not say."""

    @property
    def peak(self) -> int:
        """Index of the token that fires most, from 0."""
        return max(range(len(self.tokens)), key=lambda at: self.activations[at])


@dataclass(frozen=True, slots=True)
class Known:
    """A neuron."""

    id: str
    maximum: float
    """Its largest activation, above 0."""
    shown: tuple[Passage, ...]
    """Examples that a prompt may show, the strongest first."""
    scored: tuple[Passage, ...]
    """Those to score on, in no prompt and built into nothing: first `top`, then `random`."""
    judged: tuple[Passage, ...]
    """Those for detection and fuzzing, likewise: on which it fires, and on which it does not."""
    patterns: tuple[Pattern, ...]
    """Those of its token graph, the strongest first; empty if it has none."""

    def fires(self, passage: Passage) -> bool:
        """Whether it reaches half of its maximum anywhere in the passage."""
        return max(passage.activations, default=0.0) >= FIRING * self.maximum


def chosen(
    passages: Sequence[Passage], *, n_shown: int, n_scored: int, n_judged: int, strict: bool
) -> tuple[tuple[Passage, ...], tuple[Passage, ...], tuple[Passage, ...]]:
    """Which of a neuron's examples to show, which to score on, and which to judge.

    What is held out is scored on, and the rest is shown. Where a source does not say, every
    other example of a bucket is kept for scoring. No text is on both sides. Random examples are
    shown to nobody, and are scored on unless `strict` asks that nothing was built from them.
    """
    aside = {passage.id for passage in passages if _aside(passage, strict=strict)}
    ranked = sorted(passages, key=lambda passage: (_ORDER.get(passage.bucket, 1), passage.rank))
    shown = [p for p in ranked if p.id not in aside and p.bucket not in (RANDOM, "bottom")]
    kept = [p for p in ranked if p.id in aside]
    scored = [
        passage
        for bucket in (TOP, RANDOM)
        for passage in _distinct([p for p in kept if p.bucket == bucket])[:n_scored]
    ]
    judged = _distinct([p for p in kept if p.bucket != "bottom"])
    return tuple(shown[:n_shown]), tuple(_distinct(scored)), tuple(_spread(judged, n_judged))


_ORDER = {TOP: 0, RANDOM: 2, "bottom": 3}
"""The quantiles lie between."""


def _aside(passage: Passage, *, strict: bool) -> bool:
    if passage.bucket == RANDOM:
        return not strict or passage.held_out is not False
    if passage.held_out is not None:
        return passage.held_out
    return passage.rank % 2 == 0


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    """Each text once, where it stands first."""
    found: dict[str, Passage] = {}
    for passage in passages:
        found.setdefault(passage.id, passage)
    return list(found.values())


def _spread(passages: Sequence[Passage], count: int) -> list[Passage]:
    """About `count` of them, evenly from all of their order."""
    if len(passages) <= count:
        return list(passages)
    return [passages[at * len(passages) // count] for at in range(count)]
