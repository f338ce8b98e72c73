"""Running a trie against all of its patterns tried one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import windows
from ingest.n2g.predict import Runner
from ingest.n2g.trie import Node
from tests.ingest.known import Drawn, contexts, trie, tries

Way = tuple[Node, ...]


def patterns(siblings: Sequence[Node], before: Way = ()) -> Iterator[Way]:
    """The ways from the activating token to each node that says something."""
    for node in siblings:
        way = (*before, node)
        if node.activation is not None:
            yield way
        yield from patterns(node.children, way)


def naive(roots: Sequence[Node], context: Sequence[int]) -> float:
    """By the definition: the longest, then the fewest ignored tokens, then the strongest."""
    matching = [
        (len(way), -sum(not node.tokens for node in way), way[-1].activation)
        for way in patterns(roots)
        if len(way) <= len(context)
        and all(
            token in node.tokens if node.tokens else token >= 0
            for node, token in zip(way, context, strict=False)
        )
    ]
    return float(max(matching)[2] or 0.0) if matching else 0.0


@given(tries, st.lists(contexts(4), min_size=1, max_size=20), st.integers(1, 4))
def test_it_predicts_by_the_definition(
    siblings: list[Drawn], rows: list[list[int]], width: int
) -> None:
    """Also where the trie looks farther back than the contexts do."""
    roots = trie(siblings)
    given_to_it = np.array(rows, np.int32)[:, :width]
    assert Runner(roots).on(given_to_it).tolist() == [naive(roots, row[:width]) for row in rows]


@given(tries, st.lists(st.integers(0, 3), max_size=15))
def test_a_text_is_all_of_its_places(siblings: list[Drawn], tokens: list[int]) -> None:
    roots = trie(siblings)
    found = Runner(roots)(np.array(tokens, np.int32))
    assert found.tolist() == [naive(roots, tokens[at::-1]) for at in range(len(tokens))]


def test_back_out_of_a_blind_alley() -> None:
    exact = Node((1,), None, 1.0, (Node((5,), 0.9, 1.0),))
    ignored = Node((), None, 0.0, (Node((6,), 0.7, 1.0),))
    runner = Runner((Node((0,), 0.1, 0.0, (exact, ignored)),))

    def at_the_end(*tokens: int) -> float:
        return float(runner(np.array(tokens, np.int32))[-1])

    assert at_the_end(5, 1, 0) == 0.9
    assert at_the_end(6, 1, 0) == 0.7  # the exact child ends nowhere: back, and by the other
    assert at_the_end(6, 2, 0) == 0.7
    assert at_the_end(2, 0) == 0.1
    assert at_the_end(0) == 0.1
    assert at_the_end(3) == 0.0


@pytest.mark.parametrize(
    ("tokens", "expected"), [((0, 0), 0.9), ((1, 0), 0.5), ((0,), 0.2), ((), None)]
)
def test_nothing_stands_before_the_beginning(
    tokens: tuple[int, ...], expected: float | None
) -> None:
    """An ignored token has to be there, and -1 is none."""
    runner = Runner((Node((0,), 0.2, 0.0, (Node((), 0.5, 0.0), Node((0,), 0.9, 0.0))),))
    found = runner(np.array(tokens, np.int32)).tolist()
    assert found[-1:] == ([] if expected is None else [expected])
    places = windows(np.array(tokens, np.int32), 5)
    assert runner.on(places).tolist() == found


def test_without_a_trie_nothing_fires() -> None:
    assert Runner(())(np.array([1, 2], np.int32)).tolist() == [0.0, 0.0]
    assert Runner(()).on(np.zeros((0, 9), np.int32)).tolist() == []
