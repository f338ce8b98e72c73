"""Ids of many nodes at a time, as columns: the same that `cypher.ids` gives for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def neuron_ids(layers: Any, indices: Any) -> Any:
    """Of neurons, by the ids of their layers and their places in these, from 0."""
    return _joined(layers, indices, "/")


def token_graph_node_ids(graphs: Any, numbers: Any) -> Any:
    """Of nodes, by the ids of their token graphs and their numbers in these, from 0."""
    return _joined(graphs, numbers, "#")


def _joined(owners: Any, numbers: Any, separator: str) -> Any:
    texts = numbers.cast(pa.string())
    return pc.call_function("binary_join_element_wise", [owners, texts, pa.scalar(separator)])
