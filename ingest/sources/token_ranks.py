"""Places among a token's neurons, which only all units together can tell."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def ranked_by_token(parts: Sequence[pa.Table], value: str) -> pa.Table:
    """All rows with `token_rank`: the place among those of one target, the largest `value` first.

    Neurons with the same value stand in the order of their ids.
    """
    table = pa.concat_tables(parts).combine_chunks()
    table = table.sort_by([("target", "ascending"), (value, "descending"), ("source", "ascending")])
    if not table.num_rows:
        return table
    tokens = table.column("target").combine_chunks()
    runs = pc.call_function("run_end_encode", [tokens], pc.RunEndEncodeOptions(pa.int64()))
    ends = runs.run_ends
    begins = pa.concat_arrays([pa.array([0], pa.int64()), ends[:-1]])
    begin = pc.call_function("run_end_decode", [pa.RunEndEncodedArray.from_arrays(ends, begins)])
    place = pc.subtract(pa.array(range(1, table.num_rows + 1), pa.int64()), begin)
    at = table.schema.get_field_index("token_rank")
    return table.set_column(at, table.schema.field(at), place)
