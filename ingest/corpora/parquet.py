"""Parquet: one document per row, its text in one column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import CorpusError


def texts(path: Path, text_field: str) -> Iterator[str]:
    """The column `text_field`, a row group at a time.

    Raises CorpusError if the file is no Parquet, has no such column of texts, or a row of
    it is empty.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise CorpusError(f"{path} cannot be read as Parquet: {error}") from error
    with file:
        schema = file.schema_arrow
        if text_field not in schema.names or not _is_text(schema.field(text_field).type):
            raise CorpusError(
                f"{path}: no text column {text_field!r}; it has {', '.join(schema.names)}. "
                f"Say where the text is with --text-field."
            )
        row = 0
        for batch in file.iter_batches(columns=[text_field]):
            for text in batch.column(0).to_pylist():
                if text is None:
                    raise CorpusError(f"{path}, row {row}: {text_field!r} is empty. Drop that row.")
                yield text
                row += 1


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
