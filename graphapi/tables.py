"""`/tables`: the catalogue's read statements as tables, for whatever reads JSON, CSV or Arrow by URL."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from cypher.catalogue import Statement, catalogue
from cypher.formats import Format, written
from cypher.graph import Value, rows_of
from graphapi.entry import held, labelled
from graphapi.errors import UserError
from graphapi.etags import etag, not_modified, tagged
from graphapi.loads import Held
from graphapi.measured import MeasuredGraph
from graphapi.metrics import OPERATION, Metrics
from graphapi.result_cache import Kept, ResultCache
from graphapi.settings import Settings
from graphapi.table_parameters import described, parameters_from

_FORMATS = {"json": Format.JSON, "csv": Format.CSV, "arrow": Format.ARROW}


class Tables:
    """The endpoints of one application."""

    def __init__(self, settings: Settings, cache: ResultCache, metrics: Metrics) -> None:
        self._settings = settings
        self._cache = cache
        self._metrics = metrics
        self._list = orjson.dumps([self._described(one) for one in catalogue().values()])

    async def listing(self, request: Request) -> Response:
        """Every table: its parameters, its columns, and where it is."""
        label = held(request.scope).label
        tag = etag(label, "tables")
        unchanged = not_modified(request.headers, tag)
        return unchanged or tagged(Response(self._list, media_type=Format.JSON.value), tag)

    async def table(self, request: Request) -> Response:
        """One table. Raises UserError if there is none, or a parameter is wrong."""
        statement, format_ = _named(request.path_params["file"])
        request.scope[OPERATION] = statement.name
        parameters = parameters_from(request.query_params, statement, self._settings)
        holding = held(request.scope)
        key = (holding.label.load_id, statement.name, format_.value, _text(parameters))
        tag = etag(holding.label, key)
        if (unchanged := not_modified(request.headers, tag)) is not None:
            return unchanged
        kept = self._cache.get(key) if tag is not None else None
        if kept is None:
            kept = await self._read(statement, format_, parameters, holding)
            label = await holding.settled()
            labelled(request.scope, label)
            if label.unfinished:
                tag = None
            elif tag is not None:
                self._cache.put(key, kept)
        return tagged(Response(kept.body, headers={"content-type": format_.content_type}), tag)

    async def _read(
        self, statement: Statement, format_: Format, parameters: dict[str, Value], holding: Held
    ) -> Kept:
        graph = MeasuredGraph(holding.graph, "table", self._metrics)
        asked = statement.asked(graph.dialect, parameters)
        seconds = self._settings.statement_seconds
        rows = await rows_of(graph, asked, timeout=seconds)
        if len(rows.values) > self._settings.max_rows:
            raise UserError(
                f"the table has {len(rows.values)} rows; the limit is {self._settings.max_rows}. "
                f"Ask about fewer.",
                code="TOO_MANY_ROWS",
            )
        types = {column.name: column.type for column in statement.columns}
        return Kept(written(format_, rows, types), statement.name)

    def _described(self, statement: Statement) -> dict[str, object]:
        return {
            "name": statement.name,
            "purpose": statement.purpose,
            "parameters": [described(one, self._settings) for one in statement.parameters],
            "columns": [
                {
                    "name": column.name,
                    "type": column.type,
                    "nullable": column.nullable,
                    "description": column.description,
                }
                for column in statement.columns
            ],
            "urls": {ending: f"/tables/{statement.name}.{ending}" for ending in _FORMATS},
        }


def _named(file: str) -> tuple[Statement, Format]:
    name, _, ending = file.rpartition(".")
    if ending not in _FORMATS or name not in catalogue():
        raise UserError(
            f"there is no table {file[:100]}; /tables lists them. A table ends in "
            f"{', '.join('.' + known for known in _FORMATS)}.",
            code="NOT_FOUND",
        )
    return catalogue()[name], _FORMATS[ending]


def _text(parameters: dict[str, Value]) -> bytes:
    return orjson.dumps(parameters, option=orjson.OPT_SORT_KEYS)
