from __future__ import annotations

import gzip
import json
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.corpora import open_corpus
from ingest.errors import CorpusError

TEXTS = ["One day.", "Two\nlines, é.", "Three"]


def written(folder: Path, kind: str) -> Path:
    path = folder / f"corpus.{kind}"
    if kind in {"jsonl", "jsonl.gz"}:
        lines = "\n".join(json.dumps({"text": text}) for text in TEXTS).encode() + b"\n\n"
        path.write_bytes(gzip.compress(lines) if kind.endswith("gz") else lines)
    elif kind == "txt":
        path.write_text("\n\n  \n".join(TEXTS) + "\n", encoding="utf-8")
    elif kind == "parquet":
        pq.write_table(pa.table({"text": TEXTS, "n": [1, 2, 3]}), path)
    else:
        datasets.Dataset.from_dict({"text": TEXTS}).save_to_disk(str(path))
    return path


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "txt", "parquet", "folder"])
def test_every_kind_gives_its_texts(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind)
    corpus = open_corpus(path)
    for _ in range(2):
        assert [(d.index, d.text) for d in corpus.documents()] == list(enumerate(TEXTS))
    assert corpus.n_documents == 3
    assert corpus.name == ("corpus.folder" if kind == "folder" else "corpus")
    limited = open_corpus(path, limit=2)
    assert [document.text for document in limited.documents()] == TEXTS[:2]


def test_it_is_known_by_its_content(tmp_path: Path) -> None:
    first = written(tmp_path, "jsonl")
    second = tmp_path / "other.jsonl"
    second.write_bytes(first.read_bytes())
    assert open_corpus(first).sha256 == open_corpus(second).sha256
    second.write_bytes(first.read_bytes() + b'{"text": "more"}\n')
    assert open_corpus(first).sha256 != open_corpus(second).sha256


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b"", "holds no documents"),
        ("a.txt", b" \n\n", "holds no documents"),
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', "line 2, column 10: not JSON"),
        ("a.jsonl", b'{"text": "\xff"}\n', "line 1, column 11: not UTF-8"),
        ("a.jsonl", b'{"story": "a"}\n', "line 1: no text under 'text'; the line has 'story'"),
        ("a.jsonl", b'{"text": 3}\n', "line 1: no text under 'text'"),
        ("a.jsonl", b"[1]\n", "line 1: no text under 'text'; the line has no object"),
        ("a.jsonl.gz", b"no gzip", "not a whole gzip file"),
        ("a.txt", b"\xff", "not UTF-8"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
        ("a.csv", b"text\n", "ends in '.csv'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CorpusError) as raised:
        open_corpus(path)
    assert str(path) in str(raised.value)
    assert expected in str(raised.value)


def test_a_missing_column(tmp_path: Path) -> None:
    for kind in ("parquet", "folder"):
        with pytest.raises(CorpusError, match=r"no .*column 'story'"):
            open_corpus(written(tmp_path, kind), text_field="story")
    with pytest.raises(CorpusError, match="no text column 'n'"):
        open_corpus(tmp_path / "corpus.parquet", text_field="n")


def test_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a", None]}), path)
    with pytest.raises(CorpusError, match="row 1: 'text' is empty"):
        open_corpus(path)


def test_folders_that_are_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="not one of datasets"):
        open_corpus(tmp_path)
    with pytest.raises(CorpusError, match="no corpus at"):
        open_corpus(tmp_path / "absent")
    both = datasets.DatasetDict({"train": datasets.Dataset.from_dict({"text": TEXTS})})
    both.save_to_disk(str(tmp_path / "splits"))
    with pytest.raises(CorpusError, match="splits train"):
        open_corpus(tmp_path / "splits")
