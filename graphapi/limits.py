"""How large an operation is, measured before it is validated, for that costs time as well.

Every use of a fragment counts, and a fragment is measured once, so that neither its contents
nor its repetition hide anything. The cost is the number of values that the operation may answer
with: a list of pages counts its `first`, given or by default; one without `first` counts ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
)
from graphql import GraphQLNonNull as NonNull
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef

from graphapi.errors import LimitError
from graphapi.paging import DEFAULT_PAGE

_LIST = 10
"""How many entries a list without `first` is taken to have."""
_MOST = 2**53 - 1
"""Where counting ends: fragments that spread others twice double, and JSON has no larger integer
that every client reads alike."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an operation, or a part of it, amounts to."""

    depth: int = 0
    """Fields within fields."""
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    """Values in the answer, at most."""

    def beside(self, other: Size) -> Size:
        """Both, side by side."""
        return Size(
            max(self.depth, other.depth),
            min(_MOST, self.aliases + other.aliases),
            min(_MOST, self.directives + other.directives),
            min(_MOST, self.cost + other.cost),
        )


@dataclass(slots=True)
class _Measure:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, object]
    measured: dict[tuple[str, int | None], Size] = field(default_factory=dict)

    def selections(
        self, selected: SelectionSetNode, parent: GraphQLNamedType | None, page: int | None
    ) -> Size:
        size = Size()
        for node in selected.selections:
            match node:
                case FieldNode():
                    part = self.field(node, parent, page)
                case InlineFragmentNode(type_condition=condition):
                    kind = self.schema.get_type(condition.name.value) if condition else parent
                    part = self.selections(node.selection_set, kind, page)
                case FragmentSpreadNode():
                    part = self.fragment(node.name.value, page)
                case _:
                    continue
            own = Size(directives=len(node.directives or ()))
            size = size.beside(part).beside(own)
        return size

    def fragment(self, name: str, page: int | None) -> Size:
        definition = self.fragments.get(name)
        if definition is None:
            return Size()  # validation says so
        key = (name, page)
        if key not in self.measured:
            self.measured[key] = Size()  # of one within itself, which validation refuses
            kind = self.schema.get_type(definition.type_condition.name.value)
            self.measured[key] = self.selections(definition.selection_set, kind, page)
        return self.measured[key]

    def field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int | None) -> Size:
        found = _definition(parent, node.name.value)
        own_page = self.page(node, found)
        listed = found is not None and _is_list(found)
        inner = Size()
        if node.selection_set is not None:
            kind = get_named_type(found.type) if found else None
            inner = self.selections(node.selection_set, kind, None if listed else own_page)
        cost = 1 + inner.cost
        if listed and node.selection_set is not None:
            cost *= next(n for n in (own_page, page, _LIST) if n is not None)
            cost = min(_MOST, cost)
        return Size(
            1 + inner.depth, inner.aliases + (node.alias is not None), inner.directives, cost
        )

    def page(self, node: FieldNode, found: GraphQLField | None) -> int | None:
        """The field's `first`, or the number of its `ids`; None if it takes neither."""
        if found is None:
            return None
        if "first" not in found.args:
            return self.ids(node) if "ids" in found.args else None
        given: object = found.args["first"].default_value
        for argument in node.arguments or ():
            if argument.name.value == "first":
                match argument.value:
                    case IntValueNode(value=text):
                        given = int(text)
                    case VariableNode(name=name):
                        given = self.variables.get(name.value, given)
        return max(0, given) if type(given) is int else DEFAULT_PAGE

    def ids(self, node: FieldNode) -> int | None:
        """How many `ids` a field is given."""
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                match argument.value:
                    case ListValueNode(values=values):
                        return len(values)
                    case VariableNode(name=name):
                        given = self.variables.get(name.value)
                        return len(given) if isinstance(given, list) else None
        return None


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, object],
) -> Size:
    """The size of the document's operation; that of the largest if none is named."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    size = Size()
    for node in _operations(document, operation_name):
        values = {**_defaults(node), **variables}
        measuring = _Measure(schema, fragments, values)
        root = schema.get_root_type(node.operation)
        part = measuring.selections(node.selection_set, root, None)
        part = part.beside(Size(directives=len(node.directives or ())))
        size = max(size, part, key=lambda one: one.cost) if size.cost else part
    return size


_SAID = {
    "characters": ("has {} characters", "Send a shorter one."),
    "depth": ("is {} fields deep", "Nest it less."),
    "aliases": ("has {} aliases", "Ask for many of a kind by a list."),
    "directives": ("has {} directives", "Use fewer."),
    "repeats": ("selects one field {} times at one place", "Select it once, or use aliases."),
    "cost": ("may answer with {} values", "Ask for smaller pages, or less about each entry."),
}


def hold(limit: str, found: int, allowed: int) -> None:
    """Raise LimitError if more was found than is allowed."""
    if found > allowed:
        what, advice = _SAID[limit]
        raise LimitError(limit, found, allowed, what.format(found), advice)


def _operations(document: DocumentNode, name: str | None) -> Iterator[OperationDefinitionNode]:
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and (
            name is None or (node.name is not None and node.name.value == name)
        ):
            yield node


def _defaults(operation: OperationDefinitionNode) -> dict[str, object]:
    return {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions or ()
        if isinstance(node.default_value, IntValueNode)
    }


_META = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return parent.fields.get(name) or _META.get(name)
    return None


def _is_list(found: GraphQLField) -> bool:
    kind = found.type
    return is_list_type(kind.of_type if isinstance(kind, NonNull) else kind)
