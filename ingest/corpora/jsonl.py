"""JSON Lines: one object per line, its text under one key; the file may be gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import CorpusError


def texts(path: Path, text_field: str) -> Iterator[str]:
    """The text of each line; blank lines are passed over.

    Raises CorpusError, which names file, line and column, at a line that is no JSON object
    or has no text.
    """
    with path.open("rb") as file:
        lines: Iterable[bytes] = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _text(path, number, line.rstrip(b"\r\n"), text_field)
        except (gzip.BadGzipFile, EOFError) as error:
            raise CorpusError(
                f"{path} is not a whole gzip file: {error}. Fetch it again."
            ) from error


def _text(path: Path, number: int, line: bytes, text_field: str) -> str:
    try:
        document = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}, line {number}, column {error.start + 1}: not UTF-8. Save it as UTF-8."
        ) from error
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{path}, line {number}, column {error.colno}: not JSON ({error.msg}). Expected one "
            f"object per line; a plain text's name ends in .txt."
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get(text_field), str):
        has = ", ".join(map(repr, document)) if isinstance(document, dict) else "no object"
        raise CorpusError(
            f"{path}, line {number}: no text under {text_field!r}; the line has {has}. "
            f"Say where the text is with --text-field."
        )
    text: str = document[text_field]
    return text
