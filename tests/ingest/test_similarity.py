from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import similarity
from ingest.similarity import Firing, neighbours

Row = tuple[int, dict[int, float]]
"""A neuron's layer, and its activating tokens."""
rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.dictionaries(st.integers(0, 5), st.sampled_from([0.5, 0.75, 1.0]), max_size=4),
    ),
    min_size=1,
    max_size=9,
)


def firing_of(listed: list[Row]) -> Firing:
    entries = [sorted(tokens.items()) for _, tokens in listed]
    flat = [entry for row in entries for entry in row]
    return Firing(
        np.cumsum([0, *map(len, entries)]),
        np.array([token for token, _ in flat], np.int64),
        np.array([share for _, share in flat], np.float64),
        np.array([layer for layer, _ in listed], np.int64),
    )


def brute_force(listed: list[Row], kept: int) -> list[tuple[object, ...]]:
    """The formula of the module's docstring for every pair."""
    n = len(listed)

    def idf(token: int) -> float:
        return float(np.log1p(n / sum(token in tokens for _, tokens in listed)))

    found: list[tuple[object, ...]] = []
    for a, (layer, mine) in enumerate(listed):
        alike = []
        for b, (_, theirs) in enumerate(listed):
            shared = mine.keys() & theirs.keys()
            if a != b and shared:
                low = sum(idf(t) * min(mine[t], theirs[t]) for t in shared)
                high = sum(
                    idf(t) * max(mine.get(t, 0), theirs.get(t, 0))
                    for t in mine.keys() | theirs.keys()
                )
                alike.append((-round(low / high, 6), b, len(shared)))
        across = [entry for entry in sorted(alike) if listed[entry[1]][0] != layer]
        for rank, entry in enumerate(sorted(alike), start=1):
            cross = across.index(entry) + 1 if entry in across else kept + 1
            if rank <= kept or cross <= kept:
                found.append(
                    (a, entry[1], pytest.approx(-entry[0], abs=2e-6), entry[2],
                     rank if rank <= kept else None, cross if cross <= kept else None)
                )  # fmt: skip
    return found


@given(rows, st.integers(1, 4), st.sampled_from([1, 7, 1000]))
def test_it_equals_brute_force_whatever_the_blocks(
    listed: list[Row], kept: int, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "_BLOCK_PAIRS", block)
        found = [
            (n.neuron, n.other, n.similarity, n.n_shared, n.rank, n.cross_layer_rank)
            for n in neighbours(firing_of(listed), kept)
        ]
    assert found == brute_force(listed, kept)


@given(rows)
def test_it_is_symmetric_and_a_share(listed: list[Row]) -> None:
    found = {(n.neuron, n.other): n.similarity for n in neighbours(firing_of(listed), 99)}
    for (a, b), value in found.items():
        assert 0 < value <= 1
        assert found[b, a] == value


def test_nothing_fires() -> None:
    assert list(neighbours(firing_of([(0, {}), (1, {})]))) == []
