"""Many of DeepDecipher's token graphs at a time: from what stands in the answers to columns.

What `n2g_deciphered` does for one, looked at by Arrow: whatever is not as it mostly is in one of
them leaves all of them to it, which takes them or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sources.graph_columns import GraphColumns
from ingest.sources.n2g_deciphered import deciphered_token
from ingest.sources.n2g_drawn import LEAST_ACTIVATION, LEAST_IMPORTANCE, shown
from ingest.sources.places import begins, counted, inverse, numbers, owners, place_among_equals

Array = Any
_TYPES = {
    pa.string(): frozenset({str}),
    pa.int64(): frozenset({int}),
    pa.float64(): frozenset({int, float}),
}
"""What JSON's values are in Python: Arrow itself would take true for 1."""


class UnusualError(Exception):
    """Some graph is not as they mostly are."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What stands in answers, of which nobody has looked at the items of lists."""

    graphs: list[str]
    neurons: list[str]
    n_begins: list[int]
    """How many items each `subgraph_indices` has."""
    begins: list[object]
    n_nodes: list[int]
    texts: list[object]
    """Of each node …"""
    shares: list[object]
    n_required: list[int]
    required: list[object]


def answer_columns(answers: Answers) -> GraphColumns:
    """The graphs. Raises UnusualError."""
    n_nodes = pa.array(answers.n_nodes, pa.int64())
    first = begins(n_nodes)
    graph = owners(n_nodes)
    positions = _positions(answers, n_nodes, graph)
    later, earlier = _edges(answers, n_nodes, first, graph)
    _require(pc.greater(positions.take(later), positions.take(earlier)))
    filled = _Filled(n_nodes, graph, positions, (later, earlier))
    shares = _array(answers.shares, pa.float64())
    _require(pc.is_finite(shares))
    is_first: Array = pc.equal(positions, pa.scalar(0))
    nothing = pa.scalar(None, pa.float64())
    tokens = _tokens(answers)
    is_named: Array = pc.is_valid(tokens)
    named = pc.indices_nonzero(is_named).cast(pa.int64())
    return GraphColumns(
        graphs=pa.array(answers.graphs, pa.string()),
        neurons=pa.array(answers.neurons, pa.string()),
        n_nodes=filled.n_nodes,
        positions=filled.of_nodes(positions, filled.positions),
        is_gap=filled.of_nodes(pa.repeat(False, len(graph)), pa.repeat(True, filled.count)),
        activations=filled.of_nodes(
            pc.if_else(is_first, shown(shares, LEAST_ACTIVATION), nothing),
            pa.nulls(filled.count, pa.float64()),
        ),
        importances=filled.of_nodes(
            pc.if_else(is_first, nothing, shown(shares, LEAST_IMPORTANCE)),
            pa.nulls(filled.count, pa.float64()),
        ),
        is_end=pa.repeat(False, len(graph) + filled.count),
        later=filled.later,
        earlier=filled.earlier,
        accepting=filled.places.take(named),
        accepted=tokens.take(named),
    )


def _positions(answers: Answers, n_nodes: Array, graph: Array) -> Array:
    """Of each node: the first depth that has nodes is that of the activating ones."""
    n_begins = pa.array(answers.n_begins, pa.int64())
    listed, whose = _array(answers.begins, pa.int64()), owners(n_begins)
    place = pc.subtract(numbers(len(whose)), begins(n_begins).take(whose))
    is_last: Array = pc.equal(place, pc.subtract(n_begins.take(whose), pa.scalar(1)))
    # each begins with 0 and ends with the number of its nodes, which one without any need not say
    has_some: Array = pc.greater(n_begins, pa.scalar(0))
    _require(pc.or_(has_some, pc.equal(n_nodes, pa.scalar(0))))
    _require(pc.or_(pc.greater(place, pa.scalar(0)), pc.equal(listed, pa.scalar(0))))
    _require(pc.or_(pc.invert(is_last), pc.equal(listed, n_nodes.take(whose))))
    is_depth: Array = pc.invert(is_last)
    depths = pc.indices_nonzero(is_depth).cast(pa.int64())
    counts = pc.subtract(listed.take(pc.add(depths, pa.scalar(1))), listed.take(depths))
    _require(pc.greater_equal(counts, pa.scalar(0)))
    depth = place.take(depths).take(owners(counts))
    some = n_nodes.filter(pc.greater(n_nodes, pa.scalar(0)))
    least = depth.take(begins(some)).take(owners(some))  # depths of a graph's nodes ascend
    return pc.subtract(least, depth)


