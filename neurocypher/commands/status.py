"""`neurocypher status`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click
import orjson

from cypher import catalogue
from cypher.engines import engine_for
from cypher.graph import Value
from cypher.state import READ_STATE, State, state_of
from cypher.url import GraphUrl
from neurocypher.options import graph_option

_ROWS = 10_000
"""Layers, kinds of absence and runs that are read at most."""
_REASONS = 4
"""Reasons for one kind of absence that are written out."""
_Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Status:
    """What a graph says of itself."""

    state: State
    coverage: list[dict[str, Value]]
    scores: list[dict[str, Value]]
    absences: list[dict[str, Value]]
    runs: list[dict[str, Value]]


@click.command(name="status")
@graph_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def command(*, graph: GraphUrl, as_json: bool) -> None:
    """Say what is in a graph, what is missing, and which runs made it.

    A load that has not ended is said first: it runs still, or it was cut short, and running it
    again repairs the graph.
    """
    found = asyncio.run(_read(graph))
    if as_json:
        click.echo(orjson.dumps(_as_object(graph, found), option=orjson.OPT_INDENT_2))
    else:
        for line in _lines(graph, found):
            click.echo(line)


async def _read(url: GraphUrl) -> _Status:
    graph = await engine_for(url).open()
    try:
        return _Status(
            state_of(await graph.read(READ_STATE, {}), str(url)),
            await catalogue.run(graph, "coverage", limit=_ROWS),
            await catalogue.run(graph, "token_graph_scores", limit=_ROWS),
            await catalogue.run(graph, "absence_counts", limit=_ROWS),
            await catalogue.run(graph, "runs", before="~", after="", limit=_ROWS),
        )
    finally:
        await graph.close()


def _as_object(url: GraphUrl, found: _Status) -> dict[str, object]:
    return {
        "graph": str(url),
        "load_id": found.state.load_id,
        "unfinished": [str(mark) for mark in found.state.unfinished],
        "layers": found.coverage,
        "token_graphs": found.scores,
        "absences": found.absences,
        "runs": found.runs,
    }


def _lines(url: GraphUrl, found: _Status) -> Iterable[str]:
    for mark in found.state.unfinished:
        yield f"UNFINISHED: {mark}"
    yield f"{url}: load id {found.state.load_id or '(nothing was loaded)'}"
    by_model: dict[Value, list[_Row]] = defaultdict(list)
    for row in found.coverage:
        by_model[row["model_id"]].append(row)
    for model, rows in by_model.items():
        yield ""
        yield f"{model}"
        yield "  layer         neurons    token graphs        examples    explanations"
        yield from (f"  {_layer(row)}" for row in rows)
        scores = [row for row in found.scores if row["model_id"] == model]
        if scores:
            yield "  token graphs: mean F1 of firing on held-out texts, beside tables of bigrams"
            yield f"  {'':<31}{'top texts':>17}{'random texts':>18}"
            yield f"  {'layer':<10}{'source':<12}{'graphs':>8}" + f"{'F1':>9}{'bigrams':>9}" * 2
            yield from (f"  {_scores(row)}" for row in scores)
    if found.absences:
        yield ""
        yield "Missing"
        yield from (f"  {line}" for line in _missing(found.absences))
    if found.runs:
        yield ""
        yield "Runs"
        for row in found.runs:
            when = row["finished_at"] or row["started_at"] or "no date"
            yield f"  {row['id']}  {row['job']} ({row['source']}) of {row['model_id']}, {when}"


def _scores(row: _Row) -> str:
    names = ("f1", "bigram_baseline_f1", "random_f1", "random_bigram_baseline_f1")
    means = ("-" if row[name] is None else f"{row[name]:.3f}" for name in names)
    _, _, name = str(row["layer_id"]).rpartition("/")
    first = f"{name:<10}{row['source']!s:<12}{row['n_token_graphs']!s:>8}"
    return first + "".join(f"{mean:>9}" for mean in means)


def _missing(absences: Iterable[_Row]) -> Iterable[str]:
    """What is missing of each layer and why, the most frequent reasons first."""
    by_kind: dict[tuple[Value, Value], list[_Row]] = defaultdict(list)
    for row in absences:
        by_kind[row["layer_id"], row["kind"]].append(row)
    for (layer, kind), rows in by_kind.items():
        rows.sort(key=lambda row: -int(str(row["n_absent"])))
        for row in rows[:_REASONS]:
            yield f"{layer}: {row['n_absent']} without {kind} ({row['reason']})"
        rest = rows[_REASONS:]
        if rest:
            count = sum(int(str(row["n_absent"])) for row in rest)
            yield f"{layer}: {count} without {kind} ({len(rest)} other reasons)"


def _layer(row: _Row) -> str:
    _, _, name = str(row["layer_id"]).rpartition("/")
    known = row["n_neurons"] if row["n_neurons"] is not None else "?"
    neurons = f"{row['n_present']}/{known}"
    counts = (row["n_token_graphs"], row["n_examples"], row["n_explanations"])
    return f"{name:<10}{neurons:>11}" + "".join(f"{count!s:>16}" for count in counts)
