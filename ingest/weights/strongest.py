"""The largest and smallest dot products of each vector with many others, block by block.

Products are found in float32, which is fast, and weighed in float64, so that neither the
blocks nor the number of threads can be seen in the weights. No more than a block of
products is ever held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int64
from torch import Tensor

from ingest.weights.vectors import Vectors

_MARGIN = 4
"""Products looked at beyond the wanted ones, for float32 may have them in another order."""
_ROWS = 1024
"""Vectors that are multiplied at once."""
_GROUP = 16
"""Columns of which only the best is looked at first, as in a tournament: most of them lose."""
_WEIGHED = 8
"""Vectors whose products are weighed at once: what that takes fits into a processor's cache."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Products of some consecutive vectors, among them the largest and the smallest."""

    first: int
    """Place of the first of these vectors, from 0."""
    targets: Int64[np.ndarray, "vector candidate"]
    """The other vectors, from 0; one may stand twice, where there are few."""
    weights: Float64[np.ndarray, "vector candidate"]
    """The products."""


@dataclass(frozen=True, slots=True)
class Search:
    """How much is looked for, and how."""

    kept: int
    """Largest products that are wanted of each vector, and as many smallest."""
    block_bytes: int
    """Memory for a block of products; what goes into them takes up to as much again."""
    check: Callable[[], None]
    """Called before each block; it may raise, to stop."""


def strongest(vectors: Vectors, others: Sequence[Vectors], search: Search) -> Iterator[Candidates]:
    """For each of `vectors` at least the wanted products with `others`.

    `others` count on from one part to the next. Yields stretches of vectors, in their order.
    """
    buffer: Tensor | None = None
    for first in range(0, len(vectors), _ROWS):
        rows = vectors.folded(vectors.block(first, min(first + _ROWS, len(vectors))))
        n_columns = max(search.block_bytes // (4 * max(rows.shape)), 1)
        if buffer is None:  # one for all blocks: fresh memory takes as long as a topk
            buffer = rows.new_empty(len(rows) * min(n_columns, max(map(len, others), default=0)))
        ends = [_End(rows, search.kept + _MARGIN, largest=largest) for largest in (True, False)]
        for offset, part, block in _blocks(others, n_columns):
            search.check()
            room = buffer[: len(rows) * len(block)].view(len(rows), len(block))
            products = torch.mm(part.folded(rows), block.T, out=room)
            for end in ends:
                end.take(products, offset)
        places = torch.cat([end.places for end in ends], 1)
        yield Candidates(first, places.cpu().numpy(), _weighed(vectors, first, others, places))


def _blocks(
    others: Sequence[Vectors], n_columns: int
) -> Iterator[tuple[int, Vectors, Float32[Tensor, "column d_model"]]]:
    """Blocks of the vectors, each with the number of those before it and what it is a part of."""
    offset = 0
    for part in others:
        for first in range(0, len(part), n_columns):
            yield offset + first, part, part.block(first, min(first + n_columns, len(part)))
        offset += len(part)


class _End:
    """The `n` largest products of each vector so far, or the smallest."""

    def __init__(self, rows: Float32[Tensor, "vector d_model"], n: int, *, largest: bool) -> None:
        self._n = n
        self._largest = largest
        self._values = rows.new_zeros(len(rows), 0)
        self.places = rows.new_zeros(len(rows), 0, dtype=torch.int64)
        """Where they stand, in no particular order."""

    def take(self, products: Float32[Tensor, "vector column"], offset: int) -> None:
        """Take in the products with the vectors from `offset` on."""
        columns = self._hopeful(products)
        values = torch.cat([self._values, products.gather(1, columns)], 1)
        places = torch.cat([self.places, columns + offset], 1)
        best = self._best(values)
        self._values, self.places = values.gather(1, best), places.gather(1, best)

    def _hopeful(
        self, products: Float32[Tensor, "vector column"]
    ) -> Int64[Tensor, "vector hopeful"]:
        """Columns that the best are among: those of the `n` groups whose best are best."""
        n_vectors, n_columns = products.shape
        width = n_columns // _GROUP
        everything = torch.arange(n_columns, device=products.device)
        if width <= self._n:
            return everything.expand(n_vectors, -1)
        grouped = products[:, : width * _GROUP].view(n_vectors, _GROUP, width)
        groups = self._best(grouped.amax(1) if self._largest else grouped.amin(1))
        members = everything[: width * _GROUP : width]
        rest = everything[width * _GROUP :].expand(n_vectors, -1)
        return torch.cat([(groups[..., None] + members).flatten(1), rest], 1)

    def _best(self, values: Float32[Tensor, "vector column"]) -> Int64[Tensor, "vector best"]:
        n = min(self._n, values.shape[1])
        return values.topk(n, largest=self._largest, sorted=False).indices


def _weighed(
    vectors: Vectors, first: int, others: Sequence[Vectors], places: Int64[Tensor, "_ candidate"]
) -> Float64[np.ndarray, "_ candidate"]:
    """The products of the vectors from `first` on with those at their `places`."""
    found = []
    for where in torch.split(places, _WEIGHED):
        own = torch.arange(first, first + len(where), device=where.device)
        mine = vectors.folded(vectors.taken(own))
        weights = mine.new_empty(where.shape)
        offset = 0
        for part in others:
            inside = (where >= offset) & (where < offset + len(part))
            theirs = part.taken(where[inside] - offset)
            chosen = inside.to(mine.device)
            pairs = part.folded(mine)[chosen.nonzero()[:, 0]], theirs
            weights[chosen] = torch.linalg.vecdot(*pairs)
            offset += len(part)
        found.append(weights)
        first += len(where)
    return torch.cat(found).cpu().numpy()
