"""What a unit of a source was about, and what of it could not be imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.errors import SourceError


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that could not be imported."""

    neuron: str | None
    """The neuron that it was about, if that was known."""
    kind: str
    """What the neuron lacks for it: `examples`, `explanation`, …"""
    message: str
    """File, record, field, what was found and what was expected."""


@dataclass(slots=True)
class Said:
    """What a unit was about."""

    present: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Places of the neurons that something was found about, by layer."""
    bad: list[Bad] = field(default_factory=list)
    read: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Places of the latents that a record was found about, by kind of record and layer."""


def merge_sayings(row: dict[str, object], known: Mapping[str, object], what: str) -> None:
    """Add what is known of `what` to a row. Raises SourceError where it was said otherwise."""
    for name, value in known.items():
        if row.setdefault(name, value) != value:
            raise SourceError(
                f"{what}: the source gives {name} as {row[name]!r} in one place and as {value!r} "
                f"in another. Import what belongs together."
            )
