"""A part of a pack: some of its neurons, with all that hangs on them and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.elements import NodeType
from cypher.pack import Pack, PackWriter, open_pack
from cypher.schema import PACKED

_SHARED = {"Model", "Layer", "Token", "Word", "Tokenizer", "IngestRun"}
"""Nodes that are no single neuron's: all are kept."""


def cut_pack(pack: Pack, path: Path, neurons: Collection[str]) -> Pack:
    """The pack with these neurons alone: what loads and reads the faster, and is still real."""
    tables = {kind.name: pack.table(kind.name) for kind in PACKED}
    wanted = set(neurons)
    nodes: set[str] = set()
    for kind in PACKED:
        if isinstance(kind, NodeType) and kind.name != "Sequence":
            table = tables[kind.name]
            if kind.name not in _SHARED:
                own = [ids.neuron_of(i) in wanted for i in _texts(table, "id")]
                table = table.filter(pa.array(own, pa.bool_()))
            tables[kind.name] = table
            nodes.update(_texts(table, "id"))
    texts: set[str] = set()
    for name in ("WITHIN", "OF", "JUDGES"):
        texts.update(_texts(_among(tables[name], "source", nodes), "target"))
    tables["Sequence"] = _among(tables["Sequence"], "id", texts)
    nodes |= texts
    with PackWriter(path) as writer:
        for kind in PACKED:
            table = tables[kind.name]
            if not isinstance(kind, NodeType):
                for end in ("source", "target"):
                    table = _among(table, end, nodes)
            writer.add(kind.name, table)
    return open_pack(path)


def _among(table: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table.column(column), pa.array(sorted(values), pa.string())))


def _texts(table: pa.Table, column: str) -> list[str]:
    return [str(value) for value in table.column(column).to_pylist()]
