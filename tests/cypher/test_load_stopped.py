"""A load that is stopped at a known step, and run again, gives what an undisturbed one gives.

Killing at random (`test_load_killed`) seldom hits the narrow gaps between two steps; here the
progress that a load reports is where it is stopped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cypher.load import load_pack
from cypher.pack import Pack
from cypher.url import parse_graph_url
from tests.packs import small_pack
from tests.whole import load, state_at, whole_graph

EVERY = 3
"""Of so many steps, one is tried with each of the two packs."""


class StoppedError(Exception):
    """The load was stopped on purpose."""


def _stop_at(url: str, pack: Pack, step: int) -> str | None:
    """Load until the progress is reported for the `step`th time; what was under way then."""
    steps = iter(range(step + 1))
    last = None

    def progress(what: str, done: int, total: int) -> None:
        nonlocal last
        last = what
        if next(steps) == step:
            raise StoppedError

    try:
        load_pack(pack.path, parse_graph_url(url), progress)
    except StoppedError:
        return last
    return None


@pytest.mark.slow
@pytest.mark.parametrize("covers", ["both layers", "one layer"])
def test_stopped_at_any_step_and_run_again(neo4j_graph: str, tmp_path: Path, covers: str) -> None:
    before = small_pack(tmp_path / "before")
    after = small_pack(
        tmp_path / "after",
        layers=[0, 1] if covers == "both layers" else [1],
        without={"tiny/1/3"},
        settings="other",
        circuits=covers == "both layers",
    )
    load(neo4j_graph, before, after)
    undisturbed = whole_graph(neo4j_graph)
    step, stopped = 0, []
    while True:
        if covers == "both layers":
            load(neo4j_graph, before)
        else:  # what the smaller pack does not cover is to be as it was at first
            load(neo4j_graph, after, before)
        under_way = _stop_at(neo4j_graph, after, step)
        if under_way is None:
            break
        stopped.append(under_way)
        assert state_at(neo4j_graph).unfinished, under_way
        load(neo4j_graph, after)
        assert whole_graph(neo4j_graph) == undisturbed, f"stopped at {under_way}"
        assert not state_at(neo4j_graph).unfinished
        step += EVERY
    assert any(what.startswith("removing") for what in stopped)
    assert any(what.isupper() for what in stopped)  # among the relationships
