"""Plain text: documents are separated by blank lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import CorpusError


def texts(path: Path, text_field: str) -> Iterator[str]:
    """The stretches between blank lines, without the last line's end.

    Raises CorpusError at bytes that are not UTF-8. `text_field` means nothing here.
    """
    lines: list[str] = []
    with path.open(encoding="utf-8") as file:
        try:
            for line in file:
                if line.strip():
                    lines.append(line)
                elif lines:
                    yield "".join(lines).rstrip("\n")
                    lines = []
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path} is not UTF-8: {error}. Save it as UTF-8.") from error
    if lines:
        yield "".join(lines).rstrip("\n")
