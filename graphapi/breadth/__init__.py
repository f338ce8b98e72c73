"""Execution breadth first: a field of all the objects of one place at once.

graphql-core executes depth first, a field of an object at a time, which for a page of a
thousand neurons is most of the time that the answer takes. Here the objects that stand at one
place of the operation (`neurons.edges.node`) are completed together, column by column: a plain
field is one pass over the objects, a resolver is called for each and all that they ask the
graph for is read together, and arguments, types and selections are looked at once per place.

Only what goes well is executed so. Where anything does not (a resolver raises, a value is null
that must not be, or of another type than it should be, or the schema has something that this
does not know) the whole operation is executed anew by graphql-core, which has the last word
on errors and nulls. That costs no statement twice, for the reader keeps what it read, failures
included.

* `operation`: the executor, and the objects of a place
* `columns`: objects that are columns, and resolvers that answer for many objects with such
* `leaves`: scalars and enums, a column at a time
* `resolving`: a resolver for many objects, driven step by step
"""

from graphapi.breadth.operation import BreadthFirstExecutor

__all__ = ["BreadthFirstExecutor"]
