"""Files of a format, written where a test wants them, and imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cypher.pack import Pack, open_pack
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.assembly import Report
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop

Rows = list[dict[str, Any]]


def written(folder: Path, files: Mapping[str, object]) -> Path:
    """A folder with these files: bytes and texts as they are, anything else as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
    return folder


def imported(format_: str, location: Path | str, output: Path, **options: Any) -> Pack:
    """The pack of a source, verified."""
    reported(format_, location, output, **options)
    pack = open_pack(output)
    pack.verify()
    return pack


def reported(format_: str, location: Path | str, output: Path, **options: Any) -> Report:
    """What the import of a source said."""
    settings = ImportSettings(location=str(location), output=output, **options)
    with open_tree(settings.location) as tree:
        return import_source(format_called(format_), tree, settings, progress=Silent(), stop=Stop())


def rows(pack: Pack, table: str, *columns: str) -> Rows:
    """Rows of a table in the order of the pack; of some columns if they are named."""
    return pack.table(table, list(columns) or None).to_pylist()


def by_id(pack: Pack, table: str) -> dict[str, dict[str, Any]]:
    """Nodes of a pack by their id."""
    return {row["id"]: row for row in rows(pack, table)}


def ends(pack: Pack, table: str) -> set[tuple[str, str]]:
    """Which nodes a table of relationships joins."""
    return {(row["source"], row["target"]) for row in rows(pack, table, "source", "target")}
