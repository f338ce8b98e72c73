"""Archives give what a folder gives; those made to do harm do none."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from cypher.pack import Pack
from ingest.errors import SourceError
from ingest.sources import open_tree
from ingest.sources.tree import read_lines
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