def _edges(answers: Answers, n_nodes: Array, first: Array, graph: Array) -> tuple[Array, Array]:
    """From nodes to those for the token before, by places among all nodes, each pair once."""
    later = owners(pa.array(answers.n_required, pa.int64()))
    required, whose = _array(answers.required, pa.int64()), graph.take(later)
    _require(pc.greater_equal(required, pa.scalar(0)))
    _require(pc.less(required, n_nodes.take(whose)))
    count = pa.scalar(max(len(graph), 1))
    pairs = pc.add(pc.multiply(later, count), pc.add(required, first.take(whose)))
    once = pc.unique(pairs)
    later = pc.divide(once, count)
    return later, pc.subtract(once, pc.multiply(later, count))


class _Filled:
    """Graphs with nodes that accept any token, wherever an edge leaves positions out.

    Those of a graph follow its others, in the order of its edges.
    """

    def __init__(
        self, n_nodes: Array, graph: Array, positions: Array, edges: tuple[Array, Array]
    ) -> None:
        later, earlier = edges
        steps = pc.subtract(positions.take(later), positions.take(earlier))
        left_out = pc.subtract(steps, pa.scalar(1))
        edge = owners(left_out)  # of each gap
        self.count = len(edge)
        if not self.count:
            self.n_nodes, self.places, self._order = n_nodes, numbers(len(graph)), None
            self.positions = pa.array([], pa.int64())
            self.later, self.earlier = later, earlier
            return
        within = place_among_equals(edge)
        whose = graph.take(later.take(edge))
        more = counted(whose, len(n_nodes))
        self.positions = pc.subtract(positions.take(later.take(edge)), within)
        self.n_nodes = pc.add(n_nodes, more)
        self.places = pc.add(numbers(len(graph)), begins(more).take(graph))
        own = pc.add(pc.cumulative_sum(n_nodes).take(whose), numbers(self.count))
        self._order = inverse(pa.concat_arrays([self.places, own]))
        later, earlier = self.places.take(later), self.places.take(earlier)
        is_first: Array = pc.equal(within, pa.scalar(1))
        before = pa.concat_arrays([own[:1], own[:-1]])
        is_last = pc.equal(within, left_out.take(edge))
        is_whole: Array = pc.equal(left_out, pa.scalar(0))
        self.later = pa.concat_arrays(
            [
                later.filter(is_whole),
                pc.if_else(is_first, later.take(edge), before),
                own.filter(is_last),
            ]
        )
        self.earlier = pa.concat_arrays(
            [earlier.filter(is_whole), own, earlier.take(edge).filter(is_last)]
        )

    def of_nodes(self, drawn: Array, gaps: Array) -> Array:
        """A column of all nodes, of those that are drawn and those in gaps."""
        if self._order is None:
            return drawn
        return pa.concat_arrays([drawn, gaps]).take(self._order)


def _tokens(answers: Answers) -> Array:
    """Of each node, null if it is lost."""
    encoded = _array(answers.texts, pa.string()).dictionary_encode()
    meant = [deciphered_token(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(meant, pa.string()).take(encoded.indices)


def _array(values: Sequence[object], kind: pa.DataType) -> Array:
    """The items, all of which are of a type. Raises UnusualError."""
    if not set(map(type, values)) <= _TYPES[kind]:
        raise UnusualError
    try:
        return pa.array(cast("Any", values), kind)
    except (pa.ArrowInvalid, OverflowError) as error:
        raise UnusualError from error


def _require(is_so: Array) -> None:
    if pc.all(is_so).as_py() is False:
        raise UnusualError
