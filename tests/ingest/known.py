"""A model whose inner life is known, evidence and tries of all kinds: for tests of token graphs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from hypothesis import strategies as st
from jaxtyping import Float, Int
from torch import Tensor

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import Evidence, Text
from ingest.n2g.trie import Node

LAYER = NeuronLayer("0", 0, "mlp", "blocks.0.mlp.hook_post", 4)
BEGIN, A, B, C = 1, 5, 6, 7
VOCABULARY = 60
AFTER = {10: 1.0, 13: 0.9, 11: 0.6}
"""What neuron 1 has on C, by the token before, as share of its maximum; else a quarter."""


class KnownModel:
    """What three neurons do, and how many tokens they were asked about.

    Neuron 0 gives 4 on each B with an A two tokens before; neuron 1 gives up to 4 on each C, by
    the token before (`AFTER`); neuron 2 gives 2 on each C, and what is no number on a B.
    """

    def __init__(self) -> None:
        self.read = 0

    def __call__(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        self.read += tokens.numel()
        before, two_before = (
            torch.nn.functional.pad(tokens, (back, 0))[:, :-back] for back in (1, 2)
        )
        after_a = ((tokens == B) & (two_before == A)).float() * 4
        shares = torch.full_like(after_a, 0.25)
        for token, share in AFTER.items():
            shares[before == token] = share
        by_the_one_before = (tokens == C).float() * 4 * shares
        always = (tokens == C).float() * 2
        always[tokens == B] = torch.nan
        each = torch.stack([after_a, by_the_one_before, always])
        return each[neurons, torch.arange(len(tokens))]


def text(tokens: Sequence[int], shares: Sequence[float] | None = None) -> Text:
    """A text; silent, if no shares are given."""
    values = [0.0] * len(tokens) if shares is None else shares
    return Text(np.array(tokens, np.int32), np.array(values, np.float64))


def evidence(
    rows: Sequence[Sequence[int]], shares: Sequence[float], weights: Sequence[float] | None = None
) -> Evidence:
    """Places by their contexts, of equal weight if no weights are given."""
    return Evidence(
        np.array(rows, np.int32).reshape(len(shares), -1),
        np.array(shares, np.float64),
        np.ones(len(shares)) if weights is None else np.array(weights, np.float64),
    )


@st.composite
def contexts(draw: st.DrawFn, width: int, n_tokens: int = 3) -> list[int]:
    """A place's token and those before it; -1 from where its text has not begun."""
    length = draw(st.integers(1, width))
    tokens = draw(st.lists(st.integers(0, n_tokens - 1), min_size=length, max_size=length))
    return [*tokens, *[-1] * (width - length)]


@st.composite
def evidences(draw: st.DrawFn, *, most: int = 40, width: int = 4) -> Evidence:
    """Any evidence; its sums are exact whatever their order."""
    rows = draw(st.lists(contexts(width), min_size=1, max_size=most))
    n = len(rows)
    eighths = st.lists(st.integers(-2, 8), min_size=n, max_size=n)
    powers = st.lists(st.integers(-2, 2), min_size=n, max_size=n)
    shares = [share / 8 for share in draw(eighths)]
    return evidence(rows, shares, [2.0**power for power in draw(powers)])


@st.composite
def texts(draw: st.DrawFn) -> list[Text]:
    """Texts over three tokens, and a neuron whose activation follows from the last two."""
    table = draw(
        st.dictionaries(
            st.tuples(st.integers(-1, 2), st.integers(0, 2)),
            st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),
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


Drawn = tuple[tuple[int, ...], float | None, "list[Drawn]"]
"""A node: its tokens, its activation, and what may stand before it."""
_SHARES = st.one_of(st.none(), st.sampled_from([-0.25, 0.0, 0.25, 0.5, 0.75, 1.0]))


@st.composite
def drawn(draw: st.DrawFn, depth: int) -> Drawn:
    """Any node: siblings may accept the same tokens, any token, or have no activation."""
    tokens = draw(st.sets(st.integers(0, 2), max_size=2))
    below = st.lists(drawn(depth - 1), max_size=3) if depth else st.just([])
    return tuple(sorted(tokens)), draw(_SHARES), draw(below)


tries = st.lists(drawn(3), max_size=3)


def trie(siblings: Sequence[Drawn]) -> tuple[Node, ...]:
    """As nodes: the check of their types draws random numbers, which no strategy may do."""
    return tuple(Node(tokens, share, 0.0, trie(below)) for tokens, share, below in siblings)
