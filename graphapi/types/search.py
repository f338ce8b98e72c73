"""Tokens, words and explanations by what they are like."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from cypher.graph import Value
from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.groups import Row
from graphapi.paging import Connection, PageInfo, cut, page_info, page_size
from graphapi.regular import safe_pattern
from graphapi.types.explanations import Explanation
from graphapi.types.filters_parts import FloatRange
from graphapi.types.made import made
from graphapi.types.tokens import Token, Word

_ANY = "(?s).*"
_BEYOND = 1e308
"""Larger than any score; its negative stands for none."""


@strawberry.input(
    name="TokenFilter", description="Conditions on a token's or a word's text, all of which hold."
)
class TokenFilterInput:
    prefix: str | None = strawberry.field(default=None, description="It begins with this.")
    contains: str | None = strawberry.field(default=None, description="This stands in it.")
    matches: str | None = strawberry.field(
        default=None,
        description="This regular expression matches the whole of it: characters, `.`, sets, "
        "`\\d`, `\\w`, `\\s`, groups with `|`, and up to three parts that repeat.",
    )

    def parameters(self) -> dict[str, Value]:
        """For the statements. Raises UserError for a pattern that is not allowed."""
        return {
            "prefix": self.prefix or "",
            "contains": self.contains or "",
            "pattern": _ANY if self.matches is None else safe_pattern(self.matches),
        }


@strawberry.input(
    name="ExplanationFilter", description="Conditions on an explanation, all of which hold."
)
class ExplanationFilterInput:
    contains: str | None = strawberry.field(
        default=None, description="This stands in its text, in small or capital letters."
    )
    explainer: str | None = strawberry.field(default=None, description="The method that made it.")
    score: FloatRange | None = strawberry.field(
        default=None, description="Its headline score; one that was never scored is left out."
    )
    model: strawberry.ID | None = strawberry.field(
        default=None, description="It is about a neuron of this model."
    )

    def parameters(self) -> dict[str, Value]:
        """For the statements."""
        score = self.score or FloatRange()
        return {
            "below": "" if self.model is None else f"{self.model}/",
            "contains": (self.contains or "").lower(),
            "explainer": self.explainer or "",
            "scored": self.score is not None,
            "min_score": -_BEYOND if score.min is None else score.min,
            "max_score": _BEYOND if score.max is None else score.max,
        }


@strawberry.type(description="A token in a list of tokens.")
class TokenEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Token = strawberry.field(description="The token.")


@strawberry.type(description="A page of tokens, by text.")
class TokenConnection(Connection[TokenEdge]):
    where: strawberry.Private[dict[str, Value]]

    @strawberry.field(description="How many there are. Counted only if it is asked for.")
    async def total_count(self, info: Info) -> int:
        return await _total(info, "count_tokens_like", self.where)


@strawberry.type(description="A word in a list of words.")
class WordEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Word = strawberry.field(description="The word.")


@strawberry.type(description="A page of words, by text.")
class WordConnection(Connection[WordEdge]):
    where: strawberry.Private[dict[str, Value]]

    @strawberry.field(description="How many there are. Counted only if it is asked for.")
    async def total_count(self, info: Info) -> int:
        return await _total(info, "count_words_like", self.where)


@strawberry.type(description="An explanation in a list of explanations.")
class ExplanationEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Explanation = strawberry.field(description="The explanation.")


@strawberry.type(description="A page of explanations, the best scored first.")
class ExplanationConnection(Connection[ExplanationEdge]):
    where: strawberry.Private[dict[str, Value]]

    @strawberry.field(description="How many there are. Counted only if it is asked for.")
    async def total_count(self, info: Info) -> int:
        return await _total(info, "count_explanations_like", self.where)


async def tokens_like(
    info: Info, where: TokenFilterInput, first: int | None, after: str | None
) -> TokenConnection:
    """A page of tokens."""
    rows, cursors, place = await _texts(info, "token", where, first, after)
    edges = [
        TokenEdge(cursor=cursor, node=Token(text=row["token"]))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return TokenConnection(edges=edges, page_info=place, where=where.parameters())


async def words_like(
    info: Info, where: TokenFilterInput, first: int | None, after: str | None
) -> WordConnection:
    """A page of words."""
    rows, cursors, place = await _texts(info, "word", where, first, after)
    edges = [
        WordEdge(cursor=cursor, node=Word(text=row["word"]))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return WordConnection(edges=edges, page_info=place, where=where.parameters())


async def explanations_like(
    info: Info, where: ExplanationFilterInput, first: int | None, after: str | None
) -> ExplanationConnection:
    """A page of explanations."""
    size = page_size(first, info.context.settings)
    score, id_ = (_BEYOND, "")
    if after is not None:
        score, id_ = decode_cursor("explanations", ((float, int), str), after)
    found = await info.context.reader.statement(
        "explanations_like", place=float(score), after=id_, limit=size + 1, **where.parameters()
    )
    rows, more = cut(found, size)
    cursors = [
        encode_cursor(
            "explanations", [-_BEYOND if row["score"] is None else row["score"], row["id"]]
        )
        for row in rows
    ]
    edges = [
        ExplanationEdge(cursor=cursor, node=made(Explanation, row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    place = page_info(cursors, more=more, after=after)
    return ExplanationConnection(edges=edges, page_info=place, where=where.parameters())


async def _texts(
    info: Info, column: str, where: TokenFilterInput, first: int | None, after: str | None
) -> tuple[Sequence[Row], list[str], PageInfo]:
    size = page_size(first, info.context.settings)
    if where.prefix is None and where.contains is None and where.matches is None:
        raise UserError("where: say what the text is like: by `prefix`, `contains` or `matches`.")
    kind = f"{column}s"
    (begin,) = ("",) if after is None else decode_cursor(kind, (str,), after)
    found = await info.context.reader.statement(
        f"{kind}_like", after=begin, limit=size + 1, **where.parameters()
    )
    rows, more = cut(found, size)
    cursors = [encode_cursor(kind, [row[column]]) for row in rows]
    return rows, cursors, page_info(cursors, more=more, after=after)


async def _total(info: Info, statement: str, where: dict[str, Value]) -> int:
    (row,) = await info.context.reader.statement(statement, limit=1, **where)
    return int(row["total"])
