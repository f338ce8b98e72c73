"""Activating nodes that are unconnected, of many token graphs at a time: see `cypher.motifs`."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sources.graph_columns import GraphColumns
from ingest.sources.places import begins, counted, numbers, ordinals, owners

Array = Any


def unconnected(columns: GraphColumns) -> Array:
    """`n_unconnected` of each graph: null where no node is an activating one."""
    n_graphs, graph = len(columns.graphs), owners(columns.n_nodes)
    is_activating: Array = pc.equal(columns.positions, pa.scalar(0))
    activating = pc.indices_nonzero(is_activating).cast(pa.int64())
    nodes, roots = _behind(columns, activating)
    # each token that a node names which leads back from an activating one, once for that one
    texts, tokens = ordinals(columns.accepted)
    at, whose = _following(nodes, columns.accepting, len(graph))
    n_tokens = pa.scalar(max(len(texts), 1))
    named = pc.unique(pc.add(pc.multiply(roots.take(whose), n_tokens), tokens.take(at)))
    root = pc.divide(named, n_tokens)
    token = pc.subtract(named, pc.multiply(root, n_tokens))
    shared = pc.add(pc.multiply(graph.take(root), n_tokens), token)
    counts = pc.value_counts(shared)
    several = counts.field(0).filter(pc.greater(counts.field(1), pa.scalar(1)))
    connected = pc.unique(root.filter(pc.is_in(shared, several)))
    n_roots = counted(graph.take(activating), n_graphs)
    left = pc.subtract(n_roots, counted(graph.take(connected), n_graphs))
    return pc.if_else(pc.greater(n_roots, pa.scalar(0)), left, pa.scalar(None, pa.int64()))


def _behind(columns: GraphColumns, activating: Array) -> tuple[Array, Array]:
    """Each node with each activating one that it leads back from, or is: two columns."""
    n_nodes = pa.scalar(max(len(columns.positions), 1))
    nodes, roots = [activating], [activating]
    while len(nodes[-1]):  # each time one token further back, for every edge goes back by one
        at, whose = _following(nodes[-1], columns.later, n_nodes.as_py())
        found = pc.unique(
            pc.add(pc.multiply(columns.earlier.take(at), n_nodes), roots[-1].take(whose))
        )
        node = pc.divide(found, n_nodes)
        nodes.append(node)
        roots.append(pc.subtract(found, pc.multiply(node, n_nodes)))
    return pa.concat_arrays(nodes), pa.concat_arrays(roots)


def _following(nodes: Array, ends: Array, n_nodes: int) -> tuple[Array, Array]:
    """The places in `ends` where each of some nodes stands; and of each place, that of the node."""
    order = pc.sort_indices(ends).cast(pa.int64())
    count = counted(ends, n_nodes)
    own = count.take(nodes)
    whose = owners(own)
    within = pc.subtract(numbers(len(whose)), begins(own).take(whose))
    return order.take(pc.add(begins(count).take(nodes).take(whose), within)), whose
