"""What lies at a URL: only what is asked for is fetched, once, from a real server."""

from __future__ import annotations

import gzip
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cypher.pack import Pack, open_pack
from ingest.errors import SourceError, WorkFolderError
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.cli import assert_failed, neurocypher
from tests.ingest.sources.exports import MODEL, SOURCE, activation, export
from tests.ingest.sources.importing import by_id, imported, rows, written
from tests.ingest.sources.test_archives import contents
from tests.ingest.sources.test_openai import FILES, record


class _Files(SimpleHTTPRequestHandler):
    asked: list[str]
    fails: bool = False

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if type(self).fails:
            self.send_error(500)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing."""


class Site:
    """A folder on the web, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.handler: type[_Files] = type("Files", (_Files,), {"asked": [], "fails": False})
        handler = partial(self.handler, directory=str(folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/data"

    @property
    def asked(self) -> list[str]:
        return self.handler.asked


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    made = Site(folder)
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    more = {
        f"data/collated-activations/1/{n}.json": record(
            neuron_id={"layer_index": 1, "neuron_index": n}
        )
        for n in (2, 3, 9)
    }
    with serving(written(tmp_path / "site", {**FILES, **more})) as made:
        yield made


def fetched(url: str, folder: Path, name: str, format_: str = "openai", **options: Any) -> Pack:
    settings = ImportSettings(url, folder / name, **options)
    with open_tree(url, folder / "cache", refresh=settings.refresh) as tree:
        import_source(format_called(format_), tree, settings, progress=Silent(), stop=Stop())
    return open_pack(folder / name)


def test_only_what_is_asked_for_is_fetched_and_once(site: Site, tmp_path: Path) -> None:
    pack = fetched(site.url, tmp_path, "pack", layers="1", neurons="1-4")
    assert len(site.asked) == 5 * 4
    assert not any("/9.json" in path or "/2/" in path for path in site.asked)
    assert {f"gpt2-xl/1/{n}" for n in (1, 2, 3)} <= by_id(pack, "Neuron").keys()
    lacks = {(row["source"], row["kind"]) for row in rows(pack, "LACKS")}
    assert ("gpt2-xl/1/4", "examples") in lacks
    assert ("gpt2-xl/1/1", "explanation") not in lacks
    before = len(site.asked)
    again = fetched(site.url, tmp_path, "again", layers="1", neurons="1-3")
    assert all("/1/" in path for path in site.asked[before:])
    assert not any("collated-activations" in path for path in site.asked[before:])
    assert len(contents(again)["Example"]) == 3 * 6


def test_what_has_changed_is_fetched_again_if_asked_for(site: Site, tmp_path: Path) -> None:
    def means(name: str, **options: Any) -> list[float]:
        pack = fetched(site.url, tmp_path, name, layers="1", neurons="2-3", **options)
        return [row["mean_activation"] for row in rows(pack, "Measurement")]

    folder = tmp_path / "site" / "data" / "collated-activations" / "1"
    changed = record(neuron_id={"layer_index": 1, "neuron_index": 2}, mean=0.125)
    assert means("first") == [0.5, 0.5]
    written(folder, {"2.json": changed})
    (folder / "3.json").unlink()
    before = len(site.asked)
    assert means("kept") == [0.5, 0.5]
    assert not any("collated" in path for path in site.asked[before:])
    site.handler.fails = True
    with pytest.raises(SourceError, match="cannot be fetched"):
        means("failed", refresh=True)
    site.handler.fails = False
    assert means("still kept") == [0.5, 0.5]
    before = len(site.asked)
    assert means("fresh", refresh=True) == [0.125]
    assert len(site.asked) - before == 5 * 2
    assert means("kept again") == [0.125]


def test_a_job_goes_on_with_files_of_one_time(site: Site, tmp_path: Path) -> None:
    name = "data/explanations/1/2.jsonl"
    written(tmp_path / "site", {name: "{"})
    options: dict[str, Any] = {"layers": "1", "neurons": "2"}
    with pytest.raises(SourceError, match="no JSON"):
        fetched(site.url, tmp_path, "pack", **options)
    (tmp_path / "site" / name).unlink()
    with pytest.raises(SourceError, match="no JSON"):
        fetched(site.url, tmp_path, "pack", **options)
    with pytest.raises(WorkFolderError, match=r"refresh: None there, True here.*--restart"):
        fetched(site.url, tmp_path, "pack", refresh=True, **options)
    pack = fetched(site.url, tmp_path, "pack", refresh=True, restart=True, **options)
    assert len(rows(pack, "Measurement")) == 1


def test_what_cannot_be_listed_must_be_named(site: Site, tmp_path: Path) -> None:
    given: list[dict[str, str]] = [{}, {"layers": "1"}, {"neurons": "1"}]
    for options in given:
        with pytest.raises(SourceError, match="Say what to fetch with --layers and --neurons"):
            fetched(site.url, tmp_path, "pack", **options)


def test_an_address_at_which_nothing_is_is_said(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="/dota: none of the 10 files of what is wanted is there"):
        fetched(site.url.replace("data", "dota"), tmp_path, "pack", layers="1", neurons="1-2")
    assert not (tmp_path / "pack").exists()
    assert not (tmp_path / "pack.work").exists()


def test_a_server_that_fails_is_said_and_what_was_fetched_is_kept(
    site: Site, tmp_path: Path
) -> None:
    fetched(site.url, tmp_path, "first", layers="1", neurons="1")
    site.handler.fails = True
    with pytest.raises(SourceError, match="give the same command again"):
        fetched(site.url, tmp_path, "pack", layers="1", neurons="1-3")
    site.handler.fails = False
    before = len(site.asked)
    fetched(site.url, tmp_path, "pack", layers="1", neurons="1-3")
    assert not any(path.endswith("/1/1.json") for path in site.asked[before:])


@pytest.mark.parametrize(
    ("url", "lacks", "extra"),
    [("s3://bucket/data", "s3fs", "s3"), ("http://127.0.0.1:1/data", "fsspec", "sources")],
)
def test_a_url_needs_its_extra(url: str, lacks: str, extra: str, tmp_path: Path) -> None:
    ran = neurocypher("ingest", "openai", url, "--out", tmp_path / "pack", lacks=[lacks])
    assert_failed(ran, f"needs {lacks}", f"pip install 'neurocypher[{extra}]'")


@pytest.fixture
def exports(tmp_path: Path) -> Iterator[Site]:
    """Neuronpedia's layout, with more batches of features than are asked for at once."""
    folder = export(tmp_path / "site" / "data", [*range(10)]) / "v1" / MODEL / SOURCE / "features"
    batches = [folder / "batch-0.jsonl.gz", folder / "batch-1.jsonl.gz"]
    lines = b"".join(gzip.decompress(batch.read_bytes()) for batch in batches).splitlines()
    for number, line in enumerate(lines):
        (folder / f"batch-{number}.jsonl.gz").write_bytes(gzip.compress(line))
    with serving(tmp_path / "site") as site:
        yield site


@pytest.mark.parametrize("path", [f"v1/{MODEL}", f"v1/{MODEL}/{SOURCE}"])
def test_batches_on_the_web_are_counted(exports: Site, path: str, tmp_path: Path) -> None:
    layers = None if path.endswith(SOURCE) else SOURCE
    pack = fetched(f"{exports.url}/{path}", tmp_path, "pack", "neuronpedia", layers=layers)
    local = imported("neuronpedia", tmp_path / "site" / "data", tmp_path / "plain")
    assert contents(pack) == contents(local)
    assert len(by_id(pack, "Measurement")) == 10
    assert max(exports.asked.count(asked) for asked in exports.asked) == 2  # its first byte; all
    again = fetched(f"{exports.url}/{path}", tmp_path, "again", "neuronpedia", layers=layers)
    assert contents(again) == contents(pack)


def test_sources_on_the_web_must_be_named(exports: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Name sources with --layers"):
        fetched(f"{exports.url}/v1/{MODEL}", tmp_path, "pack", "neuronpedia")
    with pytest.raises(SourceError, match="found no file of an export"):
        fetched(f"{exports.url}/v1/{MODEL}", tmp_path, "pack", "neuronpedia", layers="7-res-jb")
    with pytest.raises(SourceError, match="Name it with --model"):
        fetched(f"{exports.url}/{SOURCE}", tmp_path, "pack", "neuronpedia")
    exports.handler.fails = True
    with pytest.raises(SourceError, match="give the same command again"):
        fetched(f"{exports.url}/v1/{MODEL}/{SOURCE}", tmp_path, "pack", "neuronpedia")


def test_a_file_on_the_web_is_one(exports: Site, tmp_path: Path) -> None:
    texts = [activation(3, number, random.Random(0)) for number in range(3)]
    name = "answers/3.json"
    written(tmp_path / "site" / "data", {name: texts, "answers/4.json": "no JSON"})
    pack = fetched(f"{exports.url}/{name}", tmp_path, "pack", "neuronpedia")
    local = imported("neuronpedia", tmp_path / "site" / "data" / name, tmp_path / "plain")
    assert contents(pack) == contents(local)
    assert len(contents(pack)["Example"]) == 3
    with pytest.raises(SourceError, match=r"5\.json: there is no such file"):
        fetched(f"{exports.url}/answers/5.json", tmp_path, "none", "neuronpedia")
