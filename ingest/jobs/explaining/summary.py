"""How well explanations score, layer by layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, quantiles

from cypher import ids
from cypher.pack import open_pack
from ingest.explaining.evidence import BOTH, RANDOM, TOP
from ingest.explaining.scores import EV_CORRELATION

_HEAD = (
    f"{'layer':>5}{'scored':>8}{'top':>8}{'random':>8}{'both':>8}{'null':>8}{'q25':>8}{'q75':>8}"
)
_Values = Mapping[tuple[str, str], float]
"""Of one explanation: by kind of example, and whether `value` or `null`."""


def distribution(path: Path, source: str | None = None) -> str:
    """A table of `ev_correlation` by layer: means by kind of example, its null, the quartiles.

    Of the scores by `source`, or of all; nothing if there is none.
    """
    pack = open_pack(path)
    columns = ["id", "kind", "source", "examples", "value", "null_value"]
    owned = {row["target"] for row in pack.table("HAS_EXPLANATION", ["target"]).to_pylist()}
    found: dict[str, dict[str, dict[tuple[str, str], float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in pack.table("Score", columns).to_pylist():
        if row["kind"] != EV_CORRELATION or row["value"] is None:
            continue
        if source is not None and row["source"] != source:
            continue
        explanation = row["id"].rpartition("@")[0]
        if explanation.rpartition("@")[0] not in owned:
            continue  # a revision that scored no better
        layer = ids.parse_neuron_id(row["id"].partition("@")[0]).layer
        own = found[layer][explanation]
        own[row["examples"], "value"] = row["value"]
        if row["null_value"] is not None:
            own[row["examples"], "null"] = row["null_value"]
    if not found:
        return ""
    rows = pack.table("Layer", ["name", "layer_index"]).to_pylist()
    names = [row["name"] for row in sorted(rows, key=lambda r: (r["layer_index"], r["name"]))]
    lines = ["Correlation of simulated and true activations, mean by layer", _HEAD]
    lines += [_line(name, list(found[name].values())) for name in names if name in found]
    everything = [own for layer in found.values() for own in layer.values()]
    return "\n".join([*lines, _line("all", everything)])


def _line(name: str, scored: Sequence[_Values]) -> str:
    cells = [
        _mean([own[key] for own in scored if key in own])
        for key in ((TOP, "value"), (RANDOM, "value"), (BOTH, "value"), (BOTH, "null"))
    ]
    both = sorted(own[BOTH, "value"] for own in scored if (BOTH, "value") in own)
    parts = quantiles(both, n=4) if len(both) > 1 else None
    cells += [f"{parts[0]:.3f}", f"{parts[2]:.3f}"] if parts else ["-", "-"]
    return f"{name:>5}{len(scored):>8}{''.join(f'{cell:>8}' for cell in cells)}"


def _mean(values: Sequence[float]) -> str:
    return f"{fmean(values):.3f}" if values else "-"
