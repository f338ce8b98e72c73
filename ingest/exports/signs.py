"""Lists by size parted again into what raises and what lowers."""

from __future__ import annotations

from collections.abc import Sequence

Weighed = tuple[str, float]


def by_sign(listed: Sequence[Weighed]) -> tuple[list[Weighed], list[Weighed]]:
    """Those above zero and those below, from a list by size.

    Of weights of one size the imports put the positive list's first: one below zero that stands
    before one above it of its size came from there.
    """
    raised: list[Weighed] = []
    lowered: list[Weighed] = []
    size_above: float | None = None
    for name, weight in reversed(listed):
        if not weight < 0:
            size_above = abs(weight)
        side = raised if abs(weight) == size_above else lowered
        side.append((name, weight))
    return raised[::-1], lowered[::-1]
