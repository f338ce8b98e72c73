"""What of a graph is to be written, and walking through it: models, layers, pages of neurons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher.catalogue import run
from cypher.graph import Graph
from ingest.errors import ExportError
from ingest.sources.format import Choice

NEURONS_PER_PAGE = 256
"""Neurons whose examples, graphs and sentences memory holds at a time."""
_ROWS_PER_PAGE = 1_000
_MOST_MODELS = 1_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a graph is wanted."""

    source: str
    """Whose sayings."""
    layers: Choice
    """By name: `3`, `6-res-jb`."""
    neurons: Choice
    """By place within their layer, from 0."""
    model: str | None = None
    """The one model; None for all."""
    explained: tuple[str, ...] = ()
    """Whose sentences, scores and simulations, where a format has them; `source`'s if none."""

    @property
    def explaining(self) -> list[str]:
        """The sources of sentences, scores and simulations."""
        return list(self.explained or (self.source,))


@dataclass(frozen=True, slots=True)
class Page:
    """Some neurons of a layer, in the order of their places."""

    layer: Row
    """`id`, `model_id`, `name`, `hook_point`, `kind`, `n_neurons`."""
    places: Mapping[str, int]
    """Place in the layer by id."""

    @property
    def ids(self) -> list[str]:
        """The neurons."""
        return list(self.places)


async def runs_of(graph: Graph, source: str) -> dict[str, str]:
    """The runs that have this source, each with its job. Raises ExportError if there are none."""
    found = await run(graph, "export_runs", source=source, limit=_ROWS_PER_PAGE)
    if not found:
        known = await run(graph, "export_sources", limit=_ROWS_PER_PAGE)
        named = ", ".join(str(row["source"]) for row in known) or "none"
        raise ExportError(
            f"the graph has nothing of the source {source!r}; it has {named}. Name one of these "
            f"with --source."
        )
    return {str(row["id"]): str(row["job"]) for row in found}


async def only_model(graph: Graph, asked: Asked) -> Row:
    """The one model that is wanted, for formats that hold one. Raises ExportError."""
    models = await run(graph, "models", limit=_MOST_MODELS)
    names = ", ".join(str(model["id"]) for model in models)
    if asked.model is None and len(models) != 1:
        raise ExportError(
            f"the graph has {len(models)} models ({names}), and this format holds one. Name it "
            f"with --model."
        )
    for model in models:
        if asked.model in (None, model["id"]):
            return model
    raise ExportError(f"the graph has no model {asked.model!r}; it has {names}. Name one of these.")


async def layers(graph: Graph, asked: Asked) -> list[Row]:
    """The wanted layers by block and name."""
    found: list[Row] = []
    after = ""
    while page := await run(graph, "export_layers", after=after, limit=_ROWS_PER_PAGE):
        found += [
            layer
            for layer in page
            if asked.model in (None, layer["model_id"]) and asked.layers.holds(str(layer["name"]))
        ]
        after = str(page[-1]["id"])
    return sorted(found, key=lambda layer: (layer["model_id"], layer["layer_index"], layer["name"]))


async def mlp_layers(graph: Graph, asked: Asked, model: Row) -> list[Row]:
    """Those of one model that are MLPs, for formats that know neurons by layer and number."""
    return [
        layer
        for layer in await layers(graph, asked)
        if layer["model_id"] == model["id"]
        and layer["kind"] == "mlp"
        and str(layer["name"]).isdecimal()
    ]


async def count_neurons(graph: Graph, found: Sequence[Row]) -> int:
    """How many neurons these layers have in the graph."""
    ids = [layer["id"] for layer in found]
    rows = await run(graph, "layer_neuron_counts", ids=ids)
    return sum(int(str(row["n_present"])) for row in rows)


async def pages(
    graph: Graph, layer: Row, asked: Asked, size: int = NEURONS_PER_PAGE
) -> AsyncIterator[tuple[Page, int]]:
    """The wanted neurons of a layer, and how many were looked through for them."""
    after = -1
    while rows := await run(graph, "export_neurons", layer=layer["id"], after=after, limit=size):
        places = {str(row["id"]): int(str(row["place"])) for row in rows}
        wanted = {key: place for key, place in places.items() if asked.neurons.holds(place)}
        yield Page(layer, wanted), len(places)
        after = int(str(rows[-1]["place"]))


async def by_neuron(graph: Graph, statement: str, page: Page, **more: Any) -> dict[str, list[Row]]:
    """The answers of a statement about a page's neurons, in its order; none for those it lacks."""
    found: dict[str, list[Row]] = defaultdict(list)
    if page.places:
        for row in await run(graph, statement, ids=page.ids, **more):
            found[str(row["neuron_id"])].append(row)
    return found


def check_written(counts: Mapping[str, int], asked: Asked, found: Sequence[Row]) -> None:
    """Raise ExportError if nothing was written: an empty folder would say that all went well."""
    if any(counts.values()):
        return
    names = ", ".join(str(layer["id"]) for layer in found) or "none that the format has room for"
    raise ExportError(
        f"of the source {asked.source!r} there is nothing to write in the layers wanted ({names}). "
        f"Ask for others with --layers and --neurons, or for another --source."
    )


def reason_for(lacking: Sequence[Row], kind: str) -> str | None:
    """Why a neuron lacks something, of all that it lacks; None if it does not."""
    return next((str(row["reason"]) for row in lacking if row["kind"] == kind), None)
