"""How far a job is: requests that are answered, of those that its neurons may need."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.progress import Advance


class Meter:
    """Counts requests neuron by neuron: one that needs fewer than was planned is done all the same."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}
        self._advance: Advance = lambda _: None

    def begin(self, planned: Mapping[str, int], advance: Advance) -> None:
        """Begin a stage: `planned` are the requests that each neuron may need, at most."""
        self._left = dict(planned)
        self._advance = advance

    def answered(self, neuron: str) -> None:
        """One request about a neuron was answered, or given up."""
        if self._left.get(neuron, 0) > 0:
            self._left[neuron] -= 1
            self._advance(1)

    def done(self, neuron: str) -> None:
        """No more will be asked about it."""
        self._advance(self._left.pop(neuron, 0))
