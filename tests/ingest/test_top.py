from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining.top import TopExamples

K, LENGTH = 3, 4
# few values and few keys: ties and repeated texts are the rule
chunk = st.tuples(
    st.integers(1, 4),
    st.lists(st.lists(st.integers(-2, 3), min_size=2, max_size=2), min_size=1, max_size=LENGTH),
)


def brute_force(
    keys: list[int], texts: list[np.ndarray], neuron: int
) -> list[tuple[float, int, int]]:
    """Sort all texts, strike out those whose key came before."""
    ranked = sorted(
        (-float(text[:, neuron].max()), index, key)
        for index, (key, text) in enumerate(zip(keys, texts, strict=True))
    )
    found: list[tuple[float, int, int]] = []
    for peak, index, key in ranked:
        if peak < 0 and key not in {kept for _, _, kept in found}:
            found.append((-peak, index, key))
    return found[:K]


@given(st.lists(chunk, min_size=1, max_size=20), st.randoms(), st.integers(1, 5))
def test_it_equals_brute_force_in_any_order(
    listed: list[tuple[int, list[list[int]]]], random: object, size: int
) -> None:
    keys = [key for key, _ in listed]
    texts = [np.array(rows, np.float32) for _, rows in listed]
    order = list(range(len(listed)))
    random.shuffle(order)  # type: ignore[attr-defined]
    top = TopExamples(2, K, LENGTH)
    for first in range(0, len(order), size):
        batch = order[first : first + size]
        longest = max(len(texts[at]) for at in batch)
        activations = np.zeros((len(batch), longest, 2), np.float32)
        for row, at in enumerate(batch):
            activations[row, : len(texts[at])] = texts[at]
        top.update(
            np.stack([texts[at].max(0) for at in batch]),
            np.array(batch, np.int64),
            np.array([keys[at] for at in batch], np.uint64),
            activations,
        )
    for neuron in range(2):
        expected = brute_force(keys, texts, neuron)
        count = int((top.peaks[neuron] > 0).sum())
        found = zip(top.peaks[neuron], top.chunks[neuron], top.keys[neuron], strict=True)
        assert [(float(p), int(c), int(k)) for p, c, k in found][:count] == expected
        for rank, (_, index, _) in enumerate(expected):
            own = texts[index][:, neuron]
            kept = top.activations[neuron, rank]
            assert kept[: len(own)].tolist() == own.tolist()
            assert not kept[len(own) :].any()
