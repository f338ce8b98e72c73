"""What a pack knows of the neurons to explain, layer by layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cypher import ids
from cypher.pack import Pack
from cypher.schema import OWN_SOURCE
from ingest.errors import ExplainError
from ingest.explaining.evidence import Known, Passage, chosen
from ingest.explaining.scores import EachTokens
from ingest.jobs.explaining.settings import TEMPLATE, TOKEN_GRAPH, ExplainSettings
from ingest.jobs.explaining.tries import Trie, tries_of
from ingest.jobs.patterns import patterns_of
from ingest.sentence import Pattern

_OTHERS = 8
"""Other neurons whose truth a simulation is held against, to know what chance gives."""
NO_EXAMPLES, NEVER_FIRES = "has no examples", "never fires"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the pack."""

    id: str
    name: str
    n_neurons: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A neuron to explain, and what stands in the pack about it."""

    id: str
    known: Known | None
    """None if there is nothing to explain it from; then `absent` says why."""
    absent: str
    trie: Trie | None
    explanations: tuple[Mapping[str, Any], ...]
    """Rows of its explanations."""
    known_ids: frozenset[str]
    """Ids of these, and of revisions that scored no better."""


@dataclass(frozen=True, slots=True)
class LayerKnown:
    """All that is known of a layer's neurons."""

    layer: Layer
    candidates: tuple[Candidate, ...]
    everyone: tuple[Known, ...]
    """All neurons of the layer with examples, meant or not."""
    places: Mapping[str, int]
    """Where each of them stands there, by its id."""

    def others(self, known: Known, scored: Sequence[Passage]) -> list[list[EachTokens]]:
        """The truth of other neurons on texts of theirs, one of its kind for each of `scored`.

        As shares of the other neuron's maximum, times this one's.
        """
        start = self.places[known.id]
        found: list[list[EachTokens]] = []
        for step in range(1, len(self.everyone)):
            other = self.everyone[(start + step) % len(self.everyone)]
            truths = _paired(other, scored, known.maximum / other.maximum)
            if truths is not None:
                found.append(truths)
            if len(found) == _OTHERS:
                break
        return found


