"""The pieces of token graphs: places in texts, tries, siblings that merge, importance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import FIRING, gather, together, windows
from ingest.n2g.importance import with_importance
from ingest.n2g.merge import ALIKE, merged
from ingest.n2g.predict import Runner
from ingest.n2g.substitute import Pivot
from ingest.n2g.substitute import Tested as Outcome
from ingest.n2g.trie import Node, placed, size, strongest
from tests.ingest.known import Drawn, contexts, text, trie, tries

DEPTH = 4


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(0, 5))
def test_windows_go_back_and_stop_at_the_beginning(tokens: list[int], depth: int) -> None:
    found = windows(np.array(tokens, np.int32), depth)
    assert found.shape == (len(tokens), depth + 1)
    for at, row in enumerate(found.tolist()):
        before = tokens[: at + 1][::-1]
        assert row == [*before, *[-1] * depth][: depth + 1]


def test_evidence_is_every_place_of_every_text() -> None:
    found = gather([text([7, 8], [0.5, 0.49]), text([9], [1.0]), text([])], 1)
    assert found.contexts.tolist() == [[7, -1], [8, 7], [9, -1]]
    assert found.shares.tolist() == [0.5, 0.49, 1.0]
    assert found.fires.tolist() == [True, False, True]
    assert found.weights.tolist() == [1.0] * 3
    assert found.those(found.fires).contexts.tolist() == [[7, -1], [9, -1]]
    again = together([found, found.those(np.array([1]))])
    assert again.contexts.tolist() == [[7, -1], [8, 7], [9, -1], [8, 7]]
    assert again.shares.tolist() == [0.5, 0.49, 1.0, 0.49]
    assert gather([], 3).contexts.shape == (0, 4)


@given(tries)
def test_nodes_are_numbered_parents_first(siblings: list[Drawn]) -> None:
    roots = trie(siblings)
    found = list(placed(roots))
    assert [place.number for place in found] == list(range(size(roots)))
    assert tuple(place.node for place in found if place.parent is None) == roots
    for place in found:
        assert place.position == (0 if place.parent is None else found[place.parent].position - 1)
        own = [other for other in found if other.parent == place.number]
        assert tuple(other.node for other in own) == place.node.children
        assert all(other.number > place.number for other in own)


def test_the_strongest_pattern_may_end_anywhere() -> None:
    behind = Node((2,), 0.7, 0.0, (Node((), None, 0.0, (Node((3,), 0.9, 0.0),)),))
    assert strongest(Node((1,), 0.2, 0.0, (behind,))) == 0.9
    assert strongest(Node((1,), 1.0, 0.0, (behind,))) == 1.0
    assert strongest(Node((1,), None, 0.0)) == 0.0
    assert (behind.is_end, behind.children[0].is_end) == (True, False)


@given(tries, st.lists(contexts(4), min_size=1, max_size=20))
def test_merging_changes_no_decision(siblings: list[Drawn], rows: list[list[int]]) -> None:
    roots = trie(siblings)
    places = np.array(rows, np.int32)
    before, after = Runner(roots).on(places), Runner(merged(roots)).on(places)
    assert ((before >= FIRING) == (after >= FIRING)).all()
    assert (abs(before - after) < ALIKE).all()
    assert size(merged(roots)) <= size(roots)


def test_merged_siblings_accept_either_token() -> None:
    leaves = (Node((4,), 0.82, 0.3), Node((2,), 0.88, 0.9), Node((3,), 0.1, 0.0))
    [root] = merged([Node((1,), 0.2, 0.0, leaves)])
    assert [(child.tokens, child.activation) for child in root.children] == [
        ((2, 4), pytest.approx(0.85)),
        ((3,), 0.1),
    ]
    assert root.children[0].importance == 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Node((1,), 0.49, 0.0), Node((2,), 0.51, 0.0)),  # the one fires, the other does not
        (Node((1,), 0.51, 0.0), Node((2,), 0.99, 0.0)),
        (Node((1,), 0.0, 0.0), Node((2,), None, 0.0)),  # nothing ends at the other
        (Node((1,), 0.6, 0.0), Node((), 0.6, 0.0)),
        (Node((1,), 0.6, 0.0), Node((2,), 0.6, 0.0, (Node((1,), 0.1, 0.0),))),
    ],
)
def test_siblings_that_do_not_merge(one: Node, other: Node) -> None:
    assert sorted(map(repr, merged([other, one]))) == sorted(map(repr, (one, other)))


def outcome(tokens: list[int], *importance: float | None) -> Outcome:
    nothing = np.zeros((0, len(tokens)), np.int32)
    return Outcome(Pivot(0, tuple(tokens), 1.0, 4.0), importance, nothing, np.zeros(0))


def test_importance_is_what_was_measured_where_it_was() -> None:
    deep = Node((2, 7), 0.9, 0.8, (Node((5,), 0.9, 0.1), Node((), 0.9, 0.2), Node((6,), 0.9, 0.3)))
    root = Node((1,), 0.2, 0.05, (deep, Node((3,), 0.7, 0.6)))
    [found] = with_importance(
        [root],
        [
            outcome([2, 1], 0.4, None),
            outcome([5, 2, 1], 0.5, 0.9),
            outcome([9, 7, 1], 0.45, 0.95),
            outcome([4, 3, 8], 1.0, 1.0),  # it fires on another token
        ],
    )
    both, other = found.children
    assert (found.importance, both.importance, other.importance) == (0.05, 0.5, 0.6)
    assert [child.importance for child in both.children] == [0.9, 0.95, 0.3]
    assert [child.tokens for child in both.children] == [(5,), (), (6,)]
    assert with_importance([root], []) == (root,)
