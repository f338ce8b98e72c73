"""Arrow tables of the graph model: typed from `cypher.schema`, checked, in one order."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.elements import NodeType, Ownership, Property, RelationshipType, ValueType
from cypher.errors import PackError
from cypher.schema import NODE_BY_LABEL, RELATIONSHIP_BY_TYPE

Row = Mapping[str, object]

_ARROWS = (pa.Array, pa.ChunkedArray)
_ARROW: dict[ValueType, pa.DataType] = {
    ValueType.STRING: pa.string(),
    ValueType.INTEGER: pa.int64(),
    ValueType.FLOAT: pa.float64(),
    ValueType.BOOLEAN: pa.bool_(),
    ValueType.STRINGS: pa.list_(pa.string()),
    ValueType.FLOATS: pa.list_(pa.float64()),
    ValueType.INTEGERS: pa.list_(pa.int64()),
}


def element(name: str) -> NodeType | RelationshipType:
    """The node label or relationship type called `name`. Raises PackError if there is none."""
    found = NODE_BY_LABEL.get(name) or RELATIONSHIP_BY_TYPE.get(name)
    if found is None:
        raise PackError(f"the graph model has no table {name!r}.")
    return found


def key_columns(kind: NodeType | RelationshipType) -> tuple[str, ...]:
    """The columns that identify a row: `id`, or `source`, `target` and the type's own key."""
    return ("id",) if isinstance(kind, NodeType) else ("source", "target", *kind.key)


def arrow_schema(kind: NodeType | RelationshipType) -> pa.Schema:
    """The Arrow (and Parquet) schema of a table."""
    ends = ("id",) if isinstance(kind, NodeType) else ("source", "target")
    return pa.schema(
        [
            *(pa.field(name, pa.string(), nullable=False) for name in ends),
            *(_field(property_) for property_ in kind.properties),
        ]
    )


def _field(property_: Property) -> pa.Field[pa.DataType]:
    return pa.field(property_.name, _ARROW[property_.type], nullable=not property_.required)


def table_from_rows(name: str, rows: Iterable[Row]) -> pa.Table:
    """A table from mappings of column to value.

    Raises PackError if a row lacks a required value, has an unknown column or a wrong type.
    """
    schema = arrow_schema(element(name))
    listed = list(rows)
    known = set(schema.names)
    given = set(chain.from_iterable(listed))
    if not known.issuperset(given):
        number, row = next((n, row) for n, row in enumerate(listed) if row.keys() - known)
        raise _wrong_row(name, number, f"unknown column {sorted(row.keys() - known)[0]!r}", schema)
    try:
        columns = [
            _array([row.get(field.name) for row in listed], field.type)
            if field.name in given
            else pa.nulls(len(listed), field.type)
            for field in schema
        ]
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise PackError(f"{name}: a value is not of its column's type: {error}") from error
    for field, column in zip(schema, columns, strict=True):
        if not field.nullable and column.null_count:
            number = pc.index(column.is_null(), True).as_py()
            raise _wrong_row(name, number, f"no {field.name!r}", schema)
    return pa.Table.from_arrays(columns, schema=schema)


def _array(values: list[Any], type_: pa.DataType) -> pa.Array[Any]:
    """The values as an array; lists, of which there are many, in one go: ten times as fast."""
    if not pa.types.is_list(type_) or not set(map(type, values)) <= {list, tuple}:
        return pa.array(values, type_)
    items: Any
    if type_ == _ARROW[ValueType.FLOATS]:
        try:
            flat = array("d", chain.from_iterable(values))
            items = pa.Array.from_buffers(pa.float64(), len(flat), [None, pa.py_buffer(flat)])
        except TypeError:  # a null within a list, or what is no number
            return pa.array(values, type_)
    else:
        items = pa.array(list(chain.from_iterable(values)), type_.field(0).type)
    ends = array("i", [0, *accumulate(map(len, values))])
    offsets: Any = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    made: pa.Array[Any] = pa.ListArray.from_arrays(offsets, items)
    return made


def _wrong_row(name: str, number: int, what: str, schema: pa.Schema) -> PackError:
    return PackError(f"{name} row {number}: {what}; the table has {', '.join(schema.names)}.")


