"""What a finished pack holds, in a few lines."""

from __future__ import annotations

from pathlib import Path

from cypher import ids
from cypher.pack import Pack, open_pack


def summary(path: Path) -> str:
    """Neurons, graphs and their mean F1 by layer, and what to do with the pack at `path`."""
    pack = open_pack(path)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    silent = pack.table("LACKS", ["kind"]).column("kind").to_pylist().count("examples")
    lines = [
        f"{pack.rows('Neuron'):,} neurons, {silent:,} of them never fire; "
        f"{pack.rows('TokenGraph'):,} token graphs with {pack.rows('TokenGraphNode'):,} nodes; "
        f"{pack.rows('Example'):,} examples; {pack.rows('SIMILAR_TO'):,} likenesses",
        "",
        "firing F1 on held-out examples, mean by layer:",
        f"{'layer':>7} {'graphs':>7} {'F1':>6} {'bigrams':>8} {'tokens':>7}",
        *_scores(pack),
        "",
        f"The pack is {path} ({size / 1e6:.1f} MB). Load it into a graph:",
        f"  neurocypher load {path} --graph ladybug://graph.lbug",
    ]
    return "\n".join(lines)


def _scores(pack: Pack) -> list[str]:
    order = {
        row["name"]: (row["layer_index"], row["name"])
        for row in pack.table("Layer", ["name", "layer_index"]).to_pylist()
    }
    columns = ["neuron_id", "f1", "bigram_baseline_f1", "token_baseline_f1"]
    layers: dict[str, list[list[float]]] = {}
    for row in pack.table("TokenGraph", columns).to_pylist():
        scores = layers.setdefault(ids.parse_neuron_id(row["neuron_id"]).layer, [])
        if row["f1"] is not None:
            scores.append([row[name] for name in columns[1:]])
    everything = [scores for layer in layers.values() for scores in layer]
    return [
        *(_line(layer, layers[layer]) for layer in sorted(layers, key=order.__getitem__)),
        *([_line("all", everything)] if len(layers) > 1 else []),
    ]


def _line(name: str, scores: list[list[float]]) -> str:
    if not scores:
        return f"{name:>7} {0:>7}      -        -       -"
    f1, bigrams, tokens = (sum(column) / len(scores) for column in zip(*scores, strict=True))
    return f"{name:>7} {len(scores):>7} {f1:>6.3f} {bigrams:>8.3f} {tokens:>7.3f}"
