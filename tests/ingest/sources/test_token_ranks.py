"""Places among a token's neurons: the same whatever units the rows come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher.tables import table_from_rows
from ingest.sources.token_ranks import ranked_by_token
from ingest.sources.unranked import Unranked, UnrankedWriter

VALUES = st.one_of(
    st.sampled_from((0.5, 0.25, 0.0, -0.0)), st.floats(allow_nan=False, allow_infinity=False)
)
ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("a é\u65e5b"), VALUES),
    unique_by=lambda row: row[:2],
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, units=st.integers(1, 3), at_once=st.integers(1, 50))
def test_ranks_by_definition(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, str, float]],
    units: int,
    at_once: int,
) -> None:
    folder: Path = tmp_path_factory.mktemp("packs")
    given = []
    for number in range(units):
        unit = folder / f"unit-{number}"
        own = rows[number::units]
        with UnrankedWriter(unit) as writer:
            for some in filter(None, (own[:5], own[5:])):
                writer.add("ACTIVATES_ON", table_from_rows("ACTIVATES_ON", map(unranked, some)))
        given.append(Unranked(unit, {"ACTIVATES_ON": len(own)}))
    tables = list(ranked_by_token(given, "ACTIVATES_ON", "r", at_once=at_once))
    found = [row for table in tables for row in table.to_pylist()]
    by_token = [sorted(row for row in rows if row[1] == token) for token in {r[1] for r in rows}]
    expected = {
        (f"m/0/{number}", token): place
        for members in by_token
        for place, (number, token, _) in enumerate(
            sorted(members, key=lambda row: (-row[2], f"m/0/{row[0]}")), start=1
        )
    }
    assert {(row["source"], row["target"]): row["token_rank"] for row in found} == expected
    tokens = [{row["target"] for row in table.to_pylist()} for table in tables]
    assert sum(map(len, tokens)) == len(set().union(*tokens))
    assert all(len(t) <= at_once or len(of) == 1 for t, of in zip(tables, tokens, strict=True))
    for table in tables:
        keys = [(row["source"], row["target"]) for row in table.to_pylist()]
        assert keys == sorted(keys), "the writer would sort them again"
        assert {(row["rank"], row["run_id"]) for row in table.to_pylist()} == {(1, "r")}
    written = {f"unit-{number}.ACTIVATES_ON.arrows" for number in range(min(units, len(rows)))}
    assert {path.name for path in folder.iterdir()} == written


def unranked(row: tuple[int, str, float]) -> dict[str, object]:
    number, token, activation = row
    told = {"source": f"m/0/{number}", "target": token, "activation": activation}
    return {**told, "rank": 1, "token_rank": 0, "run_id": "of a unit"}
