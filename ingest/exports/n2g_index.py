"""N2G's index of tokens: which neurons each token, in N2G's normal form, fires or conditions.

An imported index is written as it was. A run of our own keeps none, for the graph answers that
question itself: for it the index is made of the tokens of its token graphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping

from cypher import ids
from cypher.catalogue import run
from cypher.graph import Graph
from ingest.exports.asked import Asked, Row
from ingest.sources.n2g_scores import INDEX_KINDS, LISTED_EMPTY

_WORDS_PER_PAGE = 1_000
_OWN_JOB = "token-graphs"
_OF_TOKENS = {"activating": "export_firing_on", "context": "export_conditioned_on"}


def normal_form(token: str) -> str:
    """A token as N2G indexes it: only what is longer than a character loses its titlecase, and
    only what has a letter the space around it.
    """
    if len(token) < 2:
        return token
    stripped = token.strip() if any(character.isalpha() for character in token) else token
    return stripped.lower() if stripped.istitle() and len(stripped) > 1 else stripped


class Index:
    """The index of one source's runs."""

    def __init__(self, graph: Graph, asked: Asked, model: str, runs: Mapping[str, str]) -> None:
        self._graph, self._asked, self._model, self._runs = graph, asked, model, list(runs)
        self._is_own = _OWN_JOB in runs.values()
        self._unnamed: dict[str, list[str]] = defaultdict(list)

    def note_lacking(self, neuron: str, row: Row) -> None:
        """Note a neuron that the index listed under a token whose text it had lost."""
        for kind in INDEX_KINDS.values():
            if (row["kind"], row["reason"]) == (f"{kind} token", LISTED_EMPTY):
                key = ids.parse_neuron_id(neuron)
                self._unnamed[kind].append(f"{key.layer}_{key.index}")

    async def forms(self, kind: str) -> AsyncIterator[tuple[str, list[str]]]:
        """Each token, and the neurons that are listed under it, such as 4_17."""
        if self._unnamed[kind]:
            yield "", self._unnamed[kind]
        after = ""
        while page := await run(self._graph, "export_words", after=after, limit=_WORDS_PER_PAGE):
            words = [str(row["id"]) for row in page]
            after = words[-1]
            listed: dict[str, dict[str, None]] = defaultdict(dict)
            for row in await self._rows(kind, words):
                key = ids.parse_neuron_id(str(row["neuron_id"]))
                if self._is_wanted(key):
                    listed[str(row["form"])][f"{key.layer}_{key.index}"] = None
            for form, names in listed.items():  # all of a form, for it has one word
                yield form, list(names)

    def _is_wanted(self, key: ids.NeuronKey) -> bool:
        asked = self._asked
        return (
            key.model == self._model
            and key.layer.isdecimal()
            and asked.layers.holds(key.layer)
            and asked.neurons.holds(key.index)
        )

    async def _rows(self, kind: str, words: list[str]) -> list[Row]:
        given = {"ids": words, "runs": self._runs}
        if not self._is_own:
            return list(await run(self._graph, "export_indexed", **given, kind=kind))
        rows = await run(self._graph, _OF_TOKENS[kind], **given)
        return [{**row, "form": normal_form(str(row["token"]))} for row in rows]
