"""Packs: folders of Parquet tables, one per label and relationship type, and a manifest.

    pack.json
    Neuron.parquet              one file …
    Example/00000.parquet       … or a folder of shards
    ACTIVATES_ON.parquet

What `ingest` writes, what is published, what DuckDB and pandas read, what both engines load.
"""

from cypher.pack.extend import extend_pack
from cypher.pack.manifest import FORMAT_VERSION, Manifest, Table, TableFile
from cypher.pack.merge import merge_packs
from cypher.pack.reader import Pack, open_pack
from cypher.pack.writer import PackWriter

__all__ = [
    "FORMAT_VERSION",
    "Manifest",
    "Pack",
    "PackWriter",
    "Table",
    "TableFile",
    "extend_pack",
    "merge_packs",
    "open_pack",
]
