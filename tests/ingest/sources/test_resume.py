"""An import that was stopped or killed goes on, and gives the pack that it would have given."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cypher.pack import Pack, open_pack
from ingest.errors import InterruptedJobError, OutputError, SourceError, WorkFolderError
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.test_openai import record


def many(folder: Path, neurons: int) -> Path:
    files = {
        f"collated-activations/1/{index}.json": record(
            neuron_id={"layer_index": 1, "neuron_index": index}
        )
        for index in range(neurons)
    }
    return written(folder, files)


def files_of(pack: Pack) -> dict[str, object]:
    return {table.name: table.files for table in pack.manifest.tables if table.name != "IngestRun"}


def test_a_killed_import_goes_on(tmp_path: Path) -> None:
    folder = many(tmp_path / "in", 600)
    expected = files_of(imported("openai", folder, tmp_path / "whole"))
    command = [sys.executable, "-m", "neurocypher", "ingest", "openai", str(folder), "--out",
               str(tmp_path / "pack")]  # fmt: skip
    work = tmp_path / "pack.work"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as first:
        while first.poll() is None and not list(work.glob("unit-*/pack.json")):
            time.sleep(0.005)
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    done = {path.parent.name: path.stat().st_mtime_ns for path in work.glob("unit-*/pack.json")}
    assert 1 <= len(done) < 3
    assert not (tmp_path / "pack").exists()
    subprocess.run(command, check=True, capture_output=True)
    assert files_of(open_pack(tmp_path / "pack")) == expected
    assert not work.exists()


def test_a_stopped_import_says_how_to_go_on(tmp_path: Path) -> None:
    folder = many(tmp_path / "in", 3)
    settings = ImportSettings(str(folder), tmp_path / "pack")
    stop = Stop()
    stop.requested = True
    said = "Give the same command again"
    with open_tree(str(folder)) as tree, pytest.raises(InterruptedJobError, match=said):
        import_source(format_called("openai"), tree, settings, progress=Silent(), stop=stop)
    with pytest.raises(WorkFolderError, match="another job"):
        imported("openai", folder, tmp_path / "pack", neurons="1")
    imported("openai", folder, tmp_path / "pack", neurons="1", restart=True)


def test_what_stands_there_is_not_overwritten(tmp_path: Path) -> None:
    folder = many(tmp_path / "in", 1)
    imported("openai", folder, tmp_path / "pack")
    with pytest.raises(OutputError, match="--replace"):
        imported("openai", folder, tmp_path / "pack")
    imported("openai", folder, tmp_path / "pack", replace=True)
    with pytest.raises(SourceError, match="there is nothing at"):
        imported("openai", tmp_path / "nowhere", tmp_path / "other")
