"""What a graph says of itself: its version, what was loaded into it, and whether that ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from cypher.errors import GraphUnavailableError, SchemaVersionError
from cypher.graph import Rows
from cypher.ids import digest
from cypher.schema import SCHEMA_VERSION
from cypher.url import GraphUrl

STATE_ID = "graph"

NOTICE_SECONDS = 0.5
"""How long a load into a server that holds something waits between its mark and its first change.

So whoever has read an unmarked state knows that nothing changes for as long as that, counted
from before the reading, and need not read it again behind each answer.
"""

READ_STATE = (
    "MATCH (s:GraphState {id: 'graph'}) RETURN s.schema_version AS schema_version, "
    "s.load_id AS load_id, s.packs AS packs, s.unfinished AS unfinished"
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A load that has not ended: it runs still, or it was killed."""

    pack: str
    """The pack's folder."""
    digest: str
    """The pack's content hash."""
    started_at: str
    """ISO 8601, UTC."""
    runs: list[str]
    """Ids of the pack's runs."""

    def __str__(self) -> str:
        return (
            f"a load of {self.pack}, begun at {self.started_at}, has not ended: the graph holds "
            f"part of it. If it no longer runs, load the pack again; that repairs the graph."
        )


@dataclass(frozen=True, slots=True)
class State:
    """The content of a graph's `GraphState` node."""

    load_id: str | None = None
    """A hash of everything that is loaded; null if nothing ever was."""
    packs: Mapping[str, str] = field(default_factory=dict)
    """The pack's content hash by run; prefixed by `partial:` if some of it was replaced since."""
    unfinished: tuple[Unfinished, ...] = ()
    """Loads that have not ended; the graph holds a part of each."""

    def holds(self, runs: list[str], pack_digest: str) -> bool:
        """True if the pack's runs stand in the graph as they do in the pack."""
        return not self.unfinished and all(self.packs.get(run) == pack_digest for run in runs)


def state_of(rows: Rows, where: str) -> State:
    """The state in the answer to `READ_STATE`.

    Raises SchemaVersionError if another version of the graph model wrote it.
    """
    if not rows.values:
        return State()
    version, load_id, packs, unfinished = rows.values[0]
    if version != SCHEMA_VERSION:
        raise SchemaVersionError(
            f"the graph at {where} has graph model version {version}; this program reads "
            f"{SCHEMA_VERSION}. Load its packs into a new graph, or use the version of "
            f"neurocypher that made it."
        )
    return State(
        str(load_id) if load_id is not None else None,
        json.loads(str(packs)) if packs is not None else {},
        tuple(Unfinished(**mark) for mark in json.loads(str(unfinished or "[]"))),
    )


def loaded_state(rows: Rows, url: GraphUrl) -> State:
    """As `state_of`; a graph into which nothing was ever loaded raises GraphUnavailableError."""
    state = state_of(rows, str(url))
    if not rows.values:
        raise GraphUnavailableError(
            f"{url} answers, and holds no graph of ours. "
            f"Make one with `neurocypher load PACK --graph {url}`."
        )
    return state


def marks_as_json(marks: Iterable[Unfinished]) -> str | None:
    """`State.unfinished` as it is stored."""
    listed = [asdict(mark) for mark in marks]
    return json.dumps(listed) if listed else None


def packs_as_json(packs: Mapping[str, str]) -> str:
    """`State.packs` as it is stored."""
    return json.dumps(packs, sort_keys=True)


def load_id_of(packs: Mapping[str, str]) -> str:
    """The load id of a graph that holds these runs of these packs."""
    return digest("load", packs_as_json(packs))
