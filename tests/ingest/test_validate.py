"""Scores against their definitions, and baselines against dictionaries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import FIRING, Evidence, gather, windows
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.validate import Passages, SuffixTable, Validation, agreement, f1_of
from tests.ingest.known import contexts, evidence, evidences

PAIRS = st.lists(st.tuples(st.integers(-2, 8), st.integers(-2, 8)), max_size=30)
NOTHING = Validation(None, None, None, None, 0)


@given(PAIRS)
def test_agreement_is_as_defined(eighths: list[tuple[int, int]]) -> None:
    guess, true = np.array(eighths, np.float64).reshape(-1, 2).T / 8
    pairs = [(g >= FIRING, t >= FIRING) for g, t in zip(guess, true, strict=True)]
    hits, alarms, misses = (
        pairs.count(kind) for kind in ((True, True), (True, False), (False, True))
    )
    found = agreement(guess, true)
    assert found.support == hits + misses
    assert found.f1 == f1_of(guess, true)
    if found.support:
        assert found.precision == (hits / (hits + alarms) if hits + alarms else 0)
        assert found.recall == hits / (hits + misses)
        assert found.f1 == pytest.approx(hits / (hits + (alarms + misses) / 2))
    else:
        assert (found.precision, found.recall, found.f1) == (None, None, None)
    if len(set(guess)) > 1 and len(set(true)) > 1:
        assert found.correlation == pytest.approx(np.corrcoef(guess, true)[0, 1])
    else:
        assert found.correlation is None


def test_agreement_by_hand() -> None:
    true, guess = [1.0, 0.0, 0.6, 0.5, 0.1], [0.9, 0, 0.9, 0, 0]
    found = agreement(np.array(guess), np.array(true))
    assert (found.precision, found.recall, found.support) == (1.0, 2 / 3, 3)
    assert found.f1 == pytest.approx(0.8)


def test_what_cannot_be_measured_is_none() -> None:
    assert agreement(np.zeros(0), np.zeros(0)) == NOTHING
    assert agreement(np.zeros(2), np.array([0.1, 0.2])) == NOTHING
    blind = agreement(np.zeros(2), np.array([0.9, 0.2]))
    assert blind == Validation(0.0, 0.0, 0.0, None, 1)
    always = agreement(np.array([0.7, 0.8]), np.ones(2))
    assert always == Validation(1.0, 1.0, 1.0, None, 2)


@given(evidences(), st.integers(1, 2), st.lists(contexts(4, n_tokens=4), min_size=1))
def test_a_baseline_is_a_table_of_maxima(
    known: Evidence, length: int, rows: list[list[int]]
) -> None:
    """A run of tokens that was never seen, or is never above zero, does not fire."""
    table: dict[tuple[int, ...], float] = {}
    for context, share in zip(known.contexts.tolist(), known.shares.tolist(), strict=True):
        key = tuple(context[:length])
        table[key] = max(share, table.get(key, 0.0))
    found = SuffixTable(known, length).on(np.array(rows, np.int32))
    assert found.tolist() == [table.get(tuple(row[:length]), 0.0) for row in rows]


def test_the_beginning_is_a_bigram_of_its_own_and_large_ids_do_not_collide() -> None:
    large = 2**31 - 2
    rows = [[0, -1], [0, 0], [large, large], [large, 0], [0, large]]
    shares = [0.5, 0.75, 1.0, 0.25, 0.125]
    table = SuffixTable(evidence(rows, shares), 2)
    assert table.on(np.array([*rows, [large, -1]], np.int32)).tolist() == [*shares, 0.0]


def test_without_evidence_no_baseline_fires() -> None:
    table = SuffixTable(gather([], 3), 1)
    assert table.on(np.array([[1, 2], [3, 4]], np.int32)).tolist() == [0.0, 0.0]


@given(st.lists(st.lists(st.integers(0, 9), max_size=20), max_size=5))
def test_passages_are_all_places_of_all_texts(listed: list[list[int]]) -> None:
    texts = [np.array(tokens, np.int32) for tokens in listed]
    found = Passages.of(texts)
    assert found.contexts.shape == (sum(map(len, listed)), MAX_DEPTH + 1)
    parts = np.split(found.contexts, np.cumsum([len(text) for text in texts]))
    for text, part in zip(texts, parts, strict=False):
        assert part.tolist() == windows(text, MAX_DEPTH).tolist()
        assert part[:, 0].tolist() == text.tolist()
    assert found.texts == tuple(texts)
