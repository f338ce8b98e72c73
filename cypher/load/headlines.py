"""A neuron's own statistics: those of one of its measurements, whatever was loaded first.

Of a neuron that several sources measured, the headline is that of the run on the model itself,
or else of the source that knows most statistics, or else of the first by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cypher.graph import Rows, Value
from cypher.load.scope import Run, whole_scope
from cypher.schema import OWN_SOURCE, STATISTICS

Read = Callable[[str, Mapping[str, Value]], Rows]
_NAMES = [p.name for p in STATISTICS]
_MEASURED = "MATCH (n:Neuron)-[:HAS_MEASUREMENT]->(m:Measurement) WHERE n.id STARTS WITH $prefix "


def new_headlines(pack_runs: Sequence[Run], read: Read) -> Iterator[list[dict[str, Value]]]:
    """Of each layer that a load was about, the neurons whose statistics are to be set.

    Each is a mapping with `id`, `run_id` and every statistic.
    """
    for item in whole_scope(pack_runs).items:
        prefix = {"prefix": f"{item}/"}
        sides = read(
            _MEASURED + "RETURN DISTINCT m.source AS source, n.run_id = m.run_id AS same", prefix
        ).values
        if not sides or (len(sides) == 1 and sides[0][1] is True):
            continue  # one source, and its statistics stand there already
        columns = ", ".join(f"m.`{name}` AS `{name}`" for name in _NAMES)
        found = read(
            _MEASURED + f"RETURN n.id AS id, m.source AS source, m.run_id AS run_id, {columns}",
            prefix,
        )
        best: dict[Value, dict[str, Value]] = {}
        for row in found.as_dicts():
            other = best.get(row["id"])
            if other is None or _place(row) < _place(other):
                best[row["id"]] = row
        yield [{name: row[name] for name in ("id", "run_id", *_NAMES)} for row in best.values()]


def _place(row: Mapping[str, Value]) -> tuple[bool, int, str]:
    known = sum(row[name] is not None for name in _NAMES)
    return row["source"] != OWN_SOURCE, -known, str(row["source"])
