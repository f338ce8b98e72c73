"""Archives give what a folder gives; those made to do harm do none."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cypher.pack import Pack
from ingest.errors import SourceError
from ingest.sources import open_tree
from ingest.sources.tree import read_file, read_lines
from tests.ingest.sources.importing import imported, reported, written
from tests.ingest.sources.test_openai import FILES, RECORD, record

NAMES = [name for name in FILES if name.endswith((".json", ".jsonl"))]


def as_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def as_tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def contents(pack: Pack) -> dict[str, list[dict[str, object]]]:
    """Every row but the run's."""
    tables = [table.name for table in pack.manifest.tables if table.name != "IngestRun"]
    found = {}
    for name in tables:
        listed = pack.table(name).to_pylist()
        for row in listed:
            row.pop("run_id", None)
            if name in ("LACKS", "COVERS"):
                row.pop("target" if name == "LACKS" else "source")
        found[name] = listed
    return found


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_an_archive_is_as_a_folder(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / "in", FILES)
    files = {file: (folder / file).read_bytes() for file in FILES}
    path = (as_zip if name.endswith("zip") else as_tar)(tmp_path / name, files)
    found = imported("openai", path, tmp_path / "pack")
    assert contents(found) == contents(imported("openai", folder, tmp_path / "plain"))


def test_each_file_may_be_packed(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", FILES)
    plain = contents(imported("openai", folder, tmp_path / "plain"))
    for name in NAMES:
        path = folder / name
        (folder / f"{name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert contents(imported("openai", folder, tmp_path / "pack")) == plain


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "a/../../b", "C:/x", "..\\x"])
@pytest.mark.parametrize("kind", ["a.zip", "a.tar"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    make = as_zip if kind == "a.zip" else as_tar
    path = make(tmp_path / kind, {RECORD: json.dumps(record()).encode(), name: b"{}"})
    with pytest.raises(SourceError, match="stay within the archive"):
        imported("openai", path, tmp_path / "pack")
    assert {file.name for file in tmp_path.iterdir()} == {kind}


def test_links_lead_nowhere(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret", {"1.json": record()})
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo(RECORD)
        info.type, info.linkname = tarfile.SYMTYPE, str(secret / "1.json")
        archive.addfile(info)
    folder = tmp_path / "in" / RECORD
    folder.parent.mkdir(parents=True)
    folder.symlink_to(secret / "1.json")
    for place in (tmp_path / "a.tar", tmp_path / "in"):
        with pytest.raises(SourceError, match="found no file of what is wanted"):
            imported("openai", place, tmp_path / "pack")


def test_a_bomb_does_not_fill_the_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * (300 << 20), compresslevel=1)
    folder = written(tmp_path / "in", {f"{RECORD}.gz": bomb, "x.jsonl.gz": bomb})
    with pytest.raises(SourceError, match="more than 256 MiB unpacked"):
        imported("openai", folder, tmp_path / "pack")
    with open_tree(str(folder)) as tree, pytest.raises(SourceError, match="in one line"):
        list(read_lines(tree, "x.jsonl.gz"))


@pytest.mark.parametrize("cut", [0, 3, 20, -30])
def test_a_damaged_archive_is_said(tmp_path: Path, cut: int) -> None:
    files = {RECORD: json.dumps(record()).encode()}
    for make, name in ((as_zip, "a.zip"), (as_tar, "a.tar.gz")):
        path = make(tmp_path / name, files)
        path.write_bytes(path.read_bytes()[:cut])
        with pytest.raises(SourceError):
            imported("openai", path, tmp_path / "pack")
    packed = gzip.compress(files[RECORD])[:cut]
    folder = written(tmp_path / "in", {f"{RECORD}.gz": packed, "lines.jsonl.gz": packed})
    with pytest.raises(SourceError):
        imported("openai", folder, tmp_path / "pack")
    with open_tree(str(folder)) as tree, pytest.raises(SourceError, match="Fetch the file again"):
        list(read_lines(tree, "lines.jsonl.gz"))


def test_of_a_damaged_archive_the_rest_is_taken_if_bad_ones_may_be_skipped(tmp_path: Path) -> None:
    good = {n: f"data/collated-activations/1/{n}.json" for n in (1, 2)}
    files = {
        name: json.dumps(record(neuron_id={"layer_index": 1, "neuron_index": n})).encode()
        for n, name in good.items()
    }
    path = as_zip(tmp_path / "a.zip", files)
    raw = bytearray(path.read_bytes())
    raw[raw.index(good[1].encode()) + len(good[1]) + 40] ^= 0xFF  # within the packed content
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=r"1/1\.json cannot be read to its end"):
        imported("openai", path, tmp_path / "pack")
    report = reported("openai", path, tmp_path / "pack", skip_bad=True, restart=True)
    assert [bad.neuron for bad in report.bad] == ["gpt2-xl/1/1"]
    assert report.neurons == 1


def test_an_archive_of_another_version_is_said(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "a.zip", {RECORD: json.dumps(record()).encode()})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 6] = 202  # the version that is needed to read it
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=r"cannot be read as an archive: zip file version 20\.2"):
        imported("openai", path, tmp_path / "pack")


