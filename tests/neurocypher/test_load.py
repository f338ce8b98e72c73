"""`neurocypher load`: what it says, and what Ctrl-C leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.cli import assert_failed, neurocypher
from tests.packs import small_pack
from tests.whole import load, whole_graph

HEARS_CTRL_C = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('neurocypher', run_name='__main__', alter_sys=True)"
)
"""The program as from a terminal: a shell's background jobs, and all they start, ignore Ctrl-C."""


def test_it_says_what_it_loaded(graph_url: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    ran = neurocypher("load", pack.path, "--graph", graph_url)
    assert ran.status == 0, ran.err
    assert f"Loaded {pack.path} into" in ran.out
    assert "Load id" in ran.out
    assert "loading pack" in ran.err


def test_ctrl_c_leaves_what_the_same_command_mends(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, small_pack(tmp_path / "before"))
    before = whole_graph(graph_url)
    pack = small_pack(tmp_path / "large", neurons=500, settings="other")
    command = [sys.executable, "-c", HEARS_CTRL_C, "load", str(pack.path), "--graph", graph_url]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as loader:
        assert loader.stderr is not None
        assert loader.stderr.readline().startswith("loading large")
        loader.send_signal(signal.SIGINT)
        out, err = loader.communicate(timeout=120)
    assert (loader.returncode, out) == (1, ""), err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith(f"neurocypher: stopped while {pack.path} was loaded.")
    assert "Give the same command again" in err
    if graph_url.startswith("ladybug"):
        assert whole_graph(graph_url) == before
    else:
        assert "UNFINISHED: a load of large" in neurocypher("status", "--graph", graph_url).out
    assert neurocypher("load", pack.path, "--graph", graph_url).status == 0
    alone = f"ladybug://{tmp_path / 'alone.lbug'}"
    load(alone, pack)
    assert whole_graph(graph_url) == whole_graph(alone)


def test_no_pack_named_is_a_question_of_usage() -> None:
    ran = neurocypher("load", "--graph", "ladybug://graph.lbug")
    assert ran.status == 2
    assert "PACK" in ran.err
    assert_failed(neurocypher("load", "none", "--graph", "ladybug://graph.lbug"), "no pack at none")
