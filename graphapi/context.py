"""What every resolver of a request has at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from cypher.graph import Graph
from graphapi.reader import PlacedReader, Reader
from graphapi.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Made anew for each request."""

    graph: Graph
    reader: Reader
    settings: Settings


Info = strawberry.Info[Context, Any]


def reading(info: Info) -> PlacedReader:
    """What a resolver reads through about its object, in one statement for all of its kind."""
    return info.context.reader.at(info.path)
