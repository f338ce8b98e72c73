"""A load that is stopped at a known step, and run again, gives what an undisturbed one gives.

Killing at random (`test_load_killed`) seldom hits the narrow gaps between two steps; here the
progress that a load reports is where it is stopped.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cypher.load import load_pack
from cypher.pack import Pack
from cypher.url import parse_graph_url
from tests.packs import small_pack
from tests.whole import load, state_at, whole_graph

EVERY = 3
"""Of so many steps, one is tried: by turns of a load of the one pack and of the other."""


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
    load(neo4j_graph, before, after, before)
    undisturbed = {"before": whole_graph(neo4j_graph)}
    load(neo4j_graph, after)
    undisturbed["after"] = whole_graph(neo4j_graph)
    step, stopped = 0, []
    # each load is on what the other one left, whole; where the one pack covers less than the
    # other, what it does not cover is to be as it was
    for name, pack in itertools.cycle((("before", before), ("after", after))):
        under_way = _stop_at(neo4j_graph, pack, step)
        if under_way is None:
            break
        stopped.append(under_way)
        assert state_at(neo4j_graph).unfinished, under_way
        load(neo4j_graph, pack)
        assert whole_graph(neo4j_graph) == undisturbed[name], f"stopped at {under_way}"
        assert not state_at(neo4j_graph).unfinished
        step += EVERY
    assert any(what.startswith("removing") for what in stopped)
    assert any(what.isupper() for what in stopped)  # among the relationships
