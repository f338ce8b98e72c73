"""Explanations with their scored simulations, as OpenAI's files have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cypher.catalogue import run
from cypher.graph import Graph
from ingest.exports.asked import Page, Row, by_neuron
from ingest.sources.openai_explained import SCORES

_PREFERRED = (None, "both", "top", "random")
"""What a score is measured on, where there are several of one kind: the format has room for one."""


async def explained(
    graph: Graph, page: Page, sources: list[str], runs: list[str]
) -> dict[str, dict[str, Any]]:
    """NeuronSimulationResults by neuron: what the runs said of it, and what the sources scored."""
    said = await by_neuron(graph, "export_scored", page, runs=runs, sources=sources)
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    scores: dict[str, dict[str, float | None]] = defaultdict(dict)
    for neuron, rows in said.items():
        for row in sorted(rows, key=_rank):
            texts[neuron].setdefault(row["id"], row["text"])
            if row["kind"] is not None:
                scores[row["id"]].setdefault(row["kind"], row["value"])
    asked = [explanation for by_id in texts.values() for explanation in by_id]
    simulations: dict[str, list[Row]] = defaultdict(list)
    if asked:
        for row in await run(graph, "export_simulations", ids=asked, sources=sources):
            simulations[str(row["explanation_id"])].append(row)
    return {
        neuron: {
            "scored_explanations": [
                _scored(text, scores.get(explanation), simulations.get(explanation, []))
                for explanation, text in by_id.items()
            ]
        }
        for neuron, by_id in texts.items()
    }


def _rank(row: Row) -> tuple[int, bool]:
    """Which of two scores of one kind comes first: of all texts, and of calibrated activations."""
    known = row["examples"] in _PREFERRED
    place = _PREFERRED.index(row["examples"]) if known else len(_PREFERRED)
    return place, row["calibrated"] is False


def _scored(
    text: str, scores: Mapping[str, float | None] | None, simulations: Sequence[Row]
) -> dict[str, Any]:
    """A ScoredExplanation; one that was never simulated has no scored simulation."""
    if scores is None and not simulations:
        return {"explanation": text}
    return {
        "explanation": text,
        "scored_simulation": {
            "scored_sequence_simulations": list(_sequences(simulations)),
            **_values(scores or {}),
        },
    }


def _sequences(simulations: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """ScoredSequenceSimulations: of each text the calibrated one before what it was made from."""
    by_number: dict[int, list[Row]] = defaultdict(list)
    for row in simulations:  # by number, the uncalibrated one first
        by_number[row["number"]].append(row)
    for rows in by_number.values():
        main, before = rows[-1], rows[0] if len(rows) > 1 else None
        uncalibrated = None if before is None else _simulation(before, None)
        yield {
            "simulation": _simulation(main, uncalibrated),
            "true_activations": main["activations"] or [],
            **_values(main),
        }


def _simulation(row: Row, uncalibrated: dict[str, Any] | None) -> dict[str, Any]:
    sizes = row["distribution_sizes"]
    return {
        "tokens": row["tokens"],
        "expected_activations": row["expected_activations"],
        "activation_scale": row["scale"],
        "distribution_values": _split(row["distribution_values"], sizes),
        "distribution_probabilities": _split(row["distribution_probabilities"], sizes),
        "uncalibrated_simulation": uncalibrated,
    }


def _split(values: list[float] | None, sizes: list[int] | None) -> list[list[float]] | None:
    """Values token by token."""
    if values is None or sizes is None:
        return None
    rest = iter(values)
    return [[next(rest) for _ in range(size)] for size in sizes]


def _values(known: Mapping[str, Any]) -> dict[str, Any]:
    return {field: known.get(kind) for kind, field in SCORES.items()}
