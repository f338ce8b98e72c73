"""Which layers: `0-4`, `2`, `0,2,5-7`."""

from __future__ import annotations

import re

from ingest.errors import ModelError

_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")


def parse_layers(text: str | None, n_layers: int, model: str) -> tuple[int, ...]:
    """The layers that `text` names, in ascending order; all `n_layers` if None.

    Raises ModelError if one does not exist, or the text names none.
    """
    if text is None:
        return tuple(range(n_layers))
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.match(part.strip())
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise ModelError(f"{text!r} names no layers. Expected such as 2, 0-4 or 0,2,5-7.")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    beyond = sorted(layer for layer in found if layer >= n_layers)
    if beyond:
        raise ModelError(
            f"{model} has no layer {beyond[0]}: it has {n_layers}, counted from 0 to "
            f"{n_layers - 1}. Name some of these with --layers."
        )
    return tuple(sorted(found))
