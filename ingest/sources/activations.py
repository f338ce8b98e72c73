"""What dashboards say of the texts on which a latent fires, one by one and by columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Activation:
    """How a text was chosen on which a latent fires, and what else is known of it."""

    bin_min: float | None
    """The lower end of the interval of activations that it was drawn from; None for the top."""
    bin_max: float | None
    bin_share: float | None
    """Share of the corpus's tokens in that interval; None for the top."""
    qualifying: int | None
    """Index of the token that it was drawn for, which need not be the one that fires most."""
    attributions: array[float] | None
    """Direct feature attribution of each token; None if there is none."""
    attribution_max: float | None
    attribution_target: int | None
    """Index of the token that is attributed to."""
    corpus: str | None = None


@dataclass(frozen=True, slots=True)
class Activations:
    """The same of many texts, by columns of equal length, which `Activation` describes."""

    bin_min: Sequence[float | None]
    bin_max: Sequence[float | None]
    bin_share: Sequence[float | None]
    qualifying: Sequence[int | None]
    attributions: Sequence[array[float] | None]
    attribution_max: Sequence[float | None]
    attribution_target: Sequence[int | None]
    corpus: Sequence[str | None]

    @classmethod
    def of(cls, rows: Sequence[Activation]) -> Activations:
        """Those that were read one by one."""
        return cls(*([column(row) for row in rows] for column in _COLUMNS))

    @classmethod
    def joined(cls, parts: Sequence[Activations]) -> Activations:
        """One after another."""
        if len(parts) == 1:
            return parts[0]
        return cls(*([one for part in parts for one in column(part)] for column in _COLUMNS))

    def __len__(self) -> int:
        return len(self.bin_min)

    def taken(self, places: Sequence[int]) -> Activations:
        """Those at some places, in that order."""
        return Activations(*([column(self)[at] for at in places] for column in _COLUMNS))

    def part(self, begin: int, end: int) -> Activations:
        """Those from one place to before another."""
        return Activations(*(column(self)[begin:end] for column in _COLUMNS))


_COLUMNS: tuple[Any, ...] = tuple(attrgetter(field.name) for field in fields(Activation))
