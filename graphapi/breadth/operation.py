"""The executor: the objects of one place of an operation, completed together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from itertools import chain
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.field import StrawberryField

from graphapi.breadth.arguments import split
from graphapi.breadth.columns import Lists, Objects, column_of, cut
from graphapi.breadth.early import Early, Presumption, presumption_of
from graphapi.breadth.leaves import serialised
from graphapi.breadth.resolving import Call, together
from graphapi.breadth.undone import UndoneError

_LOG = logging.getLogger("graphapi.breadth")
_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
_SOURCE = object()
"""Stands for the object where arguments are made for all of a place."""

_NOTHING = Early({})

_Column = Sequence[Any]


class BreadthFirstExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which is asked only if breadth first something does not go well."""

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """The data of the operation, or an awaitable of it."""
        depth_first = super().execute_collected_root_fields
        arguments = (root_type, root_value, grouped_field_set, serially, new_defer_usages)
        wrapped = self.middleware_manager is not None and self.middleware_manager.middlewares
        if serially or new_defer_usages or wrapped:
            return depth_first(*arguments)

        self._early: dict[Path, Early] = {}

        async def data() -> Any:
            breadth_first = self._objects(root_type, [root_value], grouped_field_set, None)
            results = await asyncio.gather(breadth_first, return_exceptions=True)
            if isinstance(results[0], Exception):
                _LOG.debug("left to graphql-core: %r", results[0])
                again = depth_first(*arguments)
                return await again if self.is_awaitable(again) else again
            if isinstance(results[0], BaseException):
                raise results[0]
            return results[0][0]

        return data()

    async def _objects(
        self,
        type_: GraphQLObjectType,
        sources: _Column,
        fields: GroupedFieldSet,
        place: Path | None,
    ) -> list[dict[str, Any]]:
        """The selected fields of objects that stand at one place."""
        if not sources:
            return []
        columns: dict[str, _Column] = {}
        under_way: list[tuple[str, Coroutine[Any, Any, _Column]]] = []
        early = self._early.pop(place, _NOTHING) if self._early and place else _NOTHING
        try:
            for name, details in fields.items():
                columns[name] = ()
                column = early.column(name) or self._column(
                    type_, sources, details, Path(place, name, type_.name)
                )
                if isinstance(column, Coroutine):
                    under_way.append((name, column))
                else:
                    columns[name] = column
        except BaseException:
            for _, unstarted in under_way:
                unstarted.close()
            raise
        if under_way:
            done = await together([column for _, column in under_way])
            columns.update(zip((name for name, _ in under_way), done, strict=True))
        return _objects_of(columns, len(sources))

    def _column(
        self,
        type_: GraphQLObjectType,
        sources: _Column,
        details: FieldDetailsList,
        path: Path,
    ) -> _Column | Coroutine[Any, Any, _Column]:
        """One field of all the objects, completed."""
        name = details[0].node.name.value
        if name == "__typename":
            return [type_.name] * len(sources)
        definition = type_.fields.get(name)
        field = None if definition is None else definition.extensions.get(_DEFINITION)
        if definition is None or not isinstance(field, StrawberryField) or field.extensions:
            raise UndoneError
        if field.base_resolver is not None:
            raw = self.build_resolve_info(definition, [one.node for one in details], type_, path)
            return self._resolved(sources, definition, field, details, raw)
        values = column_of(sources, field.python_name)
        return self._completed(definition.type, values, details, path)

    async def _resolved(
        self,
        sources: _Column,
        definition: GraphQLField,
        field: StrawberryField,
        details: FieldDetailsList,
        raw: GraphQLResolveInfo[Any],
    ) -> _Column:
        given: dict[str, Any] = {}
        if definition.args:
            scope = details[0].fragment_variable_values
            given = get_argument_values(definition, details[0].node, self.variable_values, scope)
        schema = cast("Any", self.schema)._strawberry_schema
        config = schema.config
        made, given = split(field, config.name_converter, given)
        info = config.info_class(_raw_info=raw, _field=field)
        positional, arguments = get_arguments(
            field=field,
            source=_SOURCE,
            info=info,
            kwargs=given,
            config=config,
            scalar_registry=schema.schema_converter.scalar_registry,
        )
        arguments |= made
        if positional != [_SOURCE] or _SOURCE in arguments.values():
            raise UndoneError
        resolver = cast("Any", field.base_resolver).wrapped_func
        call = Call(resolver, sources, arguments, self.context_value.reader)
        presumption = presumption_of(resolver)
        if presumption is None or len(sources) > 1:
            return await self._found(call, definition.type, details, raw.path)
        early = self._begun(presumption, call, definition.type, details, raw.path)
        try:
            return await self._found(call, definition.type, details, raw.path)
        finally:
            await early.drop()

    async def _found(
        self, call: Call, type_: GraphQLOutputType, details: FieldDetailsList, path: Path
    ) -> _Column:
        """What a resolver gives for all the objects, completed."""
        column = self._completed(type_, await call.values(), details, path)
        return await column if isinstance(column, Coroutine) else column

    def _begun(
        self,
        presumption: Presumption,
        call: Call,
        type_: GraphQLOutputType,
        details: FieldDetailsList,
        path: Path,
    ) -> Early:
        """The fields of the object that a resolver is likely to give, under way."""
        of = cast("GraphQLObjectType", get_named_type(type_))
        presumed = [presumption.of(call.arguments)]
        fields = self.collect_subfields(of, details).grouped_field_set
        early = self._early[path] = Early(
            {
                name: self._awaited(of, presumed, selected, Path(path, name, of.name))
                for name, selected in fields.items()
                for field in (selected[0].node.name.value,)
                if presumption.begins(field, of.fields.get(field))
            }
        )
        return early

    async def _awaited(
        self,
        type_: GraphQLObjectType,
        sources: _Column,
        details: FieldDetailsList,
        path: Path,
    ) -> _Column:
        column = self._column(type_, sources, details, path)
        return await column if isinstance(column, Coroutine) else column

    def _completed(
        self, type_: GraphQLOutputType, values: _Column, details: FieldDetailsList, path: Path
    ) -> _Column | Coroutine[Any, Any, _Column]:
        """Values of one field, completed as its type says."""
        nullable = not isinstance(type_, GraphQLNonNull)
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if is_leaf_type(type_):
            return serialised(type_, values, nullable=nullable)
        if isinstance(values, Objects | Lists):
            return self._all_there(type_, values, details, path)
        present = [value for value in values if value is not None]
        some_null = len(present) < len(values)
        if some_null and not nullable:
            raise UndoneError
        column = self._all_there(type_, present, details, path)
        if not some_null:
            return column
        return _with_nulls(values, column)

    def _all_there(
        self, type_: GraphQLOutputType, values: _Column, details: FieldDetailsList, path: Path
    ) -> _Column | Coroutine[Any, Any, _Column]:
        """Lists or objects, none of them null."""
        if isinstance(type_, GraphQLList):
            return self._lists(type_, values, details, path)
        if isinstance(type_, GraphQLObjectType):
            return self._children(type_, values, details, path)
        raise UndoneError

    def _lists(
        self, type_: GraphQLList[Any], lists: _Column, details: FieldDetailsList, path: Path
    ) -> _Column | Coroutine[Any, Any, _Column]:
        lists = _joined(lists)
        items = self._completed(type_.of_type, lists.items, details, path)
        if isinstance(items, Coroutine):
            return _cut_later(items, lists.lengths)
        return cut(items, lists.lengths)

    async def _children(
        self, type_: GraphQLObjectType, objects: _Column, details: FieldDetailsList, path: Path
    ) -> _Column:
        if not objects:
            return []
        definition = type_.extensions.get(_DEFINITION)
        kinds = {objects.kind} if isinstance(objects, Objects) else set(map(type, objects))
        if definition is None or not all(issubclass(kind, definition.origin) for kind in kinds):
            raise UndoneError
        selected = self.collect_subfields(type_, details)
        if selected.new_defer_usages:
            raise UndoneError
        return await self._objects(type_, objects, selected.grouped_field_set, path)


