"""What an operation selects below a field, looked at before the field is answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode
from strawberry.utils.str_converters import to_camel_case

from graphapi.context import Info


def selects(info: Info, names: Collection[str]) -> bool:
    """Whether a field of one of these names stands anywhere below, directives aside."""
    return any(name in names for name in _below(info))


def columns_selected(info: Info, columns: Collection[str]) -> tuple[str, ...]:
    """Those columns that a field is named after which stands anywhere below, directives aside."""
    below = set(_below(info))
    return tuple(column for column in columns if _field(column) in below)


_field = cache(to_camel_case)


def _below(info: Info) -> Iterator[str]:
    """The names of the fields below a field, in no order."""
    raw = info._raw_info
    waiting = [node.selection_set for node in raw.field_nodes]
    seen: set[str] = set()
    while waiting:
        selection = waiting.pop()
        for node in selection.selections if selection else ():
            if isinstance(node, FragmentSpreadNode):
                if node.name.value not in seen:
                    seen.add(node.name.value)
                    waiting.append(raw.fragments[node.name.value].selection_set)
                continue
            if isinstance(node, FieldNode):
                yield node.name.value
            if isinstance(node, FieldNode | InlineFragmentNode):
                waiting.append(node.selection_set)
