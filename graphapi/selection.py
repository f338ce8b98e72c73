"""What an operation selects below a field, looked at before the field is answered."""

from __future__ import annotations

from collections.abc import Collection

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode

from graphapi.context import Info


def selects(info: Info, names: Collection[str]) -> bool:
    """Whether a field of one of these names stands anywhere below, directives aside."""
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
            if isinstance(node, FieldNode) and node.name.value in names:
                return True
            if isinstance(node, FieldNode | InlineFragmentNode):
                waiting.append(node.selection_set)
    return False
