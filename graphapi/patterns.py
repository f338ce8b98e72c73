"""The patterns of two token graphs side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from graphapi.errors import UserError
from graphapi.groups import Row

Pattern = tuple[str | None, ...]
"""The tokens of a pattern as they are read, the activating one last; None for any token."""
MOST = 20_000
"""How many patterns of a token graph are compared."""


def patterns_of(nodes: Sequence[Row], edges: Sequence[Row]) -> dict[Pattern, float]:
    """What a token graph predicts for each of its patterns, a share of the neuron's maximum.

    A node that accepts several tokens stands for as many patterns. `nodes` has a row for each
    token of a node. Raises UserError if there are too many patterns.
    """
    accepted: dict[str, list[str | None]] = defaultdict(list)
    for row in nodes:
        accepted[row["id"]].append(row["token"])
    before: dict[str, list[str]] = defaultdict(list)
    for row in edges:
        before[row["source"]].append(row["target"])
    of_node = {row["id"]: row for row in nodes}
    found: dict[Pattern, float] = {}
    for path in _paths(of_node, before):
        end = of_node[path[-1]]
        for tokens in product(*(accepted[node] for node in reversed(path))):
            known = found.get(tokens, end["activation"])
            found[tokens] = max(known, end["activation"])
            if len(found) > MOST:
                raise UserError(
                    f"a token graph has more than {MOST} patterns, too many to compare. "
                    f"Read its nodes and edges instead."
                )
    return found


def _paths(
    of_node: Mapping[str, Row], before: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, ...]]:
    """Ids of nodes from each activating one back to each end of a pattern."""
    waiting: list[tuple[str, ...]] = [
        (id_,) for id_, row in of_node.items() if row["position"] == 0
    ]
    while waiting:
        path = waiting.pop()
        last = of_node[path[-1]]
        if last["is_end"] and last["activation"] is not None:
            yield path
        waiting.extend((*path, node) for node in before.get(path[-1], ()))
