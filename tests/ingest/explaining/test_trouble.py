"""A night of trouble: spoiled answers and killed processes change nothing but the time it takes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cypher.pack import Pack, open_pack
from neurocypher.demo import demo_pack
from tests.endpoint import Chaos, LocalEndpoint, Mind, running_endpoint
from tests.ingest.explaining.jobs import TOKENIZER, rows, run, settings, tables

KILLS = 20


@pytest.fixture(scope="module")
def pack() -> Pack:
    return demo_pack()


@pytest.mark.slow
def test_a_job_among_spoiled_answers_makes_the_same_pack(pack: Pack, tmp_path: Path) -> None:
    refuses = frozenset({"stories260K/2/5"})
    with running_endpoint(LocalEndpoint(Mind(pack, refuses=refuses))) as server:
        quiet, _ = run(settings(server, tmp_path / "quiet"))
        paid = len(server.paid)
    troubled = LocalEndpoint(Mind(pack, refuses=refuses), chaos=Chaos(0.3, seed=4))
    with running_endpoint(troubled) as server:
        found, report = run(settings(server, tmp_path / "chaos", endpoint={"timeout": 3.0}))
        assert server.chaos is not None
        assert len(server.chaos.caused) == 6
    explained = {
        row["id"].partition("@")[0] for row in rows(found, "Explanation", explainer="openai")
    }
    lacking = {row["source"] for row in rows(found, "LACKS", kind="explanation")}
    assert (len(explained), lacking) == (49, set(refuses))
    assert report.neurons == 50
    assert len(server.paid) == paid
    assert set(server.paid.values()) == {1}
    assert tables(found) == tables(quiet)


@pytest.mark.slow
def test_a_job_that_is_killed_pays_for_nothing_twice(pack: Pack, tmp_path: Path) -> None:
    concurrency = 4
    command = [
        sys.executable, "-m", "neurocypher", "explain", str(pack.path), "--out",
        str(tmp_path / "pack"), "--answers", str(tmp_path / "answers"), "--explainer", "openai",
        "--simulator", "openai", "--model", "m", "--where", "neurons=0-9",
        "--concurrency", str(concurrency),
    ]  # fmt: skip
    with running_endpoint(LocalEndpoint(Mind(pack), seconds=0.02)) as server:
        here = {**os.environ, **server.environment, "NEUROCYPHER_TOKENIZER": TOKENIZER}
        quiet = [*command, "--out", str(tmp_path / "quiet"), "--answers", str(tmp_path / "other")]
        subprocess.run(quiet, env=here, check=True, capture_output=True, timeout=600)
        needed = sum(server.paid.values())
        server.paid.clear()

        moments = random.Random(0)
        for _ in range(KILLS):
            until = sum(server.paid.values()) + moments.randint(0, 2 * needed // KILLS)
            with subprocess.Popen(command, env=here, stderr=subprocess.DEVNULL) as job:
                while job.poll() is None and sum(server.paid.values()) < until:
                    time.sleep(0.005)
                time.sleep(moments.uniform(0.0, 0.05))
                job.send_signal(signal.SIGKILL)
            if job.returncode == 0:
                break  # it was done before its moment came
            assert not (tmp_path / "pack").exists()
        if not (tmp_path / "pack").exists():
            subprocess.run(command, env=here, check=True, capture_output=True, timeout=600)
        assert needed <= sum(server.paid.values()) <= needed + KILLS * concurrency
        assert len(server.paid) == needed
    assert tables(open_pack(tmp_path / "pack")) == tables(open_pack(tmp_path / "quiet"))
