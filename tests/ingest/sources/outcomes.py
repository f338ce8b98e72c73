"""What comes of an import, whichever way files are read."""

from __future__ import annotations

from pathlib import Path

from cypher.pack import Pack
from ingest.errors import SourceError
from tests.ingest.sources.importing import imported, rows
from tests.ingest.sources.test_archives import contents


def outcome(format_: str, folder: Path, output: Path, *, skip_bad: bool, of: str = "") -> object:
    """What stands in the pack, or what is wrong; where bad records are skipped, of the first one.

    `of` is a part of the kind of those that are looked at.
    """
    try:
        pack = imported(format_, folder, output, skip_bad=skip_bad)
    except SourceError as error:
        return str(error)
    lacking = [row["reason"] for row in rows(pack, "LACKS") if of in row["kind"]]
    return lacking[0] if lacking else in_any_order(pack)


def in_any_order(pack: Pack) -> dict[str, list[str]]:
    """Rows by table: which are written together depends on how they were read."""
    return {name: sorted(map(repr, found)) for name, found in contents(pack).items()}
