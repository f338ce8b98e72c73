"""What a unit of a source was about, and what of it could not be imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
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

    read_before: Mapping[str, Collection[int]] = field(default_factory=dict)
    """What units before had in `read`."""
    named_model: str | None = None
    """The model that the first record of this unit, or of one before, says that it is about."""
    present: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Places of the neurons that something was found about, by layer."""
    bad: list[Bad] = field(default_factory=list)
    read: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Places of the latents that a record was found about, by kind of record and layer."""

    def is_first(self, kind: str, layer: str, index: int) -> bool:
        """Whether no record of a kind about a neuron was read yet, in this unit or any before."""
        key = f"{kind} {layer}"
        if index in self.read[key] or index in self.read_before.get(key, ()):
            return False
        self.read[key].add(index)
        return True

    def first_model(self, named: str) -> str:
        """The model that was named first; `named` if none was."""
        self.named_model = self.named_model or named
        return self.named_model


def merge_sayings(row: dict[str, object], known: Mapping[str, object], what: str) -> None:
    """Add what is known of `what` to a row. Raises SourceError where it was said otherwise."""
    for name, value in known.items():
        if row.setdefault(name, value) != value:
            raise SourceError(
                f"{what}: the source gives {name} as {row[name]!r} in one place and as {value!r} "
                f"in another. Import what belongs together."
            )
