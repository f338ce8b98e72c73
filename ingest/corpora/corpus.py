"""Telling the kind of a corpus and reading it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from ingest.corpora import jsonl, parquet, plain, saved
from ingest.errors import CorpusError
from ingest.fingerprint import sha256_of_bytes, sha256_of_files
from ingest.mining.chunks import Document

_READERS: dict[str, Callable[[Path, str], Iterator[str]]] = {
    ".jsonl": jsonl.texts,
    ".jsonl.gz": jsonl.texts,
    ".parquet": parquet.texts,
    ".txt": plain.texts,
}
_EXPECTED = "a .jsonl, .jsonl.gz, .txt or .parquet file, or a folder that datasets saved to disk"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts that can be read again and again in the same order."""

    name: str
    """What `Sequence.corpus` says: the file's name without its ending."""
    sha256: str
    """Of its bytes: it tells one corpus from another, wherever it lies."""
    n_documents: int
    _read: Callable[[], Iterator[str]]

    def documents(self) -> Iterator[Document]:
        """Its documents, from the first. Raises CorpusError at one that is malformed."""
        for index, text in enumerate(islice(self._read(), self.n_documents)):
            yield Document(index, text)


def open_corpus(path: Path, *, text_field: str = "text", limit: int | None = None) -> Corpus:
    """The corpus at `path`, checked and counted in one reading.

    `text_field` is the key or column of the text, where there is one; `limit` takes the
    first documents only. Raises CorpusError if it is missing, empty, malformed, or of no
    kind that is known.
    """
    if not path.exists():
        raise CorpusError(f"no corpus at {path}. Check the path; expected {_EXPECTED}.")
    name, read, sha256 = _kind_of(path, text_field)
    n_documents = sum(1 for _ in islice(read(), limit))
    if n_documents == 0:
        raise CorpusError(f"{path} holds no documents. Name a corpus with at least one text.")
    return Corpus(name, sha256, n_documents, read)


def _kind_of(path: Path, text_field: str) -> tuple[str, Callable[[], Iterator[str]], str]:
    if path.is_dir():
        if not saved.is_saved(path):
            raise CorpusError(f"{path} is a folder, but not one of datasets. Expected {_EXPECTED}.")
        files = (file for file in path.rglob("*") if file.is_file())
        sha256 = sha256_of_files(path, files)
        return path.name, partial(saved.texts, path, text_field), sha256
    for ending in sorted(_READERS, key=len, reverse=True):
        if path.name.endswith(ending):
            read = partial(_READERS[ending], path, text_field)
            return path.name.removesuffix(ending), read, sha256_of_bytes(path)
    raise CorpusError(
        f"{path} is no corpus that can be read: its name ends in {path.suffix or 'nothing'!r}. "
        f"Expected {_EXPECTED}."
    )
