"""Values as they are written in a statement, where no parameter may stand."""

from __future__ import annotations

from pathlib import Path


def path_literal(file: Path) -> str:
    """A path in a statement: COPY and LOAD FROM take no parameter there."""
    return "'" + str(file.resolve()).replace("\\", "\\\\").replace("'", "\\'") + "'"
