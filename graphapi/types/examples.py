"""Stretches of text on which a neuron fired, or did not."""

from __future__ import annotations

import strawberry

from graphapi.context import Info, reading
from graphapi.groups import Row
from graphapi.selection import columns_selected, selects
from graphapi.types.made import made
from graphapi.types.node import Node
from graphapi.types.runs import IngestRun, run_by_id


@strawberry.type(description="A token of an example, and how much the neuron fires on it.")
class ExampleToken:
    text: str = strawberry.field(description="The token's exact text.")
    activation: float = strawberry.field(description="The neuron's activation on it.")


@strawberry.type(description="A stretch of text with one activation per token.")
class Example(Node):
    id: strawberry.ID = strawberry.field(description="Neuron, source, bucket and rank.")
    source: str = strawberry.field(
        description="Who found it: `model` for a run on the model itself."
    )
    bucket: str = strawberry.field(
        description="`top`, `qN` … `q1` (parts of the other texts that it fires on, by peak, `qN` "
        "the highest), `random`, or `bottom` (most negative)."
    )
    rank: int = strawberry.field(description="Place within its bucket, from 1.")
    peak: int = strawberry.field(
        description="Index of the token that fires most, in `bottom` least, from 0."
    )
    max_activation: float = strawberry.field(description="Activation at the peak.")
    activations: list[float] = strawberry.field(description="One per token of the text.")
    text: str = strawberry.field(description="The tokens joined.")
    qualifying: int | None = strawberry.field(
        description="Index of the token that it was chosen for, from 0; null if its source does "
        "not say."
    )
    bin_min: float | None = strawberry.field(
        description="Lower end of its bucket, in activations; null if its source has none."
    )
    bin_max: float | None = strawberry.field(
        description="Upper end of its bucket, in activations; null if its source has none."
    )
    bin_share: float | None = strawberry.field(
        description="Share of the corpus's tokens that lie in its bucket, 0 to 1."
    )
    corpus: str | None = strawberry.field(description="The corpus that the text is from.")
    document: int | None = strawberry.field(
        description="Place of the text's document in the corpus, from 0."
    )
    texts: strawberry.Private[list[str]]
    run_id: strawberry.Private[str]

    @strawberry.field(description="The text token by token, with the activations.")
    def tokens(self) -> list[ExampleToken]:
        pairs = zip(self.texts, self.activations, strict=True)
        return [ExampleToken(text=text, activation=activation) for text, activation in pairs]

    @strawberry.field(description="The run that found it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


_BY_CHOICE = (
    "peak",
    "max_activation",
    "activations",
    "qualifying",
    "bin_min",
    "bin_max",
    "bin_share",
    "text",
    "tokens",
    "corpus",
    "document",
)
"""Columns that are read only for a field of their names: an example's tokens are most of it."""
_NEVER = "sequence_id"
_NONE = dict.fromkeys((*_BY_CHOICE, "run_id"))


async def examples_of(
    info: Info, neuron_id: str, bucket: str | None, source: str | None, first: int
) -> list[Example]:
    """The best of one bucket, or of each, of one source, or of each."""
    given = {"source": source or "", "first": first}  # no source has an empty name
    name = "examples"
    if bucket is not None:
        name, given = "examples_of_bucket", {**given, "bucket": bucket}
    rows = await reading(info).rows(name, "neuron_id", neuron_id, without=_unasked(info), **given)
    return [
        made(Example, {**_NONE, **row, "texts": row.get("tokens")})
        for row in sorted(rows, key=_place)
    ]


def _unasked(info: Info) -> tuple[str, ...]:
    asked = set(columns_selected(info, _BY_CHOICE))
    if "tokens" in asked:
        asked.add("activations")
    run = () if selects(info, ("run",)) else ("run_id",)
    return (*(name for name in _BY_CHOICE if name not in asked), _NEVER, *run)


def _place(row: Row) -> tuple[str, int, int, str, int]:
    """By source; from the strongest bucket to the weakest; those of other names at the end."""
    bucket = row["bucket"]
    part = bucket.removeprefix("q")
    number = int(part) if bucket.startswith("q") and part.isdecimal() else 0
    kinds = ("top", "q", "random", "bottom")
    kind = "q" if number else bucket
    place = kinds.index(kind) if kind in kinds else len(kinds)
    return row["source"], place, -number, bucket, row["rank"]
