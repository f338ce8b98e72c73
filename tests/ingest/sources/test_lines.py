"""Lines of files: as Python would read them, packed or not, wherever a part that is read ends."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.sources.tree import Folder, read_lines


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_lines_are_whole(tmp_path: Path, name: str, end: bytes) -> None:
    chance = random.Random(0)
    lengths = [chance.choice([0, 1, 80, 5_000, 600_000]) for _ in range(12)]
    content = chance.choice([b"\n", b"\r\n"]).join(bytes([65 + n % 26]) * n for n in lengths) + end
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    expected = [line.rstrip(b"\r\n") for line in io.BytesIO(content)]
    assert list(read_lines(Folder(tmp_path), name)) == expected


@pytest.mark.parametrize("cut", [30, -4])
def test_a_file_that_is_cut_is_said_to_be(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(b"some line\n" * 1000)
    (tmp_path / "a.jsonl.gz").write_bytes(packed[:cut])
    with pytest.raises(SourceError, match=r"a\.jsonl\.gz cannot be read to its end"):
        list(read_lines(Folder(tmp_path), "a.jsonl.gz"))


def test_a_file_with_another_byte_in_it_is_damaged(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 100))
    packed[20:24] = b"\x00\xff\x13\x37"
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    with pytest.raises(SourceError, match="cannot be read to its end"):
        list(read_lines(Folder(tmp_path), "a.jsonl.gz"))