@pytest.mark.parametrize(
    ("method", "flags", "found"),
    [
        (zipfile.ZIP_BZIP2, 0, "a file packed by bzip2, expected deflate"),
        (zipfile.ZIP_LZMA, 0, "a file packed by LZMA, expected deflate"),
        (9, 0, "a file packed by deflate64, expected deflate"),
        (1000, 0, "a file packed by method 1000, expected deflate"),
        (zipfile.ZIP_DEFLATED, 1, "an encrypted file, expected one that is not"),
    ],
)
def test_what_a_zip_cannot_give_within_bounds_is_said(
    tmp_path: Path, method: int, flags: int, found: str
) -> None:
    path, known = tmp_path / "a.zip", method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(path, "w", method if known else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(RECORD, bytes(10 << 20) if known else b"{}")  # which is some bytes, packed
    assert path.stat().st_size < 100_000
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<HH", raw, raw.index(mark) + at, flags, method)
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=rf"a\.zip: {RECORD}: found {found}. Unpack the archive"):
        imported("openai", path, tmp_path / "pack")


def test_a_zip_that_claims_to_be_far_larger_than_it_is_fills_no_disk(tmp_path: Path) -> None:
    name = "latents/layers.5.mlp/0_3.safetensors"
    path = as_zip(tmp_path / "a.zip", {name: b"x"})
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 3 << 30)
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=rf"{name}: found 3,221,225,472 bytes unpacked, expected"):
        imported("delphi", path, tmp_path / "pack", model="m")


@pytest.mark.parametrize("name", ["a.tar.xz", "a.tar.bz2", "a.7z", "a.rar", "a.tar.zst"])
def test_archives_of_other_kinds_are_said_to_be(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(
        SourceError, match=r"kind that is not read, expected \.zip, \.tar, \.tar\.gz"
    ):
        imported("openai", tmp_path / name, tmp_path / "pack")


def _header(**fields: Any) -> bytes:
    info = tarfile.TarInfo(RECORD)
    for name, value in fields.items():
        setattr(info, name, value)
    return info.tobuf(tarfile.GNU_FORMAT)


_EMPTY = bytes(tarfile.BLOCKSIZE)


def _named(length: int) -> bytes:
    """A file that is named at length, and the end."""
    name = b"a" * length + bytes(-length % tarfile.BLOCKSIZE)
    return _header(type=tarfile.GNUTYPE_LONGNAME, size=length) + name + _header() + 2 * _EMPTY


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (_header(), "no file and no end of the archive at byte 512"),
        (_header() + b"x" * 512 + 2 * _EMPTY, "no file and no end of the archive at byte 512"),
        (_header() + _header()[:300], "no file and no end of the archive at byte 512"),
        (_header(size=600) + b"x" * 600, "cannot be read as an archive: unexpected end of data"),
        (_header(size=-512) + 2 * _EMPTY, "-512 bytes|no file and no end|cannot be read as"),
        (_named(2 << 20), "more than 1 MiB before a file's content"),
        (_named(5000), "a file's name of 5,000 characters"),
    ],
    ids=[
        "cut between files",
        "another header",
        "cut header",
        "cut file",
        "size below 0",
        "endless name",
        "long name",
    ],
)
@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz"])
def test_of_a_tar_no_file_is_lost(tmp_path: Path, raw: bytes, found: str, kind: str) -> None:
    path = tmp_path / kind
    path.write_bytes(gzip.compress(raw, compresslevel=1) if kind.endswith("gz") else raw)
    with pytest.raises(SourceError, match=rf"{kind}.*({found})"):
        imported("openai", path, tmp_path / "pack")


def test_files_with_holes_are_whole(tmp_path: Path) -> None:
    info = tarfile.TarInfo(RECORD)
    info.size = 3
    info.pax_headers = {"GNU.sparse.map": "0,2,5,1", "GNU.sparse.size": "6"}
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(info, io.BytesIO(b"abc"))
    with open_tree(str(tmp_path / "a.tar")) as tree:
        assert read_file(tree, RECORD) == b"ab\0\0\0c"


@pytest.mark.parametrize(
    "more", [b"rubbish", b"x", b"\0" * 9 + b"x", b"\x1f\x8b", gzip.compress(b" ", mtime=0)[:9]]
)
def test_what_stands_behind_gzip_is_none_of_it(tmp_path: Path, more: bytes) -> None:
    packed = gzip.compress(json.dumps(record()).encode())
    for rest, is_good in ((bytes(100), True), (gzip.compress(b" "), True), (more, False)):
        folder = written(tmp_path / "in", {f"{RECORD}.gz": packed + rest})
        with (
            nullcontext()
            if is_good
            else pytest.raises(SourceError, match=r"json\.gz cannot be read")
        ):
            reported("openai", folder, tmp_path / "pack", replace=True)
