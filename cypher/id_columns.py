"""Ids of many nodes at a time, as columns: the same that `cypher.ids` gives for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def neuron_ids(layers: Any, places: Any) -> Any:
    """Of neurons, by the ids of their layers and their places in these, from 0."""
    return _joined(layers, "/", places)


def token_graph_node_ids(graphs: Any, numbers: Any) -> Any:
    """Of nodes, by the ids of their token graphs and their numbers in these, from 0."""
    return _joined(graphs, "#", numbers)


def numbered_ids(begins: Any, numbers: Any) -> Any:
    """Of what is numbered, such as examples by rank, by what the ids begin with."""
    return _joined(begins, "", numbers)


def _joined(texts: Any, between: str, numbers: Any) -> Any:
    return pc.call_function(
        "binary_join_element_wise", [texts, numbers.cast(pa.string()), pa.scalar(between)]
    )
