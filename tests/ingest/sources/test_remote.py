"""What lies at a URL: only what is asked for is fetched, once, from a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cypher.pack import Pack, open_pack
from ingest.errors import MissingExtraError, SourceError
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.ingest.sources.importing import by_id, rows, written
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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    more = {
        f"data/collated-activations/1/{n}.json": record(
            neuron_id={"layer_index": 1, "neuron_index": n}
        )
        for n in (2, 3, 9)
    }
    made = Site(written(tmp_path / "site", {**FILES, **more}))
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def fetched(url: str, folder: Path, name: str, **options: str) -> Pack:
    settings = ImportSettings(url, folder / name, **options)  # type: ignore[arg-type]
    with open_tree(url, folder / "cache") as tree:
        import_source(format_called("openai"), tree, settings, progress=Silent(), stop=Stop())
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


def test_what_cannot_be_listed_must_be_named(site: Site, tmp_path: Path) -> None:
    given: list[dict[str, str]] = [{}, {"layers": "1"}, {"neurons": "1"}]
    for options in given:
        with pytest.raises(SourceError, match="Say what to fetch with --layers and --neurons"):
            fetched(site.url, tmp_path, "pack", **options)


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


def test_a_bucket_needs_its_extra(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'neurocypher\[s3\]'"):
        fetched("s3://bucket/data", tmp_path, "pack", layers="1", neurons="1")
