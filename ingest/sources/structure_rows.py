"""Rows of a model, its layers and its neurons, as a unit of a source speaks of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cypher import ids
from ingest.sources.column_rows import Numbered, Same
from ingest.sources.outbox import Outbox, Row
from ingest.sources.said import merge_sayings


class StructureRows:
    """What is known of a model and its layers so far; neurons go to the outbox at once."""

    def __init__(self, model: str, outbox: Outbox) -> None:
        self._model, self._outbox = model, outbox
        self._facts: Row = {}
        self._layers: dict[str, Row] = {}
        self._named: set[str] = set()
        """Layers that are known by their names alone, as those of neurons are."""
        self._neurons: defaultdict[str, dict[int, str]] = defaultdict(dict)
        """Ids of neurons that have a row, by layer and place in it."""

    def facts(self, known: Mapping[str, object]) -> None:
        """What the source says of the model. Raises SourceError where two sayings differ."""
        merge_sayings(self._facts, known, self._model)

    def layer(
        self, name: str, *, index: int | None = None, kind: str = "mlp",
        hook_point: str | None = None, n_neurons: int | None = None,
    ) -> str:  # fmt: skip
        """See `Sink.layer`."""
        if name not in self._layers:
            self._layers[name] = {"id": ids.layer_id(self._model, name)}
        row = self._layers[name]
        layer_id = str(row["id"])
        if kind == "mlp" and name.isdecimal():
            index = int(name)
            hook_point = hook_point or f"blocks.{index}.mlp.hook_post"
        known = {"layer_index": index, "kind": kind if index is not None else None}
        known |= {"hook_point": hook_point, "n_neurons": n_neurons}
        merge_sayings(
            row, {key: value for key, value in known.items() if value is not None}, layer_id
        )
        return layer_id

    def neuron(self, layer: str, index: int) -> str:
        """The id of a neuron, which has a row then."""
        neuron = self._neurons[layer].get(index)
        if neuron is None:
            neuron = self._neurons[layer][index] = ids.neuron_id(self._model, layer, index)
            row = self.row(neuron, layer, index)
            self._outbox.add("HAS_NEURON", {"source": row["layer_id"], "target": neuron})
            self._outbox.add("Neuron", row)
        return neuron

    def neurons(self, layer: str, indices: Sequence[int]) -> list[str]:
        """The same of several of a layer, by columns."""
        known = self._neurons[layer]
        new = [index for index in dict.fromkeys(indices) if index not in known]
        if new:
            ids.neuron_id(self._model, layer, min(new))  # raises what any of them would
            row = self._layer_of(layer)
            layer_id = str(row["id"])
            own = Numbered(f"{layer_id}/", new)
            known.update((index, f"{own.begin}{index}") for index in new)
            within, block = Same(layer_id), [row.get("layer_index")] * len(new)
            self._outbox.add_columns("HAS_NEURON", {"source": within, "target": own})
            self._outbox.add_columns("Neuron", {
                "id": own, "model_id": Same(self._model), "layer_id": within,
                "layer_index": block, "index": new,
            })  # fmt: skip
        return [known[index] for index in indices]

    def row(self, neuron: str, layer: str, index: int) -> Row:
        """A neuron's own row."""
        row = self._layer_of(layer)
        return {"id": neuron, "model_id": self._model, "layer_id": row["id"],
                "layer_index": row.get("layer_index"), "index": index}  # fmt: skip

    def _layer_of(self, name: str) -> Row:
        if name not in self._named:
            self.layer(name)
            self._named.add(name)
        return self._layers[name]

    def forget_neurons(self) -> None:
        """Let those be added again that a dropped record was the first to speak of."""
        self._neurons.clear()
        for neuron in self._outbox.ids("Neuron"):
            key = ids.parse_neuron_id(neuron)
            self._neurons[key.layer][key.index] = neuron

    def close(self) -> None:
        """Add the model and its layers."""
        self._outbox.add("Model", {"id": self._model, **self._facts})
        for name, row in self._layers.items():
            self._outbox.add("Layer", {"model_id": self._model, "name": name, **row})
            self._outbox.add("HAS_LAYER", {"source": self._model, "target": row["id"]})
