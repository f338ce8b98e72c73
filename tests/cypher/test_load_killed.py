"""A loader that is killed leaves a graph that can be read, and one that a second run makes whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cypher.pack import Pack
from tests.packs import small_pack
from tests.whole import load, state_at, whole_graph

KILLS = 20


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again(graph_url: str, tmp_path: Path) -> None:
    packs = (
        small_pack(tmp_path / "before", neurons=60),
        small_pack(tmp_path / "after", neurons=61, without={"tiny/1/7"}, settings="other"),
    )
    embedded = graph_url.startswith("ladybug")
    load(graph_url, *packs)
    whole = []
    for pack in packs:
        seconds = _undisturbed(pack, graph_url)
        whole.append(whole_graph(graph_url))
    chance = random.Random(20)
    cut_short = 0
    for kill in range(KILLS):
        # by turns, each over what the other left
        pack, new, old = packs[kill % 2], whole[kill % 2], whole[1 - kill % 2]
        loader = _loader(pack, graph_url)
        time.sleep(chance.uniform(0.0, 1.0) * seconds)
        _kill(loader, with_its_child=bool(kill // 2 % 2))
        left = state_at(graph_url)  # which opens the graph, and so shows that it can be read
        cut_short += bool(left.unfinished)
        if embedded:
            assert whole_graph(graph_url) in (old, new)
        load(graph_url, pack)
        assert whole_graph(graph_url) == new, f"after kill {kill}"
        assert not state_at(graph_url).unfinished
    if not embedded:
        assert cut_short  # or no kill fell into the load, and nothing was tested


def _undisturbed(pack: Pack, url: str) -> float:
    """Seconds that a load takes from its first word on."""
    loader = _loader(pack, url)
    begin = time.monotonic()
    loader.communicate(timeout=300)
    assert loader.returncode == 0
    return time.monotonic() - begin


def _loader(pack: Pack, url: str) -> subprocess.Popen[bytes]:
    """A loader that has begun to load: the program's start is not what is to be cut short."""
    loader = subprocess.Popen(
        [sys.executable, "-m", "neurocypher", "load", str(pack.path), "--graph", url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert loader.stderr is not None
    assert loader.stderr.readline().startswith(b"loading")
    return loader


def _kill(loader: subprocess.Popen[bytes], *, with_its_child: bool) -> None:
    """SIGKILL the loader; its child, which writes the embedded graph, goes too or follows it."""
    try:
        children = psutil.Process(loader.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    loader.kill()
    loader.communicate()
    if with_its_child:
        for child in children:
            if child.is_running():
                child.kill()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive, "the loader's child outlived it"