def _objects_of(columns: dict[str, _Column], count: int) -> list[dict[str, Any]]:
    """Objects from columns. Those of one or two fields, the most frequent, are made faster."""
    match list(columns.items()):
        case []:  # directives left nothing
            return [{} for _ in range(count)]
        case [(name, column)]:
            return [{name: value} for value in column]
        case [(name, column), (other, beside)]:
            return [{name: a, other: b} for a, b in zip(column, beside, strict=True)]
        case _:
            names = tuple(columns)
            return [
                dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]


def _joined(lists: _Column) -> Lists:
    """Lists of any kind, one behind another."""
    if isinstance(lists, Lists):
        return lists
    if not set(map(type, lists)) <= {list, tuple, Objects}:
        raise UndoneError
    if len(lists) == 1:
        return Lists(lists[0], [len(lists[0])])
    return Lists(list(chain.from_iterable(lists)), list(map(len, lists)))


async def _cut_later(
    items: Coroutine[Any, Any, _Column], lengths: Sequence[int]
) -> list[list[Any]]:
    return cut(await items, lengths)


async def _with_nulls(values: _Column, column: _Column | Coroutine[Any, Any, _Column]) -> _Column:
    """The completed ones in the places of those that were not null."""
    done = iter(await column if isinstance(column, Coroutine) else column)
    return [None if value is None else next(done) for value in values]
