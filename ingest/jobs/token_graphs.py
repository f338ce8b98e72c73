"""The second stage: a token graph for every neuron, one layer after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cypher.pack import PackWriter, open_pack
from ingest.jobs.examples import NeuronExamples, examples_by_layer
from ingest.jobs.graph_rows import GraphRows, token_rows
from ingest.jobs.graph_summary import write_graph_summary
from ingest.jobs.records import NEVER_FIRES, now, write_coverage
from ingest.jobs.sample import Sample, read_sample
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import texts
from ingest.n2g.build import Judged, Known, experiment, judged

NO_PATTERN = "no pattern fires"
_NEURONS_AT_ONCE = 512
"""Neurons whose experiments share batches."""


def make_token_graphs(task: Task, stage: Stage) -> None:
    """Make the graphs of the layers that are not done yet, and what follows from all of them.

    Raises InterruptedJobError if stopped; layers that were finished are kept.
    """
    started = now()
    work = task.work
    waiting = [layer for layer in task.layers if not work.graphs(layer.name).exists()]
    if len(waiting) < len(task.layers):
        done = ", ".join(layer.name for layer in task.layers if layer not in waiting)
        task.progress.note(f"token graphs of layers {done} are done")
    kept = texts.load(work.texts)
    with task.progress.stage("token graphs", task.n_neurons, "neurons") as advance:
        advance(task.n_neurons - sum(layer.n_neurons for layer in waiting))
        for layer, neurons in _with_silent_layers(task, kept):
            if layer not in waiting:
                continue
            rows = GraphRows(task.model, layer.name, task.subject.texts, stage.run_id)
            sample = read_sample(task.subject, kept, layer, task.settings.batch_size)
            absent = dict.fromkeys(range(layer.n_neurons), NEVER_FIRES)
            for made in _graphs(task, layer, neurons, sample):
                if made.roots:
                    rows.add(made)
                    del absent[made.index]
                else:
                    absent[made.index] = NO_PATTERN
                advance(1)
            advance(layer.n_neurons - len(neurons))
            with PackWriter(work.graphs(layer.name), replace=True) as writer:
                _write_layer(writer, rows)
                write_coverage(
                    writer,
                    stage,
                    model=task.model,
                    layer=layer,
                    kind="token_graph",
                    absent=absent,
                )
    write_graph_summary(task, stage, started_at=started)


def _with_silent_layers(
    task: Task, kept: texts.KeptTexts
) -> Iterator[tuple[NeuronLayer, list[NeuronExamples]]]:
    """Every chosen layer and its neurons that fire, though there be none."""
    found = examples_by_layer(open_pack(task.work.mined), kept)
    current = next(found, None)
    for layer in task.layers:
        if current is not None and current[0] == layer.name:
            yield layer, current[1]
            current = next(found, None)
        else:
            yield layer, []


def _graphs(
    task: Task, layer: NeuronLayer, neurons: Sequence[NeuronExamples], sample: Sample
) -> Iterator[Judged]:
    """The graphs of a layer's neurons, in their order."""
    corpus = np.concatenate([np.zeros(0, np.int32), *sample.tokens])
    for first in range(0, len(neurons), _NEURONS_AT_ONCE):
        group = neurons[first : first + _NEURONS_AT_ONCE]
        known = [_halves(neuron) for neuron in group]
        salient = experiment(
            known,
            model=task.subject.columns,
            layer=layer,
            begin=task.subject.begin,
            corpus=corpus,
            seed=task.settings.seed,
        )
        for neuron, halves in zip(group, known, strict=True):
            task.stop.check(f"making the token graphs of layer {layer.name}")
            others = sample.texts_of(neuron.index, neuron.maximum, without=neuron.keys)
            yield judged(halves, others, salient.get(neuron.index, ()))


def _halves(neuron: NeuronExamples) -> Known:
    """Examples of odd rank to build from, those of even rank to judge on."""
    return Known(neuron.index, neuron.maximum, neuron.texts[0::2], neuron.texts[1::2])


def _write_layer(writer: PackWriter, rows: GraphRows) -> None:
    for table, listed in rows.tables.items():
        writer.add(table, listed)
    matched = sorted({str(row["target"]) for row in rows.tables.get("MATCHES", ())})
    for table, listed in token_rows(matched).items():
        writer.add(table, listed)
