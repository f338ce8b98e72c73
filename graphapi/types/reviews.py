"""Worklists: explanations that somebody should look at, and why."""

from __future__ import annotations

from enum import Enum

import strawberry

from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.groups import Row
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.types.explanations import Explanation
from graphapi.types.made import made
from graphapi.types.neurons import Neuron

_BEFORE_ALL = -1e9
"""Less than any measure."""


@strawberry.enum(description="Why an explanation should be looked at.")
class Review(Enum):
    UNLIKE_TOKEN_GRAPH = strawberry.enum_value(
        "review_unlike_token_graph",
        description="It names at most half of the words that the neuron's token graph fires on. "
        "`measure` is the share that it names.",
    )
    EXPLAINERS_DISAGREE = strawberry.enum_value(
        "review_explainers_disagree",
        description="Another explainer's sentence has at most half of its words. `measure` is "
        "the share that it has.",
    )
    TOP_ONLY = strawberry.enum_value(
        "review_top_only",
        description="It foretells the examples on which the neuron fires most, and random ones "
        "not nearly so well. `measure` is the score on random ones less that on top ones.",
    )
    UNSCORED = strawberry.enum_value(
        "review_unscored", description="Nobody has scored it. `measure` is 0."
    )


_MOST = {
    Review.UNLIKE_TOKEN_GRAPH: 0.5,
    Review.EXPLAINERS_DISAGREE: 0.5,
    Review.TOP_ONLY: -0.3,
}
"""The largest measure that is still worth a look."""


@strawberry.type(description="An explanation to look at.")
class ReviewEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    measure: float = strawberry.field(description="How bad it is: the least first.")
    other_id: strawberry.ID | None = strawberry.field(
        description="The explanation that it disagrees with, if it is about two."
    )
    neuron: Neuron = strawberry.field(description="The neuron that it is about.")
    node: Explanation = strawberry.field(description="The explanation.")


@strawberry.type(description="A page of explanations to look at.")
class ReviewConnection(Connection[ReviewEdge]):
    pass


async def reviews(
    info: Info, why: Review, first: int | None, after: str | None
) -> ReviewConnection:
    """A page of a worklist."""
    size = page_size(first, info.context.settings)
    kind = f"reviews {why.name}"
    begin, place = (_BEFORE_ALL, "")
    if after is not None:
        begin, place = decode_cursor(kind, ((float, int), str), after)
    parameters: dict[str, object] = {"after_id": place, "limit": size + 1}
    if why in _MOST:
        parameters |= {"after": float(begin), "most": _MOST[why]}
    found = await info.context.reader.statement(f"review_{why.name.lower()}", **parameters)
    rows, more = cut(found, size)
    cursors = [encode_cursor(kind, [row["measure"], _place(row)]) for row in rows]
    edges = [
        ReviewEdge(
            cursor=cursor,
            measure=row["measure"],
            other_id=row["other_id"],
            neuron=Neuron(id=row["neuron_id"]),
            node=made(Explanation, row),
        )
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return ReviewConnection(edges=edges, page_info=page_info(cursors, more=more, after=after))


def _place(row: Row) -> str:
    other = row["other_id"]
    return str(row["id"]) if other is None else f"{row['id']} {other}"