class PackKnown:
    """A pack whose neurons are to be explained."""

    def __init__(self, pack: Pack, settings: ExplainSettings) -> None:
        self.pack = pack
        self._settings = settings
        if not pack.rows("Example"):
            raise ExplainError(
                f"{pack.path} has no examples: there is nothing to explain its neurons from. "
                f"Make it with `neurocypher ingest`."
            )

    @cached_property
    def layers(self) -> list[Layer]:
        """Those that are meant. Raises ExplainError if there is none."""
        rows = self.pack.table("Layer", ["id", "name", "layer_index", "n_neurons"]).to_pylist()
        rows.sort(key=lambda row: (row["layer_index"], row["name"]))
        names = [row["name"] for row in rows]
        found = [
            Layer(row["id"], row["name"], row["n_neurons"] or 0)
            for row in rows
            if self._settings.where.has_layer(row["name"])
        ]
        if not found:
            raise ExplainError(
                f"no layer of {self.pack.path} is meant by --where; it has {', '.join(names)}."
            )
        return found

    def read(self, layer: Layer) -> LayerKnown:
        """What is known of a layer's neurons."""
        explanations: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        columns = ["id", "text", "explainer", "explainer_model", "prompt_version", "score",
                   "about", "run_id"]  # fmt: skip
        known_ids: dict[str, set[str]] = defaultdict(set)
        owned = owned_explanations(self.pack, layer)
        for row in self.pack.below("Explanation", f"{layer.id}/", columns):
            neuron = ids.neuron_of(row["id"])
            known_ids[neuron].add(row["id"])
            if row["id"] in owned:
                explanations[neuron].append(row)
        passages = self._passages(layer)
        tries = tries_of(self.pack, layer.id)
        candidates, everyone = [], []
        for neuron in self._neurons(layer):
            known, absent = self._known(neuron, passages.get(neuron, []))
            if known is not None:
                everyone.append(known)
            own = tuple(sorted(explanations[neuron], key=lambda row: str(row["id"])))
            if self._settings.where.has_neuron(neuron) and self._is_meant(own):
                candidates.append(
                    Candidate(
                        neuron, known, absent, tries.get(neuron), own, frozenset(known_ids[neuron])
                    )
                )
        places = {known.id: at for at, known in enumerate(everyone)}
        return LayerKnown(layer, tuple(candidates), tuple(everyone), places)

    def _neurons(self, layer: Layer) -> Iterator[str]:
        found = [row["id"] for row in self.pack.below("Neuron", f"{layer.id}/", ["id"])]
        yield from sorted(found, key=lambda neuron: ids.parse_neuron_id(neuron).index)

    def _is_meant(self, explanations: Sequence[Mapping[str, Any]]) -> bool:
        where, scores = self._settings.where, [row["score"] for row in explanations]
        known = [score for score in scores if score is not None]
        if where.unexplained and any(
            row["explainer"] == self._settings.explainer for row in explanations
        ):
            return False
        if where.unscored and known:
            return False
        return where.below is None or not known or max(known) < where.below

    def _known(self, neuron: str, passages: Sequence[Passage]) -> tuple[Known | None, str]:
        if not passages:
            return None, NO_EXAMPLES
        maximum = max(max(passage.activations) for passage in passages)
        if not maximum > 0:
            return None, NEVER_FIRES
        settings = self._settings
        parts = chosen(
            passages,
            n_shown=settings.shown,
            n_scored=settings.scored,
            n_judged=settings.judged,
            strict=settings.simulator == TOKEN_GRAPH or settings.patterns,
        )
        return Known(neuron, maximum, *parts, tuple(self._patterns.get(neuron, ()))), ""

    @cached_property
    def _patterns(self) -> dict[str, list[Pattern]]:
        wanted = self._settings.patterns or self._settings.explainer == TEMPLATE
        return dict(patterns_of(self.pack)) if wanted else {}

    @cached_property
    def _tokens(self) -> dict[str, tuple[str, ...]]:
        """The tokens of each text, by its id."""
        rows = self.pack.table("Sequence", ["id", "tokens"])
        return {row["id"]: tuple(row["tokens"]) for row in rows.to_pylist()}

    def _passages(self, layer: Layer) -> dict[str, list[Passage]]:
        """The examples of each neuron, of one source: the model itself if it is among them."""
        texts = {
            row["source"]: row["target"]
            for row in self.pack.below("WITHIN", f"{layer.id}/", ["source", "target"])
        }
        found: dict[str, dict[str, list[Passage]]] = defaultdict(lambda: defaultdict(list))
        columns = ["source", "bucket", "rank", "activations", "held_out"]
        for row in self.pack.below("Example", f"{layer.id}/", columns):
            sequence = texts[row["id"]]
            passage = Passage(
                sequence,
                row["bucket"],
                row["rank"],
                self._tokens[sequence],
                tuple(row["activations"]),
                row["held_out"],
            )
            if passage.tokens:
                found[row["id"].partition("@")[0]][row["source"]].append(passage)
        return {
            neuron: of[min(of, key=lambda source: (source != OWN_SOURCE, source))]
            for neuron, of in found.items()
        }


def owned_explanations(pack: Pack, layer: Layer) -> set[str]:
    """Ids of the explanations that a layer's neurons have."""
    return {row["target"] for row in pack.below("HAS_EXPLANATION", f"{layer.id}/", ["target"])}


def _paired(other: Known, scored: Sequence[Passage], scale: float) -> list[EachTokens] | None:
    """A truth of the other neuron for each passage, of the same kind; None if it has none."""
    by_kind: dict[str, list[Passage]] = defaultdict(list)
    for passage in other.scored:
        by_kind[passage.bucket].append(passage)
    taken: dict[str, int] = defaultdict(int)
    found = []
    for passage in scored:
        own = by_kind.get(passage.bucket)
        if not own:
            return None
        at = taken[passage.bucket]
        taken[passage.bucket] += 1
        found.append(np.array(own[at % len(own)].activations, np.float64) * scale)
    return found
