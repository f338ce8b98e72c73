"""What every resolver of a request has at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from cypher.graph import Graph
from graphapi.reader import Reader
from graphapi.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Made anew for each request."""

    graph: Graph
    reader: Reader
    settings: Settings


Info = strawberry.Info[Context, Any]
