"""The summary at the end of a job, word for word."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cypher import ids
from cypher.pack import PackWriter
from ingest.jobs.summary import summary

Row = dict[str, object]
RUN = {"run_id": "run"}


def layer_row(name: str, index: int) -> Row:
    return {"id": ids.layer_id("m", name), "model_id": "m", "name": name, "layer_index": index,
            "kind": "mlp"}  # fmt: skip


def graph_row(layer: str, index: int, n_nodes: int, *scores: float | None) -> Row:
    """`scores`: f1 on top texts, that of bigrams, and the same on random texts."""
    neuron = ids.neuron_id("m", layer, index)
    names = ("f1", "bigram_baseline_f1", "random_f1", "random_bigram_baseline_f1")
    return {"id": ids.token_graph_id(neuron, "n2g"), "neuron_id": neuron, "source": "n2g",
            "n_nodes": n_nodes, **dict(zip(names, scores, strict=True)), **RUN}  # fmt: skip


def lack_rows(layer: str, indices: Iterable[int], kind: str, reason: str) -> list[Row]:
    return [
        {"source": ids.neuron_id("m", layer, index), "target": "run", "kind": kind,
         "reason": reason, **RUN}
        for index in indices
    ]  # fmt: skip


def written(path: Path, **tables: list[Row]) -> list[str]:
    """The summary of a pack of these rows, line by line, less the last two."""
    with PackWriter(path) as writer:
        for name, rows in tables.items():
            writer.add(name, rows)
    *lines, where, load = summary(path).splitlines()
    assert where.startswith(f"The pack is {path} (")
    assert load == f"  neurocypher load {path} --graph ladybug://graph.lbug"
    return lines


def test_layers_and_what_they_lack(tmp_path: Path) -> None:
    lines = written(
        tmp_path / "pack",
        Layer=[layer_row("10-res", 10), layer_row("2", 2), layer_row("3", 3)],
        TokenGraph=[
            graph_row("2", 0, 10, 0.5, 0.25, 1.0, 0.5),
            graph_row("2", 1, 1400, 1.0, 0.75, None, None),  # nothing fires on its random texts
            graph_row("10-res", 0, 3, 0.125, 0.5, None, None),
        ],
        LACKS=[
            *lack_rows("2", (2, 3), "examples", "never fires"),
            *lack_rows("10-res", (4,), "examples", "never fires"),
            *lack_rows("2", (5,), "examples", "7 of its activations are not finite"),
            *lack_rows("2", (2, 3), "token_graph", "never fires"),
            *lack_rows("3", range(1200), "token_graph", "not among the neurons that were asked for"),
        ],
    )  # fmt: skip
    assert lines == [
        "0 neurons; 3 token graphs with 0 nodes; 0 examples; 0 likenesses; 0 weights",
        "",
        "Token graphs: median nodes, mean F1 of firing on held-out texts, beside tables of bigrams",
        "                             top texts     random texts",
        " layer  graphs  nodes      F1  bigrams      F1  bigrams   dead",
        "     2       2    705   0.750    0.500   1.000    0.500      2",
        "     3       0      -       -        -       -        -      0",
        "10-res       1      3   0.125    0.500       -        -      1",
        "   all       3     10   0.542    0.500   1.000    0.500      3",
        "",
        "Missing:",
        "   1,200 without token_graph: not among the neurons that were asked for",
        "       3 without examples: never fires",
        "       2 without token_graph: never fires",
        "       1 without examples: 7 of its activations are not finite",
        "",
    ]


def test_many_reasons_are_not_all_listed(tmp_path: Path) -> None:
    lacking = [
        row
        for n in range(12)
        for row in lack_rows("0", range(100 * n, 101 * n + 1), "weights", f"{n:02}")
    ]
    lines = written(tmp_path / "pack", Layer=[layer_row("0", 0)], LACKS=lacking)
    assert [line for line in lines if line.startswith(("  all", "    all"))] == []  # of one layer
    assert lines[-10:] == [
        *(f"{n + 1:>8} without weights: {n:02}" for n in range(11, 3, -1)),
        "      10 for 4 other reasons",
        "",
    ]
