"""A generated graph of GPT-2-small's size, made once and kept under .cache.

    python -m tests.benchmarks.gpt2_size [pack] [ladybug] [neo4j]

makes what is not there yet of these, and prints where each is: the pack, the Ladybug file, and
the folder of a Neo4j server that `running_neo4j(kept=…)` starts. Another folder than .cache can
be named in NEUROCYPHER_BENCH_CACHE.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cypher.load import load_pack
from cypher.load.rows import total_rows
from cypher.pack import Pack, PackWriter, open_pack
from cypher.schema import PACKED, SCHEMA_VERSION
from cypher.tables import table_from_columns
from cypher.url import parse_graph_url
from tests.benchmarks.generate import GPT2_SMALL, VERSION, Generated, Size
from tests.benchmarks.report import report
from tests.neo4j import Neo4jServer, running_neo4j

MODEL = "generated"
_ENGINES = ("pack", "ladybug", "neo4j")
_HEAP, _PAGE_CACHE = "1500m", "1g"


def main() -> None:
    wanted = sys.argv[1:] or list(_ENGINES)
    unknown = set(wanted) - set(_ENGINES)
    if unknown:
        sys.exit(f"{sorted(unknown)[0]!r} is none of {', '.join(_ENGINES)}.")
    print(generated_pack().path, flush=True)
    if "ladybug" in wanted:
        print(ladybug_url(), flush=True)
    if "neo4j" in wanted:
        with neo4j_server():
            print(_folder() / "neo4j", flush=True)


def generated_pack() -> Pack:
    """The pack, made if it is not there."""
    path = _folder() / "pack"
    if not path.exists():
        begin = time.perf_counter()
        pack = write_pack(path, GPT2_SMALL)
        report("generated pack, made in", time.perf_counter() - begin, "s")
        for kind in PACKED:
            if pack.rows(kind.name):
                report(f"generated pack, {kind.name}", pack.rows(kind.name), "rows")
        _report_size("generated pack", path)
    return open_pack(path)


def write_pack(path: Path, size: Size, *, seed: int = 0) -> Pack:
    """A pack of the generated graph of this size and seed."""
    with PackWriter(path) as writer:
        for name, columns in Generated(size, seed=seed, model=MODEL).tables():
            writer.add(name, table_from_columns(name, columns))
    return open_pack(path)


def ladybug_url() -> str:
    """The URL of the graph in Ladybug, loaded if it is not there."""
    path = _folder() / "graph.lbug"
    url = f"ladybug://{path}"
    if not path.exists():
        _load(url, "ladybug")
        _report_size("ladybug file", path)
    return url


@contextmanager
def neo4j_server() -> Iterator[Neo4jServer]:
    """A Neo4j server that holds the graph, loaded if it is not there."""
    home, loaded = _folder() / "neo4j", _folder() / "neo4j.loaded"
    if not loaded.exists():  # an earlier load may have been cut short
        shutil.rmtree(home, ignore_errors=True)
    with running_neo4j(heap=_HEAP, page_cache=_PAGE_CACHE, kept=home) as server:
        if not loaded.exists():
            _load(server.graph_url, "neo4j")
            _report_size("neo4j data", home / "data")
            loaded.touch()
        yield server


def _load(url: str, engine: str) -> None:
    pack = generated_pack()
    begin = time.perf_counter()
    load_pack(pack.path, parse_graph_url(url), lambda *_: None)
    seconds = time.perf_counter() - begin
    report(f"{engine}, load of the generated pack", seconds, "s")
    report(f"{engine}, load of the generated pack, rows", total_rows(pack) / seconds, "rows/s")


def _folder() -> Path:
    """Where what this version of the generator makes is kept."""
    cache = os.environ.get("NEUROCYPHER_BENCH_CACHE")
    default = Path(__file__).parents[2] / ".cache"
    folder = (Path(cache) if cache else default).resolve() / f"gpt2-size-{SCHEMA_VERSION}.{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _report_size(what: str, path: Path) -> None:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    report(f"{what}, on disk", sum(file.stat().st_size for file in files) / 2**20, "MiB")


if __name__ == "__main__":
    main()
