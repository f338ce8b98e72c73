"""Judgements that the compiled reader has read, and that wait to become rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from cypher import ids
from cypher.native import native
from ingest.sources.column_rows import repeated, run_table
from ingest.sources.compiled_columns import bits, integers, lists, shares, sparse_integers, texts
from ingest.sources.places import owners

_TABLES = 3
"""In which a judgement has a row."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An explanation, and what some judgements come to."""

    explanation: str
    kind: str
    """What is measured by them."""
    model: str | None
    """Which judged."""
    measures: Mapping[str, float]
    n_examples: int
    """Those that could be read."""


class JudgementRows:
    """Judgements, and what they come to."""

    def __init__(self, source: str, run_id: str) -> None:
        self._source, self._run_id = source, run_id
        self._scored: list[Scored] = []
        self._judged: list[tuple[native.Judgements, int]] = []
        self._n_rows = 0

    def __len__(self) -> int:
        return len(self._scored)

    @property
    def n_rows(self) -> int:
        """How many rows these are."""
        return self._n_rows

    def add(self, scored: Scored, judged: tuple[native.Judgements, int], n_rows: int) -> None:
        """Add the judgements of a file, by its place among those that were read with it."""
        self._scored.append(scored)
        self._judged.append(judged)
        self._n_rows += _TABLES * n_rows + 2 * len(scored.measures)

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table."""
        begins = [one.explanation + _begin(self._source, one.kind) for one in self._scored]
        found = native.judgement_rows(self._judged, begins)
        own, of = texts(found["ids"]), self._of_each(integers(found["counts"]))
        tables: dict[str, dict[str, Any]] = {
            "Judgement": {
                "id": own,
                "source": repeated(self._source, len(own)),
                "kind": of["kind"],
                "number": integers(found["numbers"]),
                "activating": bits(found["activating"], len(own)),
                "prediction": bits(found["predictions"], len(own), found["are_told"]),
                "probability": shares(found["probabilities"]),
                "distance": sparse_integers(found["distances"]),
                "highlighted": bits(found["highlighted"], len(own)),
                "activations": lists(found["activations"]),
                "scorer_model": of["model"],
            },
            "HAS_JUDGEMENT": {"source": of["explanation"], "target": own},
            "JUDGES": {"source": own, "target": texts(found["targets"])},
            **self._scores(),
        }
        return {name: run_table(name, columns, self._run_id) for name, columns in tables.items()}

    def _scores(self) -> dict[str, dict[str, Any]]:
        own: list[str] = []
        kinds: list[str] = []
        for one in self._scored:
            named = [f"{one.kind}_{measure}" for measure in one.measures]
            own += [one.explanation + _end(self._source, kind) for kind in named]
            kinds += named
        of = self._of_each(pa.array([len(one.measures) for one in self._scored], pa.int64()))
        return {
            "Score": {
                "id": own,
                "kind": kinds,
                "source": repeated(self._source, len(own)),
                "value": [value for one in self._scored for value in one.measures.values()],
                "scorer_model": of["model"],
                "n_examples": of["n_examples"],
            },
            "HAS_SCORE": {"source": of["explanation"], "target": own},
        }

    def _of_each(self, counts: Any) -> pa.Table:
        """Of rows, of which the first so many are the first file's, …, what is known of its file."""
        known = {
            "explanation": _texts([one.explanation for one in self._scored]),
            "kind": _texts([one.kind for one in self._scored]),
            "model": _texts([one.model for one in self._scored]),
            "n_examples": pa.array([one.n_examples for one in self._scored], pa.int64()),
        }
        return pa.table(known).take(owners(counts))


@lru_cache
def _begin(source: str, kind: str) -> str:
    """What stands in ids of judgements between an explanation's and their numbers."""
    return ids.judgement_ids_begin("", source, kind)


@lru_cache
def _end(source: str, kind: str) -> str:
    """What stands in ids of scores behind an explanation's."""
    return ids.score_id("", source, kind)


def _texts(values: list[str] | list[str | None]) -> Any:
    return pa.array(values, pa.string())
