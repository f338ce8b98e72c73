from __future__ import annotations

import numpy as np

from ingest.mining.chunks import grouped, padded


def test_rows_begin_alike_and_end_in_zeros() -> None:
    tokens = [np.array([5, 6, 7], np.int32), np.array([8], np.int32)]
    assert padded(tokens, 1).tolist() == [[1, 5, 6, 7], [1, 8, 0, 0]]
    assert padded(tokens, None).tolist() == [[5, 6, 7], [8, 0, 0]]


def test_groups() -> None:
    assert list(grouped(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(grouped([], 2)) == []
