"""The trie: built from evidence, run on text, judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import FIRING, Evidence, Text, gather, windows
from ingest.n2g.fit import fit
from ingest.n2g.merge import merged
from ingest.n2g.patterns import patterns_of, with_ignored, with_importance
from ingest.n2g.predict import Runner
from ingest.n2g.prune import Pivot
from ingest.n2g.saliency import Salient
from ingest.n2g.trie import Node, placed, strongest
from ingest.n2g.validate import suffix_table, validate

DEPTH = 4


def text(tokens: list[int], shares: list[float] | None = None) -> Text:
    values = [0.0] * len(tokens) if shares is None else shares
    return Text(np.array(tokens, np.int32), np.array(values, np.float64))


@st.composite
def texts(draw: st.DrawFn) -> list[Text]:
    """Texts over three tokens, and a neuron whose activation follows from the last two."""
    table = draw(
        st.dictionaries(
            st.tuples(st.integers(-1, 2), st.integers(0, 2)),
            st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]),
        )
    )
    listed = draw(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12), min_size=1))
    return [
        text(
            tokens,
            [table.get((b, t), 0.0) for b, t in zip([-1, *tokens], tokens, strict=False)],
        )
        for tokens in listed
    ]


def test_windows_go_back_and_stop_at_the_beginning() -> None:
    assert windows(np.array([7, 8, 9], np.int32), 2).tolist() == [
        [7, -1, -1],
        [8, 7, -1],
        [9, 8, 7],
    ]


@given(texts())
def test_it_says_again_what_it_was_built_from(known: list[Text]) -> None:
    """Two tokens decide, so the trie must be right wherever two tokens were seen before."""
    runner = Runner(fit(gather(known, DEPTH)))
    for one in known:
        fires, predicted = one.shares >= FIRING, runner(one.tokens) >= FIRING
        assert (fires[1:] == predicted[1:]).all()


@given(texts())
def test_a_node_changes_something_or_leads_to_one_that_does(known: list[Text]) -> None:
    def check(node: Node, parent: float | None) -> None:
        assert node.activation is not None
        changes = parent is None or (node.activation >= FIRING) != (parent >= FIRING)
        assert changes or node.children
        for child in node.children:
            check(child, node.activation)

    for root in fit(gather(known, DEPTH)):
        assert strongest(root) >= FIRING
        check(root, None)


@given(texts())
def test_merging_changes_no_decision(known: list[Text]) -> None:
    roots = fit(gather(known, DEPTH))
    before, after = Runner(roots), Runner(tuple(merged(root) for root in roots))
    for one in known:
        np.testing.assert_array_equal(before(one.tokens) >= FIRING, after(one.tokens) >= FIRING)


@given(texts(), st.randoms())
def test_the_order_of_the_texts_is_of_no_importance(known: list[Text], random: object) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fit(gather(known, DEPTH)) == fit(gather(shuffled, DEPTH))


@given(texts())
def test_nodes_stand_in_order(known: list[Text]) -> None:
    nodes = list(placed(fit(gather(known, DEPTH))))
    assert [place.number for place in nodes] == list(range(len(nodes)))
    for place in nodes:
        if place.parent is None:
            assert place.position == 0
        else:
            assert place.parent < place.number
            assert place.position == nodes[place.parent].position - 1


def test_an_unseen_context_is_judged_by_kinds_of_context_not_by_how_often_they_stood() -> None:
    often, rare = text([0, 9] * 20, [0.0, 0.0] * 20), text([1, 9, 2, 9, 3, 9], [0, 1, 0, 1, 0, 1])
    [root] = fit(gather([often, rare], DEPTH))
    assert root.tokens == (9,)
    runner = Runner((root,))
    assert runner(np.array([5, 9], np.int32))[1] == 1.0
    assert runner(np.array([0, 9], np.int32))[1] == 0.0


def test_no_evidence_no_graph() -> None:
    assert fit(gather([], DEPTH)) == ()
    assert fit(gather([text([1, 2])], DEPTH)) == ()
    assert Runner(())(np.array([1, 2], np.int32)).tolist() == [0.0, 0.0]


def test_exact_before_ignored_and_back_out_of_a_blind_alley() -> None:
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


def salient(tokens: list[int], importance: list[float]) -> Salient:
    return Salient(Pivot(0, tuple(tokens), 1.0), np.array(importance), ())


def test_patterns_end_behind_the_farthest_token_that_matters() -> None:
    measured = [salient([4, 3, 2, 1], [0.1, 0.9, 0.2]), salient([3, 1], [0.0])]
    assert patterns_of(measured, DEPTH) == [
        ((1, 1.0), (None, 0.1), (3, 0.9)),
        ((1, 1.0),),
    ]
    assert patterns_of([salient([4, 3, 2, 1], [0, 0, 0.9])], 2) == []


def test_an_ignored_token_needs_the_texts_to_agree() -> None:
    pattern = ((1, 1.0), (None, 0.1), (3, 0.9))
    root = Node((1,), 0.2, 0.0)
    firing = gather([text([3, 5, 1], [0, 0, 1.0]), text([3, 6, 1], [0, 0, 0.8])], DEPTH)
    [ignored] = with_ignored(root, [pattern], firing).children
    assert ignored.tokens == ()
    assert not ignored.is_end
    assert ignored.children == (Node((3,), 0.9, 0.9),)
    for evidence in (
        gather([text([3, 5, 1], [0, 0, 1.0])], DEPTH),  # too little
        gather([text([3, 5, 1], [0, 0, 0.1]), text([3, 6, 1], [0, 0, 0.1])], DEPTH),  # against it
    ):
        assert with_ignored(root, [pattern], evidence) == root


def test_two_patterns_share_their_beginning() -> None:
    patterns = [((1, 1.0), (None, 0.1), (3, 0.9)), ((1, 1.0), (None, 0.2), (4, 0.8))]
    evidence = gather([text([before, 5, 1], [0, 0, 1.0]) for before in (3, 3, 4, 4)], DEPTH)
    [ignored] = with_ignored(Node((1,), 0.0, 0.0), patterns, evidence).children
    assert ignored.importance == 0.2
    assert [child.tokens for child in ignored.children] == [(3,), (4,)]


def test_importance_is_what_was_measured_where_it_was() -> None:
    root = Node((1,), 0.2, 0.0, (Node((2,), 0.9, 0.8), Node((3,), 0.7, 0.6)))
    found = with_importance(root, [salient([2, 1], [0.4]), salient([9, 2, 1], [0.5, 0.9])])
    assert [child.importance for child in found.children] == [0.5, 0.6]


def test_merged_siblings_accept_either_token() -> None:
    leaves = (Node((4,), 0.82, 0.3), Node((2,), 0.88, 0.9), Node((3,), 0.1, 0.0))
    root = merged(Node((1,), 0.2, 0.0, leaves))
    assert [(child.tokens, child.activation) for child in root.children] == [
        ((2, 4), pytest.approx(0.85)),
        ((3,), 0.1),
    ]
    assert root.children[0].importance == 0.9


def test_validation_by_hand() -> None:
    held_out = [text([1, 2, 1, 2], [1.0, 0.0, 0.6, 0.5]), text([2], [0.1])]
    found = validate(lambda tokens: np.where(tokens == 1, 0.9, 0.0), held_out)
    assert (found.precision, found.recall) == (1.0, 2 / 3)
    assert found.f1 == pytest.approx(0.8)
    assert found.support == 3
    true, guess = [1.0, 0.0, 0.6, 0.5, 0.1], [0.9, 0, 0.9, 0, 0]
    assert found.correlation == pytest.approx(np.corrcoef(true, guess)[0, 1])


def test_what_cannot_be_measured_is_none() -> None:
    silent = validate(lambda tokens: np.zeros(len(tokens)), [text([1, 2], [0.1, 0.2])])
    assert (silent.precision, silent.recall, silent.f1, silent.correlation) == (None,) * 4
    nothing = validate(lambda tokens: np.zeros(len(tokens)), [])
    assert (nothing.f1, nothing.support) == (None, 0)
    blind = validate(lambda tokens: np.zeros(len(tokens)), [text([1, 2], [0.9, 0.2])])
    assert (blind.precision, blind.recall, blind.f1) == (0.0, 0.0, 0.0)


@given(texts(), st.integers(1, 2))
def test_a_baseline_is_a_table_of_maxima(known: list[Text], length: int) -> None:
    evidence: Evidence = gather(known, DEPTH)
    table: dict[tuple[int, ...], float] = {}
    for context, share in zip(evidence.contexts.tolist(), evidence.shares.tolist(), strict=True):
        key = tuple(context[:length])
        table[key] = max(share, table.get(key, 0.0))
    predict = suffix_table(evidence, length)
    for one in known:
        expected = [table[tuple(row)] for row in windows(one.tokens, length - 1).tolist()]
        assert predict(one.tokens).tolist() == expected
