"""A folder that Hugging Face `datasets` saved to disk: the one module that knows that library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import CorpusError


def is_saved(folder: Path) -> bool:
    """Whether `save_to_disk` wrote this folder: one data set, or several by split."""
    return any((folder / name).is_file() for name in ("dataset_info.json", "dataset_dict.json"))


def texts(folder: Path, text_field: str) -> Iterator[str]:
    """The column `text_field`, row by row.

    Raises CorpusError if the folder holds several splits, or has no such column of texts.
    """
    import datasets  # noqa: PLC0415  (three seconds that the other kinds need not wait)

    loaded = datasets.load_from_disk(str(folder))
    if isinstance(loaded, datasets.DatasetDict):
        raise CorpusError(
            f"{folder} holds the splits {', '.join(map(str, loaded))}; expected one data set. "
            f"Name the folder of one of them."
        )
    if text_field not in loaded.column_names:
        raise CorpusError(
            f"{folder}: no column {text_field!r}; it has {', '.join(loaded.column_names)}. "
            f"Say where the text is with --text-field."
        )
    for row, text in enumerate(loaded.with_format(None)[text_field]):
        if not isinstance(text, str):
            raise CorpusError(f"{folder}, row {row}: {text_field!r} is no text. Drop that row.")
        yield text
