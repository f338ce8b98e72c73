"""Loading packs into graphs.

A load replaces exactly the scope that its pack covers. The scope of a run is its job, its
source and the layers (or circuits) that it is about; so a pack of one layer's token graphs
replaces that layer's token graphs by the same source, whichever run made them, and nothing
else. What the pack no longer has is gone afterwards; what it never covered stays. Loading a
pack twice changes nothing.

In Ladybug a load is made in a copy of the file, by a child process, and the copy takes the
file's place when it is done; whoever reads the graph meanwhile goes on reading what was there
when they opened it. On a server it is batches: the graph is marked as unfinished by the first and the mark goes with the last, and a load that was
killed is repaired by running it again.

The steps are the same on both engines, and so are most of the statements (`removal`):

1. see which runs of the graph the pack replaces (`scope`)
2. remove their relationships and nodes within the scope
3. write the pack's nodes, then its relationships
4. remove what nothing refers to any more
5. record what is loaded
"""

from __future__ import annotations

from pathlib import Path

from cypher.graph import Load, LoadReport, OnConflict, Progress
from cypher.pack import open_pack
from cypher.url import Dialect, GraphUrl


def load_pack(
    path: Path,
    url: GraphUrl,
    progress: Progress,
    *,
    on_conflict: OnConflict = OnConflict.STOP,
) -> LoadReport:
    """Verify the pack at `path` and load it into the graph at `url`.

    Raises PackError before anything is touched; GraphError or LoadError, also where the pack
    contradicts the graph and no rule is chosen (see `conflicts`).
    """
    pack = open_pack(path)
    pack.verify()
    return _load_for(url.dialect)(url, pack, progress, on_conflict)


def _load_for(dialect: Dialect) -> Load:
    """The engine's load, imported only now: an engine that is not used need not be there."""
    if dialect is Dialect.LADYBUG:
        from cypher.load.in_child import load_in_child  # noqa: PLC0415

        return load_in_child
    from cypher.load.server import load_on_server  # noqa: PLC0415

    return load_on_server
