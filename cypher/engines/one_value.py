"""All rows of statements as one value each, for a server that sends rows one by one.

Neo4j's driver makes an object of each row, and a thousand rows took 45 ms; as one list of lists
they take 1.2 ms, for that is unpacked in one go. The list is in the order of the rows. Several
statements that are asked at the same time go there in one round trip: two milliseconds less for
each but the first. So do those that are about what another of them returns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cypher.graph import Read, Value

_PARAMETER = re.compile(r"\$(\w+)")
_IDS = re.compile(r"\s*UNWIND \$ids AS (\w+)\b")
_Part = tuple[str, tuple[str, ...], tuple[int, int] | None]
"""Of a statement: text, columns, and the place and column of those that its ids come from."""


def takes_ids(text: str) -> bool:
    """Whether a statement begins at ids that it is given, and asks for them nowhere else."""
    return _IDS.match(text) is not None and text.count("$ids") == 1


def as_one_value(text: str, columns: Sequence[str], given: str = "") -> str:
    """A statement that returns one row of one value: the rows of `text`, each a list.

    `given` are the variables that `text` makes use of.
    """
    listed = ", ".join(f"`{name}`" for name in columns)
    return f"CALL ({given}) {{ {text} }} RETURN collect([{listed}]) AS rows"


def as_one_row(reads: Sequence[Read]) -> tuple[str, dict[str, Value]]:
    """A statement that returns one row, with the rows of each of several, and its parameters."""
    text = _joined(tuple(map(_part, reads)))
    given: dict[str, Value] = {}
    for number, read in enumerate(reads):
        given |= {f"{name}_{number}": value for name, value in read.parameters.items()}
        if read.ids_from is not None:
            given[f"of_rows_{number}"] = read.ids_from.rows
    return text, given


def _part(read: Read) -> _Part:
    of = read.ids_from
    return read.text, tuple(read.columns), None if of is None else (of.read, of.column)


@lru_cache(maxsize=512)
def _joined(statements: tuple[_Part, ...]) -> str:
    parts = []
    for number, (text, columns, ids_from) in enumerate(statements):
        begun, before = text, ""
        if ids_from is not None:
            before = f"rows_{ids_from[0]}"
            ids = f"UNWIND {before}[..$of_rows] AS one WITH DISTINCT one[{ids_from[1]}]"
            begun = _IDS.sub(rf"{ids} AS \1", text, count=1)
        # No text in a statement of ours has a dollar: what follows one is a parameter's name.
        numbered = _PARAMETER.sub(rf"$\1_{number}", begun)
        parts.append(f"CALL ({before}) {{ {as_one_value(numbered, columns, before)}_{number} }}")
    names = ", ".join(f"rows_{number}" for number in range(len(parts)))
    return f"{' '.join(parts)} RETURN {names}"
