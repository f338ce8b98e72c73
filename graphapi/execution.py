"""Answering one operation: from the answers kept, or from the graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import orjson
from graphql import GraphQLError, strip_ignored_characters
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from graphapi.context import Context
from graphapi.errors import UserError
from graphapi.failure import UNAVAILABLE, told
from graphapi.loads import Held, Label
from graphapi.measured import MeasuredGraph
from graphapi.metrics import Metrics
from graphapi.operations import Operation
from graphapi.reader import Reader
from graphapi.result_cache import Kept, ResultCache
from graphapi.schema import make_schema
from graphapi.sequels import Sequels
from graphapi.settings import Settings

_QUERIES = frozenset({OperationType.QUERY})


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation is answered with."""

    body: bytes
    """JSON."""
    label: Label
    """Of the data that it was computed from."""
    refused: bool = False
    """Whether the operation never ran: it is wrong in itself, or above a limit."""
    unavailable: bool = False
    """Whether nothing of it could be answered because the graph cannot be reached."""
    whole: bool = False
    """Whether it has no errors."""
    operation: str = "query"
    """Its kind, for the figures."""


class Executor:
    """Answers operations, of one application."""

    def __init__(self, settings: Settings, cache: ResultCache, metrics: Metrics) -> None:
        self.schema = make_schema(settings)
        self._settings = settings
        self._metrics = metrics
        self._cache = cache
        self._sequels = Sequels()

    async def answer(self, operation: Operation, held: Held) -> Answer:
        """The answer to `operation` from the load that is held.

        Raises UserError if the document has no such operation, or none that may be run.
        """
        key = self.key(operation, held.label)
        if key is not None and (kept := self._cache.get(key)) is not None:
            return Answer(kept.body, held.label, whole=True, operation=kept.operation)
        kind = "introspection" if "__schema" in operation.query else "query"
        result = await self._execute(operation, held)
        if _never_ran(result):
            return self._refused(result.errors or [], held.label)
        errors = [self._told(error) for error in result.errors or ()]
        codes = {error["extensions"]["code"] for error in errors}
        if result.data is None and codes == {UNAVAILABLE}:
            body = orjson.dumps({"errors": errors, "data": None})
            return Answer(body, held.label, unavailable=True, operation=kind)
        label = held.label if UNAVAILABLE in codes else await held.settled()
        content = {"errors": errors} if errors else {}
        body = orjson.dumps({**content, "data": result.data, "extensions": _extension(label)})
        if key is not None and not errors and not label.unfinished:
            self._cache.put(key, Kept(body, kind))
        return Answer(body, label, whole=not errors, operation=kind)

    def key(self, operation: Operation, label: Label) -> tuple[object, ...] | None:
        """What the answer depends on; None if it is not known to depend on that alone."""
        if label.load_id is None or label.unfinished:
            return None
        if not self._may_be_kept(operation):
            return None
        text = _normal(operation.query)
        if text is None:
            return None
        variables = orjson.dumps(operation.variables, option=orjson.OPT_SORT_KEYS)
        return label.load_id, text, operation.operation_name, variables

    def _may_be_kept(self, operation: Operation) -> bool:
        """Whether something may be kept by its document: one that is refused for its length is none."""
        return len(operation.query) <= self._settings.max_characters

    async def _execute(self, operation: Operation, held: Held) -> ExecutionResult:
        graph = MeasuredGraph(held.graph, "graphql", self._metrics)
        ahead = self._sequels.ahead(operation.query) if self._may_be_kept(operation) else None
        reader = Reader(graph, self._settings, ahead)
        try:
            result = await self.schema.execute(
                operation.query,
                variable_values=dict(operation.variables),
                context_value=Context(graph, reader, self._settings),
                operation_name=operation.operation_name,
                allowed_operation_types=_QUERIES,
            )
        except CannotGetOperationTypeError as error:
            raise UserError(error.as_http_error_reason(), "BAD_REQUEST") from error
        except InvalidOperationTypeError as error:
            raise UserError("only queries are answered here.", "ONLY_QUERIES") from error
        finally:
            reader.forget()
        return result

    def _refused(self, errors: list[GraphQLError], label: Label) -> Answer:
        formatted = [self._told(error) for error in errors]
        body = orjson.dumps({"errors": formatted, "extensions": _extension(label)})
        return Answer(body, label, refused=True, operation="refused")

    def _told(self, error: GraphQLError) -> dict[str, dict[str, object]]:
        formatted = told(error, suggestions=self._settings.suggestions)
        self._metrics.refusals.labels(str(formatted["extensions"]["code"])).inc()
        return formatted  # type: ignore[return-value]  # it always has extensions


def _never_ran(result: ExecutionResult) -> bool:
    """Whether the operation was refused; variables that do not fit are seen only on execution."""
    if isinstance(result, PreExecutionError):
        return True
    errors = result.errors or ()
    return result.data is None and all(error.path is None for error in errors)


@lru_cache(maxsize=512)
def _normal(text: str) -> str | None:
    """The document without what means nothing; None if it is no document."""
    try:
        return strip_ignored_characters(text)
    except GraphQLError:
        return None


def _extension(label: Label) -> dict[str, object]:
    extension: dict[str, object] = {"loadId": label.load_id}
    return {**extension, "unfinished": True} if label.unfinished else extension
