"""Counts over whatever a filter selects, against the pack's rows in Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.graphapi.asking import Asker
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
FILTERS: list[tuple[dict[str, Any] | None, Callable[[Row], bool]]] = [
    (None, lambda _: True),
    ({"model": "toy"}, lambda row: row["model_id"] == "toy"),
    (
        {"model": "toy", "layerIndex": {"min": 1, "max": 1}},
        lambda row: row["model_id"] == "toy" and row["layer_index"] == 1,
    ),
    ({"density": {"min": 1000}}, lambda _: False),
]
FIELDS = {
    "MAX_ACTIVATION": "max_activation",
    "MIN_ACTIVATION": "min_activation",
    "MEAN_ACTIVATION": "mean_activation",
    "VARIANCE": "variance",
    "SKEWNESS": "skewness",
    "KURTOSIS": "kurtosis",
    "DENSITY": "density",
}
OF_PARTS = {
    "TOKEN_GRAPH_F1": ("HAS_TOKEN_GRAPH", "TokenGraph", "f1"),
    "TOKEN_GRAPH_RANDOM_F1": ("HAS_TOKEN_GRAPH", "TokenGraph", "random_f1"),
    "EXPLANATION_SCORE": ("HAS_EXPLANATION", "Explanation", "score"),
}
PARAMETERS = pytest.mark.parametrize(("where", "meets"), FILTERS)


def _selected(tables: Tables, meets: Callable[[Row], bool]) -> list[Row]:
    return [row for row in tables["Neuron"] if meets(row)]


def _parts(tables: Tables, neurons: list[Row], rel: str, label: str) -> list[tuple[str, Row]]:
    kept = {row["id"] for row in neurons}
    nodes = {row["id"]: row for row in tables[label]}
    return [(row["source"], nodes[row["target"]]) for row in tables[rel] if row["source"] in kept]


@PARAMETERS
async def test_by_layer_and_by_explainer(
    ask: Asker, tables: Tables, where: Any, meets: Callable[[Row], bool]
) -> None:
    found = await ask(
        "query ($where: NeuronFilter) { facets(where: $where) { layers { count layer { id } } "
        "explainers { explainer neurons explanations } } }",
        where=where,
    )
    neurons = _selected(tables, meets)
    layers = Counter(row["layer_id"] for row in neurons)
    assert found["facets"]["layers"] == [
        {"count": layers[layer], "layer": {"id": layer}} for layer in sorted(layers)
    ]
    sentences = _parts(tables, neurons, "HAS_EXPLANATION", "Explanation")
    explainers = sorted({row["explainer"] for _, row in sentences})
    assert found["facets"]["explainers"] == [
        {
            "explainer": explainer,
            "neurons": len({neuron for neuron, row in sentences if row["explainer"] == explainer}),
            "explanations": sum(row["explainer"] == explainer for _, row in sentences),
        }
        for explainer in explainers
    ]


@PARAMETERS
@pytest.mark.parametrize("bins", [1, 7])
async def test_histograms(
    ask: Asker, tables: Tables, where: Any, meets: Callable[[Row], bool], bins: int
) -> None:
    query = """query ($where: NeuronFilter, $of: HistogramField!, $bins: Int!) {
      facets(where: $where) { histogram(of: $of, bins: $bins) { min max count } } }"""
    neurons = _selected(tables, meets)
    numbers = {of: [row[column] for row in neurons] for of, column in FIELDS.items()}
    for of, (rel, label, column) in OF_PARTS.items():
        numbers[of] = [row[column] for _, row in _parts(tables, neurons, rel, label)]
    for of, values in numbers.items():
        found = await ask(query, where=where, of=of, bins=bins)
        assert found["facets"]["histogram"] == _histogram(values, bins), of


def _histogram(values: list[float | None], bins: int) -> list[Row]:
    known = [value for value in values if value is not None]
    if not known:
        return []
    least, most = min(known), max(known)
    counts = [0] * bins
    for value in known:
        part = 0 if most == least else math.floor((value - least) / (most - least) * bins)
        counts[min(part, bins - 1)] += 1
    ends = [*(least + (most - least) * part / bins for part in range(bins)), most]
    return [{"min": ends[at], "max": ends[at + 1], "count": counts[at]} for at in range(bins)]


@pytest.mark.parametrize("bins", [0, -1, 201])
async def test_bins_are_bounded(ask: Asker, bins: int) -> None:
    error = await ask.error(
        "query ($bins: Int!) { facets { histogram(of: DENSITY, bins: $bins) { count } } }",
        bins=bins,
    )
    assert error["message"] == f"bins: {bins} is out of bounds; it may be 1 to 200."


async def test_why_the_rest_is_missing(ask: Asker, tables: Tables) -> None:
    found = await ask("{ graph { coverage { layer { id } missing { kind reason nAbsent } } } }")
    layers = {row["id"]: row["layer_id"] for row in tables["Neuron"]}
    absent = {
        (layers[row["source"]], row["kind"], row["reason"], row["source"])
        for row in tables["LACKS"]
        if row["source"] in layers
    }
    counts = Counter(one[:3] for one in absent)
    assert sum(counts.values()) > 10
    for layer in found["graph"]["coverage"]:
        assert layer["missing"] == [
            {"kind": kind, "reason": reason, "nAbsent": counts[of, kind, reason]}
            for of, kind, reason in sorted(counts)
            if of == layer["layer"]["id"]
        ]