def table_from_columns(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table from columns of equal length: lists, or NumPy's arrays, which is much faster.

    A column that may be null can be left out; texts that come as a dictionary of them stay so.
    Raises PackError if they are not those of `name`.
    """
    try:
        # Arrow would take an array of its own apart, item by item
        given = pa.table(
            {key: c if isinstance(c, _ARROWS) else pa.array(c) for key, c in columns.items()}
        )
        for field in arrow_schema(element(name)):
            if field.nullable and field.name not in columns:
                given = given.append_column(field, pa.nulls(given.num_rows, field.type))
        return checked(name, given, encoded=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise PackError(f"{name}: a value is not of its column's type: {error}") from error


def checked(name: str, table: pa.Table, *, encoded: bool = False) -> pa.Table:
    """`table` cast to the schema of `name`. Raises PackError where it does not fit.

    Texts that come as a dictionary of them stay so if they may be `encoded`.
    """
    kind = element(name)
    schema = arrow_schema(kind)
    if set(table.column_names) != set(schema.names):
        raise PackError(
            f"{name} has columns {', '.join(table.column_names)}; "
            f"expected {', '.join(schema.names)}."
        )
    chosen = table.select(schema.names)
    kept = [
        field.with_type(given) if encoded and _is_encoded(given, field.type) else field
        for field, given in zip(schema, chosen.schema.types, strict=True)
    ]
    try:
        cast = chosen.cast(pa.schema(kept))
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
        raise PackError(f"{name}: a column is not of its type: {error}") from error
    for field in schema:
        if not field.nullable and cast.column(field.name).null_count:
            raise PackError(f"{name}.{field.name} has empty values; it is required.")
    return cast


def _is_encoded(given: pa.DataType, type_: pa.DataType) -> bool:
    return isinstance(given, pa.DictionaryType) and given.value_type == type_


def plain(name: str, table: pa.Table) -> pa.Table:
    """`table`, which was checked, without dictionaries."""
    schema = arrow_schema(element(name))
    return table if table.schema.types == schema.types else table.cast(schema)


def ascends(name: str, table: pa.Table) -> bool:
    """Whether each row's key is larger than that before: they are in order, and none comes twice."""
    if table.num_rows < 2:
        return True
    larger: Any = pa.repeat(pa.scalar(False), table.num_rows - 1)
    alike: Any = pc.invert(larger)
    for column in key_columns(element(name)):
        values = _comparable(table.column(column))
        before, after = values[:-1], values[1:]
        larger = pc.or_(larger, pc.and_(alike, pc.less(before, after)))
        if pc.all(larger, skip_nulls=False).as_py() is True:
            return True
        alike = pc.and_(alike, pc.equal(before, after))
        if pc.all(pc.or_(larger, alike), skip_nulls=False).as_py() is not True:
            return False
    return False


def in_order(name: str, table: pa.Table) -> pa.Table:
    """`table` sorted by its key, so that the same rows make the same bytes."""
    return table if ascends(name, table) else _sorted(name, table)


def once_in_order(name: str, table: pa.Table) -> pa.Table:
    """The same with the first row of each key."""
    return table if ascends(name, table) else without_duplicates(name, _sorted(name, table))


def _sorted(name: str, table: pa.Table) -> pa.Table:
    kind = element(name)
    columns = key_columns(kind)
    if kind.ownership is Ownership.HELD:
        columns = (*columns, "run_id")  # nulls last: what a run made stands before a mention
    return plain(name, table).sort_by([(column, "ascending") for column in columns])


def _one_array(column: pa.ChunkedArray[Any]) -> Any:
    """A column whole, copied only where it is not, without a dictionary."""
    whole = _whole(column)
    return whole.dictionary_decode() if isinstance(whole, pa.DictionaryArray) else whole


def _comparable(column: pa.ChunkedArray[Any]) -> Any:
    """What is in the same order as a column: of texts whose dictionary is in order, places in it."""
    whole = _whole(column)
    if not isinstance(whole, pa.DictionaryArray):
        return whole
    texts: Any = whole.dictionary
    is_in_order = pc.all(pc.less(texts[:-1], texts[1:]), skip_nulls=False).as_py() is True
    return whole.indices if is_in_order else whole.dictionary_decode()


def _whole(column: pa.ChunkedArray[Any]) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def without_duplicates(name: str, table: pa.Table) -> pa.Table:
    """`table`, which is in order, with the first row of each key."""
    keys = key_columns(element(name))
    if table.num_rows < 2:
        return table
    same = None
    for column in keys:
        values = _one_array(table.column(column))
        equal = pc.equal(values[1:], values[:-1])
        same = equal if same is None else pc.and_(same, equal)
    assert same is not None
    if not pc.any(same).as_py():
        return table
    first = pa.concat_arrays([pa.array([True]), pc.invert(same)])
    return table.filter(first)
