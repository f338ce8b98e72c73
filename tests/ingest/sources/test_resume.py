"""An import that was stopped or killed goes on, and gives the pack that it would have given."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cypher.pack import Pack, open_pack
from ingest.errors import InterruptedJobError, OutputError, SourceError, WorkFolderError
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.sources.tree import Folder
from ingest.stop import Stop
from tests.ingest.sources.exports import export
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.test_n2g import FOLDER
from tests.ingest.sources.test_neuroscope import TEXTS, page
from tests.ingest.sources.test_openai import FILES as OPENAI
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
    """Files of each table, and instead of the run, which says when it was, what it made."""
    found = {table.name: table.files for table in pack.manifest.tables}
    return {**found, "IngestRun": pack.table("IngestRun", ["counts"]).to_pylist()}


class Watched(Folder):
    """A folder that knows what was opened in it, and kills its process at one of its files.

    Then there is a unit's pack: the last one's is finished beside the reading of the next.
    """

    def __init__(self, path: Path, work: Path, deadly: str = "") -> None:
        super().__init__(path)
        self.work, self.deadly = work, deadly
        self.opened: list[str] = []

    def open(self, name: str) -> io.BufferedIOBase:
        self._watch(name)
        return super().open(name)

    def content(self, name: str, most: int) -> bytes:
        self._watch(name)
        return super().content(name, most)

    def paths(self, names: Sequence[str]) -> list[str]:
        for name in names:
            self._watch(name)
        return super().paths(names)

    def _watch(self, name: str) -> None:
        if name == self.deadly:
            while not list(self.work.glob("unit-*/pack.json")):
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
        self.opened.append(name)


def work_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.work")


def watched_import(format_: str, folder: Path, out: Path, deadly: str = "") -> Watched:
    tree = Watched(folder, work_of(out), deadly)
    settings = ImportSettings(str(folder), out)
    import_source(format_called(format_), tree, settings, progress=Silent(), stop=Stop())
    return tree


def killed(format_: str, folder: Path, out: Path, deadly: str) -> None:
    """Begin an import in a process of its own, which is killed where it opens a file."""
    job = multiprocessing.get_context("spawn").Process(
        target=watched_import, args=(format_, folder, out, deadly)
    )
    job.start()
    job.join()
    assert job.exitcode == -signal.SIGKILL
    assert not out.exists()


def dashboards(*numbers: int) -> dict[str, object]:
    """A batch of SAEDashboard with these latents."""
    heading = {"model_id": "gpt2-small", "layer": 0, "sae_set": "res-jb"}
    example = {"bin_min": -1, "bin_contains": -1, "bin_max": 1.5, "tokens": ["a", " b"],
               "values": [0.5, 1.5]}  # fmt: skip
    features = [{"feature_index": number, "activations": [example]} for number in numbers]
    return {**heading, "features": features}


def neuronpedia(folder: Path) -> str:
    export(folder, [0, 2, 3, 9])
    return "v1/gpt2-small/6-res-jb/activations/batch-1.jsonl.gz"


def neuroscope(folder: Path) -> str:
    written(folder, {f"solu-1l/3/{n}.html": page(TEXTS, neuron=n) for n in range(1025)})
    return "solu-1l/3/1024.html"


def delphi(folder: Path) -> str:
    latents = [f"explanations/layers.3.mlp_latent{n}.txt" for n in range(4097)]
    written(folder, {"run_config.json": {"model": "x/gpt2"}, **dict.fromkeys(latents, '"Fires."')})
    return latents[9]  # the last in the order of ids


def answers(folder: Path) -> str:
    def answer(number: int) -> dict[str, object]:
        nodes = [{"token": f"{number % 7}", "required": [], "importance": 1}]
        similar = [{"layer": 1, "neuron": number % 9, "similarity": 0.5}]
        return {"graph": {"subgraph_indices": [0, 1], "graph": nodes}, "similar": similar}

    names = [f"tiny/neuron2graph/0/{number}.json" for number in range(4200)]
    written(folder, {name: answer(number) for number, name in enumerate(names)})
    return names[999]  # the last in the order of ids


def files(given: dict[str, Any], deadly: str) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        written(folder, given)
        return deadly

    return make


SOURCES: dict[str, Callable[[Path], str]] = {
    "openai": files({n: c for n, c in OPENAI.items() if n.endswith(("json", "jsonl"))},
                    "data/related-tokens/weight-based/1/1.json"),
    "neuroscope": neuroscope,
    "n2g": files(FOLDER, "neuron_store.json"),
    "neuronpedia": neuronpedia,
    "saedashboard": files({f"batch-{n}.json": dashboards(n, n + 7) for n in range(3)},
                          "batch-2.json"),
    "delphi": delphi,
}  # fmt: skip
"""By format what writes its files, and gives the one at which the import is killed."""


@pytest.mark.parametrize("format_", sorted(SOURCES))
def test_a_killed_import_goes_on_and_gives_the_same_pack(format_: str, tmp_path: Path) -> None:
    _goes_on(format_, SOURCES[format_], tmp_path)


def test_so_does_one_of_answers_with_token_graphs(tmp_path: Path) -> None:
    _goes_on("n2g", answers, tmp_path)
    counts = json.loads(open_pack(tmp_path / "pack").table("IngestRun").to_pylist()[0]["counts"])
    assert (counts["Neuron"], counts["Token"], counts["TokenGraph"]) == (4200 + 9, 7, 4200)


def _goes_on(format_: str, make: Callable[[Path], str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    deadly = make(folder)
    whole = watched_import(format_, folder, tmp_path / "whole")
    killed(format_, folder, tmp_path / "pack", deadly)
    rest = watched_import(format_, folder, tmp_path / "pack")
    assert deadly in rest.opened
    assert len(rest.opened) < len(whole.opened)
    assert files_of(open_pack(tmp_path / "pack")) == files_of(open_pack(tmp_path / "whole"))
    assert not (tmp_path / "pack.work").exists()


def test_a_latent_that_stands_twice_is_found_out_by_the_import_that_goes_on(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "in", {f"batch-{n}.json": dashboards(7) for n in range(2)})
    killed("saedashboard", folder, tmp_path / "pack", "batch-1.json")
    with pytest.raises(
        SourceError, match=r"batch-1\.json.*expected a latent that is not there twice"
    ):
        imported("saedashboard", folder, tmp_path / "pack")


def test_another_model_is_found_out_by_the_import_that_goes_on(tmp_path: Path) -> None:
    first, other = dashboards(1), {**dashboards(2), "model_id": "pythia-70m"}
    folder = written(tmp_path / "in", {"batch-0.json": first, "batch-1.json": other})
    killed("saedashboard", folder, tmp_path / "pack", "batch-1.json")
    with pytest.raises(SourceError, match="found pythia-70m, expected gpt2-small"):
        imported("saedashboard", folder, tmp_path / "pack")


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
