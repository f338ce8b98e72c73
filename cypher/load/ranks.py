"""Ranks within a token, closed up after neurons of the same run have gone.

`token_rank` says that "the k best of a token" are those of rank up to k. That stays true
when a later load replaces some layers of a run only if what is left of it is ranked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cypher.graph import Rows, Value
from cypher.load.scope import PARTIAL

Read = Callable[[str, Mapping[str, Value]], Rows]

_RANKED = ("ACTIVATES_ON", "CONDITIONED_ON")


def new_ranks(packs: Mapping[str, str], read: Read) -> Iterator[tuple[str, list[dict[str, Value]]]]:
    """Relationship types, and the `source`, `target` and `token_rank` of those that change.

    `packs` is `State.packs` once the load is done. All runs that are there in part are looked
    at, also those of which an earlier load that was killed took a part.
    """
    touched = sorted(run for run, digest in packs.items() if digest.startswith(PARTIAL))
    for type_ in _RANKED if touched else ():
        rows = read(
            f"MATCH (n:Neuron)-[r:`{type_}`]->(t:Token) WHERE r.run_id IN $runs "
            f"RETURN r.run_id AS run, t.id AS token, r.token_rank AS token_rank, n.id AS neuron "
            f"ORDER BY run, token, token_rank, neuron",
            {"runs": touched},
        )
        changed = list(_closed_up(rows))
        if changed:
            yield type_, changed


def _closed_up(rows: Rows) -> Iterator[dict[str, Value]]:
    group, place = None, 0
    for run, token, rank, neuron in rows.values:
        place = place + 1 if (run, token) == group else 1
        group = (run, token)
        if rank != place:
            yield {"source": neuron, "target": token, "run_id": run, "token_rank": place}
