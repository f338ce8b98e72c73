"""The second stage: a token graph for every neuron, one layer after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cypher.pack import PackWriter
from ingest.jobs.graph_rows import GraphRows, token_rows
from ingest.jobs.graph_summary import write_graph_summary
from ingest.jobs.methods import graphs
from ingest.jobs.mine_pack import NOT_FINITE
from ingest.jobs.records import NEVER_FIRES, now, write_coverage
from ingest.jobs.settings import Stage
from ingest.jobs.sources import Block, Sample
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer, parse_neurons
from ingest.mining.chunks import grouped
from ingest.mining.kept import Kept, KeptLayer, open_kept
from ingest.n2g.build import Judged, Setting
from ingest.n2g.fit import Fit
from ingest.n2g.substitute import Predecessors

NO_PATTERN = "no pattern fires"
NOT_CHOSEN = "not among the neurons that were asked for"
_NEURONS_AT_ONCE = 256
"""Neurons whose experiments share batches."""
_SAMPLE_BYTES = 1 << 30
_COUNTED_TOKENS = 2_000_000
"""Tokens of the corpus that tell which token stands before which."""


def make_token_graphs(task: Task, stage: Stage, *, sample_bytes: int = _SAMPLE_BYTES) -> None:
    """Make the graphs of the layers that are not done yet, and what follows from all of them.

    `sample_bytes` of memory are for what a block of neurons does on the random sample.
    Raises InterruptedJobError if stopped; layers that were finished are kept.
    """
    started = now()
    work = task.work
    waiting = [layer for layer in task.layers if not work.graphs(layer.name).exists()]
    if len(waiting) < len(task.layers):
        done = ", ".join(layer.name for layer in task.layers if layer not in waiting)
        task.progress.note(f"token graphs of layers {done} are done")
    kept = open_kept(work.kept, work.corpus)
    sample = Sample.of(kept.corpus)
    predecessors = _predecessors(task, kept)
    with task.progress.stage("token graphs", task.n_neurons, "neurons") as advance:
        advance(task.n_neurons - sum(layer.n_neurons for layer in waiting))
        for layer in waiting:
            rows = GraphRows(
                task.model, layer.name, task.subject.texts, stage.run_id, task.settings.method
            )
            absent = _absent(task, layer, kept.layer(layer.name))
            chosen = np.setdiff1d(np.arange(layer.n_neurons), list(absent))
            advance(len(absent))
            setting = Setting(
                task.subject.columns,
                layer,
                task.subject.begin,
                predecessors,
                Fit(max_nodes=task.settings.max_nodes),
            )
            width = neurons_at_once(sample, sample_bytes)
            for found in _graphs(task, kept, sample, chosen.tolist(), setting, width=width):
                if found.roots:
                    rows.add(found)
                else:
                    absent[found.index] = NO_PATTERN
                advance(1)
            with PackWriter(work.graphs(layer.name), replace=True) as writer:
                _write_layer(writer, rows)
                write_coverage(
                    writer,
                    stage,
                    model=task.model,
                    layer=layer,
                    kind="token_graph",
                    absent=dict(sorted(absent.items())),
                )
    write_graph_summary(task, stage, started_at=started)


def _absent(task: Task, layer: NeuronLayer, kept: KeptLayer) -> dict[int, str]:
    """The neurons that have no graph to begin with, and why."""
    chosen = parse_neurons(task.settings.neurons, layer, task.model)
    found: dict[int, str] = {}
    for index in range(layer.n_neurons):
        if index not in chosen:
            found[index] = NOT_CHOSEN
        elif kept.non_finite[index]:
            found[index] = NOT_FINITE.format(int(kept.non_finite[index]))
        elif kept.maximum[index] <= 0:
            found[index] = NEVER_FIRES
    return found


def neurons_at_once(sample: Sample, sample_bytes: int) -> int:
    """How many neurons' activations on the random sample so much memory holds, at least one."""
    n_places = len(sample.places) + len(sample.held_out.contexts)
    return max(1, sample_bytes // (4 * max(n_places, 1)))


def _graphs(
    task: Task, kept: Kept, sample: Sample, neurons: list[int], setting: Setting, *, width: int
) -> Iterator[Judged]:
    """The graphs of a layer's neurons, in their order, from blocks of `width` neurons."""
    layer = setting.layer
    for first in range(0, layer.n_neurons, width):
        mine = [index for index in neurons if first <= index < first + width]
        if not mine:
            continue
        block = Block(
            task.subject,
            kept,
            sample,
            layer=layer,
            neurons=slice(first, min(first + width, layer.n_neurons)),
            batch_size=task.settings.batch_size,
        )
        for group in grouped(mine, _NEURONS_AT_ONCE):
            known = [block.known(index) for index in group]
            method = task.settings.method
            for found in graphs(method, known, block, setting, task.subject.texts):
                task.stop.check(f"making the token graphs of layer {layer.name}")
                yield found


def _predecessors(task: Task, kept: Kept) -> Predecessors:
    tokens = np.asarray(kept.corpus.tokens[:_COUNTED_TOKENS])
    largest = int(kept.corpus.tokens.max(initial=0))
    return Predecessors.of(tokens, max(len(task.subject.texts), largest + 1))


def _write_layer(writer: PackWriter, rows: GraphRows) -> None:
    for table, listed in rows.tables.items():
        writer.add(table, listed)
    matched = sorted({str(row["target"]) for row in rows.tables.get("MATCHES", ())})
    for table, listed in token_rows(matched).items():
        writer.add(table, listed)
