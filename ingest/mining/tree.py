"""Statistics merged in a fixed order, whoever made them: a binary tree over the shards.

Floating-point sums depend on their order. Here shards 2i and 2i + 1 are merged with each other
and nothing else, then pairs of pairs, and so on: the result has the same bits in whatever
order, and by however many workers, the shards are done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from ingest.mining import moments
from ingest.mining.moments import Moments

Nodes = dict[tuple[int, int], Moments]
"""By level, 0 for a shard, and number within the level: of one run of shards a few at a time."""


def put(nodes: Nodes, level: int, number: int, found: Moments) -> None:
    """Add a node, merging it with its neighbour if that is there."""
    while (level, number ^ 1) in nodes:
        other = nodes.pop((level, number ^ 1))
        found = moments.merged(other, found) if number & 1 else moments.merged(found, other)
        level, number = level + 1, number >> 1
    nodes[level, number] = found


def total(nodes: Nodes) -> Moments:
    """The statistics of all shards, once all of them are there."""
    first, *others = sorted(nodes, key=lambda node: node[1] << node[0])
    found = nodes[first]
    for node in others:
        found = moments.merged(found, nodes[node])
    return found


def to_arrays(nodes: Nodes) -> dict[str, np.ndarray]:
    """By name, for a checkpoint."""
    ordered = sorted(nodes)
    arrays = {
        field.name: np.array([getattr(nodes[node], field.name) for node in ordered])
        for field in fields(Moments)
    }
    return {"nodes": np.array(ordered, np.int64).reshape(-1, 2), **arrays}


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Nodes:
    """The inverse of `to_arrays`."""
    names = [field.name for field in fields(Moments) if field.name != "count"]
    return {
        (int(level), int(number)): Moments(
            int(arrays["count"][at]), **{name: arrays[name][at] for name in names}
        )
        for at, (level, number) in enumerate(arrays["nodes"])
    }
