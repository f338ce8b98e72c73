"""Related neurons and tokens, as OpenAI's files have them.

A token whose text the source has lost keeps its place among the others, which its rank tells:
without an average, or with the weight of the one before it, for a place alone needs no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cypher import ids
from ingest.exports.asked import Row, reason_for
from ingest.exports.signs import Weighed, by_sign
from ingest.sources.empty_texts import count_of_empty
from ingest.sources.openai_related import RESPONSES, weights_kind


def related_neurons(upstream: Sequence[Row], downstream: Sequence[Row]) -> dict[str, Any]:
    """Both sides, null if nothing is known of one; empty if nothing is of both."""
    sides = {"c_fc": _neurons(upstream), "c_proj": _neurons(downstream)}
    return {} if set(sides.values()) == {()} else {
        name: _named(side, "top_{}_neurons", "top_{}_weights") if side else None
        for name, side in sides.items()
    }  # fmt: skip


def responses(rows: Sequence[Row], lacking: Sequence[Row]) -> dict[str, Any]:
    """Tokens and the neuron's average activation on each; empty if none is known."""
    known = {row["rank"]: (row["token"], row["mean_activation"]) for row in rows}
    length = max(known, default=0)
    n_left_out = length - len(known)
    length += max(0, count_of_empty(reason_for(lacking, RESPONSES)) - n_left_out)
    listed = [known.get(rank, ("", None)) for rank in range(1, length + 1)]
    if not listed:
        return {}
    return {
        "tokens": [token for token, _ in listed],
        "average_activations": [average for _, average in listed],
    }


def weighed_tokens(sides: Mapping[str, Sequence[Row]], lacking: Sequence[Row]) -> dict[str, Any]:
    """Tokens that drive the neuron (`input`) and that it drives; empty if none is known."""
    found: dict[str, Any] = {}
    for way, rows in sides.items():
        n_empty = count_of_empty(reason_for(lacking, weights_kind(way)))
        listed = _with_empty(rows, n_empty)
        for sign, side in zip(("positive", "negative"), by_sign(listed), strict=True):
            tokens, strengths = [token for token, _ in side], [weight for _, weight in side]
            found[f"{way}_{sign}"] = {"tokens": tokens, "strengths": strengths}
    return found if any(side["tokens"] for side in found.values()) else {}


def _neurons(rows: Sequence[Row]) -> tuple[Weighed, ...]:
    found = []
    for row in rows:
        key = ids.parse_neuron_id(row["other_id"])
        if key.layer.isdecimal():
            found.append((f"{key.layer}_{key.index}", row["weight"]))
    return tuple(found)


def _named(side: Sequence[Weighed], names: str, weights: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for sign, listed in zip(("positive", "negative"), by_sign(side), strict=True):
        found[names.format(sign)] = [name for name, _ in listed]
        found[weights.format(sign)] = [weight for _, weight in listed]
    return found


def _with_empty(rows: Sequence[Row], n_empty: int) -> list[Weighed]:
    """Tokens by rank, and empty ones where ranks are left out and at the end."""
    listed: list[Weighed] = []
    weight = rows[0]["weight"] if rows else 0.0
    for row in rows:
        while row["rank"] > len(listed) + 1 and n_empty:
            listed.append(("", weight))
            n_empty -= 1
        weight = row["weight"]
        listed.append((row["token"], weight))
    return listed + [("", weight)] * n_empty
