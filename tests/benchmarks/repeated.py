"""The demo pack, repeated under other models' names until it is as large as a benchmark wants."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from cypher.pack import Pack, PackWriter, open_pack
from cypher.schema import PACKED, RELATIONSHIP_BY_TYPE, RELATIONSHIPS
from neurocypher.demo import demo_pack

_MODEL = "stories260K"
_TEXTS = ("Token", "Word")
"""Labels whose ids are texts, which all models share."""
_HASHED = ("IngestRun", "Sequence")
"""Labels whose ids are hashes."""


def repeated_pack(path: Path, relationships: int) -> Pack:
    """The demo pack as often as it takes to have at least so many relationships."""
    pack = demo_pack()
    once = sum(pack.rows(rel.type) for rel in RELATIONSHIPS)
    with PackWriter(path) as writer:
        for copy in range(-(-relationships // once)):
            for kind in PACKED:
                for shard in pack.shards(kind.name):
                    if copy == 0 or kind.name not in (*_TEXTS, "FORM_OF"):
                        writer.add(kind.name, _renamed(shard, kind.name, f"copy{copy}"))
    return open_pack(path)


def _renamed(table: pa.Table, name: str, model: str) -> pa.Table:
    """The table as it would be of a model called `model`."""
    labels = _labels(name)
    for number, column in enumerate(table.column_names):
        label = labels.get(column)
        if label is None or label in _TEXTS:
            continue
        values = table.column(column)
        if label in _HASHED:
            hashed = [f"{value}-{model}" for value in values.to_pylist()]
            renamed = pa.chunked_array([pa.array(hashed, pa.string())])
        else:
            renamed = pc.replace_substring(values, pattern=_MODEL, replacement=model)
        table = table.set_column(number, table.schema.field(number), renamed)
    return table


def _labels(name: str) -> dict[str, str]:
    """The label of the node that each column of ids names."""
    rel = RELATIONSHIP_BY_TYPE.get(name)
    ends = {"source": rel.source, "target": rel.target} if rel else {"id": name}
    named = {"model_id": "Model", "layer_id": "Layer", "neuron_id": "Neuron", "run_id": "IngestRun"}
    return {**named, **ends}
