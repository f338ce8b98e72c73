"""A night of trouble: spoiled answers and killed processes change nothing but the time it takes."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cypher.pack import Pack, open_pack
from ingest.jobs.explaining.where import Where
from tests.cut import cut_pack
from tests.endpoint import Chaos, LocalEndpoint, Mind, running_endpoint
from tests.forked import Forked, forked
from tests.ingest.explaining.jobs import TOKENIZER, rows, run, settings, tables

SOME = Where(neurons="0-3")
KILLS = 20
NEEDED = ("neurocypher.commands.explain", "ingest.jobs.explaining.pipeline", "tokenizers", "openai")
"""What the command imports when it runs."""


@pytest.mark.slow
def test_a_job_among_spoiled_answers_makes_the_same_pack(pack: Pack, tmp_path: Path) -> None:
    refuses = frozenset({"stories260K/2/3"})
    with running_endpoint(LocalEndpoint(Mind(pack, refuses=refuses))) as server:
        quiet, _ = run(settings(pack, server, tmp_path / "quiet", where=SOME))
        paid = len(server.paid)
    troubled = LocalEndpoint(Mind(pack, refuses=refuses), chaos=Chaos(0.3, seed=4))
    with running_endpoint(troubled) as server:
        found, report = run(
            settings(pack, server, tmp_path / "chaos", where=SOME, endpoint={"timeout": 3.0})
        )
        assert server.chaos is not None
        assert len(server.chaos.caused) == 6
    explained = {
        row["id"].partition("@")[0] for row in rows(found, "Explanation", explainer="openai")
    }
    lacking = {row["source"] for row in rows(found, "LACKS", kind="explanation")}
    assert (len(explained), lacking) == (19, set(refuses))
    assert report.neurons == 20
    assert len(server.paid) == paid
    assert set(server.paid.values()) == {1}
    assert tables(found) == tables(quiet)


@pytest.mark.slow
def test_a_job_that_is_killed_pays_for_nothing_twice(pack: Pack, tmp_path: Path) -> None:
    """Nineteen times at random moments while it asks, and once while it writes the pack."""
    concurrency, moments = 4, random.Random(0)
    names = [f"stories260K/{layer}/{index}" for layer in range(5) for index in range(4)]
    small = cut_pack(pack, tmp_path / "small", names)  # the sooner read in each life

    def arguments(folder: str) -> list[object]:
        own = ["--out", tmp_path / folder / "pack", "--answers", tmp_path / folder / "answers"]
        return ["explain", small.path, *own, "--explainer", "openai", "--simulator", "openai",
                "--model", "m", "--concurrency", concurrency]  # fmt: skip

    with running_endpoint(LocalEndpoint(Mind(pack), seconds=0.01)) as server:
        here = {**server.environment, "NEUROCYPHER_TOKENIZER": TOKENIZER}
        with forked(NEEDED, here) as commands:
            assert commands.start(*arguments("quiet")).wait() == 0
            needed = server.sent
            assert len(server.paid) == needed > 6 * KILLS
            server.paid.clear()
            server.sent = 0

            for kill in range(1, KILLS):
                until = kill * (needed - 2 * concurrency) // KILLS
                server.gate = until + concurrency  # it never gets to its end
                job = commands.start(*arguments("killed"))
                while server.sent < until:
                    time.sleep(0.001)
                time.sleep(moments.uniform(0.0, 0.03))
                job.kill()
                assert job.wait() == -signal.SIGKILL
                assert not (tmp_path / "killed" / "pack").exists()
            server.gate = None
            _killed_while_writing(commands, arguments("killed"), tmp_path / "killed")
            assert commands.start(*arguments("killed")).wait() == 0
        assert needed <= server.sent <= needed + KILLS * concurrency
        assert len(server.paid) == needed
    left = [{path.name for path in (tmp_path / name).iterdir()} for name in ("killed", "quiet")]
    assert left[0] == left[1]  # of what was killed while it was written nothing stays
    killed, quiet = (open_pack(tmp_path / name / "pack") for name in ("killed", "quiet"))
    assert tables(killed) == tables(quiet)


def _killed_while_writing(commands: Forked, arguments: Sequence[object], folder: Path) -> None:
    """Kill the job while the pack stands under its temporary name."""
    for _ in range(50):
        job = commands.start(*arguments)
        while not any(folder.glob(".pack.*.tmp")) and not (folder / "pack").exists():
            time.sleep(0.001)
        job.kill()
        if job.wait() == -signal.SIGKILL and not (folder / "pack").exists():
            return
        shutil.rmtree(folder / "pack")  # it was faster
    raise AssertionError("it was never caught")
