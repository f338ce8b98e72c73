"""The fourth stage: a sentence about every neuron that has a token graph."""

from __future__ import annotations

from cypher import ids
from cypher.pack import PackWriter, open_pack
from ingest.jobs.patterns import patterns_of
from ingest.jobs.records import NO_GRAPH, Row, now, write_coverage, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.sentence import EXPLAINER, VERSION, sentence


def explain(task: Task, stage: Stage) -> None:
    """Put each token graph into words, and write the stage's pack."""
    started = now()
    work, model = task.work, task.model
    count = 0
    with (
        task.progress.stage("explain", task.n_neurons, "neurons") as advance,
        PackWriter(work.explanations, replace=True) as writer,
    ):
        for layer in task.layers:
            absent = dict.fromkeys(range(layer.n_neurons), NO_GRAPH)
            rows: list[Row] = []
            edges: list[Row] = []
            for neuron, patterns in patterns_of(open_pack(work.graphs(layer.name))):
                text = sentence(patterns)
                explanation = ids.explanation_id(neuron, EXPLAINER, text)
                rows.append(
                    {
                        "id": explanation,
                        "text": text,
                        "explainer": EXPLAINER,
                        "prompt_version": VERSION,
                        "run_id": stage.run_id,
                    }
                )
                edges.append({"source": neuron, "target": explanation, "run_id": stage.run_id})
                del absent[ids.parse_neuron_id(neuron).index]
            writer.add("Explanation", rows)
            writer.add("HAS_EXPLANATION", edges)
            write_coverage(
                writer,
                stage,
                model=model,
                layer=layer,
                kind="explanation",
                absent=absent,
            )
            count += len(rows)
            advance(layer.n_neurons)
        write_run(writer, stage, model=model, started_at=started, counts={"explanations": count})
