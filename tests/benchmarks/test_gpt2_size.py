"""The generated graph: the same for the same seed, loadable, and ranked as a mined one."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from cypher.load import load_pack
from cypher.pack import Pack
from cypher.url import parse_graph_url
from tests.benchmarks.generate import BUCKETS, Size
from tests.benchmarks.gpt2_size import write_pack

SIZE = Size(layers=3, neurons=40, vocabulary=300, sequences=60, family=20)


def test_the_same_seed_makes_the_same_pack_and_another_another(tmp_path: Path) -> None:
    first = write_pack(tmp_path / "first", SIZE)
    assert first.digest == write_pack(tmp_path / "again", SIZE).digest
    assert first.digest != write_pack(tmp_path / "other", SIZE, seed=1).digest


def test_it_is_of_its_size_and_loads(tmp_path: Path, graph_url: str) -> None:
    pack = write_pack(tmp_path / "pack", SIZE)
    assert pack.rows("Neuron") == 120
    assert pack.rows("Example") == 120 * sum(BUCKETS.values())
    assert pack.rows("Token") == 300
    assert 0.8 < pack.rows("ACTIVATES_ON") / (120 * SIZE.token_edges) < 1.1
    report = load_pack(pack.path, parse_graph_url(graph_url), lambda *_: None)
    assert report.written["SIMILAR_TO"] == pack.rows("SIMILAR_TO") > 120


def test_ranks_follow_activations(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", SIZE)
    by_neuron = _by(pack, "source", "rank")
    by_token = _by(pack, "target", "token_rank")
    assert len(by_neuron) == 120
    for edges in (*by_neuron.values(), *by_token.values()):
        assert [rank for rank, _ in edges] == list(range(1, len(edges) + 1))
        assert [-value for _, value in edges] == sorted(-value for _, value in edges)


def _by(pack: Pack, end: str, rank: str) -> dict[str, list[tuple[int, float]]]:
    """Rank and activation of each edge of each node, by rank."""
    found = defaultdict(list)
    for row in pack.table("ACTIVATES_ON", [end, rank, "activation"]).to_pylist():
        found[row[end]].append((row[rank], row["activation"]))
    return {node: sorted(edges) for node, edges in found.items()}
