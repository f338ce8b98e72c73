"""Neuron to Graph as published, step by step, on a model whose inner life is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ingest.jobs.methods import published_predict
from ingest.layers import NeuronLayer
from ingest.mining.chunks import Document
from ingest.n2g.evidence import Text, gather
from ingest.n2g.trie import Node
from ingest.n2g.validate import Passages, SuffixTable, f1_of
from ingest.n2g2023.build import TopTexts, published_graphs
from ingest.n2g2023.grow import grown
from ingest.n2g2023.lines import Line, Step, line_of
from ingest.n2g2023.predict import PublishedRunner
from ingest.n2g2023.prune import Pivot, Pruned, pivot_of, prune
from ingest.n2g2023.saliency import Firing, measure
from ingest.n2g2023.vocabulary import Vocabulary
from ingest.n2g2023.windows import Reader, Window
from ingest.subject import Subject

BEGIN, A, B, C, STOP = 2, 5, 6, 7, 8
LAYER = NeuronLayer("0", 0, "mlp", "blocks.0.mlp.hook_post", 3)
WORDS = Vocabulary(
    tuple((token,) for token in range(60)), tuple(token == STOP for token in range(60))
)


class KnownModel:
    """What three neurons do.

    Neuron 0 gives 4 on each B with an A two tokens before; neuron 1 gives 2 on each C with an A
    anywhere before it, half of that on a C without one; neuron 2 gives -1 everywhere.
    """

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def __call__(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        self.seen.extend(tokens.tolist())
        two_before = torch.nn.functional.pad(tokens, (2, 0))[:, :-2]
        after_a = ((tokens == B) & (two_before == A)).float() * 4
        some_a = (tokens == A).cumsum(1) > 0
        on_c = (tokens == C).float() * (1 + some_a.float())
        each = torch.stack([after_a, on_c, torch.full_like(on_c, -1)])
        return each[neurons, torch.arange(len(tokens))]


def reader(begin: int | None = BEGIN) -> Reader:
    return Reader(KnownModel(), LAYER, begin)


def text(tokens: Sequence[int], shares: Sequence[float]) -> Text:
    return Text(np.array(tokens, np.int32), np.array(shares, np.float64))


def test_a_capitalised_token_is_one_with_its_small_form() -> None:
    texts = ["The", "the", " the", " The", "A", "a", "THE", "Ab.", "\n", "!?"]
    kept = Vocabulary.of(texts)
    assert kept.same == ((0, 1), (0, 1), (2, 3), (2, 3), (4,), (5,), (6,), (7,), (8,), (9,))
    assert Vocabulary.of(texts, strip=True).same[:4] == ((0, 1, 2, 3),) * 4
    assert [at for at, ends in enumerate(kept.ends_sentence) if ends] == [7, 8, 9]


def test_space_alone_is_never_stripped() -> None:
    assert Vocabulary.of([" ", "  ", "", " ."], strip=True).same == ((0,), (1,), (2,), (3,))


@pytest.mark.parametrize("begin", [BEGIN, None])
def test_windows_are_read_at_every_token_in_their_order(begin: int | None) -> None:
    windows = [
        Window(0, (A, 9, B)),
        Window(1, (C,)),
        Window(1, (9, A, 9, 9, C, C)),
        Window(0, (B,)),
    ]
    found = [values.tolist() for values in reader(begin)(windows)]
    assert found == [[0, 0, 4], [1], [0, 0, 0, 0, 2, 2], [0]]
    assert reader(begin)([]) == []


def test_many_windows_are_not_padded_to_the_longest() -> None:
    model = KnownModel()
    windows = [Window(0, (9,) * length) for length in (1, 100)] * 500
    Reader(model, LAYER, None)(windows)
    assert sum(map(len, model.seen)) < 1.1 * sum(len(window.tokens) for window in windows)


def test_the_pivot_is_the_strongest_place_and_what_follows_in_its_sentence() -> None:
    one = text([9, B, 10, 11, STOP, 12], [0, 1.0, 0.9, 0, 0, 0])
    assert pivot_of(3, 4.0, one, WORDS) == Pivot(3, (9, B), (10, 11, STOP), 1.0, 4.0)
    long = text([B, *range(20, 30)], [0.7] + [0.0] * 10)
    found = pivot_of(3, 4.0, long, WORDS)
    assert found is not None
    assert found.after == (20, 21, 22, 23, 24)
    last = pivot_of(3, 4.0, text([9, STOP, 9], [0, 1.0, 0]), WORDS)
    assert last == Pivot(3, (9, STOP), (), 1.0, 4.0)
    assert pivot_of(3, 4.0, text([9, B], [-1.0, 0.0]), WORDS) is None
    assert pivot_of(3, 4.0, text([], []), WORDS) is None


@pytest.mark.parametrize(
    ("apart", "kept"),
    [(1, 5), (4, 5), (5, 10), (9, 10), (10, 15), (29, 30), (30, 30), (70, 30)],
)
def test_a_text_is_cut_to_the_shortest_multiple_of_five_that_fires(apart: int, kept: int) -> None:
    """The A that the neuron needs stands `apart` tokens before the pivot."""
    tokens = (*range(20, 30), A, *[9] * (apart - 1), C)
    # with more than half of the activation to be kept, a C without its A will not do
    [found] = prune([Pivot(1, tokens, (10,), 1.0, 2.0)], reader())
    reached = apart < kept
    assert found == Pruned(Window(1, (*tokens[-kept:], 10)), 0.5 if reached else 1.0)


@pytest.mark.parametrize("length", [1, 4, 5, 7, 29, 30])
def test_a_short_text_is_tried_whole(length: int) -> None:
    tokens = (A, *[9] * (length - 2), C)[-length:]
    [found] = prune([Pivot(1, tokens, (), 1.0, 2.0)], reader())
    assert found is not None
    assert found.window.tokens == tokens


def test_pruning_wants_the_maximum_at_the_pivot() -> None:
    """An equally strong C before the pivot is the maximum as long as it is not cut off."""
    cut_off = (A, C, 9, 9, 9, 9, A, 9, 9, C)
    always_there = (9, 9, 9, 9, 9, 9, A, C, 9, C)
    pivots = [Pivot(1, tokens, (), 1.0, 2.0) for tokens in (cut_off, always_there)]
    assert prune(pivots, reader()) == [
        Pruned(Window(1, cut_off[-5:]), 0.5),
        Pruned(Window(1, always_there), 0.5),  # the longest that was tried
    ]


def test_a_little_more_than_half_will_do() -> None:
    """Without its A the C has 1, which is .56 of what it had, and is raised to that."""
    tokens = (A, *[9] * 40, C)
    [found] = prune([Pivot(1, tokens, (), 0.9, 2.0)], reader())
    assert found == Pruned(Window(1, tokens[-5:]), 0.9)


def test_what_pruning_lost_is_judged_by_the_strongest_token_that_is_left() -> None:
    [found] = prune([Pivot(0, (A, 9, B, 9, 9), (), 0.8, 4.0)], reader())
    assert found == Pruned(Window(0, (A, 9, B, 9, 9)), 0.2)


def test_a_text_that_nothing_fires_in_after_pruning_is_dropped() -> None:
    pivots = [Pivot(2, (9, 9), (), 1.0, 4.0), Pivot(0, (A, 9, B), (), 1.0, 4.0)]
    assert prune(pivots, reader()) == [None, Pruned(Window(0, (A, 9, B)), 0.25)]


def test_importance_is_what_is_lost_without_a_token() -> None:
    pruned = Pruned(Window(1, (10, A, 11, C, 12, C)), 0.45)
    [[first, second]] = measure([pruned], reader())
    assert (first.tokens, first.share) == ((C, 11, A, 10), 0.9)
    assert first.importance.tolist() == [1, 0, 0.5, 0]
    assert (second.tokens, second.share) == ((C, 12, C, 11, A, 10), 0.9)
    assert second.importance.tolist() == [1, 0, 0, 0, 0.5, 0]


def test_every_token_is_replaced_by_the_neutral_one_up_to_the_last_that_fires() -> None:
    model = KnownModel()
    measure([Pruned(Window(0, (A, 9, B, 10, 11)), 0.25)], Reader(model, LAYER, BEGIN))
    assert model.seen == [
        [BEGIN, A, 9, B, 10, 11],
        [BEGIN, 1, 9, B],
        [BEGIN, A, 1, B],
        [BEGIN, A, 9, 1],
    ]


def test_half_of_the_maximum_does_not_fire_and_a_little_more_does() -> None:
    at_half = Pruned(Window(1, (C,)), 0.5004)
    above = Pruned(Window(1, (C,)), 0.5006)
    none, [one] = measure([at_half, above], reader())
    assert none == []
    assert one.share == 0.501


def test_a_line_ends_behind_the_farthest_token_that_matters() -> None:
    firing = Firing((B, 9, A, 10, 11), np.array([-1.0, 0.75, 1.5, 0.2, 0.7]), 0.8)
    assert line_of(firing, WORDS) == Line((Step((B,), 0.0), Step((), 0.75), Step((A,), 1.0)), 0.8)
    alone = Firing((B, 9), np.array([0.1, 0.1]), 0.8)
    assert line_of(alone, WORDS) == Line((Step((B,), 0.1),), 0.8)


def test_a_line_accepts_every_form_of_its_tokens() -> None:
    both = Vocabulary(((0, 1), (0, 1)), (False, False))
    assert line_of(Firing((1,), np.array([1.0]), 0.8), both).steps == (Step((0, 1), 1.0),)


def line(activation: float, *tokens: int | None) -> Line:
    steps = tuple(Step(() if token is None else (token,), 1.0) for token in tokens)
    return Line(steps, activation)


def node(tokens: tuple[int, ...], activation: float | None, *children: Node) -> Node:
    return Node(tokens, activation, 1.0, children)


def test_an_end_that_is_there_keeps_its_first_value() -> None:
    lines = [line(0.6, B, A), line(0.9, B, A), line(0.7, B), line(0.8, C)]
    assert grown(lines) == (node((B,), 0.7, node((A,), 0.6)), node((C,), 0.8))


def test_a_sibling_of_ignore_is_merged_into_it() -> None:
    lines = [line(0.6, B, None, A), line(0.9, B, 9, A), line(0.7, B, 9, C)]
    assert grown(lines) == (node((B,), None, node((), None, node((A,), 0.6), node((C,), 0.7))),)


def test_a_sibling_of_ignore_that_a_line_ends_at_stays_beside_it() -> None:
    lines = [line(0.9, B, 9), line(0.6, B, None, A), line(0.7, B, 9, C)]
    assert grown(lines) == (
        node(
            (B,),
            None,
            node((9,), 0.9, node((C,), 0.7)),
            node((), None, node((A,), 0.6), node((C,), 0.7)),
        ),
    )


def test_merging_goes_on_among_what_was_merged() -> None:
    """The merged sibling brings an "ignore" node that swallows what stood there before."""
    lines = [line(0.6, B, None, A, C), line(0.7, B, 9, None, 10)]
    behind = node((), None, node((C,), 0.6), node((10,), 0.7))
    assert grown(lines) == (node((B,), None, node((), None, behind)),)


def predicted(roots: tuple[Node, ...], *tokens: int) -> float:
    return float(PublishedRunner(roots)(np.array(tokens, np.int32))[-1])


def test_the_deepest_end_on_the_way_is_predicted() -> None:
    roots = (node((B, C), 0.5, node((A,), 0.7, node((), None, node((A,), 0.9)))),)
    assert predicted(roots, B) == predicted(roots, 9, C) == 0.5
    assert predicted(roots, 9, 9, A, B) == 0.7
    assert predicted(roots, A, 9, A, B) == 0.9
    assert predicted(roots, A) == 0.0
    assert PublishedRunner(())(np.array([A, B], np.int32)).tolist() == [0, 0]


def test_prediction_never_turns_round() -> None:
    """The exact child leads nowhere; the "ignore" node beside it would have led to an end."""
    roots = (node((B,), None, node((9,), None, node((C,), 0.6)), node((), None, node((A,), 0.9))),)
    assert predicted(roots, A, 10, B) == 0.9
    assert predicted(roots, C, 9, B) == 0.6
    assert predicted(roots, A, 9, B) == 0.0


def test_the_graph_of_a_known_neuron() -> None:
    """Fires on B with an A two tokens before: the token between is ignored."""
    texts = tuple(
        text([between, A, between, B, STOP, B], [0, 0, 0, 1.0, 0, 0]) for between in (20, 21)
    )
    silent = TopTexts(2, 4.0, (text([9, 9], [1.0, 0]),))
    [found, nothing] = published_graphs(
        [TopTexts(0, 4.0, texts), silent],
        model=KnownModel(),
        layer=LAYER,
        begin=BEGIN,
        vocabulary=WORDS,
    )
    between = Node((), None, 0.0, (Node((A,), 1.0, 1.0),))
    assert found == (0, (Node((B,), None, 1.0, (between,)),))
    assert nothing == (2, ())


def test_a_token_that_fires_behind_the_pivot_is_a_root_too() -> None:
    """C follows the pivot in its sentence, and again behind the full stop, where none looks."""
    one = text([A, 9, C, 10, C, STOP, C], [0, 0, 1.0, 0, 0.9, 0, 0.9])
    [(_, roots)] = published_graphs(
        [TopTexts(1, 2.0, (one,))], model=KnownModel(), layer=LAYER, begin=BEGIN, vocabulary=WORDS
    )
    assert [root.tokens for root in roots] == [(C,)]
    assert roots[0].activation == 1.0


def _top_texts(subject: Subject, stories: Sequence[Document], layer: NeuronLayer) -> list[TopTexts]:
    """Some neurons, each with the 20 stories on which it fires most."""
    read = [
        (tokens, subject.activations(torch.tensor([[subject.begin, *tokens]]), [layer])[layer.name])
        for tokens in subject.encode([story.text for story in stories])
    ]
    found = []
    for neuron in range(12):
        ranked = sorted(
            ((tokens, values[0, 1:, neuron].numpy()) for tokens, values in read),
            key=lambda one: -one[1].max(),
        )
        maximum = float(ranked[0][1].max())
        texts = tuple(text(tokens, (values / maximum).tolist()) for tokens, values in ranked[:20])
        found.append(TopTexts(neuron, maximum, texts))
    return found


def test_graphs_of_a_real_model(subject: Subject, stories: list[Document]) -> None:
    layer = subject.layers[1]
    known = _top_texts(subject, stories, layer)
    vocabulary = Vocabulary.of(subject.texts)
    halves = [TopTexts(one.index, one.maximum, one.texts[0::2]) for one in known]

    def graphs() -> list[tuple[int, tuple[Node, ...]]]:
        return list(
            published_graphs(
                halves,
                model=subject.columns,
                layer=layer,
                begin=subject.begin,
                vocabulary=vocabulary,
            )
        )

    found = graphs()
    assert graphs() == found
    assert [index for index, _ in found] == list(range(12))
    of_graphs, of_tokens, met = [], [], []
    for (_, roots), neuron in zip(found, known, strict=True):
        built, held_out = neuron.texts[0::2], neuron.texts[1::2]
        runner = PublishedRunner(roots)
        true = np.concatenate([one.shares for one in held_out])
        passages = Passages.of([one.tokens for one in held_out])
        of_graphs.append(f1_of(published_predict(roots)(passages), true) or 0.0)
        tokens = SuffixTable(gather(built, 1), 1).on(passages.contexts)
        of_tokens.append(f1_of(tokens, true) or 0.0)
        met += [
            runner(one.tokens)[one.shares.argmax()] > 0.5 for one in built if one.shares.max() > 0.5
        ]
    assert np.mean(met) > 0.9, "it was built from these places"
    assert np.mean(of_graphs) > np.mean(of_tokens), "what stands before a token counts"


def test_predictions_on_passages_are_those_of_each_text() -> None:
    roots = (node((B,), 0.5, node((A,), 0.9)),)
    texts = [np.array(tokens, np.int32) for tokens in ([A, B, 9], [B], [], [9, B])]
    predict = published_predict(roots)
    assert predict(Passages.of(texts)).tolist() == [0, 0.9, 0, 0.5, 0, 0.5]
    assert predict(Passages.of([])).tolist() == []
