"""Files are read, and their sizes asked for, without the interpreter."""

from __future__ import annotations

import os
from pathlib import Path

from cypher.native import native


def test_sizes_are_those_of_the_files_in_their_order(tmp_path: Path) -> None:
    lengths = [n * n % 1000 for n in range(100)]
    paths = [tmp_path / f"{number}" for number in range(len(lengths))]
    for path, length in zip(paths, lengths, strict=True):
        path.write_bytes(b"x" * length)
    assert native.sizes([*paths, tmp_path / "none"]) == [*lengths, None]
    assert native.sizes([]) == []


def test_what_is_no_plain_file_is_left_out_without_waiting(tmp_path: Path) -> None:
    pipe, folder, plain = tmp_path / "pipe", tmp_path / "folder", tmp_path / "plain"
    os.mkfifo(pipe)
    folder.mkdir()
    plain.write_bytes(b"[1]")
    found = native.parse_files([pipe, folder, tmp_path / "none", plain], 1 << 10)
    assert found[:3] == [None, None, None]
    assert list(found[3]) == [1]
