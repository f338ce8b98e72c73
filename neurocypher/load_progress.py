"""How far a load is, told as the progress of any long job."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from cypher.graph import LoadReport, OnConflict
from cypher.load import load_pack
from cypher.url import GraphUrl
from neurocypher.progress import progress_for_this_terminal


def load_showing_progress(
    path: Path, graph: GraphUrl, on_conflict: OnConflict = OnConflict.STOP
) -> LoadReport:
    """Load a pack, with a bar or with log lines. Raises as `cypher.load.load_pack`."""
    bars = progress_for_this_terminal()
    with ExitStack() as stack:
        advance: Callable[[int], None] | None = None
        shown = 0

        def progress(what: str, done: int, total: int) -> None:
            nonlocal advance, shown
            if advance is None:
                advance = stack.enter_context(bars.stage(f"loading {path.name}", total, "rows"))
            advance(done - shown)
            shown = done

        return load_pack(path, graph, progress, on_conflict=on_conflict)
