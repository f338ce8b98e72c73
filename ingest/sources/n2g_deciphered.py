"""DeepDecipher's answer about a token graph: the numbers that its drawing is made of.

{"graph": {"subgraph_indices": [0, 0, 10, 55],     where each depth begins, and the end
           "graph": [{"token", "required", "importance"}]}}

The first depth that has nodes is that of the activating tokens. `required` are nodes for the
token before; `importance` is how full the colour was. Tokens may have DOT's quotes still.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

from ingest.errors import SourceError
from ingest.sources.fields import Record
from ingest.sources.n2g_drawn import (
    LEAST_ACTIVATION,
    LEAST_IMPORTANCE,
    Drawn,
    drawn_graph,
    shown,
    steps,
)
from ingest.sources.n2g_graph import token_of

_WRITTEN = re.compile(r'"((?:[^"\\]|\\.)*)"\Z', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_NUMBERS = frozenset({int, float})
_LARGE = 1 << 62
"""Beyond any neuron's place."""
_KNOWN = 1 << 16
"""Texts whose tokens are remembered: more than most vocabularies have."""


@dataclass(frozen=True, slots=True)
class _Items:
    """The nodes of an answer, by columns."""

    texts: Sequence[str]
    required: Sequence[Sequence[int]]
    shares: Sequence[float]


def read_deciphered(graph: Record) -> Drawn:
    """The graph of an answer. Raises SourceError if it is none."""
    items = _usual_items(graph.values("graph")) or _items(graph)
    count = len(items.texts)
    begins = graph.indices("subgraph_indices")
    ends = (begins[0], begins[-1]) if begins else (0, 0)
    if begins != sorted(begins) or ends != (0, count):
        raise graph.wrong("subgraph_indices", f"places from 0 to {count}, ascending")
    depths = [depth for depth, (a, b) in enumerate(pairwise(begins)) for _ in range(a, b)]
    first = min(depths, default=0)
    positions = [first - depth for depth in depths]
    n_first = positions.count(0)
    later = [at for at, listed in enumerate(items.required) for _ in listed]
    earlier = list(chain.from_iterable(items.required))
    if max(earlier, default=-1) >= count or min(steps(positions, later, earlier), default=1) < 1:
        raise _misplaced(graph, positions, zip(later, earlier, strict=True))
    shares = list(map(float, items.shares))
    return drawn_graph(
        list(map(deciphered_token, items.texts)),
        positions=positions,
        activations=[
            *(shown(share, LEAST_ACTIVATION) for share in shares[:n_first]),
            *[None] * (count - n_first),
        ],
        importances=[
            *[None] * n_first,
            *(shown(share, LEAST_IMPORTANCE) for share in shares[n_first:]),
        ],
        is_end=[False] * count,
        later=later,
        earlier=earlier,
        file=graph.file,
    )


def _misplaced(
    graph: Record, positions: Sequence[int], edges: Iterable[tuple[int, int]]
) -> SourceError:
    at = next(
        later
        for later, earlier in edges
        if earlier >= len(positions) or positions[earlier] >= positions[later]
    )
    return list(graph.records("graph"))[at].wrong("required", "nodes of later depths")


def read_similar(answer: Record) -> Sequence[tuple[int, int, float]]:
    """Layer, place in it, and similarity of each similar neuron. Raises SourceError."""
    found = _usual_similar(answer.columns("similar", "layer", "neuron", "similarity"))
    if found is not None:
        return found
    similar: dict[tuple[int, int], float] = {}
    for one in answer.records("similar"):
        place, similarity = (one.index("layer"), one.index("neuron")), one.number("similarity")
        if similar.setdefault(place, similarity) != similarity:
            raise one.wrong("similarity", f"{similar[place]}, as before")
    return [(layer, index, similarity) for (layer, index), similarity in similar.items()]


def _usual_similar(columns: list[list[Any]] | None) -> list[tuple[int, int, float]] | None:
    """The same, if each is what it should be, and there once; None if they must be looked at."""
    if columns is None:
        return None
    layers, indices, shares = columns
    places = [*layers, *indices]
    if not set(map(type, places)) <= {int}:
        return None
    if places and not 0 <= min(places) <= max(places) < _LARGE:
        return None
    if not set(map(type, shares)) <= {float} or not math.isfinite(sum(shares)):
        return None
    if len(set(zip(layers, indices, strict=True))) != len(layers):
        return None
    return list(zip(layers, indices, shares, strict=True))


def _usual_items(values: list[Any]) -> _Items | None:
    """The columns, if every node has what it should; None if they must be looked at one by one."""
    try:
        texts = [one["token"] for one in values]
        required = [one["required"] for one in values]
        shares = [one["importance"] for one in values]
    except (KeyError, TypeError):
        return None
    if not (set(map(type, texts)) <= {str} and set(map(type, required)) <= {list}):
        return None
    places = list(chain.from_iterable(required))
    if not set(map(type, places)) <= {int} or min(places, default=0) < 0:
        return None
    if not set(map(type, shares)) <= _NUMBERS or not math.isfinite(sum(shares)):
        return None
    return _Items(texts, required, shares)


def _items(graph: Record) -> _Items:
    items = list(graph.records("graph"))
    return _Items(
        [item.string("token") for item in items],
        [item.indices("required") for item in items],
        [item.number("importance") for item in items],
    )


@lru_cache(_KNOWN)
def deciphered_token(text: str) -> str | None:
    """The token of a node's text; None if it is lost."""
    quoted = _WRITTEN.match(text)
    return token_of(text if quoted is None else _ESCAPED.sub(r"\1", quoted[1]))
