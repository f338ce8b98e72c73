"""The fourth stage: a sentence about every neuron that has a token graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cypher import ids
from cypher.pack import Pack, PackWriter, open_pack
from ingest.jobs.records import NO_GRAPH, Row, now, write_coverage, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.n2g.evidence import FIRING
from ingest.sentence import EXPLAINER, VERSION, Pattern, sentence


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
            for neuron, patterns in _patterns(open_pack(work.graphs(layer.name))):
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


def _patterns(pack: Pack) -> Iterator[tuple[str, list[Pattern]]]:
    """Each neuron's id and its patterns, the strongest first."""
    columns = ["id", "position", "activation", "importance"]
    nodes = {row["id"]: row for row in pack.table("TokenGraphNode", columns).to_pylist()}
    tokens: dict[str, list[str]] = {}
    for node, token in _pairs(pack, "MATCHES"):
        tokens.setdefault(node, []).append(token)
    before: dict[str, list[str]] = {}
    for node, child in _pairs(pack, "PRECEDED_BY"):
        before.setdefault(node, []).append(child)
    starts: dict[str, list[str]] = {}
    for graph, node in _pairs(pack, "STARTS_AT"):
        starts.setdefault(graph, []).append(node)
    for neuron, graph in sorted(_pairs(pack, "HAS_TOKEN_GRAPH")):
        found: list[Pattern] = []
        for start in starts[graph]:
            share, path = _strongest(start, nodes, before)
            if share < FIRING:
                continue
            after, distance = _nearest(path[1:], nodes, tokens)
            always = (nodes[start]["activation"] or 0.0) >= FIRING
            found.extend(Pattern(token, share, after, distance, always) for token in tokens[start])
        found.sort(key=lambda pattern: (-pattern.activation, pattern.token))
        if found:
            yield neuron, found


def _strongest(
    node: str, nodes: dict[str, Row], before: dict[str, list[str]]
) -> tuple[float, list[str]]:
    """The largest activation at or behind a node, and the way to it."""
    best = (float(str(nodes[node]["activation"] or 0.0)), [node])
    for child in sorted(before.get(node, ())):
        share, path = _strongest(child, nodes, before)
        if share > best[0]:
            best = (share, [node, *path])
    return best


def _nearest(
    path: Sequence[str], nodes: dict[str, Row], tokens: dict[str, list[str]]
) -> tuple[tuple[str, ...], int]:
    """The first tokens that the way asks for, and how far back they stand."""
    for node in path:
        if node in tokens:
            return tuple(sorted(tokens[node])), -int(str(nodes[node]["position"]))
    return (), 0


def _pairs(pack: Pack, table: str) -> Iterator[tuple[str, str]]:
    rows = pack.table(table, ["source", "target"])
    yield from zip(
        rows.column("source").to_pylist(), rows.column("target").to_pylist(), strict=True
    )
