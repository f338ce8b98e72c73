"""The second stage: a token graph for every neuron, one layer after the other."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.pack import PackWriter, open_pack
from ingest.jobs.examples import NeuronExamples, examples_by_layer
from ingest.jobs.graph_rows import GraphRows, Judged, token_rows
from ingest.jobs.graph_summary import write_graph_summary
from ingest.jobs.records import now, write_coverage
from ingest.jobs.settings import Settings, Stage
from ingest.jobs.work import WorkFolder
from ingest.mining import texts
from ingest.n2g.evidence import gather
from ingest.n2g.fit import MAX_DEPTH, fit
from ingest.n2g.predict import Runner
from ingest.n2g.validate import suffix_table, validate
from ingest.progress import Progress
from ingest.stop import Stop
from ingest.subject import Subject

NEVER_FIRES = "never fires"
NO_PATTERN = "no pattern fires"


def make_token_graphs(
    subject: Subject,
    settings: Settings,
    layers: Sequence[int],
    *,
    stage: Stage,
    work: WorkFolder,
    progress: Progress,
    stop: Stop,
) -> None:
    """Make the graphs of the layers that are not done yet, and what follows from all of them.

    Raises InterruptedJobError if stopped; layers that were finished are kept.
    """
    started = now()
    waiting = {layer for layer in layers if not work.graphs(layer).exists()}
    if len(waiting) < len(layers):
        done = ", ".join(str(layer) for layer in layers if layer not in waiting)
        progress.note(f"token graphs of layers {done} are done")
    kept = texts.load(work.texts)
    n_neurons = subject.shape.d_mlp
    model = settings.graph_model_id
    with progress.stage("token graphs", len(layers) * n_neurons, "neurons") as advance:
        advance((len(layers) - len(waiting)) * n_neurons)
        for layer, neurons in examples_by_layer(open_pack(work.mined), kept):
            if layer not in waiting:
                continue
            stop.check(f"making the token graphs of layer {layer}")
            rows = GraphRows(model, layer, subject.texts, stage.run_id)
            absent = dict.fromkeys(range(n_neurons), NEVER_FIRES)
            for neuron in neurons:
                judged = _judged(neuron)
                if judged.roots:
                    rows.add(judged)
                    del absent[neuron.index]
                else:
                    absent[neuron.index] = NO_PATTERN
                advance(1)
            advance(n_neurons - len(neurons))
            with PackWriter(work.graphs(layer), replace=True) as writer:
                for table, listed in rows.tables.items():
                    writer.add(table, listed)
                _write_tokens(writer, rows)
                write_coverage(
                    writer,
                    stage,
                    model=model,
                    layer=layer,
                    n_neurons=n_neurons,
                    kind="token_graph",
                    absent=absent,
                )
    write_graph_summary(stage, model, layers, work=work, started_at=started)


def _judged(neuron: NeuronExamples) -> Judged:
    """Build from the examples of odd rank, validate on those of even rank."""
    built_from, held_out = neuron.texts[0::2], neuron.texts[1::2]
    evidence = gather(built_from, MAX_DEPTH)
    roots = fit(evidence)
    return Judged(
        neuron.index,
        neuron.maximum,
        roots,
        validate(Runner(roots), held_out),
        validate(suffix_table(evidence, 1), held_out).f1,
        validate(suffix_table(evidence, 2), held_out).f1,
    )


def _write_tokens(writer: PackWriter, rows: GraphRows) -> None:
    matched = sorted({str(row["target"]) for row in rows.tables.get("MATCHES", ())})
    for table, row in token_rows(matched):
        writer.add(table, [row])
