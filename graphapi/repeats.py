"""How often an operation selects the same thing at one place.

`{ models { id } models { id } }` selects one field twice, and its `id` twice. That costs nothing
in an answer, but validation compares each two of them (graphql-core's rule that fields can be
merged): five hundred took most of a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

_PLACES = 5_000


def most_repeated(document: DocumentNode, *, enough: int) -> int:
    """The largest number of fields of one name at one place of the document's operations.

    Aliases count as names, and fields in fragments where these are spread. Counting ends at the
    first place that has more than `enough`.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    return max(
        (
            _most([node.selection_set], fragments, enough)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        ),
        default=0,
    )


def _most(
    place: Sequence[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode], enough: int
) -> int:
    """Of the fields at the place of these selection sets, and of all places below.

    A fragment counts once at a place, as it does in validation. Places that have the same sets
    are looked at once, so fragments that lead to themselves come to an end; whatever leads to
    more places than any operation needs is taken to repeat more than enough.
    """
    most = 0
    waiting = [list(place)]
    seen: set[frozenset[int]] = set()
    while waiting:
        sets = waiting.pop()
        identity = frozenset(map(id, sets))
        if identity in seen:
            continue
        seen.add(identity)
        if len(seen) > _PLACES:
            return enough + 1
        below: dict[str, list[FieldNode]] = defaultdict(list)
        for node in _fields(sets, fragments):
            below[node.alias.value if node.alias else node.name.value].append(node)
        for nodes in below.values():
            most = max(most, len(nodes))
            if most > enough:
                return most
            inner = [node.selection_set for node in nodes if node.selection_set]
            if inner:
                waiting.append(inner)
    return most


def _fields(
    sets: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterable[FieldNode]:
    waiting = list(sets)
    spread: set[str] = set()
    while waiting:
        for node in waiting.pop().selections:
            match node:
                case FieldNode():
                    yield node
                case InlineFragmentNode():
                    waiting.append(node.selection_set)
                case FragmentSpreadNode(name=name):
                    if name.value in fragments and name.value not in spread:
                        spread.add(name.value)
                        waiting.append(fragments[name.value].selection_set)
