"""The formats that are written from a graph, by the names that the command line has for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cypher.graph import Graph
from ingest.exports.asked import Asked
from ingest.exports.n2g import write_n2g
from ingest.exports.neuronpedia import write_neuronpedia
from ingest.exports.openai import write_openai
from ingest.progress import Progress


class Write(Protocol):
    """Writes a folder in one format."""

    async def __call__(
        self, graph: Graph, path: Path, asked: Asked, *, progress: Progress
    ) -> dict[str, int]:
        """Write what is asked for; gives what was written, by kind.

        Raises ExportError if the graph has nothing of it, OutputError if something stands at
        `path`.
        """
        ...


WRITERS: Mapping[str, Write] = {
    "n2g": write_n2g,
    "neuronpedia": write_neuronpedia,
    "openai": write_openai,
}
