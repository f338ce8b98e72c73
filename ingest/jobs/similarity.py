"""The third stage: neurons that fire on the same tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cypher import ids
from cypher.pack import PackWriter, open_pack
from ingest.jobs.records import NO_GRAPH, Row, now, write_coverage, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.jobs.work import WorkFolder
from ingest.similarity import MEASURE, Firing, neighbours

NOTHING_SHARED = "shares no activating token with another neuron"


def find_similar(task: Task, stage: Stage) -> None:
    """Compare all neurons that have activating tokens, and write the stage's pack."""
    started = now()
    model = task.model
    places, firing = _firing(task.work, [layer.name for layer in task.layers])
    rows: list[Row] = []
    alike: set[int] = set()
    with task.progress.stage("similarity", len(places), "neurons") as advance:
        for found in neighbours(firing):
            if found.neuron not in alike:
                alike.add(found.neuron)
                advance(1)
            rows.append(
                {
                    "source": ids.neuron_id(model, *places[found.neuron]),
                    "target": ids.neuron_id(model, *places[found.other]),
                    "measure": MEASURE,
                    "similarity": found.similarity,
                    "n_shared": found.n_shared,
                    "rank": found.rank,
                    "cross_layer_rank": found.cross_layer_rank,
                    "run_id": stage.run_id,
                }
            )
        advance(len(places) - len(alike))
    compared = {place: number in alike for number, place in enumerate(places)}
    with PackWriter(task.work.similarity, replace=True) as writer:
        writer.add("SIMILAR_TO", rows)
        for layer in task.layers:
            absent = {
                index: NOTHING_SHARED if (layer.name, index) in compared else NO_GRAPH
                for index in range(layer.n_neurons)
                if not compared.get((layer.name, index))
            }
            write_coverage(
                writer,
                stage,
                model=model,
                layer=layer,
                kind="similarity",
                absent=absent,
            )
        counts = {"similar_to": len(rows), "neurons": len(alike)}
        write_run(writer, stage, model=model, started_at=started, counts=counts)


def _firing(work: WorkFolder, layers: Sequence[str]) -> tuple[list[tuple[str, int]], Firing]:
    """Layer and index of each neuron that has activating tokens, and those tokens.

    The neurons stand in the order of `layers`, and of their indices within a layer.
    """
    at_layer = {layer: at for at, layer in enumerate(layers)}
    table = open_pack(work.graph_summary).table("ACTIVATES_ON", ["source", "target", "activation"])
    keys = [ids.parse_neuron_id(str(neuron)) for neuron in table.column("source").to_pylist()]
    of_row = [(key.layer, key.index) for key in keys]
    texts = [str(text) for text in table.column("target").to_pylist()]
    shares = np.array(table.column("activation").to_pylist(), np.float64)
    places = sorted(set(of_row), key=lambda place: (at_layer[place[0]], place[1]))
    number = {place: at for at, place in enumerate(places)}
    token = {text: at for at, text in enumerate(sorted(set(texts)))}
    neurons = np.array([number[place] for place in of_row], np.int64)
    tokens = np.array([token[text] for text in texts], np.int64)
    order = np.lexsort((tokens, neurons))
    bounds = np.searchsorted(neurons[order], np.arange(len(places) + 1))
    owners = np.array([at_layer[layer] for layer, _ in places], np.int64)
    return places, Firing(bounds, tokens[order], shares[order], owners)
