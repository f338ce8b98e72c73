"""What a finished pack holds, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.jobs.records import NEVER_FIRES

_SCORES = ("f1", "bigram_baseline_f1", "random_f1", "random_bigram_baseline_f1")
_HEAD = ("graphs", "nodes", "F1", "bigrams", "F1", "bigrams", "dead")
_WIDTHS = (8, 7, 8, 9, 8, 9, 7)
_REASONS = 8
"""Reasons that are written out."""
_Graph = Mapping[str, Any]


def summary(path: Path) -> str:
    """How well the token graphs predict by layer, what is missing, and what to do with the pack."""
    pack = open_pack(path)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    weights = sum(pack.rows(table) for table in ("READS", "WRITES", "CONNECTS_TO"))
    lines = [
        f"{pack.rows('Neuron'):,} neurons; {pack.rows('TokenGraph'):,} token graphs with "
        f"{pack.rows('TokenGraphNode'):,} nodes; {pack.rows('Example'):,} examples; "
        f"{pack.rows('SIMILAR_TO'):,} likenesses; {weights:,} weights",
        "",
        *_layers(pack),
        "",
        *_missing(pack),
        f"The pack is {path} ({size / 1e6:.1f} MB). Load it into a graph:",
        f"  neurocypher load {path} --graph ladybug://graph.lbug",
    ]
    return "\n".join(lines)


def _layers(pack: Pack) -> list[str]:
    """A table: of each layer the median size of the graphs, their mean F1, and who never fires.

    F1 is of firing, on held-out texts: those on which each neuron fires most, and random ones.
    A graph on whose texts nothing fires has none, and counts in neither mean.
    """
    rows = pack.table("Layer", ["name", "layer_index"]).to_pylist()
    names = [row["name"] for row in sorted(rows, key=lambda r: (r["layer_index"], r["name"]))]
    graphs: dict[str, list[_Graph]] = {name: [] for name in names}
    for row in pack.table("TokenGraph", ["neuron_id", "n_nodes", *_SCORES]).to_pylist():
        graphs[_layer(row["neuron_id"])].append(row)
    dead = Counter(
        _layer(row["source"])
        for row in pack.table("LACKS", ["source", "kind", "reason"]).to_pylist()
        if (row["kind"], row["reason"]) == ("examples", NEVER_FIRES)
    )
    first = max(map(len, ("layer", *names)))
    between = first + sum(_WIDTHS[:2])
    lines = [
        "Token graphs: median nodes, mean F1 of firing on held-out texts, beside tables of bigrams",
        " " * between + f"{'top texts':>17}{'random texts':>17}",
        _line(first, "layer", _HEAD),
        *(_line(first, name, _cells(graphs[name], dead[name])) for name in names),
    ]
    if len(names) > 1:
        everything = [graph for name in names for graph in graphs[name]]
        lines.append(_line(first, "all", _cells(everything, dead.total())))
    return lines


def _cells(graphs: Sequence[_Graph], dead: int) -> list[str]:
    nodes = [graph["n_nodes"] for graph in graphs]
    cells = [f"{len(graphs)}", f"{median(nodes):.0f}" if nodes else "-"]
    for f1, baseline in (_SCORES[:2], _SCORES[2:]):
        known = [(graph[f1], graph[baseline] or 0.0) for graph in graphs]
        pairs = [(score, bigrams) for score, bigrams in known if score is not None]
        means = [f"{fmean(column):.3f}" for column in zip(*pairs, strict=True)]
        cells += means or ["-", "-"]
    return [*cells, f"{dead}"]


def _line(first: int, name: str, cells: Iterable[str]) -> str:
    padded = (f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{name:>{first}}{''.join(padded)}"


def _missing(pack: Pack) -> list[str]:
    """What neurons lack and why, the most frequent first; nothing if they lack nothing."""
    rows = pack.table("LACKS", ["kind", "reason"]).to_pylist()
    found = Counter((row["kind"], row["reason"]) for row in rows)
    if not found:
        return []
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    lines = ["Missing:"]
    lines += [f"{count:>8,} without {kind}: {why}" for (kind, why), count in ordered[:_REASONS]]
    rest = [count for _, count in ordered[_REASONS:]]
    if rest:
        lines.append(f"{sum(rest):>8,} for {len(rest)} other reasons")
    return [*lines, ""]


def _layer(neuron: str) -> str:
    return ids.parse_neuron_id(neuron).layer
