"""Token graphs by columns: what many at a time give is what each would give by itself."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.n2g_drawn import Drawn

_SHARES = st.none() | st.sampled_from([-0.5, -0.0, 0.0, 0.25, 0.5, 1.0])
_NODES = st.lists(
    st.tuples(st.integers(0, 5), _SHARES, _SHARES, st.booleans(), st.booleans(),
              st.lists(st.sampled_from(["a", "b", " a", "é", "𝄞", "\uffff"]), max_size=3, unique=True)),
    max_size=12,
)  # fmt: skip


def drawn(nodes: list[Any]) -> Drawn:
    """Nodes of which each but those in front has one of the position behind it before it."""
    depths = sorted(depth for depth, *_ in nodes)
    edges = [(a, b) for b, depth in enumerate(depths) for a in range(b) if depths[a] == depth - 1]
    accepted = [(at, token) for at, node in enumerate(nodes) for token in node[-1]]
    return Drawn(
        [-depth for depth in depths],
        [node[4] for node in nodes],
        [node[1] for node in nodes],
        [node[2] for node in nodes],
        [node[3] for node in nodes],
        [later for later, _ in edges],
        [earlier for _, earlier in edges],
        [at for at, _ in accepted],
        [token for _, token in accepted],
    )


def plain(neuron: str, graph: str, one: Drawn) -> dict[str, list[Any]]:
    """The rows of one graph, without those of no interest."""
    own = [ids.token_graph_node_id(graph, number) for number in range(len(one))]
    found: dict[str, list[Any]] = defaultdict(list)
    for at, node in enumerate(own):
        position = one.positions[at]
        kind = "activating" if position == 0 else "ignore" if one.is_gap[at] else "context"
        found["TokenGraphNode"].append(
            (node, kind, position, one.activations[at], one.importances[at], one.is_end[at])
        )
        found["CONTAINS"].append((graph, node))
        if position == 0:
            found["STARTS_AT"].append((graph, node))
    found["PRECEDED_BY"] = [
        (own[a], own[b]) for a, b in zip(one.later, one.earlier, strict=True)
    ]  # fmt: skip
    pairs = list(zip(one.accepting, one.accepted, strict=True))
    found["MATCHES"] = [(own[at], token) for at, token in pairs]
    fires, context = defaultdict(list), defaultdict(list)
    for at, token in pairs:
        if one.positions[at] == 0:
            fires[token].append(max(one.activations[at] or 0.0, 0.0))
        else:
            share = max(one.importances[at] or 0.0, 0.0)
            context[token].append((share, -one.positions[at]))
    ordered = sorted((-max(shares), token) for token, shares in fires.items())
    found["ACTIVATES_ON"] = [
        (neuron, token, -share, rank) for rank, (share, token) in enumerate(ordered, start=1)
    ]
    behind = sorted(
        (-max(share for share, _ in known), min(distance for _, distance in known), token)
        for token, known in context.items()
    )
    found["CONDITIONED_ON"] = [
        (neuron, token, -share, distance, rank)
        for rank, (share, distance, token) in enumerate(behind, start=1)
    ]
    return found


@settings(deadline=None)
@given(st.lists(_NODES, max_size=4), st.lists(_NODES, max_size=2))
def test_rows_of_many_graphs_are_those_of_each(kept: list[Any], dropped: list[Any]) -> None:
    """In the order of their keys; also where some that came last were taken back."""
    rows, expected = DrawnRows("r"), defaultdict[str, list[Any]](list)
    for index, nodes in enumerate([*kept, *dropped]):
        neuron = ids.neuron_id("m", 0, 11 - index)
        graph = ids.token_graph_id(neuron, "n2g")
        rows.add(graph, neuron, drawn(nodes))
        if index < len(kept):
            for name, more in plain(neuron, graph, drawn(nodes)).items():
                expected[name] += more
    rows.truncate(len(kept))
    assert len(rows) == len(kept)
    tables = rows.tables()
    assert set(expected) <= set(tables)
    for name, table in tables.items():
        assert set(table.column("run_id").to_pylist()) <= {"r"}
        names = [column for column in _COLUMNS[name] if column in table.column_names]
        assert list(zip(*(table.column(c).to_pylist() for c in names), strict=True)) == sorted(
            expected[name], key=lambda row: row[: 1 if names[0] == "id" else 2]
        )


_ENDS = ("source", "target")
_COLUMNS = {
    "TokenGraphNode": ("id", "kind", "position", "activation", "importance", "is_end"),
    "CONTAINS": _ENDS,
    "STARTS_AT": _ENDS,
    "PRECEDED_BY": _ENDS,
    "MATCHES": _ENDS,
    "ACTIVATES_ON": (*_ENDS, "activation", "rank"),
    "CONDITIONED_ON": (*_ENDS, "importance", "distance", "rank"),
}
